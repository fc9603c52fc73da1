/**
 * Runs one page with one client in a process of its own, and collects the outcomes. Does not compare them.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Page } from './checkout.js'
import { HOST, HOSTS, type WptPorts } from './server.js'

export type Client = 'fetch' | 'createFetch'

/** The outcome of one test of a page. */
export interface Outcome {
  readonly isPassed: boolean
  readonly message: string
}

/** The outcomes of a page, by the names of the tests. */
export interface PageOutcome {
  readonly tests: ReadonlyMap<string, Outcome>
  /** What went wrong apart from tests: it did not end, the harness failed; null if nothing did. */
  readonly problem: string | null
}

/** What pages are run with. */
export interface Surroundings {
  readonly ports: WptPorts
  readonly undiciName: string
  /** The module that has `ParallelCurl` and `createFetch`. */
  readonly bundle: string
  readonly limitMs?: number
}

const LIMIT_MS = 60_000
const LONG_LIMIT_MS = 120_000

type Message =
  | { readonly kind: 'result'; readonly name: string; readonly status: number; readonly message: string }
  | { readonly kind: 'end'; readonly status: number; readonly message: string }
  | { readonly kind: 'problem'; readonly message: string }

/** Runs a page. */
export async function runPage(page: Page, client: Client, around: Surroundings): Promise<PageOutcome> {
  const { ports, undiciName, bundle, limitMs = page.isLong ? LONG_LIMIT_MS : LIMIT_MS } = around
  const scheme = page.server === 'http' ? 'http' : 'https'
  const url = `${scheme}://${HOST}:${String(ports[page.server][0])}/${page.path}${page.variant}`
  const given = {
    ...{ client, undiciName, bundle, url, isWorker: page.isWorker, hosts: HOSTS },
    scripts: [...page.scripts, `/${page.path}`],
    scriptsFrom: `http://${HOST}:${String(ports.http[0])}/`,
    ports: Object.values(ports).flat(),
  }
  const child = fork(new URL('page.mjs', import.meta.url), [JSON.stringify(given)], {
    execArgv: ['--expose-gc', '--no-warnings'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const tests = new Map<string, Outcome>()
  let problem: string | null = null
  let hasEnded = false as boolean
  let errors = ''
  child.stderr?.on('data', (text: Buffer) => (errors = (errors + text.toString()).slice(-500)))
  child.on('message', (message: Message) => {
    if (message.kind === 'result') {
      tests.set(message.name, { isPassed: message.status === 0, message: message.message })
    } else if (message.kind === 'end') {
      hasEnded = true
      if (message.status !== 0) problem ??= `the harness failed: ${message.message}`
    } else problem ??= message.message.split('\n', 1)[0] as string
  })
  const timer = setTimeout(() => {
    problem ??= `did not end within ${String(limitMs / 1000)} s`
    child.kill('SIGKILL')
  }, limitMs)
  await once(child, 'close')
  clearTimeout(timer)
  if (!hasEnded) problem ??= `the process ended early: ${errors.trim()}`
  return { tests, problem }
}
