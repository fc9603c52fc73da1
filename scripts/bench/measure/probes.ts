/**
 * Measures facts other than throughput: the pace at 20 in flight, the memory of waiting requests, the time of
 * an import. Each in processes of its own. Does not depend on other clients.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { median } from './measure.js'
import type { Track } from './processes.js'
import { FLOOR, type Scenario } from '../scenarios.js'
import { pinned, type Servers } from '../servers/server.js'

export interface Facts {
  /** The time of 100 requests of 100 ms each at 20 in flight, divided by the ideal 0.5 s. */
  pace: number
  /** The same for the bare loop over node-libcurl. */
  floorPace: number
  /** Bytes of heap for each of 100,000 `startRequest` calls that are not awaited. */
  heapPerPending: number
  /** The time to import this library, divided by the time to import node-libcurl alone. */
  importRatio: number
  importMs: number
}

export function probe(servers: Servers, { core, built }: Track): Facts {
  const index = pathToFileURL(built.index).href
  const clientModule = (name: string): string => pathToFileURL(join(built.folder, 'scripts/bench', name)).href
  const run = (source: string, ...nodeArgs: string[]): number => {
    const [command, args] = pinned(core, process.execPath, [
      ...nodeArgs,
      '--input-type=module',
      '--eval',
      source,
    ])
    const env = { ...process.env, NODE_OPTIONS: '' }
    return Number(execFileSync(command, args, { encoding: 'utf8', cwd: built.folder, env }))
  }
  const waitUrl = servers.urlOf('slow', '/wait-100')
  const pace = `
    import { ParallelCurl } from ${JSON.stringify(index)}
    const curl = new ParallelCurl(20)
    const start = performance.now()
    for (let i = 0; i < 100; i++) await curl.startRequest(${JSON.stringify(waitUrl)})
    await curl.finishAllRequests()
    console.log((performance.now() - start) / 500)`
  const scenario: Partial<Scenario> = { inFlight: 20 }
  const floorPace = `
    import { create } from ${JSON.stringify(clientModule('clients/floor.js'))}
    import { Load } from ${JSON.stringify(clientModule('worker/load.js'))}
    const job = ${JSON.stringify({ scenario, client: FLOOR, urls: [waitUrl], caFile: servers.caFile })}
    const start = performance.now()
    const load = new Load(job, Infinity, 100)
    await create(job).run(load)
    console.log(load.requests === 100 ? (performance.now() - start) / 500 : NaN)`
  // The array of URLs belongs to the caller and exists before the first measurement.
  const heap = `
    import { ParallelCurl } from ${JSON.stringify(index)}
    const curl = new ParallelCurl(1)
    const urls = Array.from({ length: 100_001 }, (_, i) => 'http://127.0.0.1:9/?' + i)
    const onDone = () => {}
    for (let i = 0; i < 2000; i++) curl.startRequest(urls[0], onDone)
    gc()
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < 100_000; i++) curl.startRequest(urls[i], onDone)
    gc()
    console.log((process.memoryUsage().heapUsed - before) / 100_000)
    process.exit()`
  const timed = (what: string): string => `
    const start = performance.now()
    await import(${JSON.stringify(what)})
    console.log(performance.now() - start)`
  const [ours, theirs]: [number[], number[]] = [[], []]
  for (let i = 0; i < 9; i++) {
    theirs.push(run(timed('node-libcurl')))
    ours.push(run(timed(index)))
  }
  const [paces, floorPaces]: [number[], number[]] = [[], []]
  for (let i = 0; i < 5; i++) {
    floorPaces.push(run(floorPace))
    paces.push(run(pace))
  }
  return {
    pace: median(paces),
    floorPace: median(floorPaces),
    heapPerPending: run(heap, '--expose-gc'),
    importMs: median(ours),
    importRatio: median(ours.map((ms, i) => ms / (theirs[i] as number))),
  }
}
