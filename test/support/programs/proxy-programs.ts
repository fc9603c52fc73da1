/**
 * Proxies that others have written, as private instances on free ports: tinyproxy (HTTP, with a user) and
 * microsocks (SOCKS 5, with a user). Whether they are installed is asked with `requireProgram`. Does not know
 * what goes through them.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, loopback, runProgram, type RunningProgram } from './program.js'

export type ProgramProxy = RunningProgram

/** An HTTP proxy that wants this user and password. */
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

/** A SOCKS 5 proxy that wants this user and password. */
export async function startMicrosocks(user: string, password: string): Promise<ProgramProxy> {
  const port = await freePort()
  return runProgram(
    'microsocks',
    port,
    ['-i', loopback, '-p', String(port), '-u', user, '-P', password],
    () => undefined,
  )
}
