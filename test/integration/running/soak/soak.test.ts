/**
 * Many transfers over three hosts, one in twenty of them broken: every callback exactly once, memory flat, no
 * handle left. `PARALLELCURL_SOAK=100000` runs the whole of it; by default it is a short one.
 */
import { expect } from 'chai'
import { runChild } from '../../../support/programs/child.js'
import { type HttpServer, startHttpServer } from '../../../support/servers/http/http-server.js'
import { refusedPort } from '../../../support/servers/tcp-server.js'

interface Report {
  callbacks: number
  wrong: string[]
  errnos: Record<string, number>
  heapGrowth: number
  rssGrowth: number
  outstanding: number
  live: number
  created: number
  seconds: number
}

const COUNT = Number(process.env['PARALLELCURL_SOAK'] ?? 6000)
const IN_FLIGHT = 50

/** Every twentieth request is broken, in turns; each of the kinds has its errnos. */
const BROKEN = ['refused', 'reset', 'truncate', 'hang'] as const

const client = `
import { ParallelCurl } from './src/index.js'
const [, count, inFlight, refused, ...hosts] = process.argv
const total = Number(count)
const broken = ${JSON.stringify(BROKEN)}
const allowed = { refused: [7], reset: [55, 56], truncate: [18], hang: [28] }
const seen = new Uint8Array(total)
const errnos = {}
const wrong = []
let callbacks = 0
let baseline

function memory() {
  gc(); gc()
  return process.memoryUsage()
}

function expected(index) {
  return index % 20 === 0 ? broken[(index / 20) % broken.length] : undefined
}

const curl = new ParallelCurl(Number(inFlight))
const began = performance.now()
for (let index = 0; index < total; index++) {
  const kind = expected(index)
  const host = hosts[index % hosts.length]
  const url = kind === 'refused' ? refused : host + (kind ? '/' + kind : index % 7 === 0 ? '/bytes/20000' : '/status/200') + '?' + index
  const options = kind === 'hang' ? { TIMEOUT_MS: 30 } : index % 11 === 0 ? { USERAGENT: 'soak' } : undefined
  await curl.startRequest(url, onDone, index, index % 13 === 0 ? 'a=b' : null, options)
  // A fifth of the way: pools and caches are full, what grows from here on is a leak.
  if (index === total / 5) baseline = memory()
}
await curl.finishAllRequests()
const seconds = (performance.now() - began) / 1000
const end = memory()

function onDone(content, url, transfer, index) {
  callbacks++
  if (seen[index]++) wrong.push(index + ' twice')
  const kind = expected(index)
  errnos[transfer.errno] = (errnos[transfer.errno] ?? 0) + 1
  const right = kind ? allowed[kind].includes(transfer.errno) && content === null : transfer.errno === 0 && content?.length >= 10
  if (!right && wrong.length < 20) wrong.push(index + ' ' + kind + ': ' + transfer.errno + ' ' + transfer.error)
}

const { live, created } = curl.inspect()
console.log(JSON.stringify({
  callbacks, wrong, errnos, outstanding: curl.outstandingRequests.size, live, created, seconds,
  heapGrowth: end.heapUsed - baseline.heapUsed, rssGrowth: end.rss - baseline.rss,
}))
await curl.close()
`

describe('soak', () => {
  const servers: HttpServer[] = []
  before(async () => {
    for (const host of ['127.0.0.1', '127.0.0.2', '127.0.0.3']) servers.push(await startHttpServer({ host }))
  })
  after(() => Promise.all(servers.map((server) => server.close())))

  it(`${COUNT} transfers, ${IN_FLIGHT} in flight, 5 % broken: each has one outcome, and memory stays flat`, async function () {
    this.timeout(600_000)
    for (const server of servers) server.keepNothing()
    const refused = `http://127.0.0.1:${await refusedPort()}/`
    const args = [COUNT, IN_FLIGHT, refused, ...servers.map((server) => server.url(''))].map(String)
    const child = await runChild(client, { args, nodeArgs: ['--expose-gc'], killAfterMs: 590_000 })
    expect(child).to.deep.include({ code: 0, signal: null, stderr: '' })
    const report = JSON.parse(child.stdout) as Report
    if (process.env['PARALLELCURL_SOAK']) console.log(report)
    expect(report.wrong).to.deep.equal([])
    expect(report).to.include({ callbacks: COUNT, outstanding: 0, live: 0 })
    // Each that is broken has its handle closed; a reset of a connection that had been used is started again
    // once, and breaks another.
    expect(report.created, 'handles are used again').to.be.at.most(IN_FLIGHT + COUNT / 20 + COUNT / 80)
    expect(report.heapGrowth, 'bytes of heap').to.be.below(4_000_000)
    expect(report.rssGrowth, 'bytes of memory').to.be.below(60_000_000)
    for (const server of servers) expect(server.peakInFlight).to.be.at.most(IN_FLIGHT)
  })
})
