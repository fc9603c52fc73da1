/**
 * Proxies that others have written, as private instances on free ports: tinyproxy (HTTP, with a user) and microsocks (SOCKS 5, with
 * a user). Whether they are installed is asked with `requireProgram`. Does not know what goes through them.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface ProgramProxy extends AsyncDisposable {
  readonly port: number
  /** All that it has written. */
  log(): string
}

const host = '127.0.0.1'

async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, host)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => {
      resolve(false)
    })
  })
}

async function run(program: string, port: number, args: string[], clean: () => void): Promise<ProgramProxy> {
  const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
  const child: ChildProcess = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data: Buffer) => (output += data.toString()))
  const state = { isRunning: true }
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      state.isRunning = false
      resolve()
    }
    child.on('error', end)
    child.on('close', end)
  })
  // Neither says when it listens.
  while (state.isRunning && !(await canConnect(port)))
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10))])
  if (!state.isRunning) throw new Error(`${program} did not start: ${output}`)
  return {
    port,
    log: () => output,
    async [Symbol.asyncDispose]() {
      child.kill()
      await ended
      clean()
    },
  }
}

/** An HTTP proxy that wants this user and password. */
export async function startTinyproxy(user: string, password: string): Promise<ProgramProxy> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
  const file = join(folder, 'tinyproxy.conf')
  const lines = [
    `Port ${String(port)}`,
    `Listen ${host}`,
    `BasicAuth ${user} ${password}`,
    'LogLevel Connect',
    'MaxClients 200',
    'Timeout 60',
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  return run('tinyproxy', port, ['-d', '-c', file], () => {
    rmSync(folder, { recursive: true })
  })
}

/** A SOCKS 5 proxy that wants this user and password. */
export async function startMicrosocks(user: string, password: string): Promise<ProgramProxy> {
  const port = await freePort()
  return run(
    'microsocks',
    port,
    ['-i', host, '-p', String(port), '-u', user, '-P', password],
    () => undefined,
  )
}
