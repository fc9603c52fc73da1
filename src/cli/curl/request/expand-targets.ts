/**
 * From targets to transfers: URL globs, and those of uploads, one at a time. Does not know what is sent.
 */
import type { CurlContext, ExpandedTarget, GlobalSettings, Operation } from '../invocation.js'

/**
 * The transfers of an operation, in curl's order, made when they are asked for.
 *
 * @throws CurlError for a bad glob, when its turn comes; curl ends there
 */
export function* expandTargets(
  operation: Operation,
  global: GlobalSettings,
  context: CurlContext,
): Generator<ExpandedTarget, void> {
  yield* []
  throw new Error(`not built: ${operation.index} ${String(global.silent)} ${typeof context}`)
}
