/**
 * Reads the packed tables of options and infos, and describes what an entry needs if the installed build
 * lacks it. Does not know what the entries mean.
 */
import { OptionError } from '../../errors.js'

/** One entry of a packed table. */
export interface Row<Kind extends string> {
  readonly name: string
  readonly id: number
  readonly kind: Kind
  /** The text after the number: `@VERSION`, `/MAJOR`. */
  readonly needs: string
}

/** The versions of the installed build, for messages. */
export interface BuildVersions {
  /** The output of `curl_version()`, or only the number. */
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

/** Returns the error for an entry that this build lacks. */
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

/** Returns a user's name as a message shows it. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name)
}

/** Returns the end of a message, with a suggestion if there is one. */
export function hint(found: string | undefined): string {
  return found === undefined ? '' : `. Did you mean ${found}?`
}
