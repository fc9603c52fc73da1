/**
 * First in, first out, in constant time, also with a million waiting. Does not know what waits in it.
 */

const CHUNK = 1024

/** A line. What `isStale` says is gone is skipped when its turn comes. */
export class PendingQueue<T> implements Iterable<T> {
  private chunks: (T | undefined)[][] = [[]]
  private head = 0
  /** Those who stood in line before: first of all. The next one is at the end. */
  private returned: T[] = []

  constructor(private readonly isStale: (item: T) => boolean) {}

  push(item: T): void {
    let last = this.chunks[this.chunks.length - 1] as T[]
    if (last.length === CHUNK) this.chunks.push((last = []))
    last.push(item)
  }

  /** Puts one who has been in line before in front of everybody. */
  unshift(item: T): void {
    this.returned.push(item)
  }

  /** Takes the next one out. */
  shift(): T | undefined {
    const item = this.peek()
    if (item === undefined) return undefined
    if (this.returned.length > 0) return this.returned.pop()
    // A line of a million must not hold on to what it has given away.
    ;(this.chunks[0] as (T | undefined)[])[this.head++] = undefined
    return item
  }

  /** Whose turn it is. */
  peek(): T | undefined {
    for (; this.returned.length > 0; this.returned.pop()) {
      const item = this.returned[this.returned.length - 1] as T
      if (!this.isStale(item)) return item
    }
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

  *[Symbol.iterator](): Iterator<T> {
    for (let i = this.returned.length - 1; i >= 0; i--) {
      const item = this.returned[i] as T
      if (!this.isStale(item)) yield item
    }
    for (const [index, chunk] of this.chunks.entries()) {
      for (let i = index === 0 ? this.head : 0; i < chunk.length; i++) {
        const item = chunk[i] as T
        if (!this.isStale(item)) yield item
      }
    }
  }
}
