/**
 * Starts requests whose responses go to receivers while they arrive: the entry for adapters to the interfaces
 * of other libraries. Does not know those.
 */
import { ResponseHandover, type ResponseReceiver } from '../../bodies/streams/response-handover.js'
import { OPTION } from '../../engine/node-libcurl/binding.js'
import type { LaunchOrder } from '../../engine/request/wire-request.js'
import { compileOptions } from '../../options/compile-options.js'
import type { PostFieldsInput } from '../../options/values/post-fields.js'
import type { Clock } from '../../scheduling/time/clock.js'
import type { Dispatcher } from '../dispatch/dispatcher.js'
import { handoverOwner, makeBodySource } from '../make/body-destinations.js'
import { checkedAs, compileShared, isEmpty, orderOver, over } from '../make/compile-request.js'
import type { RequestMaker } from '../make/make-transfer.js'
import type { AccessSettings } from '../options/access-options.js'
import type { RequestOptions } from '../options/run-options.js'

/** The parts of the instance that are needed. */
export interface ResponsesOwner {
  readonly dispatcher: Dispatcher
  readonly requests: RequestMaker
  readonly plainOrder: LaunchOrder
  readonly sharedEntries: ReadonlyMap<string | number, unknown>
}

/** A request whose response goes to a receiver. */
export interface ResponseRequest {
  readonly url: string
  /** Header lines. A line of the shared options is sent, too, unless one of these has its name. */
  readonly headers: readonly string[]
  readonly options: RequestOptions
  readonly postFields: PostFieldsInput | null
  readonly receiver: ResponseReceiver
  /** Called when the transfer is launched, or has settled without a launch. */
  readonly onLaunch: () => void
}

/** A request that has been started. */
export interface StartedRequest {
  /** True if the transfer waits in the queue. */
  readonly isWaiting: boolean
  /** Called when the receiver is no longer paused. */
  continue(): void
  abort(reason: unknown): void
}

/** Starts requests of one kind: with the shared options of an instance, and options over them. */
export class Responses {
  private readonly dropped: ReadonlySet<string | number>
  private plainOrder: LaunchOrder | null = null
  private base: LaunchOrder | null = null
  /**
   * Orders of requests that have nothing but headers, by their header lines: most requests of a client have
   * the same.
   */
  private readonly orders = new Map<string, LaunchOrder>()

  /**
   * @param where the caller named in messages
   * @param fixed options of all these requests; they win over the shared ones. Throws `OptionError` if one is
   * wrong
   * @param without names of shared options that do not hold for these requests, whatever they are spelled
   * @param owner returns the parts of the instance as they are now; throws if it is closed
   */
  constructor(
    where: string,
    private readonly fixed: RequestOptions,
    without: readonly string[],
    private readonly owner: () => ResponsesOwner,
  ) {
    // Among shared options, limits would be accepted and then ignored.
    compileOptions(fixed, checkedAs('request', where))
    this.dropped = new Set(without.flatMap((name) => [name, `CURLOPT_${name}`, OPTION[name] ?? name]))
  }

  /** True if the options have a user agent, or a session that may have one. */
  get hasUserAgent(): boolean {
    const { options } = this.currentBase()
    return options.isSet(USERAGENT) || (options.shared.settings as AccessSettings).session !== undefined
  }

  get clock(): Clock {
    return this.owner().dispatcher.clock
  }

  /** Starts a request. Throws `OptionError` if an option is wrong. */
  start({ url, headers, options, postFields, receiver, onLaunch }: ResponseRequest): StartedRequest {
    const { dispatcher, requests } = this.owner()
    const order = this.orderOf(this.currentBase(), headers, options, postFields)
    const transfer = requests.makeBare('dispatch', url, order)
    transfer.bodySource = makeBodySource(transfer, dispatcher)
    const handover = new ResponseHandover(transfer, handoverOwner(transfer, dispatcher), receiver)
    transfer.bodySink = handover
    // As with request(): the body is consumed at once.
    transfer.isAwaited = true
    transfer.sink = {
      deliver: (record) => {
        handover.settle()
        dispatcher.release(record)
      },
    }
    const isWaiting = !requests.submit(transfer)
    if (isWaiting) transfer.onLaunch = onLaunch
    return {
      isWaiting,
      continue: () => {
        handover.continue()
      },
      abort: (reason) => {
        dispatcher.abort(transfer, reason)
      },
    }
  }

  private orderOf(
    base: LaunchOrder,
    headers: readonly string[],
    options: RequestOptions,
    postFields: PostFieldsInput | null,
  ): LaunchOrder {
    const compile = (): LaunchOrder => {
      const HTTPHEADER = [...inherited(base.options.headers, headers), ...headers]
      return orderOver('dispatch', base, postFields, { ...options, HTTPHEADER })
    }
    if (postFields !== null || !isEmpty(options)) return compile()
    const key = headers.join('\n')
    let order = this.orders.get(key)
    if (order === undefined) {
      if (this.orders.size === MAX_ORDERS) this.orders.clear()
      this.orders.set(key, (order = compile()))
    }
    return order
  }

  private currentBase(): LaunchOrder {
    const { plainOrder, sharedEntries } = this.owner()
    if (this.base === null || this.plainOrder !== plainOrder) {
      this.plainOrder = plainOrder
      this.orders.clear()
      const kept = new Map([...sharedEntries].filter(([name]) => !this.dropped.has(keyOf(name))))
      this.base = compileShared(over(kept, this.fixed))
    }
    return this.base
  }
}

const MAX_ORDERS = 32
const USERAGENT = OPTION['USERAGENT'] as number
/** Numbers of options are spelled as texts where they are the keys of an object. */
const keyOf = (name: string | number): string | number =>
  typeof name === 'string' && /^\d+$/.test(name) ? Number(name) : name

const nameOf = (line: string): string => (/^[^:;]*/.exec(line) as RegExpExecArray)[0].trim().toLowerCase()

/** Returns the lines whose names are not among those of `own`. */
function inherited(lines: readonly string[], own: readonly string[]): readonly string[] {
  if (lines.length === 0) return lines
  const names = new Set(own.map(nameOf))
  return lines.filter((line) => !names.has(nameOf(line)))
}
