/**
 * First in, first out, in constant time, also with a million waiting. Does not know what waits in it.
 */

const CHUNK = 1024

/** A queue of which any entry can be withdrawn: what `isStale` says is gone is skipped, and counts no longer. */
export class PendingQueue<T> implements Iterable<T> {
  private chunks: (T | undefined)[][] = [[]]
  private head = 0
  private live = 0

  constructor(private readonly isStale: (item: T) => boolean) {}

  /** How many wait. */
  get size(): number {
    return this.live
  }

  push(item: T): void {
    let last = this.chunks[this.chunks.length - 1] as T[]
    if (last.length === CHUNK) this.chunks.push((last = []))
    last.push(item)
    this.live++
  }

  /** Takes the next one out. */
  shift(): T | undefined {
    for (;;) {
      const first = this.chunks[0] as (T | undefined)[]
      if (this.head === first.length) {
        if (this.chunks.length === 1) {
          first.length = this.head = 0
          return undefined
        }
        this.chunks.shift()
        this.head = 0
        continue
      }
      const item = first[this.head] as T
      // A queue of a million must not hold on to what it has given away.
      first[this.head++] = undefined
      if (this.isStale(item)) continue
      this.live--
      return item
    }
  }

  /** Says that one entry has become stale: it is skipped when its turn comes. */
  withdrawn(): void {
    this.live--
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const [index, chunk] of this.chunks.entries()) {
      for (let i = index === 0 ? this.head : 0; i < chunk.length; i++) {
        const item = chunk[i] as T
        if (!this.isStale(item)) yield item
      }
    }
  }
}
