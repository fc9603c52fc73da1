/**
 * Runs caddy as a private instance on a free port: HTTP/1.1, HTTP/2 and HTTP/3 in front of a server of the tests,
 * which sees what came over them. Use `requireProgram` to check that it is installed. Does not depend on the client.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeCertificate } from './certificate-files.js'
import { freePort, loopback, runProgram } from './program.js'

/** How an instance differs from the plain one. */
export interface CaddyOptions {
  /** The versions that it speaks; `Alt-Svc` then names HTTP/3 or not. Default: all three. */
  readonly protocols?: string
  /** Default: a free port. */
  readonly port?: number
  /** More directives for the site. */
  readonly directives?: string
}

export interface Caddy extends AsyncDisposable {
  readonly port: number
  /** The certificate to trust. */
  readonly CAINFO: string
  /** Below it, requests go to the server behind, with `X-Version` and `X-Port`: how they came to caddy. */
  url(path: string): string
}

/** A path whose answer is the version and the client's port of its request: `HTTP/3.0 40000`. */
export const WHO = '/who'

/**
 * Starts caddy.
 *
 * @param behind the port of the server that it passes requests on to
 */
export async function startCaddy(behind: number, options: CaddyOptions = {}): Promise<Caddy> {
  const { protocols = 'h1 h2 h3', directives = '' } = options
  const root = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
  const { cert, key, CAINFO } = writeCertificate(root)
  const port = options.port ?? (await freePort())
  const file = join(root, 'Caddyfile')
  writeFileSync(
    file,
    `{
  admin off
  auto_https disable_redirects
  skip_install_trust
  storage file_system ${root}
  servers {
    protocols ${protocols}
  }
}
https://${loopback}:${String(port)}, https://localhost:${String(port)} {
  bind ${loopback}
  tls ${cert} ${key}
  ${directives}
  respond ${WHO} "{http.request.proto} {http.request.remote.port}"
  reverse_proxy ${loopback}:${String(behind)} {
    header_up X-Version {http.request.proto}
    header_up X-Port {http.request.remote.port}
  }
}
`,
  )
  // It keeps a copy of its last configuration, and would share that with every other caddy of this user.
  const args = [`XDG_CONFIG_HOME=${root}`, 'caddy', 'run', '--config', file, '--adapter', 'caddyfile']
  const program = await runProgram('env', port, args, () => {
    rmSync(root, { recursive: true, force: true })
  })
  return { ...program, CAINFO, url: (path) => `https://${loopback}:${String(port)}${path}` }
}
