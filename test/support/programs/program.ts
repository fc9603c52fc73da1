/**
 * Starts a program that listens on a port of 127.0.0.1, and ends it. Does not depend on what the program
 * serves.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import net from 'node:net'

export interface RunningProgram extends AsyncDisposable {
  readonly port: number
  /** Returns everything that the program has written. */
  log(): string
}

export const loopback = '127.0.0.1'

/** Returns a port that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, loopback)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => {
      resolve(false)
    })
  })
}

/**
 * Starts a program. Resolves when it listens. `clean` is called after it has ended.
 *
 * @param answers whether something listens on a port; default: on TCP
 */
export async function runProgram(
  program: string,
  port: number,
  args: string[],
  clean: () => void,
  answers: (port: number) => Promise<boolean> = canConnect,
): Promise<RunningProgram> {
  const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
  const child: ChildProcess = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH },
  })
  // Kills the program if a test forgets it. That mocha's process then does not end is reported by
  // scripts/ci-reporter.cjs.
  const killAtExit = (): void => void child.kill()
  process.on('exit', killAtExit)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data: Buffer) => (output += data.toString()))
  const state = { isRunning: true }
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      state.isRunning = false
      process.off('exit', killAtExit)
      resolve()
    }
    child.on('error', end)
    child.on('close', end)
  })
  // The programs do not report when they listen, so their port is tried.
  while (state.isRunning && !(await answers(port)))
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
