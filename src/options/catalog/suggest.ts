/**
 * Finds the name that a mistyped one was meant to be. Does not know what the names stand for.
 */

/** How other libraries call what libcurl calls otherwise. */
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
  maxredirects: 'MAXREDIRS',
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
 * Edits between two words, neighbours changing places counted as one; more than `limit` may be any number
 * above it.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  // rows[i][j]: edits from the first i characters of a to the first j of b.
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
 * The one of `names` that `word` was most likely meant to be; undefined where none is near. Case and
 * separators do not count. Of names that are as near, the first.
 */
export function nearest(word: string, names: readonly string[]): string | undefined {
  // Longer than any name: no typing error, and quadratic to compare.
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
 * `verifyPeer` for `SSL_VERIFYPEER`, `userAgentString` for `USERAGENT`: the one with the least around or left
 * over.
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
