/**
 * Looks options and infos up by every accepted spelling, among those that the installed build has. Does not know what values
 * they take beyond their kind, and is told what is installed: it never asks libcurl.
 */
import { OptionError } from '../errors.js'
import type { Recycling } from './compiled-options.js'
import { INFOS, UNSUPPORTED_INFOS } from './info-table.js'
import { EASY_ALIASES, EASY_OPTIONS, MULTI_OPTIONS, type OptionKind } from './option-table.js'
import { ADVICE, BIT_MASKS, COOKIE_ENGINE, recyclingOf, SECRETS, VALIDATED_STRINGS } from './option-traits.js'
import { nearest } from './suggest.js'

/** Options that are not simply handed to libcurl. */
export type Handling = 'libcurl' | 'returnTransfer' | 'postFields' | 'bodySize' | 'safeUpload' | 'ignored'

/** An option of this build: all that compiling a value needs to know. */
export interface OptionEntry {
  readonly name: string
  readonly id: number
  readonly kind: Exclude<OptionKind, 'unsupported'>
  readonly handling: Handling
  readonly recycling: Recycling
  readonly isSecret: boolean
  readonly isCookieOption: boolean
  readonly isBitMask: boolean
  /** Whether libcurl has to be asked for each value of a string, not only for the first. */
  readonly isValidated: boolean
  /** Values that libcurl has accepted: it is not asked again. Bounded. */
  readonly accepted: Set<number | string>
}

/** Kinds of options of the multi handle. */
export type MultiOptionKind = 'integer' | 'list'

interface Row {
  readonly name: string
  readonly id: number
  readonly kind: OptionKind
  readonly needs: string
}

/** What the installed build is, for messages. */
export interface BuildVersions {
  /** As `curl_version()` prints it, or only the number. */
  readonly libcurl: string
  readonly nodeLibcurlMajor: 4 | 5
}

/** What PHP has beside libcurl's own options, by PHP's numbers. */
const PHP_OPTIONS: readonly [name: string, id: number, handling: Handling][] = [
  ['RETURNTRANSFER', 19913, 'returnTransfer'],
  ['BINARYTRANSFER', 19914, 'ignored'],
  ['SAFE_UPLOAD', -1, 'safeUpload'],
]
const HANDLING: Readonly<Record<string, Handling>> = {
  URL: 'ignored',
  POSTFIELDS: 'postFields',
  POSTFIELDSIZE: 'bodySize',
  POSTFIELDSIZE_LARGE: 'bodySize',
}
/** PHP's CURLINFO_HEADER_OUT is an option there. */
const HEADER_OUT = 2

function* parse(text: string, kind: OptionKind): Generator<Row> {
  for (const word of text.trim().split(/\s+/)) {
    const [name, rest] = word.split('=') as [string, string]
    const [number, needs = ''] = rest.split(/(?=[@/])(.*)/s)
    yield { name, id: Number(number), kind, needs }
  }
}

function describeNeeds(needs: string): string {
  const [version, major] = needs.replace('@', '').split('/')
  const wanted = [major && `node-libcurl ${major}`, version && `libcurl ${version} or newer`]
  return wanted.filter(Boolean).join(' with ')
}

/** The options and infos of one build. Made by {@link createCatalog}. */
export class Catalog {
  private readonly rows = new Map<string, Row>()
  private readonly names = new Map<number, string>()
  private readonly aliases: ReadonlyMap<string, string>
  private readonly entries = new Map<string | number, OptionEntry>()
  private readonly multi = new Map<string, Row>()
  private readonly infoRows = new Map<string, Row>()
  private readonly infoIds = new Map<string | number, number>()
  private readonly build: string

  constructor(
    private readonly options: Readonly<Record<string, number>>,
    private readonly infos: Readonly<Record<string, number>>,
    versions: BuildVersions,
  ) {
    const libcurl = /\d+\.\d+\.\d+/.exec(versions.libcurl)?.[0] ?? versions.libcurl
    this.build = `node-libcurl ${String(versions.nodeLibcurlMajor)} with libcurl ${libcurl}`
    this.aliases = new Map(
      EASY_ALIASES.trim()
        .split(/\s+/)
        .map((pair) => pair.split('>') as [string, string]),
    )
    for (const [kind, text] of Object.entries(EASY_OPTIONS)) {
      for (const row of parse(text, kind as OptionKind)) this.addRow(row)
    }
    for (const [name, id] of PHP_OPTIONS) this.addRow({ name, id, kind: 'integer', needs: '' })
    for (const [kind, text] of Object.entries(MULTI_OPTIONS)) {
      for (const row of parse(text, kind as OptionKind)) this.multi.set(row.name, row)
    }
    for (const row of parse(INFOS, 'integer')) this.infoRows.set(row.name, row)
    for (const row of parse(UNSUPPORTED_INFOS, 'unsupported')) this.infoRows.set(row.name, row)
  }

  private addRow(row: Row): void {
    this.rows.set(row.name, row)
    // Of two names for one number, the new one; of a supported and an unsupported option with one number, the supported.
    const known = this.names.get(row.id)
    if (known === undefined || this.aliases.has(known) || this.rows.get(known)?.kind === 'unsupported') {
      this.names.set(row.id, row.name)
    }
  }

  /**
   * The option of this spelling: `USERAGENT`, `CURLOPT_USERAGENT`, 10018 or '10018'.
   *
   * @param settings - names of other options that are accepted beside libcurl's: they may have been meant, too.
   * @throws OptionError where there is none, or this build cannot set it.
   */
  option(key: string | number, where: string, settings: readonly string[] = []): OptionEntry {
    return this.entries.get(key) ?? this.resolve(key, where, settings)
  }

  /** Names of the options that this build can set. */
  get optionNames(): string[] {
    return [...this.rows.values()]
      .filter((row) => row.kind !== 'unsupported' && this.has(row))
      .map((row) => row.name)
  }

  private has({ name, id }: Row): boolean {
    return this.options[name] === id || PHP_OPTIONS.some(([own]) => own === name)
  }

  private resolve(key: string | number, where: string, settings: readonly string[]): OptionEntry {
    const row = this.findRow(key)
    if (row === undefined) throw this.unknownOption(key, where, settings)
    if (row.kind === 'unsupported') {
      const advice = ADVICE[row.name] ?? 'node-libcurl cannot set it'
      throw new OptionError(`${where}: ${row.name} is not possible: ${advice}`, row.name)
    }
    if (!this.has(row)) {
      const needs = describeNeeds(row.needs) || 'a libcurl that has it'
      throw new OptionError(`${where}: ${row.name} needs ${needs}; this is ${this.build}`, row.name)
    }
    const name = this.names.get(row.id) ?? row.name
    const entry =
      this.entries.get(row.id) ?? makeEntry({ ...row, name: this.options[name] === row.id ? name : row.name })
    this.entries.set(row.id, entry)
    this.entries.set(key, entry)
    return entry
  }

  private findRow(key: string | number): Row | undefined {
    const number = typeof key === 'number' ? key : /^-?\d+$/.test(key) ? Number(key) : undefined
    if (number !== undefined) {
      const name = number === HEADER_OUT ? 'HEADER_OUT' : this.names.get(number)
      return this.rows.get(name ?? '') ?? refusedRow(name)
    }
    const text = key as string
    if (text === 'CURLINFO_HEADER_OUT') return refusedRow('HEADER_OUT')
    const name = text.startsWith('CURLOPT_') ? text.slice(8) : text
    return this.rows.get(name) ?? refusedRow(name) ?? this.rows.get(this.aliases.get(name) ?? '')
  }

  private unknownOption(key: string | number, where: string, settings: readonly string[]): OptionError {
    const text = String(key)
    if (/^-?\d+$/.test(text)) return new OptionError(`${where}: ${text} is not the number of an option`, text)
    const found = nearest(text, [...this.optionNames, ...settings])
    const prefix =
      found !== undefined && text.startsWith('CURLOPT_') && !settings.includes(found) ? 'CURLOPT_' : ''
    const hint = found === undefined ? '' : `. Did you mean ${prefix}${found}?`
    return new OptionError(`${where}: unknown option ${quoteName(text)}${hint}`, text)
  }

  /**
   * The kind and the name, without prefix, of an option of the multi handle.
   *
   * @throws OptionError where there is none, or this build cannot set it.
   */
  multiOption(key: string, where: string): { name: string; kind: MultiOptionKind } {
    const name = key.startsWith('CURLMOPT_') ? key.slice(9) : key
    const row = this.multi.get(name) ?? [...this.multi.values()].find(({ id }) => String(id) === key)
    if (row === undefined) {
      const settable = [...this.multi.values()].filter(({ kind }) => kind !== 'unsupported')
      const found = nearest(
        name,
        settable.map((other) => other.name),
      )
      const hint = found === undefined ? '' : `. Did you mean ${found}?`
      throw new OptionError(`${where}: unknown option of the multi handle ${quoteName(key)}${hint}`, key)
    }
    if (row.kind === 'unsupported') {
      const reason =
        row.name === 'PUSHFUNCTION' ? 'server push does not work in node-libcurl' : 'it is the engine’s own'
      throw new OptionError(`${where}: ${row.name} is not possible: ${reason}`, row.name)
    }
    if (row.needs.endsWith('/5') && !this.build.startsWith('node-libcurl 5')) {
      throw new OptionError(
        `${where}: ${row.name} needs ${describeNeeds(row.needs)}; this is ${this.build}`,
        row.name,
      )
    }
    return { name: row.name, kind: row.kind as MultiOptionKind }
  }

  /** Names of the infos that this build can read. */
  get infoNames(): string[] {
    return [...this.infoRows.values()]
      .filter((row) => this.infos[row.name] === row.id && row.kind !== 'unsupported')
      .map((row) => row.name)
  }

  /**
   * The number of an info: `TOTAL_TIME`, `CURLINFO_TOTAL_TIME` or the number itself.
   *
   * @throws OptionError where there is none, or this build cannot read it.
   */
  infoNumber(key: string | number): number {
    return this.infoIds.get(key) ?? this.resolveInfo(key)
  }

  private resolveInfo(key: string | number): number {
    const text = String(key)
    const bare = text.startsWith('CURLINFO_') ? text.slice(9) : text
    const name = bare === 'HTTP_CODE' ? 'RESPONSE_CODE' : bare
    const row = this.infoRows.get(name) ?? [...this.infoRows.values()].find(({ id }) => String(id) === text)
    if (row === undefined) {
      if (bare === 'HEADER_OUT' || text === '2')
        throw new OptionError(`HEADER_OUT is not possible: ${ADVICE.HEADER_OUT!}`, bare)
      const found = nearest(bare, this.infoNames)
      const hint = found === undefined ? '' : `. Did you mean ${found}?`
      throw new OptionError(`unknown info ${quoteName(text)}${hint}`, text)
    }
    if (row.kind === 'unsupported')
      throw new OptionError(`${row.name} is not possible: node-libcurl cannot read this info`, row.name)
    if (this.infos[row.name] !== row.id) {
      const needs = describeNeeds(row.needs) || 'a libcurl that has it'
      throw new OptionError(`the info ${row.name} needs ${needs}; this is ${this.build}`, row.name)
    }
    this.infoIds.set(key, row.id)
    return row.id
  }
}

function makeEntry({ name, id, kind }: Row): OptionEntry {
  const own = PHP_OPTIONS.find(([known]) => known === name)
  return {
    name,
    id,
    kind: kind as OptionEntry['kind'],
    handling: own?.[2] ?? HANDLING[name] ?? 'libcurl',
    recycling: recyclingOf(name),
    isSecret: SECRETS.has(name),
    isCookieOption: COOKIE_ENGINE.has(name),
    isBitMask: BIT_MASKS.has(name),
    isValidated: VALIDATED_STRINGS.has(name),
    accepted: new Set(),
  }
}

/** PHP's names of options that take streams: aliases in libcurl, but there is better advice for them here. */
function refusedRow(name: string | undefined): Row | undefined {
  if (name === undefined || !['FILE', 'INFILE', 'WRITEHEADER', 'HEADER_OUT'].includes(name)) return undefined
  return { name, id: 0, kind: 'unsupported', needs: '' }
}

function quoteName(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name)
}

/**
 * The catalog of a build: what node-libcurl's `Curl.option` and `Curl.info` list, and its versions for messages.
 */
export function createCatalog(
  options: Readonly<Record<string, number>>,
  infos: Readonly<Record<string, number>>,
  versions: BuildVersions,
): Catalog {
  return new Catalog(options, infos, versions)
}
