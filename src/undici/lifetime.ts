/**
 * The requests of a dispatcher that are not over yet, and its end: closed once they are over, or destroyed
 * with them. Does not know what a request does.
 */
import { errors } from 'undici'

/** A request that can be ended. */
export interface Ending {
  abort(reason: Error): void
}

/** The life of one dispatcher and of those derived from it. */
export class Lifetime {
  closed = false
  destroyed = false
  /** Called with the origin of the last request that waited for a slot, when none does any more. */
  onDrain: ((origin: string) => void) | null = null
  private waiting = 0
  private readonly open = new Set<Ending>()
  private readonly whenIdle: (() => void)[] = []

  /** Throws undici's error if no request may begin any more. */
  assertOpen(): void {
    if (this.destroyed) throw new errors.ClientDestroyedError()
    if (this.closed) throw new errors.ClientClosedError()
  }

  begin(request: Ending): void {
    this.open.add(request)
  }

  end(request: Ending): void {
    this.open.delete(request)
    if (this.open.size > 0) return
    for (const resolve of this.whenIdle.splice(0)) resolve()
  }

  /** Notes that a request waits for a slot. */
  waits(): void {
    this.waiting++
  }

  /** Notes that one waits no more. */
  launched(origin: string): void {
    if (--this.waiting > 0) return
    queueMicrotask(() => {
      if (this.waiting === 0) this.onDrain?.(origin)
    })
  }

  /** Refuses further requests. Resolves when all are over. */
  async close(): Promise<void> {
    if (this.destroyed) throw new errors.ClientDestroyedError()
    this.closed = true
    if (this.open.size > 0) await new Promise<void>((resolve) => this.whenIdle.push(resolve))
    this.destroyed = true
  }

  /** Refuses further requests, and aborts all. */
  destroy(reason: Error | null): void {
    this.destroyed = true
    const why = reason ?? new errors.ClientDestroyedError()
    for (const request of [...this.open]) request.abort(why)
  }
}
