/**
 * A mock for the tests of programs that use this library. Stands in for the network below libcurl, so that
 * everything above is the real one. Does not know how an answer gets to libcurl.
 */
import { ABORTED_BY_CALLBACK } from '../curl-codes.js'
import { everywhere, type Wire } from '../engine/request/wire.js'
import { messageOf, OptionError } from '../errors.js'
import { isToken } from '../http-semantics.js'
import { ParallelCurl } from '../parallel-curl.js'
import { shownUrl } from '../redaction.js'
import { setStartingClock, systemClock, type Clock } from '../scheduling/time/clock.js'
import type { Answer, Failure } from '../stand-in/answer.js'
import { StandIn, type ArrivedRequest } from '../stand-in/stand-in.js'
import { assertNames, assertOptionsObject, mustBe } from '../wrong-value.js'
import { MockRule, type MockMatcher } from './mock-rule.js'
import { MockedRequest } from './mocked-request.js'

/** Options of {@link CurlMock}. */
export interface CurlMockOptions {
  /**
   * The clock that delays replies; instances that are made while the mock is installed have it, too. Default: the
   * real time.
   */
  clock?: Clock | undefined
}

/** A request for which there was no reply. Its transfer has failed with errno 42, with this as its `cause`. */
export class UnmatchedRequestError extends Error {
  override readonly name = 'UnmatchedRequestError'
  readonly code = 'ERR_PARALLELCURL_UNMATCHED'
}

/** What stands at the wire of an instance: what was there before any mock, then the mocks in the order of `attach()`. */
const layersOf = new WeakMap<ParallelCurl, (Wire | null)[]>()

/**
 * Replies to the requests of `ParallelCurl` in tests, without a network: no name is looked up, no connection leaves the
 * process. libcurl itself runs, so redirects, cookies, retries, limits, streams, downloads, infos and timings are the
 * real ones. A request without a reply fails.
 *
 * ```ts
 * const mock = new CurlMock().install()
 * mock.get('https://api.example/users').reply({ body: [{ name: 'Ada' }] })
 * ...
 * mock.assertDone()
 * mock.restore()
 * ```
 */
export class CurlMock {
  /** The requests so far, in the order of arrival, those without a reply among them. */
  readonly requests: MockedRequest[] = []
  private readonly clock: Clock
  private readonly standIn: StandIn
  private readonly rules: MockRule[] = []
  private readonly unmatched: string[] = []
  private readonly attached = new Set<ParallelCurl>()
  private readonly waiters = new Set<{ readonly count: number; readonly resolve: () => void }>()
  private isInstalled = false

  constructor(options: CurlMockOptions = {}) {
    assertOptionsObject('CurlMock', options)
    assertNames('CurlMock', options, ['clock'])
    const { clock } = options
    if (clock !== undefined && !isClock(clock))
      throw mustBe('clock', 'an object with now(), setTimer() and clearTimer()', clock, { where: 'CurlMock' })
    this.clock = clock ?? systemClock
    this.standIn = new StandIn(
      {
        refuse: (method, url) => this.refuse(method, url),
        answer: (request) => this.answer(request),
      },
      this.clock,
    )
  }

  /** Replies to GET requests. */
  get(matcher: MockMatcher): MockRule {
    return this.request('GET', matcher)
  }

  /** Replies to HEAD requests. */
  head(matcher: MockMatcher): MockRule {
    return this.request('HEAD', matcher)
  }

  /** Replies to POST requests. */
  post(matcher: MockMatcher): MockRule {
    return this.request('POST', matcher)
  }

  /** Replies to PUT requests. */
  put(matcher: MockMatcher): MockRule {
    return this.request('PUT', matcher)
  }

  /** Replies to PATCH requests. */
  patch(matcher: MockMatcher): MockRule {
    return this.request('PATCH', matcher)
  }

  /** Replies to DELETE requests. */
  delete(matcher: MockMatcher): MockRule {
    return this.request('DELETE', matcher)
  }

  /** Replies to OPTIONS requests. */
  options(matcher: MockMatcher): MockRule {
    return this.request('OPTIONS', matcher)
  }

  /** Replies to requests of any method. */
  any(matcher: MockMatcher): MockRule {
    return this.add(new MockRule(null, matcher))
  }

  /** Replies to requests of a method, e.g. `'PROPFIND'`. It has to be spelled as it is sent. */
  request(method: string, matcher: MockMatcher): MockRule {
    if (typeof method !== 'string' || !isToken(method))
      throw mustBe('method', "a method of HTTP, e.g. 'PROPFIND'", method, { where: 'mock.request' })
    return this.add(new MockRule(method, matcher))
  }

  /**
   * Takes the requests of every `ParallelCurl` of the process, until {@link restore}. Those that are made meanwhile
   * have the clock of the mock.
   */
  install(): this {
    if (everywhere.wire !== null && everywhere.wire !== this.standIn)
      throw new OptionError('install: another mock is installed: call its restore() before')
    everywhere.wire = this.standIn
    if (this.clock !== systemClock) setStartingClock(this.clock)
    this.isInstalled = true
    return this
  }

  /** Takes the requests that this instance sends from now on, until {@link restore}. The instance keeps its clock. */
  attach(curl: ParallelCurl): this {
    if (!(curl instanceof ParallelCurl)) throw mustBe('curl', 'a ParallelCurl', curl, { where: 'attach' })
    const before = curl.setWire(this.standIn)
    const layers = (layersOf.get(curl) ?? [before]).filter((wire) => wire !== this.standIn)
    layersOf.set(curl, [...layers, this.standIn])
    this.attached.add(curl)
    return this
  }

  /**
   * Undoes {@link install} and {@link attach}, and forgets all rules: requests from now on reach what was there before,
   * mostly the network. Requests in flight fail with errno 42.
   */
  restore(): void {
    if (this.isInstalled) {
      everywhere.wire = null
      setStartingClock(null)
    }
    this.isInstalled = false
    for (const curl of this.attached) {
      const layers = (layersOf.get(curl) ?? []).filter((wire) => wire !== this.standIn)
      curl.setWire(layers.at(-1) ?? null)
      if (layers.length > 1) layersOf.set(curl, layers)
      else layersOf.delete(curl)
    }
    this.attached.clear()
    this.reset()
    this.standIn.close('the mock was restored')
  }

  /** Calls {@link restore} at the end of a block: `using mock = new CurlMock().install()`. */
  [Symbol.dispose](): void {
    this.restore()
  }

  /** Forgets all rules and requests. */
  reset(): void {
    this.rules.length = this.requests.length = this.unmatched.length = 0
  }

  /** Resolves when so many requests have arrived since the start or the last {@link reset}. */
  waitForRequests(count: number): Promise<void> {
    if (!Number.isSafeInteger(count) || count < 0)
      throw mustBe('count', 'a whole number, 0 or more', count, { where: 'waitForRequests' })
    return new Promise((resolve) => {
      this.waiters.add({ count, resolve })
      this.tellWaiters()
    })
  }

  /**
   * Throws an error if a rule has not served all its requests (one, if it serves any number), or if a request had no
   * reply: there was no rule for it, or its rule had none, or failed to make one.
   */
  assertDone(): void {
    const left = this.rules.filter((rule) => !rule.isDone).map(({ state }) => `not used up: ${state}`)
    const problems = [...left, ...this.unmatched.map((request) => `no reply for ${request}`)]
    if (problems.length > 0) throw new Error(`assertDone: ${problems.join('; ')}`)
  }

  private add(rule: MockRule): MockRule {
    this.rules.push(rule)
    return rule
  }

  private get open(): MockRule[] {
    return this.rules.filter(({ isSpent }) => !isSpent)
  }

  /** Ends what cannot succeed before anything is sent. */
  private refuse(method: string, url: string): Failure | null {
    for (const rule of this.open) {
      const isIts = rule.isForUrl(method, url)
      if (isIts === false) continue
      const failure = isIts === null ? null : rule.earlyFailure
      if (failure === null) return null
      rule.used++
      return failure
    }
    this.note(new MockedRequest({ method, target: '', url, headers: [], body: Buffer.alloc(0) }))
    return this.noReply(method, url)
  }

  private async answer(arrived: ArrivedRequest): Promise<Answer | Failure> {
    const request = new MockedRequest(arrived)
    this.note(request)
    try {
      const rule = this.open.find((candidate) => candidate.isFor(request))
      if (rule === undefined) return this.noReply(request.method, request.url)
      rule.used++
      return await rule.answer(request)
    } catch (error) {
      // After reset(), it is none of the requests so far.
      if (this.requests.includes(request))
        this.unmatched.push(`${request.method} ${shownUrl(request.url)}: ${messageOf(error)}`)
      throw error
    }
  }

  private noReply(method: string, url: string): Failure {
    const request = `${method} ${shownUrl(url)}`
    this.unmatched.push(request)
    const known = this.rules.map(({ state }) => state).join(', ') || 'none'
    const reason = new UnmatchedRequestError(`the mock has no reply for ${request}; its rules: ${known}`)
    return { errno: ABORTED_BY_CALLBACK, reason, delayMs: 0 }
  }

  private note(request: MockedRequest): void {
    this.requests.push(request)
    // Later: by then, the delay of its reply has begun.
    setImmediate(() => {
      this.tellWaiters()
    })
  }

  private tellWaiters(): void {
    for (const waiter of this.waiters) {
      if (this.requests.length < waiter.count) continue
      this.waiters.delete(waiter)
      waiter.resolve()
    }
  }
}

function isClock(clock: unknown): clock is Clock {
  const { now, setTimer, clearTimer } = (clock ?? {}) as Partial<Record<keyof Clock, unknown>>
  return [now, setTimer, clearTimer].every((method) => typeof method === 'function')
}
