/**
 * Which bytes of a file are requested next, while several requests are under way. Does not know requests, nor
 * where the bytes are written.
 */
import { bytesIn, holesIn, joined, type ByteRange } from './byte-ranges.js'

/**
 * The length of the first request, whose response says how long the file is, and the least length that a
 * connection of its own is worth. Bytes.
 */
export const LEAST = 1024 ** 2

/** The most requests at a time for one file: more connections to one server help nobody. */
export const MAX_SEGMENTS = 64

/** Part of a file, fetched by one request at a time. */
export interface Segment {
  readonly start: number
  /** The offset after the last byte. It is lowered when another request takes the end over. */
  end: number
  /** The offset of the next byte to receive. */
  at: number
}

const segment = (start: number, end: number): Segment => ({ start, end, at: start })

/** The plan of one file. */
export class SegmentPlan {
  private waiting: Segment[] = []
  private readonly active = new Set<Segment>()
  private done: ByteRange[] = []
  private total: number | null = null

  /** @param count the most segments at a time */
  constructor(private readonly count: number) {}

  /** Returns the segment of the first request, as long as nothing is known of the file. */
  takeFirst(): Segment {
    return this.start(segment(0, LEAST))
  }

  /** Plans a file of which these ranges are there already. */
  goOn(total: number, done: readonly ByteRange[]): void {
    this.total = total
    this.done = joined(done)
    this.waiting = this.cut(holesIn(this.done, total))
  }

  /** Plans the rest of a file, when the first response has said how long it is. */
  know(total: number): void {
    if (this.total !== null) return
    this.total = total
    const [first] = this.active
    if (first === undefined) return
    first.end = Math.min(first.end, total)
    this.waiting = this.cut(first.end < total ? [[first.end, total]] : [])
  }

  /**
   * Returns the next segment: one that waits, else, if it may be split off, the second half of the longest
   * rest. null: nothing is left that another request would be worth.
   */
  take(maySplit: boolean): Segment | null {
    const next = this.waiting.shift()
    if (next !== undefined) return this.start(next)
    if (!maySplit) return null
    let longest: Segment | null = null
    for (const one of this.active) if (longest === null || restOf(one) > restOf(longest)) longest = one
    if (longest === null || restOf(longest) < 2 * LEAST) return null
    const { end } = longest
    longest.end = longest.at + Math.ceil(restOf(longest) / 2)
    return this.start(segment(longest.end, end))
  }

  /** Ends the request of a segment. What it has not received waits for another request. */
  close(one: Segment): void {
    this.active.delete(one)
    this.done = joined([...this.done, [one.start, one.at]])
    if (this.total !== null && one.at < one.end) this.waiting.unshift(segment(one.at, one.end))
  }

  /** Plans the file anew. */
  forget(): void {
    this.total = null
    this.done = []
    this.waiting = []
  }

  /** True if every byte of the file was received. */
  get isComplete(): boolean {
    return this.total !== null && this.doneBytes === this.total
  }

  /** The bytes that requests that have ended have received, now or in an earlier run. */
  get doneBytes(): number {
    return bytesIn(this.done)
  }

  /** Returns the ranges that are there, with those that `written` has of the active segments. */
  ranges(written: (one: Segment) => number): ByteRange[] {
    const rest = [...this.active].map((one): ByteRange => [one.start, written(one)])
    return joined([...this.done, ...rest])
  }

  private start(one: Segment): Segment {
    this.active.add(one)
    return one
  }

  private cut(holes: readonly ByteRange[]): Segment[] {
    const length = Math.max(LEAST, Math.ceil(bytesIn(holes) / this.count))
    return holes.flatMap(([start, end]) => {
      const parts = Math.max(1, Math.round((end - start) / length))
      const edge = (index: number): number => start + Math.round(((end - start) * index) / parts)
      return Array.from({ length: parts }, (_, index) => segment(edge(index), edge(index + 1)))
    })
  }
}

function restOf(one: Segment): number {
  return one.end - one.at
}
