/**
 * Checks whether the installed libcurl accepts a value, once for each value. Does not know what values mean.
 */
import { BAD_FUNCTION_ARGUMENT, UNKNOWN_OPTION } from '../curl-codes.js'
import { messageOf } from '../errors.js'
import { describe } from '../wrong-value.js'
import type { OptionEntry } from './catalog/option-catalog.js'
import { HTTP_3, HTTP_3_ONLY } from './values/http-version.js'
import { RefusedValue, type Subject } from './values/option-checks.js'

/** Sets an option on a handle that is used for nothing else. Returns libcurl's code. May throw. */
export type Probe = (id: number, value: number | string | null) => number

/** The value as the user wrote it, where that is not the number that libcurl gets. */
interface Asked extends Subject {
  readonly shown?: unknown
}

const NOT_BUILT_IN = 4
/** The number of accepted values to keep for each option. */
const MAX_ACCEPTED = 64
const LONGEST_REMEMBERED = 64

/**
 * Throws an `OptionError` if libcurl refuses the value. Values that libcurl has accepted before are not
 * checked again.
 */
export function ask(
  entry: OptionEntry,
  value: number | string | null,
  subject: Asked,
  probe: Probe | undefined,
): void {
  if (probe === undefined) return
  // For most strings it only matters whether the build has the option at all, so libcurl gets null instead of
  // the string: it may be a secret, or the name of a cookie jar, which the handle would overwrite.
  const asked = typeof value === 'string' && !entry.isValidated ? null : value
  const { accepted } = entry
  if (accepted.has(asked)) return
  const refusal = refuse(entry.id, asked, probe)
  if (refusal !== undefined) {
    const { errno, why } = refusal
    const what = describe(subject.shown ?? value, subject.isSecret)
    const message =
      entry.name === 'HTTP_VERSION' && (value === HTTP_3 || value === HTTP_3_ONLY)
        ? `this libcurl was built without HTTP/3 (${subject.name} ${what}): capabilities().httpVersions lists the versions that work`
        : `libcurl refuses ${what} for ${subject.name}: ${why}`
    throw new RefusedValue(`${subject.where}: ${message}`, subject.name, errno)
  }
  if (typeof asked === 'string' && asked.length > LONGEST_REMEMBERED) return
  if (accepted.size >= MAX_ACCEPTED) accepted.clear()
  accepted.add(asked)
}

function refuse(
  id: number,
  value: number | string | null,
  probe: Probe,
): { readonly errno: number; readonly why: string } | undefined {
  try {
    const errno = probe(id, value)
    if (errno === 0) return undefined
    const isMissing = errno === NOT_BUILT_IN || errno === UNKNOWN_OPTION
    const why = isMissing ? 'it was built without it' : 'out of range or malformed'
    return { errno, why: `${why} (code ${String(errno)})` }
  } catch (error) {
    return { errno: BAD_FUNCTION_ARGUMENT, why: messageOf(error) }
  }
}
