/**
 * Runs each client in a process of its own, on another core than the server: a worker of this bench, the C
 * program, or curl itself. Does not compare clients.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Built, Program } from '../build.js'
import type { Job, Sample } from '../worker/load.js'
import { POST_BODY } from '../scenarios.js'
import { pinned } from '../servers/server.js'

/** A client that is ready to run rounds. */
export interface Runner {
  round(ms: number): Promise<Sample>
  /** True if each round is a new process, so that nothing is warm. */
  readonly startsAnew?: boolean
  stop(): void
}

/** The environment that clients run in. */
export interface Track {
  readonly core: number | null
  readonly built: Built
  /** The folder for CPU profiles; undefined for none. */
  readonly profiles: string | undefined
}

const ended = (child: ChildProcess, what: string): Promise<never> =>
  new Promise((_, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      reject(new Error(`${what} ended: ${signal ?? `exit code ${String(code)}`}`)),
    )
  })

/** Starts the runner of a job. Returns a string with the reason if the client cannot run the job. */
export async function startRunner(job: Job, track: Track): Promise<Runner | string> {
  if (job.client === 'curl -Z') return startCurl(job, track)
  if (job.client !== 'C') return startWorker(job, track)
  const { program } = track.built
  return typeof program === 'string' ? program : startProgram(job, track, program)
}

/**
 * The environment that makes undici, fetch, got and axios trust the certificate. libcurl has an option for
 * it.
 */
export const workerEnvironment = ({ caFile }: Job): NodeJS.ProcessEnv => ({
  ...process.env,
  NODE_EXTRA_CA_CERTS: caFile,
  NODE_OPTIONS: '',
})

async function startWorker(job: Job, { core, built, profiles }: Track): Promise<Runner> {
  const name = `${job.scenario.name}-${job.client.replace(/[^\w+]+/g, '-')}.cpuprofile`
  const [command, args] = pinned(core, process.execPath, [
    ...(profiles === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${name}`]),
    join(built.folder, 'scripts/bench/worker/worker.js'),
  ])
  const child = spawn(command, args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: workerEnvironment(job),
  })
  const end = ended(child, job.client)
  end.catch(() => undefined)
  const ask = async (message: object): Promise<object> => {
    const answer = once(child, 'message')
    child.send(message)
    const [value] = (await Promise.race([answer, end])) as [object]
    if ('problem' in value) throw new Error(`${job.client}: ${String(value.problem)}`)
    return value
  }
  await ask({ job })
  return {
    round: async (ms) => (await ask({ ms })) as Sample,
    // The worker ends when its channel closes, and then writes its profile.
    stop: () => child.disconnect(),
  }
}

function startProgram(job: Job, { core, built }: Track, program: Program): Runner {
  const { scenario } = job
  const urls = join(built.folder, `urls-${scenario.name}`)
  writeFileSync(urls, job.urls.join('\n'))
  const flags = `-${scenario.isGzip ? 'g' : ''}${scenario.hasOwnOptions ? 'o' : ''}${scenario.isFlaky ? 'f' : ''}`
  const [command, args] = pinned(core, program.path, [
    urls,
    String(scenario.inFlight),
    String(scenario.bytes),
    scenario.origin === 'tls' ? job.caFile : '',
    scenario.isPost ? POST_BODY : '',
    flags,
  ])
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const end = ended(child, job.client)
  end.catch(() => undefined)
  const lines = createInterface({ input: child.stdout })
  return {
    async round(ms) {
      const line = once(lines, 'line')
      child.stdin.write(`${ms}\n`)
      const [text] = (await Promise.race([line, end])) as [string]
      return JSON.parse(text) as Sample
    },
    stop: () => child.kill('SIGKILL'),
  }
}

/** The shortest round of curl, so that its start takes a small part of it. Milliseconds. */
const CURL_MS = 400

/**
 * Runs curl itself. curl takes a number of requests and not a time, so the number is derived from the last
 * round. Each round includes curl's start, as for a user.
 */
function startCurl(job: Job, { core }: Track): Runner | string {
  const { scenario } = job
  if (scenario.inFlight > 300) return 'curl -Z takes at most 300 in flight'
  if (scenario.isFlaky || scenario.hasOwnOptions) return 'no such way to ask curl'
  const base = (job.urls[0] as string)
    .replace(/\?.*/, '')
    .replace(/127\.0\.1\.1(?=:)/, '127.0.[1-10].[1-100]')
  let perSecond = 2000
  return {
    startsAnew: true,
    async round(ms) {
      const wanted = Math.max(20, Math.round((perSecond * Math.max(ms, CURL_MS)) / 1000 / scenario.hosts))
      const requests = wanted * scenario.hosts
      const curl = [
        '-sS',
        '-Z',
        '--parallel-max',
        String(scenario.inFlight),
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}\\n',
      ]
      if (scenario.origin === 'tls') curl.push('--cacert', job.caFile)
      if (scenario.isGzip) curl.push('--compressed')
      if (scenario.isPost) curl.push('-d', POST_BODY)
      const timed = 'TIMEFORMAT="%R %U %S"; time "$@" 2>/dev/null'
      const [command, args] = pinned(core, 'bash', [
        '-c',
        timed,
        'bash',
        'curl',
        '-q',
        ...curl,
        `${base}?[1-${wanted}]`,
      ])
      const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      let [codes, times, maxRssKib] = ['', '', 0]
      child.stdout.setEncoding('utf8').on('data', (text: string) => (codes += text))
      child.stderr.setEncoding('utf8').on('data', (text: string) => (times += text))
      const watch = setInterval(() => (maxRssKib = Math.max(maxRssKib, peakRssOfChild(child.pid))), 20)
      await once(child, 'close')
      clearInterval(watch)
      const [seconds = 0, user = 0, system = 0] = times.trim().split(/\s+/).map(Number)
      perSecond = requests / seconds
      const failures = requests - (codes.match(/^200$/gm)?.length ?? 0)
      return { requests, failures, seconds, cpuSeconds: user + system, maxRssKib, p50: null, p99: null }
    },
    stop: () => undefined,
  }
}

function peakRssOfChild(parent: number | undefined): number {
  try {
    const id = String(parent)
    const child = readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').trim().split(' ')[0] ?? ''
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
