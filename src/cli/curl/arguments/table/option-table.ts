/**
 * All options of a curl command line by name: curl's 8.22, and those of ours that work with it. Does not know
 * what they do.
 */
import { CONNECTION_OPTIONS } from './connection-options.js'
import { FTP_OPTIONS } from './ftp-options.js'
import { GLOBAL_OPTIONS } from './global-options.js'
import type { CurlOption } from './option.js'
import { OUR_OPTIONS } from './our-options.js'
import { OUTPUT_OPTIONS } from './output-options.js'
import { PROXY_OPTIONS } from './proxy-options.js'
import { REQUEST_OPTIONS } from './request-options.js'
import { TLS_OPTIONS } from './tls-options.js'

/** The options by what they are about. */
export const OPTION_GROUPS: readonly (readonly [name: string, options: readonly CurlOption[]])[] = [
  ['The run', GLOBAL_OPTIONS],
  ['Requests', REQUEST_OPTIONS],
  ['Output', OUTPUT_OPTIONS],
  ['Connections', CONNECTION_OPTIONS],
  ['Credentials and proxies', PROXY_OPTIONS],
  ['TLS and SSH', TLS_OPTIONS],
  ['FTP and mail', FTP_OPTIONS],
  ['parallelcurl', OUR_OPTIONS],
]

const ALL: readonly CurlOption[] = OPTION_GROUPS.flatMap(([, options]) => options)
const BY_LONG: ReadonlyMap<string, CurlOption> = new Map(ALL.map((option) => [option.long, option]))
const BY_LETTER: ReadonlyMap<string, CurlOption> = new Map(
  ALL.filter(({ short }) => short !== '').map((option) => [option.short, option]),
)

export const LONG_NAMES: readonly string[] = [...BY_LONG.keys()]

export function optionNamed(long: string): CurlOption | undefined {
  return BY_LONG.get(long)
}

export function optionOfLetter(letter: string): CurlOption | undefined {
  return BY_LETTER.get(letter)
}
