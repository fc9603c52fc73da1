/**
 * What is going on, in numbers for a meter or a log. Does not know secrets: hosts are names and ports,
 * nothing of a URL besides.
 */
import type { Dispatcher } from './dispatcher.js'

/** What is going on. */
export interface Stats {
  /** Waiting for a slot, a host, a rate or bytes. */
  pending: number
  /** Waiting for the time of their next attempt. */
  delayed: number
  inFlight: number
  /** Settled since the start, failed ones included. */
  done: number
  failed: number
  /** Attempts that were made again. */
  retried: number
  /** Bytes of bodies that have been received. */
  receivedBytes: number
  /** Of these, the ones that nobody has consumed yet. */
  bufferedBytes: number
  /** Transfers that were done per second, over the last ten seconds. */
  requestsPerSecond: number
  /** Hosts that are told apart, where it was asked for. */
  hosts?: HostStats[]
}

/** One host: scheme, name and port. */
export interface HostStats {
  host: string
  inFlight: number
  /** How many may be in flight now: moves with `adaptive`. */
  limit: number
  /** Milliseconds for which the host has asked to be left alone yet. */
  pausedForMs: number
}

/** Collects the numbers; those of hosts take time for each of them. */
export function collectStats(dispatcher: Dispatcher, withHosts: boolean): Stats {
  const { scheduler, counters, engine, clock } = dispatcher
  const { pending, delayed, inFlight } = scheduler.numbers
  const stats: Stats = {
    pending,
    delayed,
    inFlight,
    done: counters.done,
    failed: counters.failed,
    retried: counters.retried,
    receivedBytes: engine.meter.receivedBytes,
    bufferedBytes: engine.meter.bufferedBytes,
    requestsPerSecond: counters.rate,
  }
  if (!withHosts) return stats
  const now = clock.now()
  stats.hosts = Array.from(scheduler.hosts(), (hostGate) => ({
    host: hostGate.host,
    inFlight: hostGate.inFlight,
    limit: hostGate.limit,
    pausedForMs: Math.max(0, hostGate.pausedUntil - now),
  }))
  return stats
}
