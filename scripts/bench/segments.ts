/**
 * The time of one large file in segments, beside one request and beside aria2: from an nginx that gives each
 * connection only so much. Checks each file. Does not count CPU.
 *
 *   npm run bench:segments -- [--rounds 5] [--json FILE]
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build, removeBuilt } from './build.js'
import { median } from './measure/measure.js'
import { freePort, pinned, reachable } from './servers/server.js'

const MIB = 1024 ** 2
const SIZE = 200 * MIB
/** What nginx gives to each connection. MiB a second. */
const RATE = 20
const TARGETS = { oneOverEight: 6, eightOverAria2: 1.05 }

const { values: given } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, json: { type: 'string' } },
})
const rounds = Number(given.rounds)
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number, 1 or more')

// In memory if possible: the disk is not what is measured.
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'parallelcurl-segments-'))
// nginx's worker may be another user.
chmodSync(folder, 0o755)
const built = build()
const [serverCore, clientCore] = cpus().length > 1 ? [0, 1] : [null, null]
const port = await freePort()
const url = `http://127.0.0.1:${port}/file`
const output = join(folder, 'out')
const bytes = randomBytes(SIZE)
writeFileSync(join(folder, 'file'), bytes)
writeFileSync(
  join(folder, 'nginx.conf'),
  `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log crit;
events { worker_connections 512; }
http {
  access_log off; sendfile on; default_type application/octet-stream; root ${folder};
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/tmp;`).join(' ')}
  server { listen 127.0.0.1:${port}; limit_rate ${RATE}m; }
}`,
)

/** Returns the time of a request in milliseconds, without the start of the process. */
function inLibrary(options: object): () => number {
  const source = `
    import { ParallelCurl } from ${JSON.stringify(built.index)}
    const curl = new ParallelCurl(20)
    const begin = performance.now()
    await curl.request(${JSON.stringify(url)}, ${JSON.stringify({ output, ...options })})
    console.log(performance.now() - begin)
    await curl.close()`
  return () => Number(run(process.execPath, ['--input-type=module', '--eval', source]))
}

/** Returns the time of a process in milliseconds. */
function asProcess(program: string, args: readonly string[]): () => number {
  return () => {
    const begin = performance.now()
    run(program, args)
    return performance.now() - begin
  }
}

function run(program: string, args: readonly string[]): string {
  const [command, all] = pinned(clientCore ?? null, program, args)
  return execFileSync(command, all, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

const hasAria2 = spawnSync('aria2c', ['--version']).status === 0
const main = join(built.folder, 'dist/cli/main.cjs')
const fast = ['-x8', '-s8', '-q', '--file-allocation=none', '--allow-overwrite=true']
const clients = new Map([
  ['one request', inLibrary({})],
  ['segments: 8', inLibrary({ segments: 8 })],
  ['segments: 8, resume: true', inLibrary({ segments: 8, resume: true })],
  [
    'parallelcurl --segments 8, whole process',
    asProcess(process.execPath, [main, '-s', '--segments', '8', '-o', output, url]),
  ],
  ...(hasAria2
    ? [
        [
          'aria2c -x8 -s8, whole process',
          asProcess('aria2c', [...fast, '-d', folder, '-o', 'out', url]),
        ] as const,
      ]
    : []),
])

const digest = (data: Buffer): string => createHash('sha256').update(data).digest('hex')
const wanted = digest(bytes)
const times = new Map([...clients.keys()].map((name) => [name, [] as number[]]))
const [command, args] = pinned(serverCore ?? null, 'nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')])
const nginx = spawn(command, args, {
  stdio: 'inherit',
  env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
})
try {
  await reachable(port)
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of clients) {
      rmSync(output, { force: true })
      times.get(name)?.push(measure())
      if (digest(readFileSync(output)) !== wanted) throw new Error(`${name}: the file is wrong`)
    }
  }
} finally {
  nginx.kill()
  await once(nginx, 'exit')
  rmSync(folder, { recursive: true, force: true })
  removeBuilt(built)
}

const medianOf = (name: string): number => median(times.get(name) ?? [])
for (const [name, all] of times)
  console.log(
    `${name.padEnd(42)} ${medianOf(name).toFixed(0).padStart(6)} ms   (${all.map((ms) => ms.toFixed(0)).join(' ')})`,
  )
const oneOverEight = medianOf('one request') / medianOf('segments: 8')
console.log(
  `one request / segments: 8: ${oneOverEight.toFixed(2)} (target: at least ${TARGETS.oneOverEight})`,
)
if (hasAria2) {
  const eightOverAria2 = medianOf('segments: 8') / medianOf('aria2c -x8 -s8, whole process')
  console.log(
    `segments: 8 / aria2c: ${eightOverAria2.toFixed(3)} (target: at most ${TARGETS.eightOverAria2})`,
  )
} else console.log('aria2c is not installed: not compared')
console.log(`Node ${process.version}, load ${loadavg()[0]?.toFixed(1) ?? ''} on ${cpus().length} cores`)
if (given.json !== undefined) writeFileSync(given.json, JSON.stringify(Object.fromEntries(times), null, 2))
