/** Lists of byte ranges: joining them, and what they leave out. Does not know files. */

/** Bytes from `start` to before `end`. */
export type ByteRange = readonly [start: number, end: number]

/** Returns the ranges in order, without empty ones, and with those joined that touch or overlap. */
export function joined(ranges: readonly ByteRange[]): ByteRange[] {
  const all: [number, number][] = []
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (start >= end) continue
    const last = all.at(-1)
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end)
    else all.push([start, end])
  }
  return all
}

/** Returns the ranges below `total` that `ranges`, which are {@link joined}, leave out. */
export function holesIn(ranges: readonly ByteRange[], total: number): ByteRange[] {
  const holes: ByteRange[] = []
  let at = 0
  for (const [start, end] of ranges) {
    if (start > at) holes.push([at, Math.min(start, total)])
    at = Math.max(at, end)
  }
  if (at < total) holes.push([at, total])
  return holes
}

/** Returns the number of bytes in ranges that are {@link joined}. */
export function bytesIn(ranges: readonly ByteRange[]): number {
  return ranges.reduce((sum, [start, end]) => sum + end - start, 0)
}

/** Returns the ranges if they come from {@link joined} and lie below `limit`; null for anything else. */
export function rangesFrom(value: unknown, limit: number): ByteRange[] | null {
  if (!Array.isArray(value)) return null
  let last = -1
  for (const range of value as unknown[]) {
    if (!Array.isArray(range) || range.length !== 2 || !range.every(Number.isSafeInteger)) return null
    const [start, end] = range as [number, number]
    if (start <= last || end <= start || end > limit) return null
    last = end
  }
  return value as ByteRange[]
}
