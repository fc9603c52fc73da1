/**
 * A priority queue by time: the earliest item first, and of equal times the one that was added first. Does
 * not depend on the current time.
 */

interface Entry<T> {
  readonly at: number
  /** The sequence number, for the order of arrival. */
  readonly order: number
  readonly item: T
}

/** A binary heap by time. */
export class TimeHeap<T> {
  private readonly entries: Entry<T>[] = []
  private arrivals = 0

  get size(): number {
    return this.entries.length
  }

  /** The time of the earliest item; `Infinity` if there is none. */
  get nextAt(): number {
    return this.entries[0]?.at ?? Infinity
  }

  /** Returns the earliest item without removing it. */
  peek(): T | undefined {
    return this.entries[0]?.item
  }

  /** Yields all items, in no particular order. */
  *items(): Generator<T> {
    for (const { item } of this.entries) yield item
  }

  push(at: number, item: T): void {
    const { entries } = this
    let hole = entries.length
    const entry = { at, order: this.arrivals++, item }
    entries.push(entry)
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      const above = entries[parent] as Entry<T>
      if (above.at <= at) break
      entries[hole] = above
      hole = parent
    }
    entries[hole] = entry
  }

  /** Removes the items for which `isKept` returns false. Takes time for each item. */
  retain(isKept: (item: T) => boolean): void {
    const kept = this.entries.filter(({ item }) => isKept(item)).sort((a, b) => a.order - b.order)
    this.clear()
    for (const { at, item } of kept) this.push(at, item)
  }

  clear(): void {
    this.entries.length = 0
  }

  pop(): T | undefined {
    const { entries } = this
    const top = entries[0]
    const last = entries.pop()
    if (top === undefined || last === undefined || entries.length === 0) return top?.item
    let hole = 0
    for (;;) {
      let child = 2 * hole + 1
      if (child >= entries.length) break
      const right = entries[child + 1]
      if (right !== undefined && isBefore(right, entries[child] as Entry<T>)) child++
      const below = entries[child] as Entry<T>
      if (isBefore(last, below)) break
      entries[hole] = below
      hole = child
    }
    entries[hole] = last
    return top.item
  }
}

function isBefore<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
