/**
 * The plain command's name for a transfer of a curl command line: what the journal knows it by. Does not know
 * the journal.
 */
import { keyOf } from '../../output/journal.js'
import type { ExpandedTarget, GivenOption, Operation } from '../invocation.js'

/** The options that say what is asked for. Others, such as time limits, may change between two runs. */
const ASKS = new Set(
  `append cookie crlf data data-ascii data-binary data-raw data-urlencode form form-string get head header json
   list-only mail-from mail-rcpt postquote prequote quote range referer request request-target telnet-option
   url-query use-ascii user user-agent`.split(/\s+/),
)

const known = new WeakMap<Operation, readonly GivenOption[]>()

/** Returns the key of a transfer. A URL without further options has the plain command's key. */
export function transferKey(operation: Operation, { url, output, upload }: ExpandedTarget): string {
  let asked = known.get(operation)
  if (asked === undefined) known.set(operation, (asked = askedBy(operation)))
  const layer = upload === undefined ? asked : [...asked, ['upload-file', upload] as const]
  return keyOf({ url, ...(layer.length > 0 && { layer }), ...(output !== undefined && { output }) })
}

function askedBy({ given }: Operation): GivenOption[] {
  return given.flatMap(([long, value]): GivenOption[] => {
    if (!ASKS.has(long.replace(/^no-/, ''))) return []
    // The password does not change what is asked for.
    return [[long, long === 'user' ? (value ?? '').replace(/:.*$/s, '') : value]]
  })
}
