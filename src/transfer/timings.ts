/**
 * The durations of a transfer's phases. Does not know whether the transfer is held: reading an info throws if
 * not.
 */
import type { InfoValue, Timings } from './transfer-types.js'

const PHASES = [
  ['nameLookupMs', 'NAMELOOKUP_TIME_T'],
  ['connectMs', 'CONNECT_TIME_T'],
  ['appConnectMs', 'APPCONNECT_TIME_T'],
  ['preTransferMs', 'PRETRANSFER_TIME_T'],
  ['startTransferMs', 'STARTTRANSFER_TIME_T'],
  ['redirectMs', 'REDIRECT_TIME_T'],
  ['totalMs', 'TOTAL_TIME_T'],
] as const

/** The data that are needed of a transfer. */
export interface Timed {
  readonly queuedAt: number
  readonly launchedAt: number
  getInfo(info: string): InfoValue
}

/**
 * Returns libcurl's times of the last attempt, and the time before the launch, which libcurl does not
 * measure.
 */
export function timingsOf(transfer: Timed): Timings {
  const { queuedAt, launchedAt } = transfer
  const timings = { queueMs: launchedAt === 0 ? 0 : launchedAt - queuedAt } as Timings
  for (const [key, name] of PHASES) timings[key] = Number(transfer.getInfo(name)) / 1000
  return timings
}
