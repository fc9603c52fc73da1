/**
 * Orders with the options of a session or a proxy added. Orders that many requests share are built once. Does
 * not choose sessions or proxies.
 */
import { makeOrder, type LaunchOrder } from '../../engine/request/wire-request.js'
import { layered } from '../../options/layers.js'
import type { CompiledOptions } from '../../options/values/compiled-options.js'
import type { Session } from '../../sessions/session.js'
import { overSession, sessionLayer } from './access-as-libcurl.js'

/** The orders with sessions of one instance. */
export class SessionOrders {
  /** The orders of requests without options of their own, by session. */
  private readonly plain = new WeakMap<Session, { readonly given: LaunchOrder; readonly made: LaunchOrder }>()

  /** Returns the order with the session's options added. */
  of(session: Session, given: LaunchOrder): LaunchOrder {
    const known = this.plain.get(session)
    if (known?.given === given) return known.made
    const { options, body } = given
    const { shared, own } = options
    const below = sessionLayer(session, shared)
    const made = makeOrder(shared, own === null ? below : overSession(below, own, session, shared), body)
    if (isPlain(given)) this.plain.set(session, { given, made })
    return made
  }
}

const combined = new WeakMap<LaunchOrder, WeakMap<CompiledOptions, LaunchOrder>>()

/** True if many requests share the order, because they have no options or body of their own. */
export function isPlain({ options, body }: LaunchOrder): boolean {
  return options.own === null && body === null
}

/** Returns the order with the options of a proxy added. A shared order is built once per proxy. */
export function overProxy(base: LaunchOrder, layer: CompiledOptions, isShared: boolean): LaunchOrder {
  const known = isShared ? combined.get(base)?.get(layer) : undefined
  if (known !== undefined) return known
  const { options, body } = base
  const { shared, own } = options
  const made = makeOrder(shared, own === null ? layer : layered(own, layer), body)
  if (isShared) {
    const byLayer = combined.get(base) ?? new WeakMap<CompiledOptions, LaunchOrder>()
    combined.set(base, byLayer.set(layer, made))
  }
  return made
}
