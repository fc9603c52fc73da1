/**
 * The two ways in which things go wrong: a transfer failed (CurlError), or a caller made a mistake (OptionError).
 * Does not know what a transfer is.
 */

/** `://user:password@`, also percent-encoded within another URL. Up to the last `@` before the path. */
const CREDENTIALS = /(:|%3a)((?:\/|%2f){2})(?:(?!%2f|%3f|%23|[/?#\s])[^])*(?:@|%40)/gi
/** A password with an unescaped "/", "?" or "#" in it: what stands after the colon is no port, and there is an "@" later. */
const BROKEN_CREDENTIALS = /^([a-z][a-z0-9+.-]*:\/\/)?(?!\[)[^/?#@\s]*:(?!\d*(?:[/?#]|$))[^]*@/i

/** Credentials in a URL become `***`: messages, logs and statistics never carry a password. */
export function redactUrl(url: string): string {
  const whole = url.replace(CREDENTIALS, '$1$2***@')
  if (!BROKEN_CREDENTIALS.test(whole)) return whole
  return whole.replace(BROKEN_CREDENTIALS, '$1***@')
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
