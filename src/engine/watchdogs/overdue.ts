/**
 * Ends transfers that libcurl should have ended: a transfer past its `TIMEOUT_MS` must not stand for ever.
 * Does not know what happens to an ended transfer.
 *
 * - libcurl before 8.4 drops the timers of a transfer that are due within a millisecond when something else
 *   happens on it. If its server is silent from then on, no event follows: libcurl is made to check it.
 * - libcurl before 8.8 does not check the time limit of a transfer that waits for a connection.
 * - A transfer that stands for another reason is ended by the second check that finds it overdue.
 */
import { getInfo, INFO, nudge } from '../node-libcurl/binding.js'
import { OPERATION_TIMEDOUT } from '../../curl-codes.js'
import { dropsTimers, type TimeLimits } from '../request/time-limits.js'
import type { EasyHandle } from '../handle/easy-handle.js'
import { Watchdog, type Ticker } from './watchdog.js'

/**
 * The time between two checks. A transfer ends so much too late if libcurl ends it, else twice as much at
 * most.
 */
const LOOK_EVERY_MS = 250

/** Checks the transfers of one instance that have time limits. */
export class Overdue extends Watchdog {
  /** The transfers that were overdue at the last check. Not handles: they are used again. */
  private seen = new Set<unknown>()

  /**
   * @param expire called with a transfer that has to be ended. Not on libcurl's stack
   * @param nudges true if libcurl has to be made to check transfers
   */
  constructor(
    private readonly handles: ReadonlyMap<unknown, EasyHandle>,
    ticker: Ticker,
    private readonly expire: (handle: EasyHandle) => void,
    private readonly nudges = dropsTimers,
  ) {
    super(ticker, LOOK_EVERY_MS)
  }

  /** Checks all of them; false if no transfer with a limit is in flight. Not on libcurl's stack. */
  override look(): boolean {
    const { seen } = this
    const now = this.ticker.now()
    this.seen = new Set()
    let hasAny = false
    for (const handle of this.handles.values()) {
      const { timeLimits, transfer } = handle
      if (timeLimits === null || transfer === null) continue
      hasAny = true
      const ms = now - transfer.launchedAt
      const isOver = timeLimits.totalMs > 0 && ms > timeLimits.totalMs
      if (isOver && seen.has(transfer)) {
        const error = new Error(`libcurl did not end it after ${String(timeLimits.totalMs)} ms (TIMEOUT_MS)`)
        handle.thrown ??= { error, code: OPERATION_TIMEDOUT }
        this.expire(handle)
        continue
      }
      if (isOver) this.seen.add(transfer)
      // libcurl ends it with a better message.
      if (this.nudges && handle.isFree && (isOver || hasDroppedTimer(handle, timeLimits, ms)))
        nudge(handle.easy)
    }
    return hasAny
  }
}

/** True if a timer of the transfer should have fired by now, and may have been dropped. */
function hasDroppedTimer(handle: EasyHandle, { connectMs, expectMs }: TimeLimits, ms: number): boolean {
  if ((connectMs === 0 || ms <= connectMs) && (expectMs === 0 || ms <= expectMs)) return false
  const info = (name: string): number => Number(getInfo(handle.easy, INFO[name] as number))
  const connectedMs = info('PRETRANSFER_TIME_T') / 1000
  if (connectMs > 0 && ms > connectMs && connectedMs === 0) return true
  // No info states if a redirected transfer is connecting again. A nudge resets libcurl's clock for
  // LOW_SPEED_TIME.
  if (handle.hasSpeedLimit) return false
  if (connectMs > 0 && info('REDIRECT_COUNT') > 0) return ms - info('REDIRECT_TIME_T') / 1000 > connectMs
  return expectMs > 0 && ms - connectedMs > expectMs && info('SIZE_UPLOAD_T') === 0
}
