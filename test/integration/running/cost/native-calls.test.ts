/**
 * The cost of a request, counted and not timed: calls into node-libcurl, calls back out of it, bytes of heap.
 * It fails when they grow. Does not know how long anything takes: `npm run bench` does.
 */
import { expect } from 'chai'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runChild } from '../../../support/programs/child.js'
import { runCounted } from '../../../support/children/counted.js'
import { type HttpServer, startHttpServer } from '../../../support/servers/http/http-server.js'

type Cost = Record<string, number>

const ROUND = 20

/** Each case: shared options, and a way to send the i-th request. */
const COUNTING = `
  const [base, tls, folder] = process.argv.slice(-3)
  const ascii = base + '/echo?padding=' + 'x'.repeat(100)
  const onDone = () => undefined
  const plain = (curl) => curl.startRequest(ascii, onDone)
  const several = { USERAGENT: 'me', REFERER: 'http://me', TIMEOUT: 30, CONNECTTIMEOUT: 30, MAXREDIRS: 3 }
  const shape = (bits) => Object.fromEntries(Object.entries(several).filter((_, bit) => bits & (1 << bit)))
  const { CurlDispatcher } = await import('./src/undici/index.js')
  let dispatcher
  const dispatched = (curl) => new Promise((onResponseEnd, fail) => {
    dispatcher ??= new CurlDispatcher(curl)
    const options = { origin: base, path: '/echo?padding=' + 'x'.repeat(100), method: 'GET', headers: { 'x-a': 'b' } }
    const onResponseError = (controller, error) => fail(error)
    dispatcher.dispatch(options, { onRequestStart: onDone, onResponseEnd, onResponseError })
  })
  const cases = {
    startRequest: [{}, plain],
    request: [{}, (curl) => curl.request(ascii)],
    stream: [{}, null],
    shared: [{ USERAGENT: 'me/1.0', HTTPHEADER: ['X-A: b'], TIMEOUT_MS: 30_000 }, plain],
    binary: [{}, (curl) => curl.startRequest(base + '/bytes/1000', onDone)],
    headers: [{ captureHeaders: true }, plain],
    functions: [{ WRITEFUNCTION: (data) => data.length, HEADERFUNCTION: (line) => line.length }, plain],
    tls: [{ SSL_VERIFYPEER: false }, (curl) => curl.startRequest(tls + '/echo?padding=' + 'x'.repeat(100), onDone)],
    redirects: [{ FOLLOWLOCATION: true }, plain],
    own: [{}, (curl, i) => curl.startRequest(ascii, onDone, undefined, null, { USERAGENT: 'me/' + i })],
    post: [{}, (curl) => curl.startRequest(ascii, onDone, undefined, 'x'.repeat(5000))],
    file: [{}, (curl, i) => curl.startRequest(ascii, onDone, undefined, null, { output: folder + '/' + i, createDirs: true })],
    data: [{}, (curl, i) => curl.startRequest(ascii, onDone, undefined, null, { onData: () => undefined, priority: i })],
    dropped: [{}, (curl, i) => curl.startRequest(ascii, onDone, undefined, null, { responseType: 'none', priority: i })],
    dispatcher: [{}, dispatched],
    other: [{}, (curl, i) => curl.startRequest(ascii, onDone, undefined, null, shape(i + 1))],
  }
  const ROUND = ${String(ROUND)}
  // Its time stands still, and what is done every few seconds is not done while it is counted.
  const clock = { now: () => 0, setTimer: (action, delayMs) => setTimeout(action, delayMs), clearTimer: clearTimeout }
  const costs = {}
  for (const [name, [shared, send]] of Object.entries(cases)) {
    const curl = new ParallelCurl(4, shared, clock)
    const round = async () => {
      if (send === null) for await (const _ of curl.stream(Array(ROUND).fill(ascii)));
      else for (let i = 0; i < ROUND; i++) await send(curl, i)
      await curl.finishAllRequests()
    }
    // How many handles there have to be depends on how many transfers end at once: a round that makes none is
    // the one to count, and not the first of them. The newest handle may have been made before it was known
    // how long names are good for.
    for (let quiet = 0; quiet < 3; ) {
      const { created } = curl.inspect()
      // One of 61 is asked whether it has made a connection, on old libcurl: none of these.
      curl.dispatcher.engine.multiHandles.main.settled = 0
      for (const key of Object.keys(counts)) delete counts[key]
      await round()
      quiet = curl.inspect().created === created ? quiet + 1 : 0
    }
    costs[name] = Object.fromEntries(Object.entries(counts).map(([key, count]) => [key, count / ROUND]))
    await curl.close()
  }
  console.log(JSON.stringify(costs))
`

/**
 * All of it fits into the new space, nothing is collected: what has been allocated is still there. One at a
 * time: what each turn of the event loop costs is all its own, which is the most that it can be, and does not
 * depend on how many answers come together. The least of several rounds: on a busy machine V8 has not
 * compiled it all before the first one.
 */
const ALLOCATING = `
  import { PerformanceObserver } from 'node:perf_hooks'
  import { ParallelCurl } from './src/index.js'
  const collected = []
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) collected.push(startTime)
  }).observe({ entryTypes: ['gc'] })
  const curl = new ParallelCurl(1)
  const url = process.argv.at(-1) + '/echo'
  const onDone = () => undefined
  const run = async (count) => {
    for (let i = 0; i < count; i++) await curl.startRequest(url, onDone)
    await curl.finishAllRequests()
  }
  await run(5000)
  const rounds = []
  for (let i = 0; i < 4; i++) {
    gc()
    const start = performance.now()
    const before = process.memoryUsage().heapUsed
    await run(2000)
    rounds.push({ bytes: (process.memoryUsage().heapUsed - before) / 2000, start, end: performance.now() })
  }
  await new Promise((resolve) => setTimeout(resolve, 10))
  const collections = collected.filter((at) => rounds.some(({ start, end }) => at >= start && at < end)).length
  console.log(JSON.stringify({ bytes: Math.min(...rounds.map(({ bytes }) => bytes)), collections }))
`

const WAITING = `
  import { ParallelCurl } from './src/index.js'
  const curl = new ParallelCurl(1)
  const onDone = () => undefined
  const start = (count) => {
    for (let i = 0; i < count; i++) void curl.startRequest('http://127.0.0.1:9/', onDone)
    gc()
    return process.memoryUsage().heapUsed
  }
  const before = start(2000)
  console.log((start(20_000) - before) / 20_000)
  process.exit()
`

/** Timers in plain sight: libcurl's own are not made by JavaScript. */
const TIMING = `
  import { ParallelCurl } from './src/index.js'
  let timers = 0
  for (const name of ['setTimeout', 'setInterval']) {
    const real = globalThis[name]
    globalThis[name] = (...args) => (timers++, real(...args))
  }
  const [plain, tls] = process.argv.slice(-2)
  const counts = []
  for (const base of [plain, tls]) {
    timers = 0
    const curl = new ParallelCurl(4, { SSL_VERIFYPEER: false })
    for (let i = 0; i < 40; i++) await curl.startRequest(base + '/echo')
    await curl.finishAllRequests()
    counts.push(timers)
    await curl.close()
  }
  console.log(JSON.stringify(counts))
`

const PLAIN: Cost = {
  'setOpt URL': 1,
  addHandle: 1,
  '-> WRITEFUNCTION': 1,
  '-> onMessage': 1,
  removeHandle: 1,
  'getInfo RESPONSE_CODE': 1,
}

describe('what a request costs', () => {
  let server: HttpServer
  let tls: HttpServer
  let folder: string
  let costs: Record<string, Cost>

  async function run(source: string, ...nodeArgs: string[]): Promise<unknown> {
    return runWith([server.url('')], source, ...nodeArgs)
  }

  async function runWith(args: string[], source: string, ...nodeArgs: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await runChild(source, { args, nodeArgs })
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    return JSON.parse(stdout)
  }

  before(async () => {
    server = await startHttpServer()
    tls = await startHttpServer({ tls: true })
    folder = mkdtempSync(join(tmpdir(), 'native-calls-'))
    costs = (await runCounted(COUNTING, [server.url(''), tls.url(''), folder])) as Record<string, Cost>
  })
  after(async () => {
    rmSync(folder, { recursive: true })
    await server.close()
    await tls.close()
  })

  it('startRequest, request and stream make four native calls, and are called back twice', () => {
    expect(costs['startRequest']).to.deep.equal(PLAIN)
    expect(costs['request']).to.deep.equal(PLAIN)
    expect(costs['stream']).to.deep.equal(PLAIN)
  })

  it('shared options cost nothing once the handles have them', () => {
    expect(costs['shared']).to.deep.equal(PLAIN)
  })

  it('https costs no more where it is known that a connection is for one transfer at a time', () => {
    expect(costs['tls']).to.deep.equal(PLAIN)
  })

  it('content that is not ASCII costs one info more, the charset', () => {
    expect(costs['binary']).to.deep.equal({ ...PLAIN, 'getInfo CONTENT_TYPE': 1 })
  })

  it('captureHeaders costs one callback for each line, and nothing else', () => {
    const { '-> HEADERFUNCTION': lines, ...rest } = costs['headers'] as Cost
    expect(rest).to.deep.equal(PLAIN)
    // Status, content type and length, date, connection and its timeout, the empty line.
    expect(lines).to.be.within(5, 8)
  })

  it('shared functions for the body and the header lines cost one callback each time, and no reset', () => {
    const { '-> HEADERFUNCTION': lines, ...rest } = costs['functions'] as Cost
    expect(rest).to.deep.equal(PLAIN)
    expect(lines).to.be.within(5, 8)
  })

  it('FOLLOWLOCATION costs one info more', () => {
    expect(costs['redirects']).to.deep.equal({ ...PLAIN, 'getInfo EFFECTIVE_URL': 1 })
  })

  it('the same own options as before with other values cost one call each, and nothing else', () => {
    expect(costs['own']).to.deep.equal({ ...PLAIN, 'setOpt USERAGENT': 1 })
  })

  it('a body that goes to a file or a function costs one callback for each header line, and no reset', () => {
    // A function is given no body of a response that is to be retried, so the status is read before it.
    for (const [name, statuses] of [
      ['file', 1],
      ['data', 2],
    ] as const) {
      const { '-> HEADERFUNCTION': lines, ...rest } = costs[name] as Cost
      expect(rest, name).to.deep.equal({ ...PLAIN, 'getInfo RESPONSE_CODE': statuses })
      expect(lines, name).to.be.within(5, 8)
    }
  })

  it('a body that is dropped costs no more than one that is kept', () => {
    expect(costs['dropped']).to.deep.equal(PLAIN)
  })

  it('equal requests of a dispatcher cost one status more, a callback for each line, and no reset', () => {
    const { '-> HEADERFUNCTION': lines, ...rest } = costs['dispatcher'] as Cost
    expect(rest).to.deep.equal({ ...PLAIN, 'getInfo RESPONSE_CODE': 2 })
    expect(lines).to.be.within(5, 8)
  })

  it('a text to post costs two calls, its size and the text, and a reset after 8 KiB of them', () => {
    const {
      reset,
      'setOpt POSTFIELDS': texts,
      'setOpt POSTFIELDSIZE_LARGE': sizes,
      ...rest
    } = costs['post'] as Cost
    expect({ texts, sizes }).to.deep.equal({ texts: 1, sizes: 1 })
    // Each second time: there are several handles, and each is somewhere between its resets when counting
    // begins.
    expect(reset).to.be.within(0.2, 0.8)
    expect(rest).to.include(PLAIN)
    for (const [name, count] of Object.entries(rest)) {
      if (!(name in PLAIN)) expect(count, name).to.be.within(0.2, 0.8)
    }
  })

  it('other options than before cost one reset, and one call each', () => {
    const cost = costs['other'] as Cost
    for (const [name, count] of Object.entries(cost))
      expect(count, name).to.be.within(0.1, name === 'setOpt MAXREDIRS' ? 2 : 1)
    expect(cost).to.include({ ...PLAIN, 'setOpt WRITEFUNCTION': 1, reset: 1 })
    // Its own, and the defaults: NOSIGNAL, MAXREDIRS, two kinds of protocols, BUFFERSIZE, DNS_CACHE_TIMEOUT,
    // and up to four for certificates.
    expect(Object.keys(cost).filter((name) => name.startsWith('setOpt ')).length).to.be.at.most(16)
  })

  it('no request has a timer of its own; over TLS all share one, where HTTP/2 may stand still (D28)', async () => {
    const [plain, overTls] = (await runWith([server.url(''), tls.url('')], TIMING)) as [number, number]
    expect(plain).to.equal(0)
    // One each half second: on a slow machine there are some of them.
    expect(overTls).to.be.within(1, 20)
  })

  it('a request alone in its turn allocates at most 3,600 bytes of heap, its content of 500 characters among them', async () => {
    const space = ['--min-semi-space-size=128', '--max-semi-space-size=128']
    const { bytes, collections } = (await run(ALLOCATING, '--expose-gc', ...space)) as {
      bytes: number
      collections: number
    }
    expect(collections).to.equal(0)
    // 2,500 to 3,000 on Node 20, 3,250 on Node 24; with ten in flight 2,000 to 2,800, or more where they come
    // one by one.
    expect(bytes).to.be.within(500, 3600)
  })

  it('a request that waits takes at most 600 bytes', async () => {
    expect(await run(WAITING, '--expose-gc')).to.be.within(100, 600)
  })
})
