/**
 * Finds infos by every accepted spelling, among those of the installed build. Does not know how they are
 * read.
 */
import { OptionError } from '../../errors.js'
import { INFOS, UNSUPPORTED_INFOS } from './info-table.js'
import { nearest } from './suggest.js'
import { hint, missing, parseTable, quoteName, type BuildVersions, type Row } from './table-rows.js'

type InfoRow = Row<'info' | 'unsupported'>

/** PHP's CURLINFO_HEADER_OUT. */
const HEADER_OUT = '2'

/** The infos of one build. */
export class InfoCatalog {
  private readonly rows = new Map<string, InfoRow>()
  private readonly ids = new Map<string | number, number>()
  /** The names of the infos that this build can read. */
  readonly names: readonly string[]

  constructor(
    private readonly available: Readonly<Record<string, number>>,
    private readonly versions: BuildVersions,
  ) {
    const rows = [...parseTable(INFOS, 'info'), ...parseTable(UNSUPPORTED_INFOS, 'unsupported')]
    for (const row of rows) this.rows.set(row.name, row)
    this.names = rows.filter((row) => row.kind === 'info' && this.has(row)).map(({ name }) => name)
  }

  private has({ name, id }: InfoRow): boolean {
    return this.available[name] === id
  }

  /**
   * Returns the number of an info.
   *
   * @throws OptionError if there is no such info, or this build cannot read it.
   */
  number(key: string | number, where: string): number {
    return this.ids.get(key) ?? this.resolve(key, where)
  }

  private resolve(key: string | number, where: string): number {
    const prefix = where === '' ? '' : `${where}: `
    const text = String(key)
    const bare = text.startsWith('CURLINFO_') ? text.slice(9) : text
    const name = bare === 'HTTP_CODE' ? 'RESPONSE_CODE' : bare
    const row = this.rows.get(name) ?? [...this.rows.values()].find(({ id }) => String(id) === text)
    if (row === undefined) {
      if (bare === 'HEADER_OUT' || text === HEADER_OUT) {
        const advice = 'use VERBOSE with a DEBUGFUNCTION, which receives the request headers as type 2'
        throw new OptionError(`${prefix}the info HEADER_OUT is PHP's own: ${advice}`, 'HEADER_OUT')
      }
      const found = /^-?\d+$/.test(text) ? undefined : nearest(bare, this.names)
      throw new OptionError(`${prefix}unknown info ${quoteName(text)}${hint(found)}`, text)
    }
    if (row.kind === 'unsupported') {
      throw new OptionError(`${prefix}node-libcurl cannot read the info ${row.name}`, row.name)
    }
    if (!this.has(row)) throw missing(`${prefix}the info ${row.name}`, row, this.versions)
    this.ids.set(key, row.id)
    return row.id
  }
}
