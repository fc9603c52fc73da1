/**
 * What a process holds: memory after a collection, open descriptors, files in a folder. Does not know who
 * holds it.
 */
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** After a collection; in bytes. */
export interface Memory {
  readonly rss: number
  readonly heap: number
  /** Beside the heap: buffers. */
  readonly external: number
}

/** Needs `--expose-gc`. */
export async function collectedMemory(): Promise<Memory> {
  // What the first one finalizes goes with the second one.
  for (let i = 0; i < 2; i++) {
    globalThis.gc?.()
    await sleep(1)
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, heap: heapUsed, external }
}

/** How many descriptors this process has open; null where the system does not say. */
export function openDescriptors(): number | null {
  try {
    // One of them is that of the folder itself.
    return readdirSync('/proc/self/fd').length - 1
  } catch {
    return null
  }
}

/** By how much the values grow from the first to the last, on a straight line through all of them. */
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
