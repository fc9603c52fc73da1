/**
 * The two ways in which things go wrong: a transfer failed (CurlError), or a caller made a mistake
 * (OptionError). Does not know what a transfer is.
 */
import { inspect, type InspectOptions } from 'node:util'
import { redact, redactUrl, shownText, shownUrl } from './redaction.js'

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
 * A transfer failed. `errno` is libcurl's code, `code` its name, `message` libcurl's text with the details
 * that the build gives.
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

  /**
   * What `console.log()` shows: no credentials, also where what a callback threw names some, and no URL
   * without end.
   */
  [inspect.custom](_depth: number, options: InspectOptions): string {
    const { errno, code, url, cause } = this
    const facts = { errno, code, url: shownUrl(url), ...(cause !== undefined && { cause }) }
    return redact(`${this.stack ?? this.message} ${inspect(facts, options)}`, 'text')
  }
}

/**
 * A caller's mistake: an unknown option, a value of the wrong type, use after close. It is thrown at the
 * call, and nothing has been started. `option` names what was wrong, where there is such a name.
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

/**
 * The message of anything that was thrown, as a part of another message: without credentials, in one line,
 * and cut.
 */
export function messageOf(error: unknown): string {
  try {
    return shownText(error instanceof Error ? error.message : String(error))
  } catch {
    return 'something that cannot be shown was thrown'
  }
}

/**
 * Thrown by what takes a body: it is not right as it came, though libcurl has no objection. The attempt fails
 * with this errno.
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
