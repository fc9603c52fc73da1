/**
 * The two kinds of errors: a failed transfer (CurlError), and a mistake of the caller (OptionError). Does not
 * know transfers.
 */
import { inspect, type InspectOptions } from 'node:util'
import { redact, redactUrl, shownText, shownUrl } from './redaction.js'

/** The data for a {@link CurlError}. */
export interface CurlErrorDetails {
  /** libcurl's code (`CURLE_*`). */
  errno: number
  /** The name of that code, e.g. `CURLE_COULDNT_CONNECT`. */
  code: string
  /** The URL of the request. Credentials are removed. */
  url: string
  /** The exception of a callback, or the reason of an abort. */
  cause?: unknown
}

/**
 * A failed transfer. `errno` is libcurl's code, `code` its name, `message` libcurl's text with the details
 * that the build gives.
 */
export class CurlError extends Error {
  override readonly name = 'CurlError'
  /** libcurl's code (`CURLE_*`). */
  readonly errno: number
  /** The name of that code, e.g. `CURLE_COULDNT_CONNECT`. */
  readonly code: string
  /** The URL of the request, without credentials. */
  readonly url: string

  constructor(message: string, details: CurlErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.errno = details.errno
    this.code = details.code
    this.url = redactUrl(details.url)
  }

  /**
   * Returns the text for `console.log()`. Credentials are removed, also from the exception of a callback, and
   * a long URL is cut.
   */
  [inspect.custom](_depth: number, options: InspectOptions): string {
    const { errno, code, url, cause } = this
    const facts = { errno, code, url: shownUrl(url), ...(cause !== undefined && { cause }) }
    return redact(`${this.stack ?? this.message} ${inspect(facts, options)}`, 'text')
  }
}

/**
 * A mistake of the caller: an unknown option, a value of the wrong type, use after close. It is thrown at the
 * call, and nothing has been started. `option` is the name of the wrong option or argument, undefined if
 * there is none.
 */
export class OptionError extends TypeError {
  override readonly name = 'OptionError'
  readonly code = 'ERR_PARALLELCURL_OPTION'
  /** The name of the wrong option or argument; undefined if there is none. */
  readonly option: string | undefined

  constructor(message: string, option?: string) {
    super(message)
    this.option = option
  }
}

/**
 * Returns the message of anything that was thrown, as part of another message: without credentials, in one
 * line, and cut if it is long.
 */
export function messageOf(error: unknown): string {
  try {
    return shownText(error instanceof Error ? error.message : String(error))
  } catch {
    return 'a value that cannot be shown was thrown'
  }
}

/**
 * Thrown by a body sink if a body is wrong although libcurl has no objection. The attempt fails with this
 * errno.
 * @internal
 */
export class BodyFault extends Error {
  override name = 'BodyFault'

  constructor(
    message: string,
    readonly errno: number,
  ) {
    super(message)
  }
}
