/**
 * The arguments of `new ParallelCurl()`: a number and options, or options alone. Does not know what the
 * options mean.
 */
import type { LaunchOrder } from '../../engine/request/wire-request.js'
import { OptionError } from '../../errors.js'
import type { OptionsMap } from '../../options/request-options.js'
import { DEFAULT_MAX_REQUESTS, LIMIT_NAMES, type Limits } from '../../scheduling/limits.js'
import type { ParallelCurlOptions } from '../options/run-options.js'
import { isEmpty } from './compile-request.js'

/** The number and the options, or options alone that have the number among them. */
export function argumentsOf(
  given: number | string | null | object,
  rest: ParallelCurlOptions | OptionsMap | undefined,
): { maxRequests: number | string | null; options: ParallelCurlOptions | OptionsMap } {
  // An array is no options: as a number, it is refused.
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { maxRequests: given as number | string | null, options: rest === undefined ? {} : rest }
  if (rest !== undefined && !isEmpty(rest))
    throw new OptionError(
      'ParallelCurl: options come once: (maxRequests, options), or ({ maxRequests, ...options })',
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

/** The limits among shared options. */
export function limitsAmong({ options }: LaunchOrder): Limits {
  const settings = options.shared.settings as Readonly<Record<string, unknown>>
  return Object.fromEntries(LIMIT_NAMES.map((name) => [name, settings[name]]))
}
