/**
 * First in, first out, in constant time, also with a million waiting. Does not know what waits in it.
 */

const CHUNK = 1024

/** A line. What `isStale` says is gone is skipped when its turn comes. */
export class PendingQueue<T> implements Iterable<T> {
  private chunks: (T | undefined)[][] = [[]]
  private head = 0
  /** Those who have had a turn before: first of all, in the order in which they came back. */
  private returned: PendingQueue<T> | null = null

  constructor(private readonly isStale: (item: T) => boolean) {}

  push(item: T): void {
    let last = this.chunks[this.chunks.length - 1] as (T | undefined)[]
    if (last.length === CHUNK) this.chunks.push((last = []))
    last.push(item)
  }

  /** Puts one who has had a turn before behind the others of that kind, in front of everybody else. */
  pushAhead(item: T): void {
    this.returned ??= new PendingQueue(this.isStale)
    this.returned.push(item)
  }

  /** Takes the next one out. */
  shift(): T | undefined {
    const returned = this.returned?.shift()
    if (returned !== undefined) return returned
    const item = this.peekOwn()
    // A line of a million must not hold on to what it has given away.
    if (item !== undefined) (this.chunks[0] as (T | undefined)[])[this.head++] = undefined
    return item
  }

  /** Whose turn it is. */
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
