/** One rule of a mock: which requests it is for, and what they get. Does not know the other rules. */
import { COULDNT_RESOLVE_HOST, COULDNT_RESOLVE_PROXY, COULDNT_CONNECT, PROXY } from '../curl-codes.js'
import { OptionError } from '../errors.js'
import { shownText } from '../redaction.js'
import type { Answer, Failure } from '../stand-in/answer.js'
import { comparableUrl } from '../url/comparable-url.js'
import { assertNames, assertOptionsObject, mustBe } from '../wrong-value.js'
import { answerOf, assertDelay, type MockReply, type MockReplyInput } from './mock-reply.js'
import type { MockedRequest } from './mocked-request.js'

/**
 * The URLs that a rule is for: one URL, a pattern that is searched in it, or a function that looks at the request. URLs of
 * requests have a scheme then, and no credentials and fragment.
 */
export type MockMatcher = string | URL | RegExp | ((request: MockedRequest) => boolean)

/** Details of {@link MockRule.fail}. */
export interface MockFailure {
  /** The text in the message of the failure. Default: the rule. */
  message?: string
  /** The time before the failure, by the clock of the mock. Milliseconds. Default: 0. */
  delayMs?: number
}

/** libcurl's codes for failures before a request is sent: resolving, connecting, TLS, proxies, wrong options. */
const BEFORE_SENDING = new Set([
  ...[1, 2, 3, 4],
  ...[COULDNT_RESOLVE_PROXY, COULDNT_RESOLVE_HOST, COULDNT_CONNECT, PROXY],
  ...[27, 35, 45, 51, 53, 54, 58, 59, 60, 66, 77, 80, 82, 83, 90, 91, 96],
])
/** The methods for which a mock has methods of these names. */
const WITH_NAMES = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
/** The highest of libcurl's codes may grow. */
const MOST = 200

/** The replies to some requests. Rules are asked in their order, and each serves once unless {@link times} says more. */
export class MockRule {
  private reply_: Answer | ((request: MockedRequest) => MockReply | Promise<MockReply>) | null = null
  private failure: Failure | null = null
  private cut: number | undefined = undefined
  private most = 1
  /** The number of requests that it has served. */
  used = 0

  /** @internal */
  constructor(
    /** The method, as it is sent; null: any. */
    readonly method: string | null,
    private readonly matcher: MockMatcher,
  ) {
    const isRight = typeof matcher === 'function' || matcher instanceof RegExp || isAbsolute(String(matcher))
    if (!isRight)
      throw mustBe('the URL', 'an absolute URL, a RegExp or a function', matcher, { where: this.call })
  }

  /** Replies with a response: an object, or a function that is called with each request. */
  reply(reply: MockReplyInput): this {
    this.assertOpen('reply')
    this.reply_ = typeof reply === 'function' ? reply : answerOf(`${this.call}.reply`, reply)
    return this
  }

  /**
   * Lets the transfer fail with one of libcurl's codes (`CURLE_*`), e.g. 7. Codes of failures before a request is
   * sent (resolving, connecting, TLS) end it before anything is sent, unless `delayMs` is set, or the rule is a
   * function. `toError().cause` is an error with the message.
   */
  fail(errno: number, details: MockFailure = {}): this {
    this.assertOpen('fail')
    const where = `${this.call}.fail`
    assertOptionsObject(where, details, 'an object of message, delayMs')
    assertNames(where, details, ['message', 'delayMs'])
    const { message, delayMs = 0 } = details
    if (!Number.isInteger(errno) || errno < 1 || errno > MOST)
      throw mustBe('errno', "one of libcurl's codes, e.g. 7", errno, { where })
    if (message !== undefined && typeof (message as unknown) !== 'string')
      throw mustBe('message', 'a text', message, { where })
    assertDelay(where, delayMs)
    this.failure = { errno, reason: new Error(message ?? `${this.call}.fail(${String(errno)})`), delayMs }
    return this
  }

  /**
   * Ends the connection after so many bytes of the body of its reply: libcurl fails with 18, or with 56. Throws
   * `OptionError` if the body is not longer than that.
   */
  cutAfter(bytes: number): this {
    const where = `${this.call}.cutAfter`
    if (!Number.isSafeInteger(bytes) || bytes < 0)
      throw mustBe('bytes', 'a whole number of bytes', bytes, { where })
    if (this.reply_ === null)
      throw new OptionError(`${where}: there is no reply to cut: call .reply() before`)
    if (typeof this.reply_ !== 'function') assertLonger(where, this.reply_, bytes)
    this.cut = bytes
    return this
  }

  /** Serves so many requests; `Infinity`: all. Default: 1. */
  times(count: number): this {
    if (count !== Infinity && !(Number.isSafeInteger(count) && count > 0))
      throw mustBe('count', 'a whole number, 1 or more, or Infinity', count, { where: `${this.call}.times` })
    this.most = count
    return this
  }

  /** @internal True if it serves no further request. */
  get isSpent(): boolean {
    return this.used >= this.most
  }

  /** @internal True if it has served as many requests as it should: with `Infinity`, one. */
  get isDone(): boolean {
    return this.used >= (this.most === Infinity ? 1 : this.most)
  }

  /** @internal The call that made it, for messages. */
  get call(): string {
    const { matcher, method } = this
    const shown =
      typeof matcher === 'function'
        ? 'function'
        : matcher instanceof RegExp
          ? String(matcher)
          : JSON.stringify(shownText(String(matcher)))
    if (method === null) return `mock.any(${shown})`
    const isNamed = WITH_NAMES.includes(method)
    return isNamed ? `mock.${method.toLowerCase()}(${shown})` : `mock.request("${method}", ${shown})`
  }

  /** @internal For messages: the call, and how often it was used. */
  get state(): string {
    return `${this.call} (used ${String(this.used)} of ${this.most === Infinity ? 'any number' : String(this.most)})`
  }

  /** @internal True if it is for this request, as far as method and URL tell; null if only a request can tell. */
  isForUrl(method: string, url: string): boolean | null {
    if (this.method !== null && this.method !== method) return false
    const { matcher } = this
    if (typeof matcher === 'function') return null
    if (matcher instanceof RegExp)
      return new RegExp(matcher.source, matcher.flags.replace(/[gy]/g, '')).test(url)
    return comparableUrl(String(matcher)) === comparableUrl(url)
  }

  /** @internal True if it is for this request. */
  isFor(request: MockedRequest): boolean {
    const byUrl = this.isForUrl(request.method, request.url)
    return byUrl ?? (this.matcher as (request: MockedRequest) => boolean)(request)
  }

  /** @internal The failure before anything is sent; null if there is none. */
  get earlyFailure(): Failure | null {
    const { failure } = this
    return failure !== null && failure.delayMs === 0 && BEFORE_SENDING.has(failure.errno) ? failure : null
  }

  /** @internal Returns what a request gets. */
  answer(request: MockedRequest): Answer | Failure | Promise<Answer | Failure> {
    const { reply_: reply, failure } = this
    if (failure !== null) return failure
    if (reply === null) throw new OptionError(`${this.call} has no reply: call .reply() or .fail()`)
    if (typeof reply === 'function') return this.made(reply, request)
    return this.cut === undefined ? reply : { ...reply, cutAfter: this.cut }
  }

  private async made(
    make: (request: MockedRequest) => MockReply | Promise<MockReply>,
    request: MockedRequest,
  ): Promise<Answer> {
    const answer = answerOf(`${this.call}.reply`, await make(request))
    if (this.cut === undefined) return answer
    assertLonger(`${this.call}.cutAfter`, answer, this.cut)
    return { ...answer, cutAfter: this.cut }
  }

  private assertOpen(method: string): void {
    if (this.reply_ !== null || this.failure !== null)
      throw new OptionError(`${this.call}.${method}: it has a reply already; another rule has another one`)
  }
}

function isAbsolute(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url)
}

function assertLonger(where: string, { body }: Answer, bytes: number): void {
  if (Buffer.isBuffer(body) && bytes >= body.length)
    throw mustBe('bytes', `less than the body has (${String(body.length)})`, bytes, { where })
}
