/** Statistics for monitoring. Contains no secrets: of a URL only scheme, host and port. */
import { arrivingBodies, arrivingBytes, type ArrivingBodies } from '../../engine/handle/handle-counts.js'
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
  if (bodies === true) stats.bodies = arrivingBodies(engine.pool)
  if (hosts !== true) return stats
  const now = clock.now()
  stats.hosts = Array.from(scheduler.hosts(), (hostGate) => ({
    host: hostGate.host,
    inFlight: hostGate.inFlight,
    limit: hostGate.limit,
    pausedForMs: Math.max(0, hostGate.pausedUntil - now),
  }))
  return stats
}
