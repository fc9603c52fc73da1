/**
 * Runs third-party proxies as private instances on free ports: tinyproxy (HTTP) and microsocks (SOCKS 5),
 * both with a user. Use `requireProgram` to check that they are installed. Does not depend on the traffic.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, loopback, runProgram, type RunningProgram } from './program.js'

export type ProgramProxy = RunningProgram

/** Starts an HTTP proxy that requires this user and password. */
export async function startTinyproxy(user: string, password: string): Promise<ProgramProxy> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
  const file = join(folder, 'tinyproxy.conf')
  const lines = [
    `Port ${String(port)}`,
    `Listen ${loopback}`,
    `BasicAuth ${user} ${password}`,
    'LogLevel Connect',
    'MaxClients 200',
    'Timeout 60',
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  return runProgram('tinyproxy', port, ['-d', '-c', file], () => {
    rmSync(folder, { recursive: true })
  })
}

/** Starts a SOCKS 5 proxy that requires this user and password. */
export async function startMicrosocks(user: string, password: string): Promise<ProgramProxy> {
  const port = await freePort()
  return runProgram(
    'microsocks',
    port,
    ['-i', loopback, '-p', String(port), '-u', user, '-P', password],
    () => undefined,
  )
}
