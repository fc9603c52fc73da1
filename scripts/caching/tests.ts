/**
 * Runs the public tests for HTTP caches with HttpCache and with undici's cache interceptor, side by side:
 *
 *   npm run test:cache -- FOLDER [--why]
 *
 * FOLDER is a checkout of https://github.com/http-tests/cache-tests (default: the variable CACHE_TESTS). Nothing of it
 * is part of this project. `--why` adds the reason of each failure of ours. Exits with 1 if HttpCache passes fewer
 * tests than undici, with 2 if something is missing.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { packageName } from '../bench/clients/undici.js'
import { freePort } from '../bench/servers/server.js'
import { reportOf, scoreOf, type Outcome } from './compare.js'

const SERVER = 'test-engine/server/server.mjs'
const [given = process.env['CACHE_TESTS'], ...flags] = process.argv.slice(2)
if (given === undefined || !existsSync(join(given, SERVER))) {
  const what =
    given === undefined ? 'no folder is given' : `${given} is no checkout of http-tests/cache-tests`
  console.error(`test:cache: ${what}: npm run test:cache -- FOLDER`)
  process.exit(2)
}

const checkout = resolve(given)
const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-cache-tests-'))
const port = await freePort()
const server = spawn(process.execPath, [SERVER], {
  cwd: checkout,
  env: {
    ...process.env,
    npm_config_protocol: 'http',
    npm_config_port: String(port),
    npm_config_pidfile: join(folder, 'pid'),
  },
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  await once(server.stdout, 'data')
  server.stdout.resume()
  const undici = packageName()
  const [ours, theirs] = await Promise.all([run('parallelcurl', undici), run('undici', undici)])
  console.log(reportOf(ours, theirs, versionOf(undici)))
  if (flags.includes('--why'))
    for (const { id, verdict, why } of ours)
      if (!['pass', 'yes'].includes(verdict)) console.log(`${verdict} ${id}: ${why}`)
  if (scoreOf(ours).passed < scoreOf(theirs).passed) process.exitCode = 1
} finally {
  server.kill()
  rmSync(folder, { recursive: true, force: true })
}

async function run(subject: string, undici: string): Promise<Outcome[]> {
  const script = fileURLToPath(new URL('./subject.ts', import.meta.url))
  const loader = fileURLToPath(new URL('../register-ts-node.mjs', import.meta.url))
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--no-warnings', '--import', loader, script, checkout, `http://localhost:${port}`, subject, undici],
    { maxBuffer: 2 ** 26 },
  )
  return JSON.parse(stdout.slice(stdout.indexOf('[{'))) as Outcome[]
}

function versionOf(name: string): string {
  const file = fileURLToPath(new URL(`../../node_modules/${name}/package.json`, import.meta.url))
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
