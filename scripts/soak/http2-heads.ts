/**
 * Checks that each body belongs to its request: many requests over HTTP/2 with large response heads, one in
 * twelve of them cut off in one of several ways. Does not look for causes;
 * `test/integration/isolation/leftovers.test.ts` tests the known causes one by one.
 *
 *   node --import ./scripts/register-ts-node.mjs scripts/soak/http2-heads.ts [REQUESTS] [IN FLIGHT]
 *
 * Prints the result. Exits with 1 if a body belonged to another request, or an outcome was missing.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ParallelCurl, type RequestOptions } from '../../src/index.js'
import { largeHeadsBody, startLargeHeads } from '../../test/support/servers/http2/large-heads.js'

const SERVE = 'serve'
const ONE_IN = 12
const WRONG_SHOWN = 5
/** The ways in which a request ends early: a name of ours, or the option that ends it. */
const WAYS = ['signal', 'totalTimeoutMs', 'TIMEOUT_MS', 'maxBodySize', 'throws'] as const

const [first = '', inFlightGiven = '40'] = process.argv.slice(2)
if (first === SERVE) await serve()
else await run(Number(first === '' ? 20_000 : first), Number(inFlightGiven))

async function serve(): Promise<void> {
  const server = await startLargeHeads()
  process.send?.({ base: server.url(0, 0, 0).replace('/0/0/0', ''), authority: server.authority })
  process.on('disconnect', () => process.exit())
}

async function run(requests: number, inFlight: number): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), [SERVE], { execArgv: process.execArgv })
  const [{ base, authority }] = (await once(child, 'message')) as [{ base: string; authority: string }]
  const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
  const CAINFO = join(folder, 'ca.pem')
  writeFileSync(CAINFO, authority)
  const curl = new ParallelCurl(inFlight, { CAINFO })
  const errnos: Record<string, number> = {}
  const shown: string[] = []
  let wrong = 0
  let outcomes = 0
  let compared = 0
  const began = performance.now()
  for (let i = 0; i < requests; i++) {
    const lines = 20 + Math.floor(Math.random() * 71)
    const bytes = 1 + Math.floor(Math.random() * 30_000)
    await curl.startRequest(
      `${base}/${String(i)}/${String(lines)}/${String(bytes)}`,
      (content, _url, { errno }) => {
        outcomes++
        errnos[errno] = (errnos[errno] ?? 0) + 1
        if (content === null) return
        compared++
        const wanted = largeHeadsBody(i, bytes)
        if (content === wanted) return
        wrong++
        if (shown.length < WRONG_SHOWN)
          shown.push(`${String(i)}: ${content.slice(0, 60)} in the place of ${wanted.slice(0, 20)}`)
      },
      undefined,
      null,
      optionsOf(i, bytes),
    )
  }
  await curl.finishAllRequests()
  const { created } = curl.inspect()
  const seconds = Math.round((performance.now() - began) / 1000)
  await curl.close()
  child.disconnect()
  rmSync(folder, { recursive: true })
  console.log({ requests, inFlight, outcomes, compared, wrong, errnos, created, seconds })
  for (const line of shown) console.log(line)
  process.exitCode = wrong > 0 || outcomes !== requests ? 1 : 0
}

/** Returns the options of a request: one in twelve ends early, in one of several ways. */
function optionsOf(i: number, bytes: number): RequestOptions | undefined {
  // Some have options for which a handle is reset.
  if (i % ONE_IN !== 0) return i % 7 === 0 ? { RANGE: null, AUTOREFERER: i % 2 } : undefined
  const soon = 1 + Math.floor(Math.random() * 60)
  const way = WAYS[(i / ONE_IN) % WAYS.length] as (typeof WAYS)[number]
  switch (way) {
    case 'signal':
      return { signal: AbortSignal.timeout(soon) }
    case 'maxBodySize':
      return { maxBodySize: 1 + Math.floor(bytes / 2) }
    case 'throws':
      return { WRITEFUNCTION: thrower }
    default:
      return { [way]: soon }
  }
}

function thrower(): number {
  throw new Error('enough')
}
