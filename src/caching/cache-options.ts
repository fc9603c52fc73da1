/** The options of a cache, and their checks. Does not apply them. */
import { assertNames, assertOptionsObject, mustBe } from '../wrong-value.js'
import type { PruneOptions } from './prune.js'

/** The options of a cache. */
export interface HttpCacheOptions {
  /**
   * The folder. It must be empty, or that of a cache. If it is missing, it is made, for this user only; offline, it must
   * be there.
   */
  dir: string
  /**
   * `'offline'`: every response comes from the cache, however old it is; a request that the cache cannot answer
   * fails with errno 7, and nothing is sent. Default: `'default'`, as RFC 9111 says.
   */
  mode?: 'default' | 'offline' | undefined
  /**
   * A response that has been stale for no longer than this is used if the server fails: no connection, a
   * timeout, a status of 500, 502, 503 or 504. Milliseconds. Default: what the response says
   * (`stale-if-error`).
   */
  staleIfErrorMs?: number | undefined
  /** The longest body that is stored. Bytes. Default: 100 MiB. */
  maxEntrySize?: number | undefined
  /**
   * The size of the folder. Bytes. When what is stored gets over it, the entries that were used longest ago are
   * removed in the background, until nine tenths are left: the folder is a little larger meanwhile. A body longer
   * than nine tenths is not stored. Several processes count together what they write; give all of them the same
   * limit, because one without a limit is not counted. Default: no limit.
   */
  maxBytes?: number | undefined
}

/** The options with their defaults. */
export type CheckedCacheOptions = {
  readonly [Name in keyof HttpCacheOptions]-?: Exclude<HttpCacheOptions[Name], undefined>
}

const MAX_ENTRY_SIZE = 100 * 1024 ** 2
const KEYS = ['dir', 'mode', 'staleIfErrorMs', 'maxEntrySize', 'maxBytes']
const WHERE = { where: 'HttpCache' } as const

/** Returns the options with their defaults. Throws `OptionError` if one is wrong. */
export function checkedCacheOptions(options: HttpCacheOptions): CheckedCacheOptions {
  assertOptionsObject('HttpCache', options, `an object of ${KEYS.join(', ')}, as { dir: 'cache' }`)
  assertNames('HttpCache', options, KEYS, { option: 'cache' })
  const { dir, mode = 'default', staleIfErrorMs = 0 } = options
  const { maxEntrySize = MAX_ENTRY_SIZE, maxBytes = Infinity } = options
  if (typeof dir !== 'string' || dir === '' || dir.includes('\0'))
    throw mustBe('dir', 'the path of a folder', dir, WHERE)
  if ((mode as unknown) !== 'default' && (mode as unknown) !== 'offline')
    throw mustBe('mode', "'default' or 'offline'", mode, WHERE)
  if (typeof staleIfErrorMs !== 'number' || !(staleIfErrorMs >= 0))
    throw mustBe('staleIfErrorMs', 'milliseconds', staleIfErrorMs, WHERE)
  if (maxEntrySize !== Infinity && !(Number.isSafeInteger(maxEntrySize) && maxEntrySize >= 0))
    throw mustBe('maxEntrySize', 'a whole number of bytes', maxEntrySize, WHERE)
  if (maxBytes !== Infinity && !(Number.isSafeInteger(maxBytes) && maxBytes >= 1))
    throw mustBe('maxBytes', 'a whole number of bytes, 1 or more', maxBytes, WHERE)
  return { dir, mode, staleIfErrorMs, maxEntrySize, maxBytes }
}

/** Throws `OptionError` if a limit of `prune()` is wrong. */
export function checkLimits(limits: PruneOptions): void {
  assertOptionsObject('prune', limits)
  assertNames('prune', limits, ['maxBytes', 'maxAgeMs'])
  for (const name of ['maxBytes', 'maxAgeMs'] as const) {
    const value: unknown = limits[name]
    if (value !== undefined && !(typeof value === 'number' && value >= 0))
      throw mustBe(name, 'a number, 0 or more', value, { where: 'prune' })
  }
}
