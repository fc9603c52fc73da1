/**
 * Finds the most likely name for a mistyped one. Does not know what the names stand for.
 */

/** Names in other libraries, and libcurl's names for the same. */
const SYNONYMS: Readonly<Record<string, string>> = {
  agent: 'PROXY',
  auth: 'USERPWD',
  body: 'POSTFIELDS',
  ca: 'CAINFO',
  cert: 'SSLCERT',
  compressed: 'ACCEPT_ENCODING',
  cookies: 'COOKIE',
  data: 'POSTFIELDS',
  decompress: 'ACCEPT_ENCODING',
  followallredirects: 'FOLLOWLOCATION',
  followredirect: 'FOLLOWLOCATION',
  followredirects: 'FOLLOWLOCATION',
  gzip: 'ACCEPT_ENCODING',
  headers: 'HTTPHEADER',
  insecure: 'SSL_VERIFYPEER',
  key: 'SSLKEY',
  maxcrawldepth: 'maxDepth',
  maxredirects: 'MAXREDIRS',
  maxrequestspercrawl: 'maxRequests',
  method: 'CUSTOMREQUEST',
  rejectunauthorized: 'SSL_VERIFYPEER',
  strictssl: 'SSL_VERIFYPEER',
  token: 'XOAUTH2_BEARER',
  uri: 'URL',
  verify: 'SSL_VERIFYPEER',
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/^curl(opt|info|mopt)(?=_|[a-z])/, '')
    .replace(/[^a-z0-9]/g, '')
}

/**
 * Returns the number of edits between two words; two swapped neighbours count as one edit. If there are more
 * than `limit`, the result is some number above it.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  // rows[i][j] is the number of edits from the first i characters of a to the first j of b.
  let twoBefore: readonly number[] = []
  let before: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column)
  const at = (row: readonly number[], column: number): number => row[column] ?? Infinity
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(twoBefore, j - 2) + 1 : Infinity
      row.push(Math.min(at(before, j) + 1, at(row, j - 1) + 1, at(before, j - 1) + cost, swapped))
    }
    twoBefore = before
    before = row
  }
  return at(before, b.length)
}

/**
 * Returns the name in `names` that is nearest to `word`, undefined if none is near. Case and separators do
 * not count. If several names are equally near, the first one wins.
 */
export function nearest(word: string, names: readonly string[]): string | undefined {
  // A longer word is no typing error, and the comparison takes quadratic time.
  if (word.length > 64) return undefined
  const wanted = plain(word)
  if (wanted === '') return undefined
  let best: string | undefined
  let fewest = Math.floor(wanted.length / 3) + 1
  for (const name of names) {
    const edits = editDistance(wanted, plain(name), fewest - 1)
    if (edits >= fewest) continue
    best = name
    fewest = edits
    if (edits === 0) return best
  }
  const synonym = SYNONYMS[wanted]
  if (synonym !== undefined && names.includes(synonym)) return synonym
  return best ?? containing(wanted, names)
}

/**
 * Finds `SSL_VERIFYPEER` for `verifyPeer`, and `USERAGENT` for `userAgentString`: the name with the fewest
 * extra characters.
 */
function containing(wanted: string, names: readonly string[]): string | undefined {
  let best: string | undefined
  let rest = Infinity
  for (const name of names) {
    const other = plain(name)
    if (Math.min(other.length, wanted.length) < 4 || !(other.includes(wanted) || wanted.includes(other)))
      continue
    const difference = Math.abs(other.length - wanted.length)
    if (difference < rest) [best, rest] = [name, difference]
  }
  return best
}
