/**
 * The access of a request's options to the local machine: files, unix sockets, other protocols, stdout and
 * stderr. For requests that come as data (from a queue, or a line of JSON). Does not know which callers
 * refuse such options, nor other spellings than those of libcurl and this library.
 */
import { EASY_ALIASES, EASY_OPTIONS, type OptionKind } from './catalog/option-table.js'
import { parseTable } from './catalog/table-rows.js'

/** An option that reaches something local. */
export interface LocalAccess {
  /** The name in libcurl or this library, without `CURLOPT_`. */
  readonly option: string
  /** Its effect, as the end of a sentence: `reads a local file`. */
  readonly what: string
}

type Reach = (value: unknown) => string | undefined

const READS = 'reads a local file'
const SOCKET = 'connects to a local socket'
const PRINTS = 'writes to the output of the process'

/** For text, `null` takes back an earlier value, and `''` names nothing. */
const isBlank = (value: unknown): boolean => value === null || value === ''
/** For numbers, `false`, `'0'` and `'00'` are zero, too. */
const isZero = (value: unknown): boolean => Number(value) === 0

const text =
  (what: string): Reach =>
  (value) =>
    isBlank(value) ? undefined : what
const whenOn =
  (what: string): Reach =>
  (value) =>
    isZero(value) ? undefined : what
const whenOff =
  (what: string): Reach =>
  (value) =>
    isZero(value) ? what : undefined

/** The protocols that are allowed by default, and WebSocket. The mask has `CURLPROTO_*` 1, 2, 4 and 8. */
const NETWORK: ReadonlySet<string> = new Set(['http', 'https', 'ftp', 'ftps', 'ws', 'wss'])
const NETWORK_MASK = 15
const OTHERS = 'opens other protocols than http, https, ftp, ftps, ws and wss'

const names: Reach = (value) =>
  typeof value === 'string' && value.split(',').every((name) => NETWORK.has(name)) ? undefined : OTHERS
const mask: Reach = (value) => {
  const bits = Number(value)
  return Number.isInteger(bits) && (bits & ~NETWORK_MASK) === 0 && bits >= 0 ? undefined : OTHERS
}

/**
 * `socks5h://localhost/PATH` is a unix socket (CURLOPT_PROXY(3)). libcurl accepts one to three slashes, and
 * decodes the host.
 */
const proxy: Reach = (value) => {
  if (typeof value !== 'string') return undefined
  const rest = value.replace(/^[^/]*:\/+/, '')
  return /\/./s.test(rest) && /localhost|%/i.test(value) ? SOCKET : undefined
}
/** A value that is not the hash of a key is the name of a file: CURLOPT_PINNEDPUBLICKEY(3). */
const pin: Reach = (value) =>
  isBlank(value) || (typeof value === 'string' && value.startsWith('sha256//')) ? undefined : READS
const form: Reach = (value) =>
  Array.isArray(value) && value.some((field: unknown) => isRecord(field) && field['file'] !== undefined)
    ? READS
    : undefined

const EASY: Readonly<Record<string, Reach>> = {
  ...all(
    `CAINFO CAPATH COOKIEFILE CRLFILE EGDSOCKET ISSUERCERT NETRC_FILE PROXY_CAINFO PROXY_CAPATH PROXY_CRLFILE PROXY_ISSUERCERT
     PROXY_SSLCERT PROXY_SSLKEY RANDOM_FILE SSH_KNOWNHOSTS SSH_PRIVATE_KEYFILE SSH_PUBLIC_KEYFILE SSLCERT SSLKEY`,
    text(READS),
  ),
  ...all('ALTSVC COOKIEJAR HSTS', text('reads or writes a local file')),
  ...all('ABSTRACT_UNIX_SOCKET UNIX_SOCKET_PATH', text(SOCKET)),
  ...all('NOPROGRESS RETURNTRANSFER', whenOff(PRINTS)),
  ...all('PROTOCOLS REDIR_PROTOCOLS', mask),
  ...all('PROTOCOLS_STR REDIR_PROTOCOLS_STR', names),
  ...all('PRE_PROXY PROXY', proxy),
  ...all('PINNEDPUBLICKEY PROXY_PINNEDPUBLICKEY', pin),
  SSLENGINE: text('loads a library into the process'),
  SSLENGINE_DEFAULT: whenOn('loads a library into the process'),
  NETRC: whenOn(READS),
  GSSAPI_DELEGATION: whenOn('hands on the credentials of the local user'),
  HTTPPOST: form,
  // A file descriptor of the process; 0 is its stdin.
  READDATA: (value) => (value === null ? undefined : 'reads an open file of the process'),
  VERBOSE: whenOn(PRINTS),
}

const WRITES = text('writes a local file')

const OWN_OPTIONS: Readonly<Record<string, Reach>> = {
  output: WRITES,
  outputDir: WRITES,
  // Any other value is content.
  upload: (value) => (typeof value === 'string' ? READS : undefined),
  proxies(value) {
    if (!Array.isArray(value)) return undefined
    for (const entry of value as unknown[]) {
      const { url, options } = isRecord(entry) ? entry : { url: entry }
      const found = proxy(url) ?? (isRecord(options) ? localAccess(options)?.what : undefined)
      if (found !== undefined) return found
    }
    return undefined
  },
}

/** RETURNTRANSFER exists in PHP only, and has PHP's number. */
const PHP_NUMBER = 19913

/**
 * Returns the first option that reaches something local, in any spelling (`CAINFO`, `CURLOPT_CAINFO`, 10065).
 * Values that take an option back (`null`, `''`, `false`) reach nothing. Unknown names are ignored: they fail
 * when the options are compiled.
 *
 * @param options in the form for `startRequest`: an object or a `Map`
 */
export function localAccess(options: object): LocalAccess | undefined {
  const entries: Iterable<[unknown, unknown]> =
    options instanceof Map ? (options as Map<unknown, unknown>) : Object.entries(options)
  for (const [key, value] of entries) {
    if (value === undefined) continue
    const option = nameOf(String(key))
    const what = reachOf(option)?.(value)
    if (what !== undefined) return { option, what }
  }
  return undefined
}

function reachOf(option: string): Reach | undefined {
  if (Object.hasOwn(OWN_OPTIONS, option)) return OWN_OPTIONS[option]
  return Object.hasOwn(EASY, option) ? EASY[option] : undefined
}

let known:
  { readonly aliases: ReadonlyMap<string, string>; readonly numbers: ReadonlyMap<number, string> } | undefined

function nameOf(key: string): string {
  known ??= readTables()
  const { aliases, numbers } = known
  if (/^-?\d+$/.test(key)) return numbers.get(Number(key)) ?? key
  const name = key.startsWith('CURLOPT_') ? key.slice(8) : key
  return aliases.get(name) ?? name
}

/** If a number has two names, the one that is listed above is used. */
function readTables(): NonNullable<typeof known> {
  const numbers = new Map([[PHP_NUMBER, 'RETURNTRANSFER']])
  for (const kind of Object.keys(EASY_OPTIONS) as OptionKind[]) {
    for (const { name, id } of parseTable(EASY_OPTIONS[kind], kind)) {
      if (!numbers.has(id) || Object.hasOwn(EASY, name)) numbers.set(id, name)
    }
  }
  const pairs = EASY_ALIASES.trim().split(/\s+/)
  return { aliases: new Map(pairs.map((pair) => pair.split('>') as [string, string])), numbers }
}

function all(list: string, reach: Reach): Record<string, Reach> {
  return Object.fromEntries(
    list
      .trim()
      .split(/\s+/)
      .map((name) => [name, reach]),
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
