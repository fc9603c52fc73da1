/**
 * Finds transfers over TLS that stall. HTTP/2 and HTTP/3 have several ways to stall for ever. Does not know what happens
 * to a transfer that it gives up.
 *
 * - libcurl before 8.1 may keep the last bytes of a transfer in its buffers without an event for them: such a
 *   transfer is nudged, so that libcurl looks at it. Seen with 7.88.1 and nghttpd (up to one of fifty
 *   transfers of 1 MB with 300 streams on a connection), not with 8.22.
 * - libcurl 8 may forget a transfer that waits for a connection after the last transfer that could have woken
 *   it has ended: such a transfer is woken.
 * - After an error of a connection libcurl may end its transfers only when it looks at them. They are nudged
 *   as long as there is no response, also with a WRITEFUNCTION, which has not been called then.
 * - After some server errors libcurl waits for ever: a transfer that has neither sent nor received anything
 *   for `standstillTimeoutMs` is given up.
 */
import { getInfo, INFO, nudge } from '../node-libcurl/binding.js'
import { isOneAtATime, leavesWaiting } from '../connections/pipewait.js'
import type { MultiHandle } from '../connections/multi-handles.js'
import type { EasyHandle } from '../handle/easy-handle.js'
import { hasFault } from '../node-libcurl/faults.js'
import { Watchdog, type Ticker } from './watchdog.js'

const leavesStanding = hasFault('http2-bytes-held')
const holdsErrors = hasFault('http2-error-held')
/** The interval between two looks. A stalled transfer is helped after two of them. */
const LOOK_EVERY_MS = 500
/**
 * A transfer that stays stalled probably waits for its server. It is helped after 1, 2, 4 ... looks, and from
 * this number on each time after so many.
 */
const MOST_LOOKS = 64
/**
 * A server that has answered may still read the rest of the request body: it has this long until the transfer
 * counts as complete.
 */
const ANSWERED_MS = 5000
const HTTP_2 = 3
const HTTP_3 = 30
const UNKNOWN = -1
/** The progress of a transfer that can only be nudged, and only until there is a response. */
const UNHEARD = -2

/** The owner of the stalled handles. */
export interface StallsOwner {
  /**
   * Called when a transfer has sent and received nothing for `ms` milliseconds, the longest time allowed.
   * Outside of libcurl's stack.
   */
  giveUp(handle: EasyHandle, ms: number): void
  /**
   * Called when the response is complete but libcurl does not end the transfer. Outside of libcurl's stack.
   */
  settle(handle: EasyHandle): void
  /** Called when a transfer waits for a connection of this multi handle. Outside of libcurl's stack. */
  wake(multiHandle: MultiHandle): void
}

interface Standing {
  /** The transfer at the last look: the handle may carry another one by now. */
  readonly transfer: unknown
  readonly progress: number
  /** Bytes sent, and bytes of headers received. */
  readonly moved: number
  readonly since: number
  readonly looks: number
}

/** Watches the transfers over TLS of one engine. */
export class Http2Stalls extends Watchdog {
  private seen = new Map<EasyHandle, Standing>()

  /**
   * @param nudges true if this libcurl needs nudges
   * @param wakes true if this libcurl forgets waiting transfers
   * @param nudgesUnheard true if this libcurl needs nudges for transfers without a response
   */
  constructor(
    private readonly handles: ReadonlyMap<unknown, EasyHandle>,
    ticker: Ticker,
    private readonly owner: StallsOwner,
    private readonly nudges = leavesStanding,
    private readonly wakes = leavesWaiting,
    private readonly nudgesUnheard = holdsErrors,
  ) {
    super(ticker, LOOK_EVERY_MS)
  }

  /** Looks at all transfers once. Returns false if nothing is in flight. Outside of libcurl's stack. */
  override look(): boolean {
    const { seen } = this
    const now = this.ticker.now()
    const waking = new Set<MultiHandle>()
    this.seen = new Map()
    let hasLive = false
    for (const handle of this.handles.values()) {
      if (!handle.isLive) continue
      hasLive = true
      const { transfer } = handle
      const progress = handle.progress ?? (this.nudgesUnheard && handle.mayBeUnheard ? UNHEARD : null)
      if (progress === null) continue
      const before = seen.get(handle)
      const stands = before?.transfer === transfer && before.progress === progress
      const looks = stands ? before.looks + 1 : 0
      // Each question costs native calls, so only stalled transfers are asked.
      const moved = stands ? movedBy(handle) : UNKNOWN
      const since = stands && (before.moved === moved || before.moved === UNKNOWN) ? before.since : now
      this.seen.set(handle, { transfer, progress, moved, since, looks })
      if (looks === 0) continue
      if (progress === UNHEARD) helpUnheard(handle, looks)
      else this.help(handle, looks, now - since, waking)
    }
    for (const multiHandle of waking) this.owner.wake(multiHandle)
    if (!hasLive) this.seen.clear()
    return hasLive
  }

  private help(handle: EasyHandle, looks: number, ms: number, waking: Set<MultiHandle>): void {
    const { easy, multiHandle } = handle
    if (getInfo(easy, INFO.REQUEST_SIZE as number) === 0) {
      // The transfer waits for a connection, or its connection is being opened: CONNECTTIMEOUT ends that.
      if (multiHandle !== null && this.wakes && looks > 1 && isTime(looks, false)) waking.add(multiHandle)
      return
    }
    const version = getInfo(easy, INFO.HTTP_VERSION as number)
    // The version is 0 before the response.
    if (version !== HTTP_2 && version !== HTTP_3 && (version !== 0 || !mayBeHttp2(handle))) return
    if (ms >= ANSWERED_MS && handle.isAnswered) this.owner.settle(handle)
    else if (ms >= handle.standstillTimeoutMs) this.owner.giveUp(handle, ms)
    else if ((this.nudges || (this.nudgesUnheard && version === 0)) && isTime(looks, handle.hasSpeedLimit))
      nudge(easy)
  }
}

function helpUnheard({ easy, hasSpeedLimit }: EasyHandle, looks: number): void {
  const isSent = getInfo(easy, INFO.REQUEST_SIZE as number) !== 0
  const isHeard = getInfo(easy, INFO.HTTP_VERSION as number) !== 0
  if (isSent && !isHeard && isTime(looks, hasSpeedLimit)) nudge(easy)
}

/** Returns the bytes of headers received plus the bytes of body sent. */
function movedBy({ easy }: EasyHandle): number {
  return (
    Number(getInfo(easy, INFO.HEADER_SIZE as number)) + Number(getInfo(easy, INFO.SIZE_UPLOAD_T as number))
  )
}

/**
 * True if the transfer may use HTTP/2. Before the response, libcurl does not give the version of the
 * connection, but for some hosts it is known.
 */
function mayBeHttp2({ multiHandle, transfer, mayBeHttp2: isAllowed }: EasyHandle): boolean {
  return isAllowed && !(multiHandle !== null && transfer !== null && isOneAtATime(multiHandle, transfer.url))
}

/**
 * Chooses the looks at which a transfer is helped. A nudge restarts libcurl's clock for `LOW_SPEED_TIME`, so
 * with that option there is only one: it is enough for bytes that are already in the buffers.
 */
function isTime(looks: number, hasSpeedLimit: boolean): boolean {
  if (hasSpeedLimit) return looks === 1
  return looks < MOST_LOOKS ? (looks & (looks - 1)) === 0 : looks % MOST_LOOKS === 0
}
