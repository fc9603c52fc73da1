/**
 * The two ways in which things go wrong: a transfer failed (CurlError), or a caller made a mistake (OptionError).
 * Does not know what a transfer is.
 */

/** Credentials in a URL become `***`: messages, logs and statistics never carry a password. */
export function redactUrl(url: string): string {
  const schemeEnd = url.indexOf('://')
  const start = schemeEnd < 0 ? 0 : schemeEnd + 3
  // Passwords may hold an unescaped "/" or "?" by mistake: cut at the last "@" before the query or, failing that, anywhere.
  const pathStart = url.slice(start).search(/[/?#]/)
  const authorityEnd = pathStart < 0 ? url.length : start + pathStart
  const at = url.lastIndexOf('@', authorityEnd - 1)
  return at < start ? url : `${url.slice(0, start)}***@${url.slice(at + 1)}`
}

/** What a {@link CurlError} is made of. */
export interface CurlErrorDetails {
  /** libcurl's code (`CURLE_*`). */
  errno: number
  /** The name of that code, e.g. `CURLE_COULDNT_CONNECT`. */
  code: string
  /** What was asked for. Credentials are removed. */
  url: string
  /** What a callback threw, or the reason of an abort. */
  cause?: unknown
}

/**
 * A transfer failed. `errno` is libcurl's code, `code` its name, `message` libcurl's text with the details that the
 * build gives.
 */
export class CurlError extends Error {
  override readonly name = 'CurlError'
  readonly errno: number
  readonly code: string
  readonly url: string

  constructor(message: string, details: CurlErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.errno = details.errno
    this.code = details.code
    this.url = redactUrl(details.url)
  }
}

/**
 * A caller's mistake: an unknown option, a value of the wrong type, use after close. It is thrown at the call, and nothing
 * has been started. `option` names what was wrong, where there is such a name.
 */
export class OptionError extends TypeError {
  override readonly name = 'OptionError'
  readonly code = 'ERR_PARALLELCURL_OPTION'
  readonly option: string | undefined

  constructor(message: string, option?: string) {
    super(message)
    this.option = option
  }
}
