/**
 * What a list of options comes to. Does not know which options there are.
 */
import type { CompiledOptions, OptionValue } from '../options/compiled-options.js'

/** What an option was set to last; undefined where it was not. */
export function lastValue(options: CompiledOptions, id: number): OptionValue | undefined {
  const at = options.ids.lastIndexOf(id)
  return at < 0 ? undefined : options.values[at]
}
