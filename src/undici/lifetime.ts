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
