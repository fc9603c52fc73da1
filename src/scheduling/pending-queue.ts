/**
 * A queue (first in, first out) with constant-time operations, also with a million items. Does not interpret
 * the items.
 */

const CHUNK = 1024

/** A queue. Items for which `isStale` returns true are skipped when their turn comes. */
export class PendingQueue<T> implements Iterable<T> {
  private chunks: (T | undefined)[][] = [[]]
  private head = 0
  /** Items that have had a turn before. They come first, in the order in which they returned. */
  private returned: PendingQueue<T> | null = null

  constructor(private readonly isStale: (item: T) => boolean) {}

  push(item: T): void {
    let last = this.chunks[this.chunks.length - 1] as (T | undefined)[]
    if (last.length === CHUNK) this.chunks.push((last = []))
    last.push(item)
  }

  /** Queues an item that has had a turn before: behind others of that kind, ahead of all new items. */
  pushAhead(item: T): void {
    this.returned ??= new PendingQueue(this.isStale)
    this.returned.push(item)
  }

  /** Removes and returns the next item. */
  shift(): T | undefined {
    const returned = this.returned?.shift()
    if (returned !== undefined) return returned
    const item = this.peekOwn()
    // The slot is cleared so that a long queue does not keep removed items in memory.
    if (item !== undefined) (this.chunks[0] as (T | undefined)[])[this.head++] = undefined
    return item
  }

  /** Returns the next item without removing it. */
  peek(): T | undefined {
    return this.returned?.peek() ?? this.peekOwn()
  }

  *[Symbol.iterator](): Generator<T> {
    if (this.returned !== null) yield* this.returned
    for (const [index, chunk] of this.chunks.entries()) {
      for (let i = index === 0 ? this.head : 0; i < chunk.length; i++) {
        const item = chunk[i] as T
        if (!this.isStale(item)) yield item
      }
    }
  }

  private peekOwn(): T | undefined {
    for (;;) {
      const first = this.chunks[0] as (T | undefined)[]
      if (this.head === first.length) {
        this.head = 0
        if (this.chunks.length === 1) {
          first.length = 0
          return undefined
        }
        this.chunks.shift()
        continue
      }
      const item = first[this.head] as T
      if (!this.isStale(item)) return item
      first[this.head++] = undefined
    }
  }
}
