/**
 * Runs third-party servers as private instances on free ports, with a certificate of the test authority:
 * nginx (HTTP/1.1 and HTTP/2 over TLS) and nghttpd (HTTP/2). Use `requireProgram` to check that they are
 * installed. Does not depend on the client.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeCertificate } from './certificate-files.js'
import { freePort, loopback, runProgram } from './program.js'

export interface ProgramServer extends AsyncDisposable {
  readonly port: number
  /** The folder whose files are served. */
  readonly folder: string
  /** The certificate to trust. */
  readonly CAINFO: string
  url(path: string): string
  /** Returns the connection of each answered request, one entry per request. */
  connections(): string[]
}

interface Paths {
  readonly folder: string
  readonly cert: string
  readonly key: string
  readonly CAINFO: string
}

function makeFolder(): Paths & { root: string } {
  const root = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
  const folder = mkdtempSync(join(root, 'served-'))
  const { cert, key, CAINFO } = writeCertificate(root)
  return { root, folder, cert, key, CAINFO }
}

/** Starts nghttpd with a limit of streams per connection. */
export async function startNghttpd(maxStreams = 100): Promise<ProgramServer> {
  const { root, folder, cert, key, CAINFO } = makeFolder()
  const port = await freePort()
  const options = ['-v', '-a', loopback, '-d', folder, '-m', String(maxStreams)]
  const program = await runProgram('nghttpd', port, [...options, String(port), key, cert], () => {
    rmSync(root, { recursive: true })
  })
  return {
    ...program,
    folder,
    CAINFO,
    url: (path) => `https://${loopback}:${String(port)}${path}`,
    // The log of nghttpd names the connection of each frame.
    connections: () =>
      [...program.log().matchAll(/\[id=(\d+)\] \[[^\]]*\] recv \(stream_id=\d+\) :method/g)].map(
        ([, id = '']) => id,
      ),
  }
}

/**
 * Starts nginx: HTTP/2 if the client offers it, otherwise 1.1. Files below `/slow/` are sent at 500 kB/s.
 *
 * @param directives more directives for the `server` block
 */
export async function startNginx(directives = 'keepalive_requests 100000;'): Promise<ProgramServer> {
  const { root, folder, cert, key, CAINFO } = makeFolder()
  const port = await freePort()
  const log = join(root, 'access.log')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(root, name)};`)
    .join(' ')
  writeFileSync(
    join(root, 'nginx.conf'),
    `daemon off; master_process off; pid ${join(root, 'pid')}; error_log stderr;
events { worker_connections 1000; }
http {
  ${temporary}
  log_format connections '$connection $server_protocol $status $request_method $request_uri';
  access_log ${log} connections;
  server {
    listen ${loopback}:${String(port)} ssl http2;
    ssl_certificate ${cert};
    ssl_certificate_key ${key};
    root ${folder};
    ${directives}
    location /slow/ { alias ${folder}/; limit_rate 500k; }
  }
}
`,
  )
  const options = ['-e', 'stderr', '-p', root, '-c', join(root, 'nginx.conf')]
  const program = await runProgram('nginx', port, options, () => {
    rmSync(root, { recursive: true })
  })
  return {
    ...program,
    folder,
    CAINFO,
    url: (path) => `https://${loopback}:${String(port)}${path}`,
    connections: () => readFileSync(log, 'utf8').trim().split('\n'),
  }
}
