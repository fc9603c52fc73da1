/**
 * The number and text of a failure. node-libcurl does not expose libcurl's error buffer, so the text is made
 * from the infos of the handle. Does not know what happens to the transfer.
 */
import { getSystemErrorName } from 'node:util'
import { messageOf } from '../../errors.js'
import { redactUrl, shownText, shownUrl } from '../../redaction.js'
import { hostOf, portOf, schemeOf } from '../../url/url-parts.js'
import { strError, usesGnuTls } from '../node-libcurl/binding.js'
import type { EffectiveOptions } from '../request/effective-options.js'
import { errnoOf, isOwnHeadTooLarge } from './error-number.js'
import { FailureFacts, type FailedHandle } from './error-facts.js'
import { openFiles, type OpenFiles } from '../connections/open-files.js'
import { GNUTLS_STATUS, SOCKS_REPLIES, VERIFY_RESULTS } from './reply-texts.js'

/** The number and text of a failure. */
export interface Failure {
  readonly errno: number
  /** One line, without credentials. */
  readonly error: string
}

/**
 * Returns the number and text of a failure.
 *
 * @param options null if the transfer was refused before its options were compiled
 * @param files the open files when the transfer failed; null to look now, if that matters
 */
export function failureOf(
  code: number,
  handle: FailedHandle,
  url: string,
  options: EffectiveOptions | null,
  files?: OpenFiles | null,
): Failure {
  const facts = new FailureFacts(code, handle, url, options, () => files ?? openFiles())
  // The exception of a user's function is the real reason.
  if (handle.thrown !== null) return { errno: code, error: worded(code, messageOf(handle.thrown.error)) }
  const errno = options?.setting('asLibcurl') ? code : errnoOf(facts)
  const text = handle.errorLines?.last ?? ''
  if (text !== '') return { errno, error: facts.withoutSecrets(text) }
  return { errno, error: worded(errno, detailsOf(errno, facts)) }
}

function worded(errno: number, details: string): string {
  return details === '' ? strError(errno) : `${strError(errno)}: ${details}`
}

function detailsOf(errno: number, facts: FailureFacts): string {
  const { code, target } = facts
  const host = shownText(hostOf(redactUrl(target)))
  switch (errno) {
    case 1:
      return protocolDetails(facts)
    case 3:
      return malformed(facts)
    case 5:
      return facts.proxy ?? 'check PROXY and PRE_PROXY'
    case 6:
      return facts.files().isFull ? `${host} (or too many open files: see errno 7)` : host
    case 7:
      return connectDetails(facts, `${host} port ${String(portOf(redactUrl(target)))}`)
    case 8:
      return replyDetails(facts)
    case 18:
      return `${bytes(facts)} of ${String(facts.number('CONTENT_LENGTH_DOWNLOAD_T'))} bytes received`
    case 22:
      return `status ${String(facts.number('RESPONSE_CODE'))}`
    case 28:
      return `after ${String(Math.round(facts.number('TOTAL_TIME_T') / 1000))} ms with ${bytes(facts)} bytes received${through(facts)}`
    case 45:
      return systemError(facts, true)
    case 47:
      return `stopped after ${String(facts.number('REDIRECT_COUNT'))} redirects`
    case 56:
      return [systemError(facts, false), certificateHint(facts)].filter(Boolean).join(', ') + through(facts)
    case 58:
      return 'the client certificate (SSLCERT) and its key (SSLKEY) cannot be used together: they do not fit, cannot be read, or need a KEYPASSWD'
    case 60:
      return verifyDetails(facts, host)
    case 61:
      return code === 61 ? '' : UNDECODED
    case 97:
      return proxyDetails(facts, host)
    case 100:
      if (isOwnHeadTooLarge(facts))
        return 'the URL and the headers of the request are longer than libcurl accepts (1 MiB)'
      return `the response head, ${String(facts.number('HEADER_SIZE'))} bytes so far, is larger than libcurl accepts (300 kB, 100 kB a line, 5000 lines)`
    default:
      return systemError(facts, false) + through(facts)
  }
}

const UNDECODED =
  'the body could not be decoded: it does not match its Content-Encoding, or it has several gzip members one after the other, which libcurl does not read'

function bytes(facts: FailureFacts): string {
  return String(facts.number('SIZE_DOWNLOAD_T'))
}

function protocolDetails(facts: FailureFacts): string {
  const { target } = facts
  const status = facts.number('RESPONSE_CODE')
  const isRedirected = facts.number('REDIRECT_COUNT') > 0 && status >= 300 && status < 400
  // The server has responded, so the unsupported protocol is that of the response.
  if (!isRedirected && facts.number('REQUEST_SIZE') > 0)
    return 'the response is not HTTP that libcurl accepts (no status line: HTTP/0.9, or another protocol)'
  const scheme = `"${shownText(schemeOf(target))}"`
  if (!isRedirected)
    return `${scheme} is not among the protocols that are allowed or built in (PROTOCOLS_STR allows others)`
  return `a redirect to ${shownUrl(target)}: ${scheme} is not among the protocols that redirects may lead to (REDIR_PROTOCOLS_STR allows others)`
}

function malformed(facts: FailureFacts): string {
  if (facts.url === '') return 'the URL is empty'
  // No info has the URL that is malformed.
  if (facts.number('REDIRECT_COUNT') > 0)
    return `the redirect target of "${shownUrl(facts.target)}" (status ${String(facts.number('RESPONSE_CODE'))})`
  return `"${shownUrl(facts.url)}"`
}

function connectDetails(facts: FailureFacts, server: string): string {
  const { isFull, limit } = facts.files()
  // Without a free file descriptor there is no socket, so libcurl has no system error.
  const hasNoCause = facts.number('OS_ERRNO') === 0
  if (isFull && hasNoCause)
    return `too many open files: this process may have ${String(limit)} (ulimit -n); a lower maxRequests needs fewer`
  const { proxy } = facts
  const who = proxy === null ? server : `the proxy ${proxy}, on the way to ${server}`
  // Others may have closed their files since.
  if (hasNoCause) return `${who}, without a system error (there may have been too many open files: ulimit -n)`
  return [who, systemError(facts, true)].filter(Boolean).join(', ')
}

function replyDetails(facts: FailureFacts): string {
  const status = facts.number('RESPONSE_CODE')
  if (!/^https?$/.test(schemeOf(facts.target)) || status === 0) return ''
  const lines =
    status >= 300 && status < 400
      ? 'Location lines that differ, or another line'
      : 'Content-Length lines that differ or are not numbers, a line without a colon or with control characters, or another one'
  return `the response head (status ${String(status)}) has ${lines} that HTTP does not allow; captureErrorText: true names the line`
}

/**
 * Returns a hint at a missing client certificate. With TLS 1.3, a server refuses a certificate only after the
 * handshake is complete on the client's side.
 */
function certificateHint(facts: FailureFacts): string {
  const isEarly = facts.number('HEADER_SIZE') === 0 && facts.number('OS_ERRNO') === 0
  const isTls = facts.number('APPCONNECT_TIME_T') > 0 && schemeOf(facts.target) === 'https'
  if (!isEarly || !isTls || facts.isSet('SSLCERT') || facts.isSet('SSLCERT_BLOB')) return ''
  return 'the server ended TLS before its response (it may require a client certificate, SSLCERT)'
}

function verifyDetails(facts: FailureFacts, host: string): string {
  const ofProxy = facts.number('PROXY_SSL_VERIFYRESULT')
  const { proxy } = facts
  if (ofProxy !== 0 && proxy !== null) return `the proxy ${proxy}, ${verifyText(ofProxy)}`
  return `${host}, ${verifyText(facts.number('SSL_VERIFYRESULT'))}`
}

function verifyText(result: number): string {
  if (usesGnuTls) {
    const texts = GNUTLS_STATUS.filter(([bit]) => (result & bit) !== 0).map(([, text]) => text)
    return `GnuTLS's status ${String(result)}${texts.length === 0 ? '' : ` (${texts.join(', ')})`}`
  }
  const text = VERIFY_RESULTS[result]
  return `OpenSSL's verify result ${String(result)}${text === undefined ? '' : ` (${text})`}`
}

function proxyDetails(facts: FailureFacts, host: string): string {
  const proxy = facts.proxy === null ? 'the proxy' : `the proxy ${facts.proxy}`
  const status = facts.number('HTTP_CONNECTCODE')
  if (status >= 300) {
    const hint = status === 407 ? ' (credentials are missing or wrong: PROXYUSERPWD, PROXYAUTH)' : ''
    return `${proxy} refused the tunnel to ${host}: ${String(status)}${hint}`
  }
  const reply = facts.number('PROXY_ERROR')
  return `${proxy}, ${SOCKS_REPLIES[reply] ?? 'it broke the protocol'} (CURLPX ${String(reply)})`
}

function through(facts: FailureFacts): string {
  const { proxy } = facts
  return proxy === null ? '' : ` (through the proxy ${proxy})`
}

/**
 * The system errors that can end an established connection. The info may also hold the error of an address
 * that refused before another one accepted.
 */
const OF_A_CONNECTION = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED'])

function systemError(facts: FailureFacts, isConnecting: boolean): string {
  const errno = facts.number('OS_ERRNO')
  if (errno === 0) return ''
  let name: string
  try {
    name = getSystemErrorName(-errno)
  } catch {
    name = `system error ${String(errno)}`
  }
  return isConnecting || OF_A_CONNECTION.has(name) ? name : ''
}
