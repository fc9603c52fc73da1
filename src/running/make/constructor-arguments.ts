/**
 * The arguments of `new ParallelCurl()`: a number and options, or options alone. Does not interpret the
 * options.
 */
import type { LaunchOrder } from '../../engine/request/wire-request.js'
import { OptionError } from '../../errors.js'
import type { OptionsMap } from '../../options/request-options.js'
import { DEFAULT_MAX_REQUESTS, LIMIT_NAMES, type Limits } from '../../scheduling/gates/limits.js'
import type { ParallelCurlOptions } from '../options/run-options.js'
import { isEmpty } from './compile-request.js'

/** Returns `maxRequests` and the options, from either form of arguments. */
export function argumentsOf(
  given: number | string | null | object,
  rest: ParallelCurlOptions | OptionsMap | undefined,
): { maxRequests: number | string | null; options: ParallelCurlOptions | OptionsMap } {
  // An array is not a set of options. It is refused later as an invalid number.
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { maxRequests: given as number | string | null, options: rest === undefined ? {} : rest }
  if (rest !== undefined && !isEmpty(rest))
    throw new OptionError(
      'ParallelCurl: give the options once: (maxRequests, options), or ({ maxRequests, ...options })',
    )
  const isMap = given instanceof Map
  const { maxRequests = DEFAULT_MAX_REQUESTS, ...options } = (isMap ? Object.fromEntries(given) : given) as {
    maxRequests?: number | string | null
  }
  if (isMap)
    return {
      maxRequests,
      options: new Map([...(given as OptionsMap)].filter(([name]) => name !== 'maxRequests')),
    }
  return { maxRequests, options }
}

/** Returns the limits in the shared options. */
export function limitsAmong({ options }: LaunchOrder): Limits {
  const settings = options.shared.settings as Readonly<Record<string, unknown>>
  return Object.fromEntries(LIMIT_NAMES.map((name) => [name, settings[name]]))
}

/** Returns the recording options in the shared options. */
export function recordingsAmong({ options }: LaunchOrder): {
  readonly record?: string
  readonly replay?: string
} {
  return options.shared.settings as { readonly record?: string; readonly replay?: string }
}
