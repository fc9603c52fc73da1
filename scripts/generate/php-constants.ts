/**
 * Generates src/php/values/constants.ts from the curl extension of a real PHP 8.2 (Debian: php-cli php-curl).
 * Does not depend on which constants the library supports.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

interface Dump {
  php: string
  libcurl: string
  constants: Record<string, number>
  texts: Record<string, string>
}

/** Texts for constants that are not libcurl's, or that do not mean what their name says. */
const phpOnly: Record<string, string> = {
  CURLOPT_RETURNTRANSFER:
    "PHP's own. Truth value: the callback gets the content (the default); off, it goes to stdout.",
  CURLOPT_BINARYTRANSFER: "PHP's own. Accepted, without effect.",
  CURLOPT_SAFE_UPLOAD: "PHP's own. Accepted when true, without effect; false is an error.",
  CURLOPT_FILE: "Writable stream: gets the body. PHP's name of `CURLOPT_WRITEDATA`.",
  CURLOPT_INFILE: "Readable stream: gives the request's body. PHP's name of `CURLOPT_READDATA`.",
  CURLOPT_WRITEHEADER: "Writable stream: gets the header lines. PHP's name of `CURLOPT_HEADERDATA`.",
  CURLOPT_POSTFIELDS:
    'String, or an array for multipart/form-data. https://curl.se/libcurl/c/CURLOPT_POSTFIELDS.html',
  CURLOPT_PRIVATE: 'Any value: comes back from `CURLINFO_PRIVATE`.',
  CURLOPT_SHARE: 'A share handle. https://curl.se/libcurl/c/CURLOPT_SHARE.html',
  CURLINFO_PRIVATE: 'What `CURLOPT_PRIVATE` was given, else false.',
  CURLOPT_STDERR: 'Writable stream: gets what `CURLOPT_VERBOSE` says.',
  CURLINFO_HEADER_OUT:
    "PHP's own. As an option, a truth value: keep the request's header. As an info, string|false: the last one sent.",
  CURLINFO_HTTP_CODE: "Integer. PHP's name of {@link CURLINFO_RESPONSE_CODE}.",
}

const lists =
  /^CURLOPT_(CONNECT_TO|HTTP200ALIASES|HTTPHEADER|MAIL_RCPT|POSTQUOTE|PREQUOTE|PROXYHEADER|QUOTE|RESOLVE|TELNETOPTIONS)$/

/** Names left out of the type unions: duplicates of a number, and infos without a fixed type. */
const notInUnions = new Set(['CURLINFO_HTTP_CODE', 'CURLINFO_PRIVATE'])

/** Returns the path and the text of the file; or a sentence that says why PHP is not usable here. */
export function phpConstantsFile(php = 'php'): [path: string, text: string] | string {
  const dumped = dumpOf(php)
  return typeof dumped === 'string' ? dumped : ['src/php/values/constants.ts', textOf(dumped)]
}

function dumpOf(php: string): Dump | string {
  const needed = 'PHP 8.2 with its curl extension is needed (Debian 12: apt-get install php-cli php-curl)'
  const script = fileURLToPath(new URL('./php-constants.php', import.meta.url))
  let output: string
  try {
    output = execFileSync(php, ['-n', '-d', 'extension=curl', script], { encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: string; stdout?: string; stderr?: string }
    const said = [stderr, stdout].map((text) => text?.trim().split('\n')[0]).find(Boolean)
    return `${needed}: ${code === 'ENOENT' ? `there is no ${php}` : `${php} says: ${said ?? String(error)}`}`
  }
  const dump = JSON.parse(output) as Dump
  return dump.php.startsWith('8.2.') ? dump : `${needed}: this is PHP ${dump.php}`
}

function textOf({ php, libcurl, constants, texts }: Dump): string {
  const first = new Map<string, string>()
  const lines: string[] = []
  let family = ''
  for (const [name, value] of Object.entries(constants).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const prefix = /^CURL[A-Z]*/.exec(name)![0]
    if (prefix !== family) lines.push('')
    family = prefix
    const doc = describe(name, value, texts, first)
    if (doc !== '') lines.push(`/** ${doc} */`)
    lines.push(`export const ${name} = ${value}`)
  }
  return [
    '/**',
    ` * The constants of PHP 8.2's curl extension, with PHP's values. Written by scripts/generate/php-constants.ts from PHP`,
    ` * ${php} on libcurl ${libcurl}: do not edit. Does not know what the libcurl in use supports.`,
    ' */',
    ...lines,
    ...unionOf(
      constants,
      'NumberInfo',
      'Infos that are numbers.',
      (kind) => kind === 'Integer' || kind.startsWith('Float'),
    ),
    ...unionOf(
      constants,
      'StringInfo',
      'Infos that are strings, or false where libcurl has none.',
      (kind) => kind === 'String',
    ),
    '',
  ].join('\n')
}

/** @param first the first name of each number; this function adds to it */
function describe(name: string, value: number, texts: Dump['texts'], first: Map<string, string>): string {
  if (phpOnly[name] !== undefined) return phpOnly[name]
  const text = texts[name]
  if (text !== undefined) return text === 'Unknown error' ? '' : /[.?!]$/.test(text) ? text : `${text}.`
  const kind = name.startsWith('CURLOPT_')
    ? optionKind(name, value)
    : name.startsWith('CURLINFO_')
      ? infoKind(value)
      : ''
  if (kind === '') return ''
  const key = `${kind} ${value}`
  const twin = first.get(key)
  if (twin !== undefined) return `The same as {@link ${twin}}.`
  first.set(key, name)
  return `${kind}. https://curl.se/libcurl/c/${name}.html`
}

/** Returns a union type of all infos of a kind, for the signature of curl_getinfo. */
function unionOf(
  constants: Dump['constants'],
  name: string,
  doc: string,
  isMeant: (kind: string) => boolean,
): string[] {
  const infos = Object.entries(constants).filter(([info, value]) => {
    return info.startsWith('CURLINFO_') && !notInUnions.has(info) && isMeant(infoKind(value))
  })
  const members = infos.map(([info]) => `  | typeof ${info}`).sort()
  return ['', `/** ${doc} */`, `export type ${name} =`, ...members]
}

/** libcurl's option numbers encode the type: long, pointer, function, curl_off_t, blob. */
function optionKind(name: string, value: number): string {
  if (lists.test(name)) return 'List of strings'
  if (value >= 40000) return 'Bytes'
  if (value >= 30000) return 'Integer'
  if (value >= 20000) return 'Function'
  if (value >= 10000) return 'String'
  return 'Integer'
}

function infoKind(value: number): string {
  switch (value & 0xf00000) {
    case 0x100000:
      return 'String'
    case 0x200000:
      return 'Integer'
    case 0x300000:
      return 'Float (seconds, bytes)'
    case 0x400000:
      return 'List'
    case 0x500000:
      return 'Integer'
    case 0x600000:
      return 'Integer'
    default:
      return ''
  }
}
