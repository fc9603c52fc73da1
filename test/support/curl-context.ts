/**
 * A world for reading curl command lines: files and stdin in memory, a libcurl that can do everything. Knows
 * no option.
 */
import type { CurlBuild, CurlContext, Invocation } from '../../src/cli/curl/invocation.js'
import { parseInvocation } from '../../src/cli/curl/arguments/parse.js'

export interface World {
  readonly files?: Readonly<Record<string, string | Buffer>>
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  readonly build?: Partial<CurlBuild>
}

const FULL_BUILD: CurlBuild = {
  version: '8.22.0',
  versionNumber: 0x081600,
  protocols: new Set(['dict', 'file', 'ftp', 'ftps', 'http', 'https', 'imap', 'scp', 'sftp', 'smtp', 'tftp']),
  features: new Set(['HTTP2', 'HTTP3', 'HSTS', 'libz', 'NTLM', 'SPNEGO', 'HTTPS-proxy', 'alt-svc', 'ECH']),
  has: () => true,
}

/** @returns a context, and what was said in it */
export function curlContext({ files = {}, stdin = '', env = {}, build = {} }: World = {}): {
  context: CurlContext
  said: string[]
} {
  const said: string[] = []
  let rest = stdin
  const context: CurlContext = {
    build: { ...FULL_BUILD, ...build },
    env,
    readFile(path) {
      const content = files[path]
      if (content === undefined) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' })
      return Buffer.from(content as string)
    },
    readStdin() {
      const all = rest
      rest = ''
      return Buffer.from(all)
    },
    fileTime: (path) => (files[path] === undefined ? undefined : 1_000_000),
    say: (kind, text) => said.push(`${kind}: ${text}`),
    redirectMessages: (path) => said.push(`messages to ${path}`),
  }
  return { context, said }
}

export function parseCurl(words: readonly string[], world?: World): Invocation & { said: string[] } {
  const { context, said } = curlContext(world)
  return { ...parseInvocation(words, context), said }
}
