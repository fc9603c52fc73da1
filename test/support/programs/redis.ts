/**
 * A real Redis on a free port of 127.0.0.1, with its data in a temporary folder. Does not depend on the
 * client.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export class RedisServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'parallelcurl-redis-'))
  #process: ChildProcess | undefined

  constructor(
    readonly port: number,
    readonly password: string | undefined,
  ) {}

  get url(): string {
    return `redis://${this.password === undefined ? '' : `:${this.password}@`}127.0.0.1:${this.port}`
  }

  get connection(): { host: string; port: number; password?: string } {
    const { port, password } = this
    return { host: '127.0.0.1', port, ...(password !== undefined && { password }) }
  }

  /** Starts the process, with the data of an earlier start. Resolves when it accepts connections. */
  async start(): Promise<this> {
    const settings = {
      port: String(this.port),
      bind: '127.0.0.1',
      dir: this.#folder,
      save: '',
      appendonly: 'yes',
      appendfsync: 'always',
      ...(this.password !== undefined && { requirepass: this.password }),
    }
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
    const PATH = `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`
    const child = spawn('redis-server', args, { env: { PATH }, stdio: ['ignore', 'pipe', 'inherit'] })
    this.#process = child
    let log = ''
    await new Promise<void>((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        log += text
        if (log.includes('Ready to accept connections')) resolve()
      })
      child.on('error', reject)
      child.on('exit', () => reject(new Error(`redis-server has ended:\n${log}`)))
    })
    return this
  }

  /** Ends the process. SIGKILL simulates a crash. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

export async function startRedis(password?: string): Promise<RedisServer> {
  return new RedisServer(await freePort(), password).start()
}

/**
 * Returns a port that nobody listens on, for a server that has to restart on the same port, or for no server
 * at all.
 */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
