/**
 * Looks after transfers over TLS that stand still, because HTTP/2 has ways to leave one standing for ever.
 * Does not know what becomes of those that it gives up.
 *
 * - libcurl before 8.1 may keep the last bytes of a transfer in its buffers, and no event tells of them: it
 *   is made to look. Seen with 7.88.1 and nghttpd (up to one of fifty transfers of 1 MB with 300 streams on a
 *   connection), not with 8.22.
 * - libcurl 8 may forget one that waits for a connection when the last one that could have woken it is done:
 *   it is woken.
 * - After some errors of a server libcurl waits for what will never come: what has neither sent nor received
 *   anything for `standstillTimeoutMs` is given up.
 */
import { getInfo, INFO, nudge } from '../node-libcurl/binding.js'
import { isOneAtATime, leavesWaiting } from '../connections/pipewait.js'
import type { MultiHandle } from '../connections/multi-handles.js'
import type { EasyHandle } from './easy-handle.js'
import { hasFault } from '../node-libcurl/faults.js'

const leavesStanding = hasFault('http2-bytes-held')
/** How often it looks. One that stands still is helped within two looks. */
const LOOK_EVERY_MS = 500
/**
 * One that goes on standing still waits for its server: it is helped after 1, 2, 4 ... looks, and then each
 * time after as many as this.
 */
const MOST_LOOKS = 64
/**
 * A server that has answered may still take the rest of the body: it has so long before that is thought to be
 * over.
 */
const ANSWERED_MS = 5000
const HTTP_2 = 3
const UNKNOWN = -1

/** Time and timers: those of the instance. */
export interface Ticker {
  now(): number
  setTimer(action: () => void, delayMs: number): unknown
}

/** Who hears of what stands. */
export interface StandstillHost {
  /**
   * Nothing has been sent or received for so many milliseconds, which is as long as was allowed. Outside of
   * libcurl's stack.
   */
  giveUp(handle: EasyHandle, ms: number): void
  /** It has its answer, and only libcurl does not know. Outside of libcurl's stack. */
  settle(handle: EasyHandle): void
  /** Somebody waits for a connection of this multi handle. Outside of libcurl's stack. */
  wake(multiHandle: MultiHandle): void
}

interface Standing {
  /** Handles are used again. */
  readonly transfer: unknown
  readonly progress: number
  /** What was sent and received beside the body that arrives. */
  readonly moved: number
  readonly since: number
  readonly looks: number
}

/** Watches over what is in flight over TLS. */
export class Http2Stalls {
  /** Whether its timer runs. */
  isWatching = false
  private seen = new Map<EasyHandle, Standing>()

  /**
   * @param nudges whether this libcurl has to be made to look
   * @param wakes whether it forgets those who wait
   */
  constructor(
    private readonly handles: ReadonlyMap<unknown, EasyHandle>,
    private readonly ticker: Ticker,
    private readonly host: StandstillHost,
    private readonly nudges = leavesStanding,
    private readonly wakes = leavesWaiting,
  ) {}

  /** Something has been launched over TLS. The timer ends by itself, and keeps no process alive. */
  watch(): void {
    if (this.isWatching) return
    this.isWatching = true
    this.setTimer()
  }

  private setTimer(): void {
    const timer = this.ticker.setTimer(() => {
      this.isWatching = this.look()
      if (this.isWatching) this.setTimer()
    }, LOOK_EVERY_MS)
    ;(timer as { unref?: () => void }).unref?.()
  }

  /** One look at all of them; false where nothing is in flight. Outside of libcurl's stack. */
  look(): boolean {
    const { seen } = this
    const now = this.ticker.now()
    const waking = new Set<MultiHandle>()
    this.seen = new Map()
    let hasLive = false
    for (const handle of this.handles.values()) {
      if (!handle.isLive) continue
      hasLive = true
      const { progress, transfer } = handle
      if (progress === null) continue
      const before = seen.get(handle)
      const stands = before?.transfer === transfer && before.progress === progress
      const looks = stands ? before.looks + 1 : 0
      // Asking costs native calls: not of those that move.
      const moved = stands ? movedBy(handle) : UNKNOWN
      const since = stands && (before.moved === moved || before.moved === UNKNOWN) ? before.since : now
      this.seen.set(handle, { transfer, progress, moved, since, looks })
      if (looks > 0) this.help(handle, looks, now - since, waking)
    }
    for (const multiHandle of waking) this.host.wake(multiHandle)
    if (!hasLive) this.seen.clear()
    return hasLive
  }

  private help(handle: EasyHandle, looks: number, ms: number, waking: Set<MultiHandle>): void {
    const { easy, multiHandle } = handle
    if (getInfo(easy, INFO.REQUEST_SIZE as number) === 0) {
      // It waits for a connection, or for one to be made: CONNECTTIMEOUT ends that.
      if (multiHandle !== null && this.wakes && looks > 1 && isTime(looks, false)) waking.add(multiHandle)
      return
    }
    const version = getInfo(easy, INFO.HTTP_VERSION as number)
    // 0 before the answer.
    if (version !== HTTP_2 && (version !== 0 || !mayBeHttp2(handle))) return
    if (ms >= ANSWERED_MS && handle.isAnswered) this.host.settle(handle)
    else if (ms >= handle.standstillTimeoutMs) this.host.giveUp(handle, ms)
    else if (this.nudges && isTime(looks, handle.hasSpeedLimit)) nudge(easy)
  }
}

/** Header lines that came, and what was sent. */
function movedBy({ easy }: EasyHandle): number {
  return (
    Number(getInfo(easy, INFO.HEADER_SIZE as number)) + Number(getInfo(easy, INFO.SIZE_UPLOAD_T as number))
  )
}

/** Before the answer libcurl does not say which version its connection is for: of some hosts it is known. */
function mayBeHttp2({ multiHandle, transfer, mayBeHttp2: isAllowed }: EasyHandle): boolean {
  return isAllowed && !(multiHandle !== null && transfer !== null && isOneAtATime(multiHandle, transfer.url))
}

/** Help sets libcurl's clock for `LOW_SPEED_TIME` back: once is enough for what is in its buffers already. */
function isTime(looks: number, hasSpeedLimit: boolean): boolean {
  if (hasSpeedLimit) return looks === 1
  return looks < MOST_LOOKS ? (looks & (looks - 1)) === 0 : looks % MOST_LOOKS === 0
}
