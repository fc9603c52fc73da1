/** The cache of a run. Does not know which requests use it. */
import { HttpCache } from '../../index.js'
import type { RunDraft } from '../arguments/flags/run-draft.js'

/** Opens the folder of `--cache`; undefined without it. Throws `OptionError` if it cannot be used. */
export function cacheOf({
  cache,
  cacheMaxSize,
  offline,
}: Pick<RunDraft, 'cache' | 'cacheMaxSize' | 'offline'>): HttpCache | undefined {
  return cache === undefined
    ? undefined
    : new HttpCache({ dir: cache, maxBytes: cacheMaxSize, mode: offline ? 'offline' : 'default' })
}
