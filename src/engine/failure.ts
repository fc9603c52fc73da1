/**
 * What a failure is told as. node-libcurl does not give libcurl's error buffer: its text is put together again from the infos of
 * the handle. Does not know what becomes of the transfer.
 */
import { getSystemErrorName } from 'node:util'
import { messageOf } from '../errors.js'
import { redactUrl, shownText, shownUrl } from '../redaction.js'
import type { InfoValue } from '../transfer-types.js'
import { hostOf, portOf, schemeOf } from '../url-parts.js'
import { INFO, strError } from './binding.js'

/** Where the details come from. */
export interface FailedHandle {
  readonly lastInfoText: string
  readonly thrown: { readonly error: unknown } | null
  readInfo(id: number): InfoValue
}

/** libcurl's text for the code, with the details that the build gives; without credentials. */
export function describeFailure(code: number, handle: FailedHandle, url: string): string {
  if (handle.lastInfoText !== '') return shownText(handle.lastInfoText)
  const details = handle.thrown === null ? detailsOf(code, handle, url) : messageOf(handle.thrown.error)
  return details === '' ? strError(code) : `${strError(code)}: ${details}`
}

function detailsOf(code: number, handle: FailedHandle, url: string): string {
  const number = (name: string): number => Number(handle.readInfo(INFO[name] as number))
  const host = shownText(hostOf(redactUrl(url)))
  const text = (name: string): string => String(handle.readInfo(INFO[name] as number) ?? '')
  switch (code) {
    case 1:
      return `"${schemeOf(url)}" is not among the protocols that are allowed or built in (PROTOCOLS_STR allows others)`
    case 3:
      return url === '' ? 'the URL is empty' : `"${shownUrl(url)}"`
    case 5:
      return 'check PROXY and PRE_PROXY'
    case 6:
      return host
    case 7:
      return [
        // Newer builds say -1 where there was none.
        `${text('PRIMARY_IP') || host} port ${String(Math.max(0, number('PRIMARY_PORT')) || portOf(url))}`,
        systemError(number('OS_ERRNO')),
      ]
        .filter(Boolean)
        .join(', ')
    case 18:
      return `${String(number('SIZE_DOWNLOAD_T'))} of ${String(number('CONTENT_LENGTH_DOWNLOAD_T'))} bytes received`
    case 22:
      return `status ${String(number('RESPONSE_CODE'))}`
    case 28:
      return `after ${String(Math.round(number('TOTAL_TIME_T') / 1000))} ms with ${String(number('SIZE_DOWNLOAD_T'))} bytes received`
    case 47:
      return `stopped after ${String(number('REDIRECT_COUNT'))} redirects`
    case 60:
      return `${host}, OpenSSL's verify result ${String(number('SSL_VERIFYRESULT'))}`
    default:
      return systemError(number('OS_ERRNO'))
  }
}

function systemError(errno: number): string {
  if (!(errno > 0)) return ''
  try {
    return getSystemErrorName(-errno)
  } catch {
    return `system error ${String(errno)}`
  }
}
