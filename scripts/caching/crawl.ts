/**
 * Measures crawls with a cache against fetching the same pages anew into an empty one, side by side:
 *
 *   npm run bench:cache -- [PAGES [FOLDER]]
 *
 * Each crawl is a process of its own on one core; nginx has another one. FOLDER is where the caches are made (default:
 * the folder for temporary files): its file system counts. Needs nginx and taskset. Exits with 1 if a target is missed.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median } from '../bench/measure/measure.js'
import { freePort, reachable } from '../bench/servers/server.js'

const BYTES = 100 * 1024
const ROUNDS = 5
const pages = Number(process.argv[2] ?? 10_000)
const root = mkdtempSync(join(process.argv[3] ?? tmpdir(), 'parallelcurl-crawl-'))
const here = fileURLToPath(new URL('.', import.meta.url))

interface Crawl {
  readonly name: string
  readonly path: '/checked/' | '/fresh/'
  /** `none`: without a cache. `empty`: its folder is new. `kept`: that of the last crawl of this path. */
  readonly cache: 'none' | 'empty' | 'kept'
  readonly reads: boolean
  /** The highest share of fetching anew into an empty cache. */
  readonly target?: number
}
const CRAWLS: readonly Crawl[] = [
  { name: 'without a cache', path: '/checked/', cache: 'none', reads: false },
  { name: 'anew, into an empty cache', path: '/checked/', cache: 'empty', reads: false },
  { name: 'all revalidated', path: '/checked/', cache: 'kept', reads: false, target: 0.7 },
  { name: 'all revalidated, bodies read', path: '/checked/', cache: 'kept', reads: true },
  { name: 'anew, pages that stay fresh', path: '/fresh/', cache: 'empty', reads: false },
  { name: 'all hits', path: '/fresh/', cache: 'kept', reads: false, target: 0.35 },
  { name: 'all hits, bodies read', path: '/fresh/', cache: 'kept', reads: true },
]

interface Outcome {
  readonly outcomes: Record<string, number>
  readonly userMs: number
  readonly systemMs: number
}

const port = await freePort()
const nginx = startNginx(port)
try {
  const index = join(here, '../../node_modules/.cache/parallelcurl-crawl')
  execFileSync(process.execPath, [join(here, '../package/build.mjs'), index])
  await reachable(port)
  const cpu = new Map<Crawl, number[]>(CRAWLS.map((crawl) => [crawl, []]))
  const load = loadavg()[0]?.toFixed(1)
  for (let round = 0; round < ROUNDS; round++)
    for (const crawl of CRAWLS) cpu.get(crawl)?.push(run(crawl, join(index, 'index.js')))
  report(cpu, load ?? '')
  rmSync(index, { recursive: true, force: true })
} finally {
  nginx.kill()
  await once(nginx, 'close')
  rmSync(root, { recursive: true, force: true })
}

function run({ path, cache, reads }: Crawl, index: string): number {
  const dir = join(root, path === '/fresh/' ? 'fresh' : 'checked')
  if (cache === 'empty') rmSync(dir, { recursive: true, force: true })
  const url = `http://127.0.0.1:${port}${path}`
  const worker = join(here, 'crawl-worker.mjs')
  const args = [worker, index, cache === 'none' ? '' : dir, url, String(pages), reads ? '1' : '0']
  const text = execFileSync('taskset', ['-c', '1', process.execPath, ...args], { encoding: 'utf8' })
  const { userMs, systemMs, outcomes } = JSON.parse(text) as Outcome
  if (Object.keys(outcomes).length !== 1) throw new Error(`not all outcomes are alike: ${text}`)
  return userMs + systemMs
}

function report(cpu: ReadonlyMap<Crawl, readonly number[]>, load: string): void {
  const times = new Map([...cpu].map(([crawl, list]) => [crawl, median(list)]))
  console.log(
    `${pages} pages of 100 KiB, Node.js ${process.versions.node}, load ${load}, ${ROUNDS} rounds, medians\n`,
  )
  console.log('| Crawl | CPU per page | Share | Target |\n| --- | --: | --: | --: |')
  for (const [{ name, path, target }, ms] of times) {
    const [, base = NaN] = [...times].find(([other]) => other.cache === 'empty' && other.path === path) ?? []
    const share = ms / base
    if (target !== undefined && share > target) process.exitCode = 1
    const micros = ((ms * 1000) / pages).toFixed(0)
    console.log(
      `| ${name} | ${micros} µs | ${share.toFixed(2)} | ${target === undefined ? '' : String(target)} |`,
    )
  }
}

function startNginx(on: number): ReturnType<typeof spawn> {
  const folder = join(root, 'nginx')
  mkdirSync(folder)
  const words = 'The quick brown fox jumps over the lazy dog. '
  writeFileSync(join(folder, 'page.html'), words.repeat(BYTES / words.length + 1).slice(0, BYTES))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, name)};`)
    .join(' ')
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${join(folder, 'pid')}; error_log stderr;
events { worker_connections 1000; }
http {
  ${temporary} access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; default_type text/html;
  server {
    listen 127.0.0.1:${String(on)}; root ${folder};
    location /checked/ { add_header Cache-Control no-cache; rewrite ^ /page.html break; }
    location /fresh/ { add_header Cache-Control max-age=36000; rewrite ^ /page.html break; }
  }
}
`,
  )
  const PATH = `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`
  const args = ['-c', '0', 'nginx', '-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')]
  return spawn('taskset', args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, PATH } })
}
