/**
 * Finds options by every accepted spelling, among those of the installed build. Of their values it only knows
 * kind and range. It is given the lists of the installed build, and does not know libcurl itself.
 */
import { OptionError } from '../../errors.js'
import type { Recycling } from '../values/compiled-options.js'
import { InfoCatalog } from './info-catalog.js'
import { EASY_ALIASES, EASY_OPTIONS, MULTI_OPTIONS, type OptionKind } from './option-table.js'
import { ADVICE, COOKIE_ENGINE, rangeOf, recyclingOf, SECRETS, VALIDATED_STRINGS } from './option-traits.js'
import { nearest } from './suggest.js'
import { hint, missing, parseTable, quoteName, type BuildVersions, type Row } from './table-rows.js'

/** The use of a checked value: most are given to libcurl. */
export type Handling = 'libcurl' | 'returnTransfer' | 'postFields' | 'bodySize' | 'safeUpload' | 'ignored'

/** An option of this build, with everything that is needed to compile a value. */
export interface OptionEntry {
  readonly name: string
  readonly id: number
  /** The key for node-libcurl: the number, except for one option. */
  readonly key: number | string
  readonly kind: Exclude<OptionKind, 'unsupported'>
  readonly handling: Handling
  readonly recycling: Recycling
  readonly isSecret: boolean
  readonly isCookieOption: boolean
  /** The range of an integer. */
  readonly min: number
  readonly max: number
  /** True if libcurl has to check every value of this string option. Otherwise one check is enough. */
  readonly isValidated: boolean
  /**
   * The values that libcurl has accepted: they are not checked again. The code that adds values limits their
   * number.
   */
  readonly accepted: Set<number | string | null>
}

type OptionRow = Row<OptionKind>
type MultiRow = Row<'integer' | 'list' | 'unsupported'>

/** PHP's options beside those of libcurl, with PHP's numbers. */
const PHP_OPTIONS: readonly (readonly [name: string, id: number, handling: Handling])[] = [
  ['RETURNTRANSFER', 19913, 'returnTransfer'],
  ['BINARYTRANSFER', 19914, 'ignored'],
  ['SAFE_UPLOAD', -1, 'safeUpload'],
]
/**
 * PHP's names of the options that take its streams, and its CURLINFO_HEADER_OUT, which is an option in PHP.
 * None of them is possible here.
 */
const PHP_REFUSED: ReadonlyMap<string, number> = new Map([
  ['FILE', 10001],
  ['INFILE', 10009],
  ['WRITEHEADER', 10029],
  ['HEADER_OUT', 2],
])
const HANDLING: ReadonlyMap<string, Handling> = new Map<string, Handling>([
  ['URL', 'ignored'],
  ['POSTFIELDS', 'postFields'],
  ['POSTFIELDSIZE', 'bodySize'],
  ['POSTFIELDSIZE_LARGE', 'bodySize'],
  ...PHP_OPTIONS.map(([name, , handling]) => [name, handling] as const),
])
const DIGITS = /^-?\d+$/

/** The options and infos of one build. Made by {@link createCatalog}. */
export class Catalog {
  private readonly rows = new Map<string, OptionRow>()
  /** The name to use for a number: of two names, the new one, or the one that can be set. */
  private readonly names = new Map<number, string>()
  private readonly aliases: ReadonlyMap<string, string>
  private readonly entries = new Map<string | number, OptionEntry>()
  private multi: readonly MultiRow[] | undefined
  private infos: InfoCatalog | undefined

  constructor(
    private readonly available: Readonly<Record<string, number>>,
    private readonly availableInfos: Readonly<Record<string, number>>,
    private readonly versions: BuildVersions,
  ) {
    this.aliases = new Map(
      EASY_ALIASES.trim()
        .split(/\s+/)
        .map((pair) => pair.split('>') as [string, string]),
    )
    for (const kind of Object.keys(EASY_OPTIONS) as OptionKind[]) {
      for (const row of parseTable(EASY_OPTIONS[kind], kind)) this.addRow(row)
    }
    for (const [name, id] of PHP_OPTIONS) this.addRow({ name, id, kind: 'integer', needs: '' })
    for (const [name, id] of PHP_REFUSED) this.rows.set(name, { name, id, kind: 'unsupported', needs: '' })
  }

  private addRow(row: OptionRow): void {
    this.rows.set(row.name, row)
    const known = this.names.get(row.id)
    const isBetter =
      known === undefined || this.aliases.has(known) || this.rows.get(known)?.kind === 'unsupported'
    if (isBetter && (known === undefined || this.has(row))) this.names.set(row.id, row.name)
  }

  private has({ name, id, kind }: OptionRow): boolean {
    if (kind === 'unsupported') return false
    return this.available[name] === id || PHP_OPTIONS.some(([own]) => own === name)
  }

  /** The names of the options that this build can set. */
  get optionNames(): string[] {
    return [...this.rows.values()].filter((row) => this.has(row)).map(({ name }) => name)
  }

  /**
   * Returns the option of this spelling: `USERAGENT`, `CURLOPT_USERAGENT`, 10018 or '10018'.
   *
   * @param settings - the names of this library's own options: an unknown name may be a misspelling of one of
   * them.
   * @throws OptionError if there is no such option, or this build cannot set it.
   */
  option(key: string | number, where: string, settings: readonly string[] = []): OptionEntry {
    return this.entries.get(key) ?? this.resolve(key, where, settings)
  }

  /** Returns an option that was looked up before by this key. */
  known(key: string | number): OptionEntry | undefined {
    return this.entries.get(key)
  }

  /** Returns one name for all spellings of an option; the key itself if it is none of libcurl's. */
  nameOf(key: string | number): string {
    const row = this.findRow(key)
    return row === undefined ? String(key) : (this.names.get(row.id) ?? row.name)
  }

  private resolve(key: string | number, where: string, settings: readonly string[]): OptionEntry {
    const row = this.findRow(key)
    if (row === undefined) throw this.unknownOption(String(key), where, settings)
    if (row.kind === 'unsupported') {
      const advice = ADVICE[row.name] ?? 'node-libcurl cannot set it'
      throw new OptionError(`${where}: ${row.name} is not possible: ${advice}`, row.name)
    }
    if (!this.has(row)) throw missing(`${where}: ${row.name}`, row, this.versions)
    const known = this.entries.get(row.id)
    const entry = known ?? makeEntry(row.id, this.names.get(row.id) ?? row.name, row.kind)
    this.entries.set(row.id, entry)
    this.entries.set(key, entry)
    return entry
  }

  private findRow(key: string | number): OptionRow | undefined {
    if (typeof key === 'number' || DIGITS.test(key)) {
      const id = Number(key)
      return this.rows.get(this.names.get(id) ?? (id === PHP_REFUSED.get('HEADER_OUT') ? 'HEADER_OUT' : ''))
    }
    if (key === 'CURLINFO_HEADER_OUT') return this.rows.get('HEADER_OUT')
    const name = key.startsWith('CURLOPT_') ? key.slice(8) : key
    const row = this.rows.get(name)
    // Old names such as FTP_SSL that node-libcurl does not list, and new names that only a newer one lists.
    const isMissing = row === undefined || (row.kind !== 'unsupported' && !this.has(row))
    return (
      (isMissing ? this.rows.get(this.aliases.get(name) ?? this.names.get(row?.id ?? 0) ?? '') : row) ?? row
    )
  }

  private unknownOption(key: string, where: string, settings: readonly string[]): OptionError {
    if (DIGITS.test(key)) return new OptionError(`${where}: ${key} is not the number of an option`, key)
    const found = nearest(key, [...settings, ...this.optionNames])
    const prefix =
      found !== undefined && key.startsWith('CURLOPT_') && !settings.includes(found) ? 'CURLOPT_' : ''
    const suggestion = hint(found && `${prefix}${found}`)
    return new OptionError(`${where}: unknown option ${quoteName(key)}${suggestion}`, key)
  }

  /**
   * Returns the name, without prefix, and the kind of an option of the multi handle: `PIPELINING`,
   * `CURLMOPT_PIPELINING` or '3'.
   *
   * @throws OptionError if there is no such option, or this build cannot set it.
   */
  multiOption(key: string, where: string): { name: string; kind: 'integer' | 'list' } {
    this.multi ??= Object.entries(MULTI_OPTIONS).flatMap(([kind, text]) =>
      parseTable(text, kind as MultiRow['kind']),
    )
    const bare = key.startsWith('CURLMOPT_') ? key.slice(9) : key
    const row = this.multi.find(({ name, id }) => name === bare || String(id) === key)
    if (row === undefined) {
      const names = this.multi.filter(({ kind }) => kind !== 'unsupported').map(({ name }) => name)
      throw new OptionError(`${where}: unknown option ${quoteName(key)}${hint(nearest(bare, names))}`, key)
    }
    const { name, kind, needs } = row
    if (kind === 'unsupported') {
      const reason =
        name === 'PUSHFUNCTION'
          ? 'server push does not work in node-libcurl'
          : 'node-libcurl uses it internally'
      throw new OptionError(`${where}: ${name} is not possible: ${reason}`, name)
    }
    // node-libcurl 5 has no list of the ones that it supports.
    if (needs.endsWith('/5') && this.versions.nodeLibcurlMajor < 5)
      throw missing(`${where}: ${name}`, row, this.versions)
    return { name, kind }
  }

  private get infoCatalog(): InfoCatalog {
    return (this.infos ??= new InfoCatalog(this.availableInfos, this.versions))
  }

  /** The names of the infos that this build can read. */
  get infoNames(): readonly string[] {
    return this.infoCatalog.names
  }

  /**
   * Returns the number of an info: `TOTAL_TIME`, `CURLINFO_TOTAL_TIME` or the number itself.
   *
   * @throws OptionError if there is no such info, or this build cannot read it.
   */
  infoNumber(key: string | number, where = ''): number {
    return this.infoCatalog.number(key, where)
  }
}

function makeEntry(id: number, name: string, kind: OptionEntry['kind']): OptionEntry {
  const [min, max] = rangeOf(name, kind === 'offset' ? 'offset' : 'integer')
  return {
    name,
    id,
    // node-libcurl treats the number of TELNETOPTIONS as SSL_CTX_FUNCTION by mistake, and refuses it
    // (Curl.cc, 4.0.0 and 5.1.2).
    key: name === 'TELNETOPTIONS' ? name : id,
    kind,
    handling: HANDLING.get(name) ?? 'libcurl',
    recycling: recyclingOf(name),
    isSecret: SECRETS.has(name),
    isCookieOption: COOKIE_ENGINE.has(name),
    min,
    max,
    isValidated: VALIDATED_STRINGS.has(name),
    accepted: new Set(),
  }
}

/**
 * Makes the catalog of a build from node-libcurl's `Curl.option` and `Curl.info`. Its versions are for
 * messages.
 */
export function createCatalog(
  options: Readonly<Record<string, number>>,
  infos: Readonly<Record<string, number>>,
  versions: BuildVersions,
): Catalog {
  return new Catalog(options, infos, versions)
}
