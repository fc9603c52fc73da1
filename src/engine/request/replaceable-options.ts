/**
 * Options that a handle can take from one request after the other without a reset: the same few options over
 * the same shared ones, each of which libcurl simply replaces. Does not know handles.
 *
 * A reset, and setting the cleared options again, costs 4 to 6 us: an eighth of a request with headers of its
 * own or with a text to post.
 */
import type { CompiledOptions } from '../../options/values/compiled-options.js'
import type { EffectiveOptions } from './effective-options.js'
import type { PostFields } from '../../options/values/post-fields.js'
import { OPTION } from '../node-libcurl/binding.js'

/** The options over the shared options of a handle. They are replaced as a whole. */
export interface Overlay {
  readonly ids: CompiledOptions['ids']
  readonly hasBody: boolean
  /** True if the response body is dropped, for which a handle has another callback. */
  readonly dropsBody: boolean
  /**
   * The approximate number of bytes that node-libcurl keeps until the next reset: it does not free lists and
   * bodies that have been replaced.
   */
  readonly weight: number
}

/** No options over the shared ones. */
const NOTHING: Overlay = { ids: [], hasBody: false, dropsBody: false, weight: 0 }
/** No options over the shared ones, and no body is kept. */
const NO_RESPONSE: Overlay = { ...NOTHING, dropsBody: true }
/**
 * Options for which libcurl only stores a text or a list. They change no method and no login, and leave no
 * other state.
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
/** The settings that change the callbacks on a handle. */
const WIRED = ['captureErrorText', 'captureHeaders', 'maxBodySize', 'maxHeaderSize'] as const
const LIST_WEIGHT = 512
const MAX_WEIGHT = 8192

/** Returns the overlay of an order, null if the handle needs a reset after it. */
export function overlayOf(
  { shared, own }: EffectiveOptions,
  body: PostFields | null,
  dropsBody: boolean,
): Overlay | null {
  if (shared.recycling !== 'reusable') return null
  if (own === null && body === null) return dropsBody ? NO_RESPONSE : NOTHING
  if (body !== null && body.kind !== 'text') return null
  const ids = own === null ? NOTHING.ids : own.ids
  let weight = body === null ? 0 : body.text.length
  if (own !== null) {
    if (!isReplaced(own)) return null
    for (const id of ids) if (LISTS.has(id)) weight += LIST_WEIGHT
  }
  return weight > MAX_WEIGHT ? null : { ids, hasBody: body !== null, dropsBody, weight }
}

/** True if the second overlay replaces the first one completely. Both are over the same shared options. */
export function replaces(after: Overlay, before: Overlay): boolean {
  if (after === before) return true
  const { ids } = before
  if (after.hasBody !== before.hasBody || after.dropsBody !== before.dropsBody) return false
  if (after.ids.length !== ids.length) return false
  for (let i = 0; i < ids.length; i++) if (ids[i] !== after.ids[i]) return false
  return true
}

/** True if node-libcurl keeps so much on a handle that a reset is cheaper. */
export function isTooHeavy(weight: number): boolean {
  return weight > MAX_WEIGHT
}

/**
 * True if the options of a request are all replaceable. Its connection can then serve any other request to
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
