/**
 * Checks whether libcurl accepts a value, on a handle that is used for nothing else. Does not know what the
 * option means.
 */
import { Easy, OPTION, setOption, usesGnuTls, type NativeEasy } from '../node-libcurl/binding.js'
import { BAD_FUNCTION_ARGUMENT, NOT_BUILT_IN } from '../../curl-codes.js'

/** libcurl copies every string that is set. A reset now and then frees the copies. */
const PROBES_BETWEEN_RESETS = 64

/**
 * Options that libcurl takes and never reads: with GnuTLS, certificates of a client come from files only, and a
 * request would go out without one. Source: lib/vtls/gtls.c of 8.22.0.
 */
const UNREAD: ReadonlySet<unknown> = new Set(
  usesGnuTls
    ? ['SSLCERT_BLOB', 'SSLKEY_BLOB', 'PROXY_SSLCERT_BLOB', 'PROXY_SSLKEY_BLOB'].map((name) => OPTION[name])
    : [],
)

let scratch: NativeEasy | undefined
let probes = 0

/** Returns libcurl's code for setting this option to this value: 0 if libcurl accepts it. */
export function probeOption(id: number, value: unknown): number {
  if (UNREAD.has(id)) return NOT_BUILT_IN
  scratch ??= new Easy()
  if (++probes % PROBES_BETWEEN_RESETS === 0) scratch.reset()
  try {
    return setOption(scratch, id, value)
  } catch {
    // node-libcurl 5 throws an exception for errors that are a code in version 4.
    return BAD_FUNCTION_ARGUMENT
  }
}
