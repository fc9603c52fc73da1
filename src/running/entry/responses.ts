/**
 * Starts requests whose responses go to receivers while they arrive: the entry for adapters to the interfaces
 * of other libraries. Does not know those.
 */
import { ResponseHandover, type ResponseReceiver } from '../../bodies/streams/response-handover.js'
import { OPTION } from '../../engine/node-libcurl/binding.js'
import type { EffectiveOptions } from '../../engine/request/effective-options.js'
import type { LaunchOrder } from '../../engine/request/wire-request.js'
import { headerName, linesUnlike } from '../../http-semantics.js'
import { compileOptions } from '../../options/compile-options.js'
import type { OptionsMap } from '../../options/request-options.js'
import type { PostFieldsInput } from '../../options/values/post-fields.js'
import type { Clock } from '../../scheduling/time/clock.js'
import type { Dispatcher } from '../dispatch/dispatcher.js'
import { handoverOwner, makeBodySource } from '../make/body-destinations.js'
import { checkedAs, compileShared, isEmpty, orderOver, over } from '../make/compile-request.js'
import { entriesWithout } from '../make/credentials.js'
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
  /**
   * Lines (`Accept:`) that keep libcurl from adding headers, which are sent only if anybody asks for them.
   */
  readonly unasked: readonly string[]
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
  /** The time at which the running attempt was launched, as of the clock; null while none runs. */
  readonly launchedAt: number | null
  /** Called when the receiver is no longer paused. */
  continue(): void
  abort(reason: unknown): void
}

/** The options of one kind of requests. */
export interface ResponseKind {
  /** Options that hold whatever the others say. */
  readonly fixed: RequestOptions
  /** The {@link optionName} of each option that does not hold, however it is spelled. */
  readonly without: ReadonlySet<string>
  /** Names of headers, in lower case, that are taken from no option and no session. */
  readonly withoutHeaders: ReadonlySet<string>
}

/** The options of all requests of one kind, compiled. */
interface Base {
  /** The shared options of the instance that they were compiled over. */
  readonly plainOrder: LaunchOrder
  readonly order: LaunchOrder
  readonly hasUserAgent: boolean
}

/** Starts requests of one kind: with the shared options of an instance, and options over them. */
export class Responses {
  /** Compiled anew when the shared options have changed. */
  private base: Base | null = null
  readonly clock: Clock
  /**
   * Orders of requests that have nothing but headers, by their header lines: most requests of a client have
   * the same.
   */
  private readonly orders = new Map<string, LaunchOrder>()

  /**
   * @param where the caller named in messages
   * @param defaults options of all these requests; they win over the shared ones. Throws `OptionError` if one
   * is wrong
   * @param kind the options that such a request has in any case, and those that do not hold for it
   * @param owner returns the parts of the instance as they are now; throws if it is closed
   */
  constructor(
    where: string,
    private readonly defaults: OptionsMap,
    private readonly kind: ResponseKind,
    private readonly owner: () => ResponsesOwner,
  ) {
    // Among shared options, limits would be accepted and then ignored.
    compileOptions(defaults, checkedAs('request', where))
    this.clock = owner().dispatcher.clock
  }

  /** True if the options have a user agent, or a session that may have one. */
  get hasUserAgent(): boolean {
    return this.currentBase(this.owner()).hasUserAgent
  }

  /** Starts a request. Throws `OptionError` if an option is wrong. */
  start(request: ResponseRequest): StartedRequest {
    const { url, receiver, onLaunch } = request
    const owner = this.owner()
    const { dispatcher, requests } = owner
    const order = this.orderOf(this.currentBase(owner).order, request)
    const transfer = requests.makeBare('dispatch', url, order)
    transfer.bodySource = makeBodySource(transfer, dispatcher)
    const handover = new ResponseHandover(transfer, handoverOwner(transfer, dispatcher), receiver)
    transfer.bodySink = handover
    // As with request(): the body is consumed at once.
    transfer.isAwaited = true
    transfer.sink = {
      deliver: (record) => {
        try {
          handover.settle()
        } finally {
          dispatcher.release(record)
        }
      },
    }
    const isWaiting = !requests.submit(transfer)
    if (isWaiting) transfer.onLaunch = onLaunch
    return {
      isWaiting,
      get launchedAt() {
        return transfer.state === 'inFlight' ? transfer.launchedAt : null
      },
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
    { headers, unasked, options, postFields }: ResponseRequest,
  ): LaunchOrder {
    const compile = (): LaunchOrder => {
      const lines = [...linesUnlike(base.options.headers, headers), ...headers]
      // A session adds its own headers later, unless the request has lines of their names.
      const removed = hasSession(base.options) ? [] : linesUnlike(unasked, lines)
      return orderOver('dispatch', base, postFields, { ...options, HTTPHEADER: [...lines, ...removed] })
    }
    if (postFields !== null || !isEmpty(options)) return compile()
    const key = [...headers, ...unasked].join('\n')
    let order = this.orders.get(key)
    if (order === undefined) {
      if (this.orders.size === MAX_ORDERS) this.orders.clear()
      this.orders.set(key, (order = compile()))
    }
    return order
  }

  private currentBase({ plainOrder, sharedEntries }: ResponsesOwner): Base {
    if (this.base?.plainOrder !== plainOrder) {
      this.orders.clear()
      const { fixed, without, withoutHeaders } = this.kind
      const kept = entriesWithout(over(sharedEntries, this.defaults), without, withoutHeaders)
      const order = compileShared(over(kept, fixed), withoutHeaders)
      this.base = { plainOrder, order, hasUserAgent: hasUserAgent(order.options) }
    }
    return this.base
  }
}

const MAX_ORDERS = 32
const USERAGENT = OPTION['USERAGENT'] as number

function hasUserAgent(options: EffectiveOptions): boolean {
  if (options.isSet(USERAGENT) || hasSession(options)) return true
  return options.headers.some((line) => headerName(line) === 'user-agent')
}

/** True if the requests have a session, which may add headers and a user agent. */
function hasSession({ shared }: EffectiveOptions): boolean {
  return ((shared.settings as AccessSettings).session ?? null) !== null
}
