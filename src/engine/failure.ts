/**
 * What a failure is told as. node-libcurl does not give libcurl's error buffer: its text is put together again from the infos of
 * the handle. Does not know what becomes of the transfer.
 */
import { getSystemErrorName } from 'node:util'
import { redactUrl } from '../errors.js'
import type { InfoValue } from '../transfer-types.js'
import { INFO, strError } from './binding.js'

/** Where the details come from. */
export interface FailedHandle {
  readonly lastInfoText: string
  readonly thrown: { readonly error: unknown } | null
  readInfo(id: number): InfoValue
}

/** libcurl's text for the code, with the details that the build gives; without credentials. */
export function describeFailure(code: number, handle: FailedHandle, url: string): string {
  if (handle.lastInfoText !== '') return withoutCredentials(handle.lastInfoText)
  const details = handle.thrown === null ? detailsOf(code, handle, url) : messageOf(handle.thrown.error)
  return details === '' ? strError(code) : `${strError(code)}: ${details}`
}

function detailsOf(code: number, handle: FailedHandle, url: string): string {
  const number = (name: string): number => Number(handle.readInfo(INFO[name] as number))
  const text = (name: string): string => String(handle.readInfo(INFO[name] as number) ?? '')
  switch (code) {
    case 1:
      return `"${schemeOf(url)}" is not among the protocols that are allowed or built in (PROTOCOLS_STR allows others)`
    case 3:
      return redactUrl(url) === '' ? 'the URL is empty' : JSON.stringify(redactUrl(url))
    case 5:
      return 'check PROXY and PRE_PROXY'
    case 6:
      return hostOf(url)
    case 7:
      return [
        // Newer builds say -1 where there was none.
        `${text('PRIMARY_IP') || hostOf(url)} port ${String(Math.max(0, number('PRIMARY_PORT')) || portOf(url))}`,
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
      return `${hostOf(url)}, OpenSSL's verify result ${String(number('SSL_VERIFYRESULT'))}`
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

function messageOf(error: unknown): string {
  try {
    return withoutCredentials(error instanceof Error ? error.message : String(error))
  } catch {
    return 'something that cannot be shown was thrown'
  }
}

/** Credentials of every URL that a text mentions. */
function withoutCredentials(text: string): string {
  return text.replace(/[a-z][a-z0-9+.-]*:\/\/[^\s'"<>]+/gi, (url) => redactUrl(url))
}

function schemeOf(url: string): string {
  const end = url.indexOf('://')
  return end < 0 ? 'http' : url.slice(0, end)
}

function hostOf(url: string): string {
  const authority =
    redactUrl(url)
      .replace(/^[^:/?#]+:\/\//, '')
      .split(/[/?#]/)[0] ?? ''
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  return host.replace(/:\d*$/, '')
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ftp: 21, ftps: 990 }

function portOf(url: string): number {
  const port = /^[^/?#]*(?::\/\/)?[^/?#]*:(\d+)(?:[/?#]|$)/.exec(redactUrl(url))?.[1]
  return port === undefined ? (DEFAULT_PORTS[schemeOf(url).toLowerCase()] ?? 0) : Number(port)
}
