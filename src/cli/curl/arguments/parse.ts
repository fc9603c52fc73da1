/**
 * From the words of a command line to what they say. Does not run anything.
 */
import type { CurlContext, Invocation } from '../invocation.js'

/**
 * Reads a command line as curl does, `.curlrc` included.
 *
 * @param words - behind `curl`
 * @throws CurlError where curl ends before a transfer
 */
export function parseInvocation(words: readonly string[], context: CurlContext): Invocation {
  throw new Error(`not built: ${String(words.length)} words, ${typeof context}`)
}
