/** The common effects of options of the run: one setting each. Does not depend on their names. */
import { UsageError } from '../../errors/errors.js'
import type { Effect } from './flag.js'

/** The settings of a draft that hold a certain type. */
type KeyOf<Draft, Value> = {
  [Key in keyof Draft]-?: Value extends Draft[Key] ? Key : never
}[keyof Draft]

/** Sets a setting to true. */
export const on =
  <Draft>(key: KeyOf<Draft, true>): Effect<Draft> =>
  (draft) => {
    ;(draft[key] as boolean) = true
  }

/** Sets a setting to the value as it was given. */
export const text =
  <Draft>(key: KeyOf<Draft, string>): Effect<Draft> =>
  (draft, value) => {
    ;(draft[key] as string) = value
  }

/** Sets a setting to what a parser makes of the value. */
export const parsed =
  <Draft, Key extends keyof Draft>(
    key: Key,
    parse: (value: string, long: string) => Draft[Key],
  ): Effect<Draft> =>
  (draft, value, long) => {
    draft[key] = parse(value, long)
  }

/** Returns a parser for one of a few words. */
export const oneOf =
  <T extends string>(words: readonly T[]) =>
  (value: string, long: string): T => {
    const found = words.find((word) => word === value)
    if (found !== undefined) return found
    throw new UsageError(`--${long} is one of ${words.join(', ')}; got "${value}"`)
  }
