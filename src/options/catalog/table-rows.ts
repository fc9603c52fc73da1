/**
 * Reads the packed tables of options and infos, and says what an entry needs that the installed build has
 * not. Does not know what the entries are.
 */
import { OptionError } from '../../errors.js'

/** One entry of a packed table. */
export interface Row<Kind extends string> {
  readonly name: string
  readonly id: number
  readonly kind: Kind
  /** What follows the number: `@VERSION`, `/MAJOR`. */
  readonly needs: string
}

/** What the installed build is, for messages. */
export interface BuildVersions {
  /** As `curl_version()` prints it, or only the number. */
  readonly libcurl: string
  readonly nodeLibcurlMajor: 4 | 5
}

export function parseTable<Kind extends string>(text: string, kind: Kind): Row<Kind>[] {
  return text
    .trim()
    .split(/\s+/)
    .map((word) => {
      const equals = word.indexOf('=')
      const rest = word.slice(equals + 1)
      const id = parseInt(rest, 10)
      return { name: word.slice(0, equals), id, kind, needs: rest.slice(String(id).length) }
    })
}

/** The error for what this build has not. */
export function missing(
  what: string,
  row: Row<string>,
  { libcurl, nodeLibcurlMajor }: BuildVersions,
): OptionError {
  const version = /\d+\.\d+\.\d+/.exec(libcurl)?.[0] ?? libcurl
  const build = `node-libcurl ${String(nodeLibcurlMajor)} with libcurl ${version}`
  return new OptionError(`${what} needs ${describeNeeds(row.needs)}; this is ${build}`, row.name)
}

function describeNeeds(needs: string): string {
  const [version, major] = needs.replace('@', '').split('/')
  const wanted = [major && `node-libcurl ${major}`, version && `libcurl ${version} or newer`]
  return wanted.filter(Boolean).join(' with ') || 'a libcurl that has it'
}

/** A name that somebody gave, as a message shows it. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name)
}

/** The end of a message, where a name is near. */
export function hint(found: string | undefined): string {
  return found === undefined ? '' : `. Did you mean ${found}?`
}
