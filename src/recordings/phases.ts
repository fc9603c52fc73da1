/** The phases of an attempt. Does not know who shows them. */

/**
 * The duration of each phase of the last attempt, in milliseconds. The time of a redirect counts to the
 * phases in which it was spent.
 */
export interface Phases {
  dns: number
  connect: number
  tls: number
  send: number
  wait: number
  receive: number
}

/**
 * Returns the phases. libcurl measures each of these times from the start. On a reused connection, some are 0.
 *
 * @param number returns an info
 */
export function phasesOf(number: (name: string) => number): Phases {
  let before = 0
  const step = (name: string): number => {
    const until = Math.max(before, number(name) / 1000)
    const length = until - before
    before = until
    return length
  }
  return {
    dns: step('NAMELOOKUP_TIME_T'),
    connect: step('CONNECT_TIME_T'),
    tls: step('APPCONNECT_TIME_T'),
    send: step('PRETRANSFER_TIME_T'),
    wait: step('STARTTRANSFER_TIME_T'),
    receive: step('TOTAL_TIME_T'),
  }
}
