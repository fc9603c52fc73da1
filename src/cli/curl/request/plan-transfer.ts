/**
 * From settings and one expanded target to libcurl's options and a body. Opens no files.
 */
import type { CurlContext, ExpandedTarget, GlobalSettings, Operation, TransferPlan } from '../invocation.js'

/**
 * What libcurl is to do. Pure: the same for each attempt, but for `resumeFrom`.
 *
 * @param resumeFrom - where `-C -` found the file to end
 * @throws CurlError where curl refuses to start the transfer
 */
export function planTransfer(
  operation: Operation,
  expanded: ExpandedTarget,
  global: GlobalSettings,
  context: CurlContext,
  resumeFrom = 0,
): TransferPlan {
  throw new Error(
    `not built: ${operation.index} ${expanded.url} ${String(global.silent)} ${typeof context} ${resumeFrom}`,
  )
}
