/**
 * When two requests are equal: they would put the same on the wire, and their askers could not tell whose
 * answer it is. Does not know who asked.
 */
import { methodOf, type LaunchOrder } from '../../engine/request/wire-request.js'
import type { CompiledOptions } from '../../options/values/compiled-options.js'
import { SessionPool } from '../../sessions/session-pool.js'
import type { AccessSettings } from '../options/access-options.js'

const ids = new WeakMap<object, number>()
let lastId = 0

/** A number for an object, by identity. */
function idOf(object: object): number {
  let id = ids.get(object)
  if (id === undefined) ids.set(object, (id = ++lastId))
  return id
}

/** A key that only equal GETs have; null where a request must not be shared. */
export function sharedKey(order: LaunchOrder, url: string): string | null {
  const { options, body } = order
  const { shared, own } = options
  // A GET may have a body, and a body may go to stdout: once for each asker.
  if (body !== null || options.bodyTarget !== 'content') return null
  if (shared.functions.length > 0 || options.setting('onSocketEvent') || methodOf(order) !== 'GET')
    return null
  const { session } = options.settings as AccessSettings
  // Each asker is a visitor of its own: the answer to one is not another one's.
  if (session instanceof SessionPool) return null
  const mine = own === null ? '' : ownKey(own)
  return mine === null ? null : `${String(idOf(shared))} ${mine} ${url}`
}

function ownKey(own: CompiledOptions): string | null {
  if (own.functions.length > 0 || own.values.some(isOpaque) || own.settings.onSocketEvent) return null
  // Signals and limits of time are those of the asker, not of the transfer; all else has to be the same.
  const { signal: _signal, totalTimeoutMs: _total, ...settings } = own.settings as Record<string, unknown>
  if (Object.values(settings).some((value) => typeof value === 'object' && !Array.isArray(value))) return null
  return JSON.stringify([own.ids, own.values, settings, own.bodyTarget])
}

function isOpaque(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
