/**
 * Measures what a process holds: memory after a garbage collection, and open file descriptors. Does not find
 * the holder.
 */
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Memory after a garbage collection. Bytes. */
export interface Memory {
  readonly rss: number
  readonly heap: number
  /** Memory outside of the heap: buffers. */
  readonly external: number
}

/** Returns the memory after a collection. Needs `--expose-gc`. */
export async function collectedMemory(): Promise<Memory> {
  // The second collection frees what the first one has finalized.
  for (let i = 0; i < 2; i++) {
    globalThis.gc?.()
    await sleep(1)
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, heap: heapUsed, external }
}

/** Returns the number of open descriptors of this process; null if the system does not report it. */
export function openDescriptors(): number | null {
  try {
    // One of them belongs to reading this folder.
    return readdirSync('/proc/self/fd').length - 1
  } catch {
    return null
  }
}

/** Returns the growth from the first to the last value, on a straight line through all of them. */
export function trend(values: readonly number[]): number {
  const count = values.length
  if (count < 2) return 0
  const middle = (count - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  let products = 0
  let squares = 0
  for (const [i, value] of values.entries()) {
    products += (i - middle) * (value - mean)
    squares += (i - middle) ** 2
  }
  return (products / squares) * (count - 1)
}
