/** Statistics for monitoring. Contains no secrets: of a URL only scheme, host and port. */
import { arrivingBodies, arrivingBytes, type ArrivingBodies } from '../../engine/handle/handle-counts.js'
import type { TransferRecord } from '../record/transfer-record.js'
import { SegmentFlight } from './delivery/segment-flight.js'
import type { Dispatcher } from './dispatcher.js'

/** The state of an instance in numbers. */
export interface Stats {
  /** Transfers that wait for a slot, a host, a rate or unread bytes. */
  pending: number
  /** Transfers that wait for the time of their next attempt. */
  delayed: number
  /** Transfers that are on the wire. */
  inFlight: number
  /** Transfers settled since the start, including failed ones. */
  done: number
  /** Transfers that failed, of those that are done. */
  failed: number
  /** Attempts that were repeated. */
  retried: number
  /** Bytes of bodies received since the start, those of unfinished transfers included. */
  receivedBytes: number
  /** Bytes of bodies that were received and not consumed yet. */
  bufferedBytes: number
  /** Transfers done per second, over the last ten seconds. */
  requestsPerSecond: number
  /** The bodies of the transfers in flight. Only present if requested. */
  bodies?: ArrivingBodies
  /** The hosts with their own limits. Only present if requested. */
  hosts?: HostStats[]
}

/** The state of one host: scheme, name and port. */
export interface HostStats {
  host: string
  inFlight: number
  /** The most transfers that may be in flight now. It changes with `adaptive`. */
  limit: number
  /** The remaining pause that the host has requested, in milliseconds. */
  pausedForMs: number
}

/** The parts of the statistics that are left out unless they are asked for. */
export interface StatsOptions {
  /** True to add `hosts`. It takes time for each host. */
  hosts?: boolean | undefined
  /** True to add `bodies`. It takes time for each transfer in flight. */
  bodies?: boolean | undefined
}

/** Collects the statistics. */
export function collectStats(dispatcher: Dispatcher, { hosts, bodies }: StatsOptions): Stats {
  const { scheduler, counters, engine, clock } = dispatcher
  const { pending, delayed, inFlight } = scheduler.numbers
  const stats: Stats = {
    pending,
    delayed,
    inFlight,
    done: counters.done,
    failed: counters.failed,
    retried: counters.retried,
    receivedBytes: engine.meter.receivedBytes + arrivingBytes(engine.pool),
    bufferedBytes: engine.meter.bufferedBytes,
    requestsPerSecond: counters.rate,
  }
  const files = segmented(dispatcher)
  for (const { unfinished } of files) countOnce(stats, unfinished)
  if (bodies === true) stats.bodies = bodiesOf(dispatcher, files)
  if (hosts !== true) return stats
  const now = clock.now()
  stats.hosts = Array.from(scheduler.hosts(), (hostGate) => ({
    host: hostGate.host,
    inFlight: hostGate.inFlight,
    limit: hostGate.limit,
    pausedForMs: Math.max(0, hostGate.heldUntil - now),
  }))
  return stats
}

/** Returns the requests whose files are fetched in segments. */
function segmented({ flights }: Dispatcher): SegmentFlight[] {
  return flights.size === 0 ? [] : [...flights.all()].filter((flight) => flight instanceof SegmentFlight)
}

/** Counts the transfers of one file as the one request that they are. */
function countOnce(stats: Stats, parts: ReadonlySet<TransferRecord>): void {
  const of = (state: TransferRecord['state']): number =>
    [...parts].filter((part) => part.state === state).length
  const [pending, delayed, inFlight] = [of('pending'), of('delayed'), of('inFlight')]
  stats.pending -= pending
  stats.delayed -= delayed
  stats.inFlight -= inFlight
  if (inFlight > 0) stats.inFlight++
  else if (delayed > 0) stats.delayed++
  else if (pending > 0) stats.pending++
}

function bodiesOf({ engine: { pool } }: Dispatcher, files: readonly SegmentFlight[]): ArrivingBodies {
  const known = files.filter(({ expectedBytes }) => expectedBytes !== null)
  const bodies = arrivingBodies(pool, new Set<object>(known.flatMap(({ unfinished }) => [...unfinished])))
  for (const { unfinished, endedBytes, expectedBytes } of known) {
    const received = endedBytes + arrivingBytes(pool, unfinished)
    bodies.receivedBytes += received
    bodies.expectedBytes += Math.max(expectedBytes ?? 0, received)
  }
  return bodies
}
