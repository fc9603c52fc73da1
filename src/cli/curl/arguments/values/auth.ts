/** Kinds of authentication as bits: CURLAUTH_* of curl/curl.h. Does not know what they are for. */

export const AUTH = {
  basic: 1,
  digest: 2,
  negotiate: 4,
  ntlm: 8,
  bearer: 64,
  aws: 128,
  any: 0xfffffeef,
} as const

/**
 * Sets bits of a mask, or clears them. Without a sign, as libcurl has masks: {@link AUTH}.any has the highest
 * bit.
 */
export function withBits(mask: number, bits: number, isOn = true): number {
  return (isOn ? mask | bits : mask & ~bits) >>> 0
}
