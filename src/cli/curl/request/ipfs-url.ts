/**
 * `ipfs://` and `ipns://` as URLs of a gateway that speaks HTTP. Does not know what is fetched.
 */
import { BAD_FUNCTION_ARGUMENT, URL_MALFORMED } from '../../../curl-codes.js'
import { CurlError, type CurlContext } from '../invocation.js'
import { joinUrl, splitUrl, type UrlParts } from './url-parts.js'

/** curl/curl.h: CURLE_*. */
const COULD_NOT_READ_FILE = 37
const LETTER_I = 105

/** The URL of the gateway; others stay as they are. Throws `CurlError`. */
export function withGateway(url: string, given: string | undefined, context: CurlContext): string {
  // Most begin with another letter.
  if ((url.charCodeAt(0) | 32) !== LETTER_I) return url
  const protocol = /^(ipfs|ipns):\/\//i.exec(url)?.[1]?.toLowerCase()
  if (protocol === undefined) return url
  const asked = splitUrl(url)
  if (asked === undefined) throw problem(URL_MALFORMED, 'malformed target URL')
  const gateway = gatewayOf(given, context)
  const name = decodeURIComponent(asked.host)
  const path = asked.path === '/' ? '' : asked.path
  const base = gateway.path.endsWith('/') ? gateway.path : `${gateway.path}/`
  const { scheme, host, port } = gateway
  return joinUrl({ ...asked, scheme, host, port, path: `${base}${protocol}/${name}${path}` })
}

function gatewayOf(given: string | undefined, context: CurlContext): UrlParts {
  if (given !== undefined) {
    const parts = splitUrl(given)
    if (parts === undefined) throw problem(BAD_FUNCTION_ARGUMENT, '--ipfs-gateway was given a malformed URL')
    return withoutQuery(parts)
  }
  const found = fromEnvironment(context)
  if (found === undefined) throw problem(COULD_NOT_READ_FILE, 'IPFS automatic gateway detection failed')
  const parts = /^[a-z][a-z\d+.-]*:\/\//i.test(found) ? splitUrl(found) : undefined
  if (parts === undefined) throw problem(URL_MALFORMED, 'malformed target URL')
  return withoutQuery(parts)
}

function withoutQuery(parts: UrlParts): UrlParts {
  if (parts.query === undefined) return parts
  throw problem(URL_MALFORMED, 'malformed target URL')
}

/** The gateway that the environment names, or the first line of the file that an IPFS node leaves. */
function fromEnvironment(context: CurlContext): string | undefined {
  const { env } = context
  const named = env['IPFS_GATEWAY']
  if (named !== undefined) return named
  const home = env['HOME'] ?? ''
  const folder = env['IPFS_PATH'] ?? (home === '' ? undefined : `${home}/.ipfs/`)
  if (folder === undefined) return undefined
  try {
    const text = context.readFile(`${folder}${folder.endsWith('/') ? '' : '/'}gateway`).toString('utf8')
    const [line = ''] = text.split(/[\r\n]/, 1)
    return line === '' ? undefined : line
  } catch {
    return undefined
  }
}

function problem(exitCode: number, text: string): CurlError {
  return new CurlError(exitCode, [`curl: ${text}`, "curl: try 'curl --help' for more information"])
}
