/**
 * Looks after open connections: one timer for all those of an instance. Does not know what it looks for.
 *
 * libcurl's sockets are not Node's: nothing of Node says when one is readable. node-libcurl's monitor watches
 * for readable and writable at once, a socket is nearly always writable (700,000 events a second, a whole
 * core), and once stopped it cannot be started again: it is of no use, not even for a full send buffer, which
 * it could report once in a connection's life. So connections are asked, often while something goes on and
 * seldom when not. Asking one costs 1.3 us, waking up 130 us.
 */

/**
 * After something has been sent, or much has come, it is looked for at every turn of the event loop.
 * Milliseconds.
 */
const HOT_MS = 2
/** How much of the time that nothing has happened is waited before the next look: 1/16. */
const PATIENCE = 16
/**
 * Milliseconds, a power of two, as all delays: they fall on the same moments, so that many connections cost
 * one waking up.
 */
const MAX_DELAY_MS = 16

/**
 * What a look has found: nothing, something, or so much (or something that was sent) that more is to be
 * expected at once.
 */
export type Found = 0 | 1 | 2

/** One connection that is looked after. */
export class Watch {
  /** @internal When something has happened last. */
  activeAt = 0
  /** @internal */
  nextAt = 0
  private holdsProcess = true

  constructor(
    private readonly poller: Poller,
    /** @internal What it throws, comes out of the event loop. */
    readonly look: () => Found,
  ) {}

  /** Whether it keeps the process alive while it is looked after. */
  get isRef(): boolean {
    return this.holdsProcess
  }

  set isRef(isRef: boolean) {
    if (isRef === this.holdsProcess) return
    this.holdsProcess = isRef
    this.poller.schedule()
  }

  /** Something has happened: looks at the next turn, and for a while. */
  wake(): void {
    this.activeAt = this.nextAt = performance.now()
    this.poller.add(this)
  }

  /** There is nothing to look for, until {@link wake}. */
  rest(): void {
    this.poller.delete(this)
  }
}

/** All connections of one instance that are looked after. */
export class Poller {
  private readonly watches = new Set<Watch>()
  private immediate: NodeJS.Immediate | null = null
  private timer: NodeJS.Timeout | null = null
  private isLooking = false

  /** @param look what is called when it is time to look */
  watch(look: () => Found): Watch {
    return new Watch(this, look)
  }

  /** @internal */
  add(watch: Watch): void {
    this.watches.add(watch)
    // Who looks at the next turn, looks at everybody.
    if (this.immediate === null) this.schedule()
  }

  /** @internal */
  delete(watch: Watch): void {
    if (this.watches.delete(watch) && this.watches.size === 0) this.stop()
  }

  /** @internal Sets the alarm for whoever is next. */
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
    // An immediate that holds no process does not wake it up either.
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
        // Whatever comes of it, somebody else is next.
        watch.nextAt = nextLook(now, now - watch.activeAt)
        const found = watch.look()
        if (found > 0 && this.watches.has(watch)) {
          // It may have been woken by whom it has told.
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
