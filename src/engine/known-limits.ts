/**
 * What the installed libcurl is known to get wrong so badly that it is better refused: a clear error instead of a hang. Does not
 * mend anything.
 */
import { libcurlVersionNumber, OPTION } from './binding.js'
import { lastValue, type LaunchOrder } from './launch-order.js'
import { preProxyLimit } from './pre-proxy.js'

const PRIOR_KNOWLEDGE = 5

/**
 * Whether a cleartext HTTP/2 connection can be used twice: before 8.0 the second request on it fails with 16, or loops until killed
 * (curl issue 10634).
 */
export const reusesCleartextHttp2 = libcurlVersionNumber >= 0x080000

/** Why this request must not be made with this build; undefined where nothing speaks against it. */
export function knownLimit(order: LaunchOrder, url: string): string | undefined {
  const limit = preProxyLimit(order.shared, order.own)
  if (limit !== undefined) return limit
  if (reusesCleartextHttp2) return undefined
  const value = (name: string): unknown => {
    const id = OPTION[name] as number
    return (order.own && lastValue(order.own, id)) ?? lastValue(order.shared, id)
  }
  if (value('HTTP_VERSION') !== PRIOR_KNOWLEDGE || /^https:/i.test(url) || value('FORBID_REUSE') === 1) {
    return undefined
  }
  return 'HTTP_VERSION 5 (HTTP/2 with prior knowledge) over cleartext is broken in libcurl before 8.0: connections cannot be used twice. Use https, a newer libcurl, or FORBID_REUSE: true'
}
