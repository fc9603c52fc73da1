/**
 * The texts of `--version`, `--help` and the like, which take the place of transfers. Does not know command
 * lines.
 */
import { versionInfo } from '../../engine/node-libcurl/binding.js'
import { libcurlVersion } from '../../engine/node-libcurl/binding.js'
import { helpWidth, optionsText } from '../arguments/help.js'
import { OUR_FLAGS } from './arguments/table/our-options.js'
import type { Information } from './invocation.js'

/** Whose meanings the arguments have. */
const CURL = '8.22.0'

/** The text, as it goes to stdout. */
export function informationText({ kind }: Information, version: string): string {
  if (kind === 'version') return versionText(version)
  if (kind === 'engines') return 'Build-time engines:\n  <none>\n'
  if (kind === 'caEmbed') return ''
  return `Usage: parallelcurl curl [options...] <url>
What the options mean is in curl(1) of curl ${CURL}: https://curl.se/docs/manpage.html
What differs here: docs/curl-command.md of parallelcurl ${version}

Options that curl does not have:

${optionsText(OUR_FLAGS, helpWidth(process.stdout.columns))}`
}

function versionText(version: string): string {
  const { protocols, features } = versionInfo()
  return `curl ${CURL} (parallelcurl ${version}) ${libcurlVersion}
Protocols: ${[...protocols].sort().join(' ')}
Features: ${[...features].sort((a, b) => a.localeCompare(b)).join(' ')}
`
}
