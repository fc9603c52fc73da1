/**
 * What is due when: the earliest first. Does not know the time.
 */

interface Entry<T> {
  readonly at: number
  readonly item: T
}

/** A binary heap by time. */
export class TimeHeap<T> {
  private readonly entries: Entry<T>[] = []

  get size(): number {
    return this.entries.length
  }

  /** When the earliest is due; `Infinity` where there is none. */
  get nextAt(): number {
    return this.entries[0]?.at ?? Infinity
  }

  /** The earliest. */
  peek(): T | undefined {
    return this.entries[0]?.item
  }

  /** All, in no particular order. */
  *items(): Generator<T> {
    for (const { item } of this.entries) yield item
  }

  push(at: number, item: T): void {
    const { entries } = this
    let hole = entries.length
    entries.push({ at, item })
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      const above = entries[parent] as Entry<T>
      if (above.at <= at) break
      entries[hole] = above
      hole = parent
    }
    entries[hole] = { at, item }
  }

  /** Forgets what is not to be kept; takes time for each entry. */
  retain(isKept: (item: T) => boolean): void {
    const kept = this.entries.filter(({ item }) => isKept(item))
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
      if (right !== undefined && right.at < (entries[child] as Entry<T>).at) child++
      const below = entries[child] as Entry<T>
      if (below.at >= last.at) break
      entries[hole] = below
      hole = child
    }
    entries[hole] = last
    return top.item
  }
}
