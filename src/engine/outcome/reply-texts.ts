/**
 * Texts for the numbers of SOCKS proxies and of the verification of certificates. Does not know which host they are
 * about.
 */

/** `CURLPX_*` (curl/curl.h), the values of `CURLINFO_PROXY_ERROR`. */
export const SOCKS_REPLIES: Readonly<Record<number, string>> = {
  1: 'it speaks another protocol (bad address type)',
  2: 'it speaks another protocol (bad version)',
  3: 'it closed the connection',
  7: 'it cannot reach identd here',
  8: 'identd names another user',
  9: 'the host name is too long for it',
  10: 'the password is too long for it',
  11: 'the user name is too long for it',
  12: 'it accepts none of the ways to authenticate',
  13: 'receiving its answer failed',
  14: 'receiving its answer failed',
  15: 'receiving its answer failed',
  16: 'receiving its answer failed',
  17: 'it does not support this kind of address',
  18: 'it does not support the command',
  19: 'the server refused its connection',
  20: 'it failed for a reason that it does not give',
  21: 'it cannot reach the host',
  22: 'it cannot reach the network of the host',
  23: 'its rules do not allow the connection',
  24: 'its connection to the server took too many hops',
  26: 'it rejected the request, or failed',
  27: 'the host name could not be resolved for it',
  28: 'sending to it failed',
  29: 'sending to it failed',
  30: 'sending to it failed',
  32: 'it chose an unknown way to authenticate',
  33: 'it rejected user or password',
}

/** The common values of `X509_V_ERR_*`. Source: X509_STORE_CTX_get_error(3). */
export const VERIFY_RESULTS: Readonly<Record<number, string>> = {
  9: 'not valid yet',
  10: 'expired',
  18: 'self-signed',
  19: 'a self-signed one in its chain',
  20: 'its issuer is not among the CA certificates',
  21: 'its first certificate cannot be verified',
  23: 'revoked',
  62: 'it is for another host',
}

/** The common bits of `gnutls_certificate_status_t`. Source: gnutls/x509.h. */
export const GNUTLS_STATUS: readonly (readonly [bit: number, text: string])[] = [
  [32, 'revoked'],
  [64, 'its issuer is not among the CA certificates'],
  [128, 'its issuer is no CA'],
  [256, 'signed with an insecure algorithm'],
  [512, 'not valid yet'],
  [1024, 'expired'],
  [16384, 'it is for another host'],
]
