/**
 * Looks after transfers over TLS that stand still, because HTTP/2 has ways to leave one standing for ever. Does not know what becomes of
 * those that it gives up.
 *
 * - libcurl before 8.1 may keep the last bytes of a transfer in its buffers, and no event tells of them: it is made to look. Seen with
 *   7.88.1 and nghttpd (up to one of fifty transfers of 1 MB with 300 streams on a connection), not with 8.22.
 * - libcurl 8 may forget one that waits for a connection when the last one that could have woken it is done: it is woken.
 * - After some errors of a server libcurl waits for what will never come: what has neither sent nor received anything for
 *   `standstillTimeoutMs` is given up.
 */
import { getInfo, INFO, nudge } from '../node-libcurl/binding.js'
import { isOneAtATime, leavesWaiting } from '../connections/pipewait.js'
import type { Lane } from '../connections/multi-handles.js'
import type { EasyHandle } from './easy-handle.js'
import { hasFault } from '../node-libcurl/faults.js'

const leavesStanding = hasFault('http2-bytes-held')
/** How often it looks. One that stands still is helped within two looks. */
const LOOK_EVERY_MS = 500
/** One that goes on standing still waits for its server: it is helped after 1, 2, 4 ... looks, and then each time after as many as this. */
const MOST_LOOKS = 64
/** A server that has answered may still take the rest of the body: it has so long before that is thought to be over. */
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
  /** Nothing has been sent or received for so many milliseconds, which is as long as was allowed. Outside of libcurl's stack. */
  giveUp(carrier: EasyHandle, ms: number): void
  /** It has its answer, and only libcurl does not know. Outside of libcurl's stack. */
  settle(carrier: EasyHandle): void
  /** Somebody waits for a connection of this lane. Outside of libcurl's stack. */
  wake(lane: Lane): void
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
export class Standstills {
  /** Whether its timer runs. */
  isWatching = false
  private seen = new Map<EasyHandle, Standing>()

  /**
   * @param nudges whether this libcurl has to be made to look
   * @param wakes whether it forgets those who wait
   */
  constructor(
    private readonly carriers: ReadonlyMap<unknown, EasyHandle>,
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
    const waking = new Set<Lane>()
    this.seen = new Map()
    let hasLive = false
    for (const carrier of this.carriers.values()) {
      if (!carrier.isLive) continue
      hasLive = true
      const { progress, transfer } = carrier
      if (progress === null) continue
      const before = seen.get(carrier)
      const stands = before?.transfer === transfer && before.progress === progress
      const looks = stands ? before.looks + 1 : 0
      // Asking costs native calls: not of those that move.
      const moved = stands ? movedBy(carrier) : UNKNOWN
      const since = stands && (before.moved === moved || before.moved === UNKNOWN) ? before.since : now
      this.seen.set(carrier, { transfer, progress, moved, since, looks })
      if (looks > 0) this.help(carrier, looks, now - since, waking)
    }
    for (const lane of waking) this.host.wake(lane)
    if (!hasLive) this.seen.clear()
    return hasLive
  }

  private help(carrier: EasyHandle, looks: number, ms: number, waking: Set<Lane>): void {
    const { easy, lane } = carrier
    if (getInfo(easy, INFO.REQUEST_SIZE as number) === 0) {
      // It waits for a connection, or for one to be made: CONNECTTIMEOUT ends that.
      if (lane !== null && this.wakes && looks > 1 && isTime(looks, false)) waking.add(lane)
      return
    }
    const version = getInfo(easy, INFO.HTTP_VERSION as number)
    // 0 before the answer.
    if (version !== HTTP_2 && (version !== 0 || !mayBeHttp2(carrier))) return
    if (ms >= ANSWERED_MS && carrier.isAnswered) this.host.settle(carrier)
    else if (ms >= carrier.standstillTimeoutMs) this.host.giveUp(carrier, ms)
    else if (this.nudges && isTime(looks, carrier.hasSpeedLimit)) nudge(easy)
  }
}

/** Header lines that came, and what was sent. */
function movedBy({ easy }: EasyHandle): number {
  return (
    Number(getInfo(easy, INFO.HEADER_SIZE as number)) + Number(getInfo(easy, INFO.SIZE_UPLOAD_T as number))
  )
}

/** Before the answer libcurl does not say which version its connection is for: of some hosts it is known. */
function mayBeHttp2({ lane, transfer, mayBeHttp2: isAllowed }: EasyHandle): boolean {
  return isAllowed && !(lane !== null && transfer !== null && isOneAtATime(lane, transfer.url))
}

/** Help sets libcurl's clock for `LOW_SPEED_TIME` back: once is enough for what is in its buffers already. */
function isTime(looks: number, hasSpeedLimit: boolean): boolean {
  if (hasSpeedLimit) return looks === 1
  return looks < MOST_LOOKS ? (looks & (looks - 1)) === 0 : looks % MOST_LOOKS === 0
}
