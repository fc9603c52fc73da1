/**
 * HTTP's rules about methods and statuses that several parts use. Does not know retries.
 */

/** Methods that change nothing on the server (RFC 9110, 9.2.1). */
export const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** Methods that may be sent again even if the server has begun to process them (RFC 9110, 9.2.2). */
export const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])

/** Temporary error statuses: the request may be sent again. */
export const TRANSIENT_STATUSES: readonly number[] = [408, 425, 429, 500, 502, 503, 504]

/** The statuses with which a server asks for fewer requests (RFC 6585, 4; RFC 9110, 15.6.4). */
export const OVERLOAD_STATUSES: ReadonlySet<number> = new Set([429, 503])
