/**
 * Runs the public tests for HTTP caches with one cache, in a process of its own: the client of the checkout keeps its
 * results in its modules. Prints the results as JSON. Does not start the server.
 *
 *   subject.ts CHECKOUT BASE-URL parallelcurl|undici UNDICI-PACKAGE
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { register } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as Undici from 'undici'
import { HttpCache, ParallelCurl } from '../../src/index.js'
import type { Outcome } from './compare.js'

/** The tests that the client starts at a time. Most of their time is waiting. */
const AT_A_TIME = 60

interface Test {
  readonly id: string
  readonly name: string
  readonly kind?: string
}
interface Suite {
  readonly id: string
  readonly tests: readonly Test[]
}
interface Client {
  runTests(suites: readonly Suite[], isBrowser: boolean, base: string, atATime: number): Promise<void>
  getResults(): Record<string, true | readonly [string, string]>
}
interface Judge {
  readonly resultTypes: Readonly<Record<string, unknown>>
  determineTestResult(suites: readonly Suite[], id: string, results: unknown): unknown
}

const [checkout = '', base = '', subject = '', packageName = ''] = process.argv.slice(2)
const undici = (await import(packageName)) as typeof Undici
const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-cache-tests-'))
const dispatcher = await dispatcherOf(subject)

// The client takes undici for its tests of interim responses: they go through the cache that is tested.
const shared = globalThis as { cacheTestsAgent?: unknown }
shared.cacheTestsAgent = function agent() {
  return dispatcher
}
const stub = `data:text/javascript,${encodeURIComponent('export const Agent = globalThis.cacheTestsAgent')}`
const hooks = `export async function resolve(name, context, next) {
  if (name === 'undici' && context.parentURL?.startsWith(${JSON.stringify(pathToFileURL(checkout).href)}))
    return { url: ${JSON.stringify(stub)}, shortCircuit: true }
  return next(name, context)
}`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)

const native = globalThis.fetch
globalThis.fetch = ((input: string, init: Undici.RequestInit = {}) =>
  input.startsWith(`${base}/test/`)
    ? undici.fetch(input, { ...init, dispatcher: init.dispatcher ?? dispatcher })
    : native(input, init as unknown as RequestInit)) as typeof fetch

const from = async (path: string): Promise<unknown> => import(pathToFileURL(join(checkout, path)).href)
const client = (await from('test-engine/client/runner.mjs')) as Client
const judge = (await from('test-engine/lib/results.mjs')) as Judge
const suites = ((await from('tests/index.mjs')) as { default: readonly Suite[] }).default
// As a browser, whose cache is a private one, too.
await client.runTests(suites, true, base, AT_A_TIME)
const results = client.getResults()
const verdicts = new Map(Object.entries(judge.resultTypes).map(([name, type]) => [type, name]))
const outcomes: Outcome[] = suites.flatMap(({ id: suite, tests }) =>
  tests
    .filter(({ id }) => id in results)
    .map(({ id, name, kind = 'required' }) => {
      const result = results[id]
      return {
        id,
        suite,
        name,
        kind,
        verdict: verdicts.get(judge.determineTestResult(suites, id, results)) ?? 'untested',
        why: Array.isArray(result) ? String(result[1]) : '',
      }
    }),
)
process.stdout.write(JSON.stringify(outcomes), () => {
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
})

async function dispatcherOf(name: string): Promise<Undici.Dispatcher> {
  if (name === 'undici') {
    const { cache } = undici.interceptors
    return new undici.Agent().compose(cache({ type: 'private' }))
  }
  const { CurlDispatcher } = await import('../../src/undici/index.js')
  const curl = new ParallelCurl(2 * AT_A_TIME, { cache: new HttpCache({ dir: join(folder, 'cache') }) })
  return new CurlDispatcher(curl)
}
