/**
 * Requests that a handle can take one after the other without a reset: those with the same few options over
 * the same shared ones, each of which libcurl simply replaces. Does not know handles.
 *
 * A reset, and setting all that it has taken away, costs 4 to 6 us: of requests with headers of their own, or
 * a text to post, an eighth.
 */
import type { CompiledOptions } from '../../options/values/compiled-options.js'
import type { EffectiveOptions } from './effective-options.js'
import type { PostFields } from '../../options/values/post-fields.js'
import { OPTION } from '../node-libcurl/binding.js'

/** What stands over the shared options of a handle, and is replaced as a whole. */
export interface Overlay {
  readonly ids: CompiledOptions['ids']
  readonly hasBody: boolean
  /**
   * Bytes that node-libcurl keeps of it until the next reset, about: lists and bodies that have been replaced
   * are not let go.
   */
  readonly weight: number
}

/** Nothing over the shared options. */
const NOTHING: Overlay = { ids: [], hasBody: false, weight: 0 }
/**
 * Texts and lists that are a place in libcurl, and nothing else: no method, no login, nothing that is
 * remembered.
 */
const LISTS = new Set<number | string>([OPTION.HTTPHEADER as number])
const REPLACED = new Set<number | string>(
  [
    'ACCEPT_ENCODING',
    'CONNECTTIMEOUT',
    'CONNECTTIMEOUT_MS',
    'CUSTOMREQUEST',
    'FOLLOWLOCATION',
    'HTTPHEADER',
    'LOW_SPEED_LIMIT',
    'LOW_SPEED_TIME',
    'MAXREDIRS',
    'PROXY',
    'REFERER',
    'TIMEOUT',
    'TIMEOUT_MS',
    'USERAGENT',
  ].map((name) => OPTION[name] as number),
)
/** Settings that a handle is wired for. */
const WIRED = ['captureErrorText', 'captureHeaders', 'maxBodySize', 'maxHeaderSize'] as const
const LIST_WEIGHT = 512
const MAX_WEIGHT = 8192

/** What an order puts over its shared options; null where that needs a reset afterwards. */
export function overlayOf({ shared, own }: EffectiveOptions, body: PostFields | null): Overlay | null {
  if (shared.recycling !== 'reusable') return null
  if (own === null && body === null) return NOTHING
  if (body !== null && body.kind !== 'text') return null
  const ids = own === null ? NOTHING.ids : own.ids
  let weight = body === null ? 0 : body.text.length
  if (own !== null) {
    if (!isReplaced(own)) return null
    for (const id of ids) if (LISTS.has(id)) weight += LIST_WEIGHT
  }
  return weight > MAX_WEIGHT ? null : { ids, hasBody: body !== null, weight }
}

/** Whether one that stood over the same shared options is replaced by another as a whole. */
export function replaces(after: Overlay, before: Overlay): boolean {
  if (after === before) return true
  const { ids } = before
  if (after.hasBody !== before.hasBody || after.ids.length !== ids.length) return false
  for (let i = 0; i < ids.length; i++) if (ids[i] !== after.ids[i]) return false
  return true
}

/** Whether a handle has been given so much that a reset is cheaper than keeping it. */
export function isTooHeavy(weight: number): boolean {
  return weight > MAX_WEIGHT
}

/**
 * Whether options of a request are such, and nothing else: its connection is as good as that of any other to
 * its host.
 */
export function isReplaced(own: CompiledOptions): boolean {
  const { ids, functions, bodyTarget, bodySize, recycling, cookieEngine, settings } = own
  if (recycling !== 'reusable' || functions.length > 0 || cookieEngine) return false
  if (bodyTarget !== undefined || bodySize !== undefined) return false
  for (const name of WIRED) if (settings[name] !== undefined) return false
  for (const id of ids) if (!REPLACED.has(id)) return false
  return true
}
