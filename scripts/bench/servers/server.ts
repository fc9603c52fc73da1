/**
 * Starts the servers: an nginx of the bench's own, pinned to one core, and a Node server for what nginx
 * cannot do, or in place of nginx. Only loopback and free ports. Does not depend on the clients.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { authorityPem, issueCertificate } from '../../../test/support/servers/certificates.js'
import type { Origin } from '../scenarios.js'

export interface Servers {
  /** The name of the server, for the report. */
  readonly description: string
  readonly hasManyHosts: boolean
  readonly caFile: string
  urlOf(origin: Origin, path: string, host?: string): string
  /**
   * Starts a slow server for one client alone and returns its base URL. A shared one would keep more
   * connections than a process may have open.
   */
  startSlow(): Promise<string>
  stop(): void
}

/** Returns a command that runs a program on one core, if one was chosen. */
export function pinned(core: number | null, command: string, args: readonly string[]): [string, string[]] {
  return core === null ? [command, [...args]] : ['taskset', ['-c', String(core), command, ...args]]
}

/** Each host needs a listening socket. */
const MOST_HOSTS = 5000

/**
 * Returns host addresses: 127.0.1.1, ... 127.0.1.100, 127.0.2.1 and so on. Up to 25,000 hosts without a
 * resolver.
 */
export function manyHosts(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `127.0.${Math.floor(i / 100) + 1}.${(i % 100) + 1}`)
}

const text = (length: number): string =>
  'The quick brown fox jumps over the lazy dog. '.repeat(length / 45 + 1).slice(0, length)

/** Returns a port of 127.0.0.1 that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Resolves when something listens on a port of 127.0.0.1. */
export async function reachable(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const socket = connect(port, '127.0.0.1')
    const isUp = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`nothing listens on port ${port}`)
}

function nginxVersion(): string | undefined {
  try {
    const text = execFileSync('sh', ['-c', 'PATH=$PATH:/usr/sbin nginx -v 2>&1'], { encoding: 'utf8' })
    return /nginx\/[\d.]+/.exec(text)?.[0]
  } catch {
    return undefined
  }
}

function nginxConfig(folder: string, http: number, tls: number): string {
  return `
daemon off; worker_processes 1; worker_rlimit_nofile 20000; pid ${folder}/nginx.pid; error_log ${folder}/error.log crit;
events { worker_connections 19000; multi_accept on; }
http {
  access_log off; keepalive_timeout 600; keepalive_requests 1000000000; sendfile on; tcp_nodelay on; default_type text/plain;
  open_file_cache max=16 inactive=600s; open_file_cache_valid 600s; root ${folder}/www; server_tokens off;
  client_body_temp_path ${folder}/tmp; proxy_temp_path ${folder}/tmp; fastcgi_temp_path ${folder}/tmp; uwsgi_temp_path ${folder}/tmp; scgi_temp_path ${folder}/tmp;
  split_clients "$request_id" $fails { 20% 1; * 0; }
  server {
    listen 127.0.0.1:${http} backlog=8192;
    ${manyHosts(MOST_HOSTS)
      .map((host) => `listen ${host}:${http};`)
      .join(' ')}
    listen 127.0.0.1:${tls} ssl backlog=8192;
    ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;
    location = /1k { return 200 '${text(1024)}'; }
    location = /flaky { if ($fails) { return 503 'busy'; } return 200 '${text(1024)}'; }
    location = /gzip { add_header Content-Encoding gzip; }
    location = /100k { default_type application/octet-stream; }
    location = /10m { default_type application/octet-stream; }
    location = /100m { default_type application/octet-stream; }
  }
}
`
}

export async function startServers(core: number | null, scripts: string): Promise<Servers> {
  const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-bench-'))
  const { cert, key } = issueCertificate('127.0.0.1', ['127.0.0.1', 'localhost'])
  const caFile = join(folder, 'ca.pem')
  for (const name of ['www', 'tmp']) mkdirSync(join(folder, name))
  // nginx's worker drops root privileges and still has to read these files.
  execFileSync('chmod', ['755', folder])
  const files: [string, string | Buffer][] = [
    ['ca.pem', authorityPem()],
    ['cert.pem', cert],
    ['key.pem', key],
    ['www/1k', text(1024)],
    ['www/gzip', gzipSync(text(16 * 1024))],
    ['www/100k', randomBytes(100 * 1024)],
    ['www/10m', randomBytes(10 * 1024 * 1024)],
  ]
  for (const [name, data] of files) writeFileSync(join(folder, name), data)
  // Zeros that take no place on the disk.
  writeFileSync(join(folder, 'www/100m'), '')
  truncateSync(join(folder, 'www/100m'), 100 * 1024 * 1024)

  const children: ChildProcess[] = []
  const start = (command: string, args: string[], stdio: 'ignore' | 'ipc'): ChildProcess => {
    const [program, all] = pinned(core, command, args)
    const child = spawn(program, all, {
      stdio: ['ignore', 'ignore', 'inherit', ...(stdio === 'ipc' ? ['ipc' as const] : [])],
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
    })
    children.push(child)
    return child
  }
  const startNode = async (): Promise<{ http: number; tls: number }> => {
    const node = start(process.execPath, [join(scripts, 'node-server.js'), folder], 'ipc')
    const [ports] = (await once(node, 'message')) as [{ http: number; tls: number }]
    return ports
  }
  const nodePorts = await startNode()

  const version = nginxVersion()
  const ports = version === undefined ? nodePorts : { http: await freePort(), tls: await freePort() }
  if (version !== undefined) {
    writeFileSync(join(folder, 'nginx.conf'), nginxConfig(folder, ports.http, ports.tls))
    start('nginx', ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], 'ignore')
    await reachable(ports.http)
  }
  return {
    description: version ?? 'a Node server (no nginx here: what is faster than it shows less)',
    hasManyHosts: version !== undefined,
    caFile,
    urlOf(origin, path, host = '127.0.0.1') {
      if (origin === 'tls') return `https://${host}:${ports.tls}${path}`
      return `http://${host}:${origin === 'slow' ? nodePorts.http : ports.http}${path}`
    },
    async startSlow() {
      const { http } = await startNode()
      return `http://127.0.0.1:${http}`
    },
    stop() {
      for (const child of children) child.kill('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
