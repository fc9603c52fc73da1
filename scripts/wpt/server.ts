/**
 * web-platform-tests' own server, from the checkout, on free ports of 127.0.0.1. Does not know the tests.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The ports of a running server: the first is that of the pages, the others are further origins. */
export interface WptPorts {
  readonly http: readonly [number, number]
  readonly https: readonly [number, number]
  readonly h2: readonly [number]
}

/** A running server. */
export interface WptServer extends AsyncDisposable {
  readonly ports: WptPorts
}

export const HOST = 'web-platform.test'
/** The names that the server answers to. No resolver knows them: clients are told the address. */
export const HOSTS: readonly string[] = ['', 'www.', 'www1.', 'www2.'].flatMap((sub) => [
  `${sub}${HOST}`,
  `${sub}not-${HOST}`,
])

const STARTER = `
import sys
sys.path.insert(0, sys.argv[1])
from tools import localpaths
from tools.serve import serve
serve.run(**vars(serve.get_parser().parse_args(["--config", sys.argv[2]])))
`
const START_MS = 60_000

/** Returns a line for the program that is missing; null if it is there. */
export function missingProgram(): string | null {
  return spawnSync('python3', ['--version']).status === 0
    ? null
    : 'python3: is missing (the server of the tests is a program in Python)'
}

/** Starts the server. Rejects with its output if it does not start. */
export async function startWptServer(checkout: string): Promise<WptServer> {
  const [a, b, c, d, e] = (await freePorts(5)) as [number, number, number, number, number]
  const ports: WptPorts = { http: [a, b], https: [c, d], h2: [e] }
  const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-wpt-'))
  const config = join(folder, 'config.json')
  writeFileSync(config, JSON.stringify({ server_host: '127.0.0.1', check_subdomains: false, ports }))
  const starter = join(folder, 'start.py')
  writeFileSync(starter, STARTER)
  const server = spawn('python3', [starter, checkout, config], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (text: Buffer) => (output = (output + text.toString()).slice(-5000)))
  try {
    await Promise.all([a, b, c, d, e].map((port) => listening(port, server)))
  } catch (error) {
    server.kill('SIGKILL')
    throw new Error(`The server of the tests did not start:\n${output}`, { cause: error })
  }
  return {
    ports,
    async [Symbol.asyncDispose]() {
      // It ends the processes that it has started.
      server.kill('SIGINT')
      await once(server, 'exit')
      rmSync(folder, { recursive: true })
    },
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => net.createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

/** Resolves when somebody listens at the port. Nothing tells of that: it has to be tried. */
async function listening(port: number, server: ChildProcess): Promise<void> {
  for (const endsAt = Date.now() + START_MS; Date.now() < endsAt;) {
    if (server.exitCode !== null) throw new Error(`it ended with ${String(server.exitCode)}`)
    const socket = net.connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100))
    } finally {
      socket.destroy()
    }
  }
  throw new Error(`nobody listens at port ${String(port)}`)
}
