/**
 * Generates src/options/catalog/option-table.ts, info-table.ts and curl-options.ts from the packages of
 * node-libcurl 4 and 5 and libcurl's headers. Does not depend on the installed versions: the result is for
 * both majors.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeOption, valuesOf, valueType } from './option-descriptions.js'

/** The folders of the sources. */
export interface OptionSources {
  /** The unpacked packages of node-libcurl. */
  readonly v4: string
  readonly v5: string
  /** The folder with libcurl's curl.h and multi.h. */
  readonly headers: string
}

type Kind = 'integer' | 'offset' | 'string' | 'list' | 'function' | 'blob' | 'post' | 'share' | 'unsupported'
interface Collected {
  readonly entries: readonly Entry[]
  readonly aliases: ReadonlyMap<string, string>
}
interface Entry {
  name: string
  id: number
  kind: Kind
  majors: Set<string>
  since: string
}

const VECTORS: Record<string, Kind> = {
  curlOptionInteger: 'integer',
  curlOptionString: 'string',
  curlOptionLinkedList: 'list',
  curlOptionFunction: 'function',
  curlOptionBlob: 'blob',
  curlOptionSpecific: 'share',
  curlOptionNotImplemented: 'unsupported',
}
/**
 * The options that node-libcurl passes as 64-bit numbers (Easy.cc). It truncates its other *_LARGE options to
 * 32 bits.
 */
const OFFSETS = /^(INFILESIZE|MAXFILESIZE|MAX_RECV_SPEED|MAX_SEND_SPEED|POSTFIELDSIZE|RESUME_FROM)_LARGE$/
/** Options that node-libcurl has and that are not offered: setting a CurlMime twice crashes the process. */
const REFUSED = new Set(['MIMEPOST'])
const BASES: Record<string, number> = { FUNCTIONPOINT: 20000, OFF_T: 30000, BLOB: 40000, LONG: 0, VALUES: 0 }

/** Yields the names in node-libcurl's tables, each with the highest libcurl version that guards it. */
function* vectors(dir: string): Generator<{ vector: string; name: string; since: string }> {
  const guards: string[] = []
  let vector = ''
  for (const line of readFileSync(join(dir, 'src', 'Curl.cc'), 'utf8').split('\n')) {
    const start = /^const std::vector<CurlConstant> (\w+) = \{/.exec(line)
    const guard = /^\s*#if\w*\s*(?:NODE_LIBCURL_VER_GE\((\d+), (\d+), (\d+)\))?/.exec(line)
    if (start) vector = start[1]!
    else if (/^\};/.test(line)) vector = ''
    else if (guard) guards.push(guard[1] ? `${guard[1]}.${guard[2]}.${guard[3]}` : '')
    else if (/^\s*#endif/.test(line)) guards.pop()
    else if (vector && !/^\s*\/\//.test(line)) {
      for (const match of line.matchAll(/\{"(\w+)", /g)) {
        yield { vector, name: match[1]!, since: guards.filter(Boolean).sort(byVersion).at(-1) ?? '' }
      }
    }
  }
}

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

/** Reads libcurl's headers: numbers by name, and aliases. */
function declared(
  folder: string,
  prefix: string,
): { numbers: Map<string, number>; aliases: Map<string, string> } {
  const numbers = new Map<string, number>()
  const aliases = new Map<string, string>()
  const text = ['curl.h', 'multi.h'].map((file) => readFileSync(join(folder, file), 'utf8')).join('\n')
  const option = new RegExp(
    `CURLOPT(?:DEPRECATED)?\\(\\s*${prefix}_(\\w+),\\s*CURLOPTTYPE_(\\w+),\\s*(\\d+)`,
    'g',
  )
  for (const [, name, type, number] of text.matchAll(option)) {
    numbers.set(name!, (BASES[type!] ?? 10000) + Number(number))
  }
  const bases = new Map(
    [...text.matchAll(/#define CURLINFO_(\w+)\s+(0x\d+)/g)].map(([, name, base]) => [name!, Number(base)]),
  )
  const info = /CURLINFO_(\w+)\s*(?:CURL_DEPRECATED\([^)]*\)\s*)?=\s*CURLINFO_(\w+)\s*\+\s*(\d+)/g
  if (prefix === 'CURLINFO') {
    for (const [, name, base, number] of text.matchAll(info))
      numbers.set(name!, bases.get(base!)! + Number(number))
  }
  for (const [, name, target] of text.matchAll(
    new RegExp(`#define ${prefix}_(\\w+)\\s+${prefix}_(\\w+)`, 'g'),
  )) {
    if (!/^OBSOLETE/.test(target!)) aliases.set(name!, target!)
  }
  for (const name of numbers.keys()) {
    if (/^(OBSOLETE|LASTENTRY)/.test(name)) numbers.delete(name)
  }
  return { numbers, aliases }
}

function collect(
  { v4, v5, headers }: OptionSources,
  prefix: string,
  kindOf: (vector: string, name: string) => Kind | undefined,
): Collected {
  const { numbers, aliases } = declared(headers, prefix)
  const entries = new Map<string, Entry>()
  for (const [major, dir] of [
    ['4', v4],
    ['5', v5],
  ] as const) {
    for (const { vector, name, since } of vectors(dir)) {
      const kind = kindOf(vector, name)
      const id = numbers.get(name) ?? numbers.get(aliases.get(name) ?? '')
      if (!kind || id === undefined) continue
      const known = entries.get(name)
      // Some list options are among the strings, too. node-libcurl searches the lists first.
      if (known?.kind === 'list' && kind === 'string') known.majors.add(major)
      else entries.set(name, { name, id, kind, since, majors: new Set([...(known?.majors ?? []), major]) })
    }
  }
  for (const [name, id] of numbers) {
    if (!entries.has(name)) entries.set(name, { name, id, kind: 'unsupported', since: '', majors: new Set() })
  }
  return { entries: [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), aliases }
}

function pack({ name, id, majors, since, kind }: Entry): string {
  const only = majors.size === 1 && kind !== 'unsupported' ? `/${[...majors][0]}` : ''
  return `${name}=${id}${since && kind !== 'unsupported' ? `@${since}` : ''}${only}`
}

/** Returns a template literal with the words in lines that prettier does not change. */
function packed(words: readonly string[]): string {
  const lines = ['']
  for (const word of words) {
    if (lines.at(-1)!.length + word.length > 100) lines.push('')
    lines.push([lines.pop(), word].filter(Boolean).join(' '))
  }
  return '`\n' + lines.join('\n') + '\n`'
}

const syntax = `One word for each: NAME=NUMBER, then @VERSION if node-libcurl requires that libcurl, then /4 or /5 if only
 * that major of node-libcurl has it.`

function table(entries: readonly Entry[]): string {
  const kinds = [...new Set(entries.map((entry) => entry.kind))]
  return `{${kinds.map((kind) => `${kind}: ${packed(entries.filter((entry) => entry.kind === kind).map(pack))}`).join(',\n')}}`
}

/** Returns the files, by their paths from the root. */
export function optionFiles(sources: OptionSources): Map<string, string> {
  const easy = collect(sources, 'CURLOPT', (vector, name) => {
    if (REFUSED.has(name)) return 'unsupported'
    if (name === 'HTTPPOST') return 'post'
    return OFFSETS.test(name) ? 'offset' : VECTORS[vector]
  })
  const multi = collect(sources, 'CURLMOPT', (vector) => {
    if (vector === 'curlMultiOptionInteger') return 'integer'
    if (vector === 'curlMultiOptionStringArray') return 'list'
    return vector.startsWith('curlMultiOption') ? 'unsupported' : undefined
  })
  const info = collect(sources, 'CURLINFO', (vector) => {
    if (vector === 'curlInfoNotImplemented') return 'unsupported'
    return vector.startsWith('curlInfo') ? 'integer' : undefined
  })
  const origin = `Generated by scripts/generate/options.ts from ${versionsOf(sources)}:`
  return new Map([
    ['src/options/catalog/option-table.ts', optionTable(easy, multi, origin)],
    ['src/options/catalog/info-table.ts', infoTable(info, origin)],
    ['src/options/catalog/curl-options.ts', optionTypes(easy, descriptions(sources), origin)],
  ])
}

/** Returns the versions of the sources: `node-libcurl 4.0.0 and 5.1.2, libcurl 8.22.0`. */
function versionsOf({ v4, v5, headers }: OptionSources): string {
  const packages = [v4, v5].map((folder) => {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return (manifest as { version: string }).version
  })
  const header = readFileSync(join(headers, 'curlver.h'), 'utf8')
  const libcurl = /#define LIBCURL_VERSION "(.*)"/.exec(header)?.[1]
  if (libcurl === undefined) throw new Error(`${headers}/curlver.h names no version`)
  return `node-libcurl ${packages.join(' and ')}, libcurl ${libcurl}`
}

function optionTable(easy: Collected, multi: Collected, origin: string): string {
  return `/**
 * The options of libcurl's easy and multi handles, by kind of value, for both majors of node-libcurl.
 * ${origin}
 * do not edit. Does not depend on the installed versions.
 *
 * ${syntax} Packed, because it is parsed at every start.
 */

/** The kinds of values. \`unsupported\`: libcurl has the option, but node-libcurl cannot set it. */
export type OptionKind = 'integer' | 'offset' | 'string' | 'list' | 'function' | 'blob' | 'post' | 'share' | 'unsupported'

export const EASY_OPTIONS: Readonly<Record<OptionKind, string>> = ${table(easy.entries)}

/** Old names: NAME>NEW_NAME. */
export const EASY_ALIASES = ${packed([...easy.aliases].map(([name, target]) => `${name}>${target}`))}

export const MULTI_OPTIONS: Readonly<Record<'integer' | 'list' | 'unsupported', string>> = ${table(multi.entries)}
`
}

function infoTable(info: Collected, origin: string): string {
  return `/**
 * The infos of libcurl, for both majors of node-libcurl.
 * ${origin}
 * do not edit. Does not depend on the installed versions.
 *
 * ${syntax}
 */
export const INFOS = ${packed(info.entries.filter(({ kind }) => kind !== 'unsupported').map(pack))}

/** Infos of libcurl that node-libcurl cannot read. */
export const UNSUPPORTED_INFOS = ${packed(info.entries.filter(({ kind }) => kind === 'unsupported').map(pack))}
`
}

/** Returns node-libcurl's own one-line descriptions, by option. */
function descriptions({ v4, v5 }: OptionSources): Map<string, string> {
  const described = new Map<string, string>()
  for (const dir of [v4, v5]) {
    const text = readFileSync(join(dir, 'dist', 'generated', 'CurlOption.d.ts'), 'utf8')
    for (const [, comment, name] of text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*readonly (\w+): '/g)) {
      described.set(
        name!,
        comment!
          .replace(/Official libcurl[\s\S]*/, '')
          .replace(/\s*\n\s*\*\s*/g, ' ')
          .replace(/[*\s]+$/, '')
          .trim(),
      )
    }
  }
  return described
}

function optionTypes(
  { entries, aliases }: Collected,
  described: Map<string, string>,
  origin: string,
): string {
  const publicOptions = entries.filter(({ kind }) => kind !== 'unsupported')
  const members = publicOptions.map(({ name, kind, majors, since }) => {
    const page = aliases.get(name) ?? name
    const only =
      majors.size === 1
        ? ` Needs node-libcurl ${[...majors][0]}${since ? ` with libcurl ${since} or newer` : ''}.`
        : ''
    const text = describeOption(name, described.get(name) ?? described.get(page) ?? '')
    const values = valuesOf(name)
    const lines = [
      `${text}${only}`,
      ...(values ? [values] : []),
      `https://curl.se/libcurl/c/CURLOPT_${page}.html`,
    ]
    return `/**\n${lines.map((line) => ` * ${line}`).join('\n')}\n */\n${name}?: ${valueType(name, kind)}`
  })

  return `/**
 * The types of libcurl's options, as an editor completes them.
 * ${origin}
 * do not edit. Includes options that the installed libcurl may lack: that is checked when they are used.
 */
import type { PostFieldsInput } from '../values/post-fields.js'
import type {
  ChunkFileInfo,
  HstsCacheCount,
  HstsCacheEntry,
  HttpPostField,
  IntegerValue,
  ListValue,
  ShareHandle,
  StringValue,
  BlobValue,
} from '../values/option-values.js'

/** libcurl's options for one transfer, by their names without \`CURLOPT_\`. */
export interface CurlEasyOptions {
${members.join('\n')}
/**
 * PHP's: \`false\` sends the body to stdout, and the callback gets \`null\`. Default: true.
 * The last one of this and \`WRITEFUNCTION\` wins.
 */
RETURNTRANSFER?: IntegerValue
/** PHP's: accepted, and without effect. Bodies are binary safe anyway. */
BINARYTRANSFER?: IntegerValue
/** PHP's: \`true\` is accepted, and without effect; there are no \`@file\` uploads to switch on. */
SAFE_UPLOAD?: IntegerValue
}
`
}
