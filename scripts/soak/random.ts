/**
 * Pseudo-random numbers that are the same for the same seed in every process. Does not depend on their use.
 */

export interface Random {
  /** Returns a number from 0 to less than 1. */
  next(): number
  chance(probability: number): boolean
  /** Returns a whole number from 0 to less than `end`. */
  below(end: number): number
  pick<T>(choices: readonly T[]): T
}

const GOLDEN = 0x9e3779b9
const MIX_A = 0x85ebca6b
const MIX_B = 0xc2b2ae35
const RANGE = 2 ** 32

function mixed(value: number): number {
  let mix = Math.imul(value ^ (value >>> 16), MIX_A)
  mix = Math.imul(mix ^ (mix >>> 13), MIX_B)
  return (mix ^ (mix >>> 16)) >>> 0
}

/** Returns the numbers for a seed and a place. Neighbouring places give unrelated numbers. */
export function randomOf(seed: number, place: number): Random {
  let state = mixed(mixed(seed) + Math.imul(place + 1, GOLDEN))
  const next = (): number => {
    state = (state + GOLDEN) | 0
    return mixed(state) / RANGE
  }
  return {
    next,
    chance: (probability) => next() < probability,
    below: (end) => Math.floor(next() * end),
    pick: <T>(choices: readonly T[]): T => choices[Math.floor(next() * choices.length)] as T,
  }
}
