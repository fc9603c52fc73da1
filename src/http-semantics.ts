/**
 * What HTTP says of methods and statuses, as far as several parts go by it. Does not know who tries again,
 * nor when.
 */

/** Methods that change nothing at the server (RFC 9110, 9.2.1). */
export const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** Methods that may be sent again though the server may have begun with them (RFC 9110, 9.2.2). */
export const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])

/** Statuses that pass by themselves: a request may be sent again. */
export const TRANSIENT_STATUSES: readonly number[] = [408, 425, 429, 500, 502, 503, 504]

/** Those with which a server asks for fewer requests (RFC 6585, 4; RFC 9110, 15.6.4). */
export const OVERLOAD_STATUSES: ReadonlySet<number> = new Set([429, 503])
