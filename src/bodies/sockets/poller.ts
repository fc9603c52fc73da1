/**
 * Polls the open connections of one instance with one timer. Does not depend on what a connection does when
 * it is polled.
 *
 * libcurl's sockets are not Node's, so Node cannot report that one is readable. node-libcurl's socket monitor
 * does not help: it watches for readable and writable at once, and a socket is nearly always writable
 * (700,000 events a second, a whole core). Once stopped, the monitor cannot be started again, so it could
 * report a drained send buffer only once in the life of a connection. Therefore connections are polled: often
 * while data flows, seldom while they are idle. One poll costs 1.3 us, one timer event 130 us.
 */

import { callerContext, inContext } from '../../transfer/caller-context.js'

/**
 * For this time after something was sent, or much was received, the connection is polled in every turn of the
 * event loop. Milliseconds.
 */
const HOT_MS = 2
/** The delay before the next poll is the idle time divided by this number. */
const PATIENCE = 16
/**
 * The longest delay between two polls. All delays are powers of two and end at multiples of themselves, so
 * that many connections share one timer event. Milliseconds.
 */
const MAX_DELAY_MS = 16

/**
 * The result of a poll: 0 nothing; 1 something was received; 2 something was sent, or so much was received
 * that more is expected at once.
 */
export type Found = 0 | 1 | 2

/** One connection that is polled. */
export class Watch {
  /** @internal The time of the last activity. */
  activeAt = 0
  /** @internal */
  nextAt = 0
  /** @internal The poll function. An exception in it surfaces from the event loop. */
  readonly look: () => Found
  private holdsProcess = true

  /** @param look is called in the context of this call: the listeners of the socket run in it */
  constructor(
    private readonly poller: Poller,
    look: () => Found,
  ) {
    const caller = callerContext()
    this.look = () => inContext(caller, look, undefined)
  }

  /** True if the connection keeps the process alive while it is polled. */
  get isRef(): boolean {
    return this.holdsProcess
  }

  set isRef(isRef: boolean) {
    if (isRef === this.holdsProcess) return
    this.holdsProcess = isRef
    this.poller.schedule()
  }

  /** Polls in the next turn of the event loop, and often for a while. */
  wake(): void {
    this.activeAt = this.nextAt = performance.now()
    this.poller.add(this)
  }

  /** Stops polling until the next {@link wake}. */
  rest(): void {
    this.poller.delete(this)
  }
}

/** The poller of one instance. */
export class Poller {
  private readonly watches = new Set<Watch>()
  private immediate: NodeJS.Immediate | null = null
  private timer: NodeJS.Timeout | null = null
  private isLooking = false

  /** @param look the function to call when the connection is due for a poll */
  watch(look: () => Found): Watch {
    return new Watch(this, look)
  }

  /** @internal */
  add(watch: Watch): void {
    this.watches.add(watch)
    // A scheduled immediate polls all due connections anyway.
    if (this.immediate === null) this.schedule()
  }

  /** @internal */
  delete(watch: Watch): void {
    if (this.watches.delete(watch) && this.watches.size === 0) this.stop()
  }

  /** @internal Sets the timer for the connection that is due next. */
  schedule(): void {
    if (this.isLooking) return
    this.stop()
    let nextAt = Infinity
    let isRef = false
    for (const watch of this.watches) {
      if (watch.nextAt < nextAt) nextAt = watch.nextAt
      if (watch.isRef) isRef = true
    }
    if (nextAt === Infinity) return
    const delay = nextAt - performance.now()
    // An unreferenced immediate does not wake the event loop up; a timer does.
    if (delay <= 0 && isRef) {
      this.immediate = setImmediate(this.look)
      return
    }
    this.timer = setTimeout(this.look, Math.max(1, Math.ceil(delay)))
    if (!isRef) this.timer.unref()
  }

  private stop(): void {
    if (this.immediate !== null) clearImmediate(this.immediate)
    if (this.timer !== null) clearTimeout(this.timer)
    this.immediate = null
    this.timer = null
  }

  private readonly look = (): void => {
    this.immediate = null
    this.timer = null
    this.isLooking = true
    const now = performance.now()
    try {
      for (const watch of this.watches) {
        if (watch.nextAt > now) continue
        // Set before the call, so that the other connections go on if it throws.
        watch.nextAt = nextLook(now, now - watch.activeAt)
        const found = watch.look()
        if (found > 0 && this.watches.has(watch)) {
          // A listener that ran in look() may have called wake().
          watch.activeAt = Math.max(watch.activeAt, found === 2 ? now : now - HOT_MS)
          watch.nextAt = nextLook(now, now - watch.activeAt)
        }
      }
    } finally {
      this.isLooking = false
      this.schedule()
    }
  }
}

function nextLook(now: number, quietMs: number): number {
  if (quietMs < HOT_MS) return now
  let delay = 1
  while (delay < MAX_DELAY_MS && delay * PATIENCE <= quietMs) delay *= 2
  return (Math.floor(now / delay) + 1) * delay
}
