/**
 * Finds options of a curl command that reach files, sockets and credentials of this machine. Does not refuse
 * them: the readers of pasted commands do.
 */
import type { OptionName } from './parsing.js'

/** Where bytes go nowhere, or where the user sees them. */
const HARMLESS = new Set(['-', '%', '/dev/null', 'NUL', 'nul', '/dev/stdout', '/dev/stderr'])
const HARMLESS_OUTPUTS = new Set(['output', 'dump-header', 'stderr', 'trace', 'trace-ascii', 'cookie-jar'])
const READS_AFTER_AT = new Set(
  'data data-ascii data-binary header json proxy-header url write-out'.split(' '),
)
const ALWAYS = new Set('alt-svc cookie-jar engine hsts libcurl pubkey ssl-sessions'.split(' '))
const FLAGS = new Set('netrc netrc-optional remote-name remote-name-all'.split(' '))

/** Returns true if an option with this value (null: a switch that is on) reaches something local. */
export function reachesLocal({ long, kind }: OptionName, value: string | null): boolean {
  if (value === null) return FLAGS.has(long)
  if (HARMLESS_OUTPUTS.has(long) && HARMLESS.has(value)) return false
  if (kind === 'file' || (ALWAYS.has(long) && value !== '')) return true
  if (READS_AFTER_AT.has(long)) return value.startsWith('@')
  switch (long) {
    case 'cookie':
      return !value.includes('=') && value !== ''
    case 'data-urlencode':
    case 'url-query':
      return /^[^=]*@/.test(value) && !value.startsWith('+')
    case 'form':
      return /^[^=]*=[@<]/.test(value) || /;\s*headers=[@<]/i.test(value)
    case 'variable':
      return value.startsWith('%') || /^\w+(?:\[[^\]]*\])?@/.test(value)
    case 'pinnedpubkey':
    case 'proxy-pinnedpubkey':
      return !value.startsWith('sha256//')
    case 'delegation':
      return value.toLowerCase() !== 'none'
    case 'proxy':
    case 'preproxy':
    case 'socks5':
    case 'socks5-hostname':
      // A path behind localhost is a socket: CURLOPT_PROXY(3).
      return /localhost|%/i.test(value) && /[^/:]\/./.test(value)
    default:
      return false
  }
}
