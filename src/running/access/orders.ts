/**
 * Orders with a session below them or a proxy above them. Those that many requests have in common are made
 * once. Does not know when a request has which of them.
 */
import { makeOrder, type LaunchOrder } from '../../engine/request/wire-request.js'
import { layered } from '../../options/layers.js'
import type { CompiledOptions } from '../../options/values/compiled-options.js'
import type { Session } from '../../sessions/session.js'
import { overSession, sessionLayer } from './access-as-libcurl.js'

/** Orders with sessions, of one instance. */
export class SessionOrders {
  /** Those of plain requests, by their session. */
  private readonly plain = new WeakMap<Session, { readonly given: LaunchOrder; readonly made: LaunchOrder }>()

  /** An order with its session. */
  of(session: Session, given: LaunchOrder): LaunchOrder {
    const known = this.plain.get(session)
    if (known?.given === given) return known.made
    const { options, body } = given
    const { shared, own } = options
    const below = sessionLayer(session, shared)
    const made = makeOrder(shared, own === null ? below : overSession(below, own, session), body)
    if (isPlain(given)) this.plain.set(session, { given, made })
    return made
  }
}

const combined = new WeakMap<LaunchOrder, WeakMap<CompiledOptions, LaunchOrder>>()

/** Whether an order is that of many requests. */
export function isPlain({ options, body }: LaunchOrder): boolean {
  return options.own === null && body === null
}

/** An order through a proxy. Those that many requests have in common are made once for each proxy. */
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
