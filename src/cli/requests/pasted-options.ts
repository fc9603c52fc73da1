/** Adds the options of a pasted command to those of the run. Does not parse the command. */
import { linesUnlike } from '../../http-semantics.js'
import type { RequestOptions } from '../../index.js'
import type { PastedRequest } from '../input/input-line.js'

/** The options of a pasted command, over those of the command line. Headers of other names stay. */
export function pastedOptions(base: RequestOptions, { options, hasOwnAgent }: PastedRequest): RequestOptions {
  const merged: Record<string, unknown> = { ...base, ...options }
  const lines = (of: RequestOptions): string[] => (of as { HTTPHEADER?: string[] }).HTTPHEADER ?? []
  const headers = [...linesUnlike(lines(base), lines(options)), ...lines(options)]
  if (headers.length > 0) merged['HTTPHEADER'] = headers
  const agent = (base as { USERAGENT?: string }).USERAGENT
  if (!hasOwnAgent && agent !== undefined) merged['USERAGENT'] = agent
  return merged
}
