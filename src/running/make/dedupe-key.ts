/**
 * Decides if two requests are equal, so that they can share one transfer: both would send the same, and the
 * caller could not tell whose response it gets. Does not depend on the callers.
 */
import { methodOf, type LaunchOrder } from '../../engine/request/wire-request.js'
import type { CompiledOptions } from '../../options/values/compiled-options.js'
import { SessionPool } from '../../sessions/session-pool.js'
import type { AccessSettings } from '../options/access-options.js'

const ids = new WeakMap<object, number>()
let lastId = 0

/** Returns a number that identifies the object. */
function idOf(object: object): number {
  let id = ids.get(object)
  if (id === undefined) ids.set(object, (id = ++lastId))
  return id
}

/** Returns a key that only equal GETs have; null if the request must not be shared. */
export function sharedKey(order: LaunchOrder, url: string): string | null {
  const { options, body } = order
  const { shared, own } = options
  // Not shared: a GET with a body, and a body that goes to stdout, because each caller must get its own copy.
  if (body !== null || options.bodyTarget !== 'content') return null
  if (shared.functions.length > 0 || options.setting('onSocketEvent') || methodOf(order) !== 'GET')
    return null
  const { session } = options.settings as AccessSettings
  // Each request acts as another visitor, so the responses differ.
  if (session instanceof SessionPool) return null
  const mine = own === null ? '' : ownKey(own)
  return mine === null ? null : `${String(idOf(shared))} ${mine} ${url}`
}

function ownKey(own: CompiledOptions): string | null {
  if (own.functions.length > 0 || own.values.some(isOpaque) || own.settings.onSocketEvent) return null
  // Signals and time limits belong to the caller and not to the transfer. Everything else has to be equal.
  const { signal: _signal, totalTimeoutMs: _total, ...settings } = own.settings as Record<string, unknown>
  if (Object.values(settings).some((value) => typeof value === 'object' && !Array.isArray(value))) return null
  return JSON.stringify([own.ids, own.values, settings, own.bodyTarget])
}

function isOpaque(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
