/**
 * Merges two sets of checked options into one with the same effect as setting both in turn. Does not know the
 * options.
 */
import type { CompiledOptions, Recycling } from './values/compiled-options.js'

const SEVERITY: Readonly<Record<Recycling, number>> = { reusable: 0, reset: 1, close: 2 }

/** Returns `above` over `below`: for an option in both, `above` wins. */
export function layered(below: CompiledOptions, above: CompiledOptions): CompiledOptions {
  const isWorse = SEVERITY[above.recycling] > SEVERITY[below.recycling]
  return {
    ids: [...below.ids, ...above.ids],
    values: [...below.values, ...above.values],
    functions: [...below.functions, ...above.functions],
    bodyTarget: above.bodyTarget ?? below.bodyTarget,
    headers: above.headers === undefined ? below.headers : above.headers,
    postFields: above.postFields === undefined ? below.postFields : above.postFields,
    bodySize: above.bodySize ?? below.bodySize,
    recycling: isWorse ? above.recycling : below.recycling,
    cookieEngine: below.cookieEngine || above.cookieEngine,
    settings: { ...below.settings, ...above.settings },
  }
}
