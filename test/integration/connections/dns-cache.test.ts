/**
 * Names in libcurl's cache are valid for about a minute, as in libcurl, without a walk through all of them
 * after each transfer. The test counts the options that libcurl gets, and has a clock of its own.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { runCounted } from '../../support/children/counted.js'
import { requireProgram } from '../../support/programs/requires.js'
import { startNghttpd } from '../../support/programs/server-programs.js'

/** Time as these programs have it. */
const CLOCK = `let now = 1_000_000
  const clock = { now: () => now, setTimer: () => 0, clearTimer: () => undefined }`

/** Sends a request after each pause, all on one handle, and says what `DNS_CACHE_TIMEOUT` is for each. */
const PAUSING = `
  import { Share } from 'node-libcurl'
  const [url, shared, own, pauses] = process.argv.slice(-4)
  ${CLOCK}
  const options = JSON.parse(shared)
  if (options.SHARE) options.SHARE = new Share()
  const curl = new ParallelCurl(1, options, clock)
  const told = (values.DNS_CACHE_TIMEOUT = [])
  const inForce = []
  for (const pause of JSON.parse(pauses)) {
    now += pause
    counts.reset = 0
    const before = told.length
    let errno
    await curl.startRequest(url, (_content, _url, transfer) => ({ errno } = transfer), undefined, null, JSON.parse(own))
    await curl.finishAllRequests()
    // A reset brings back libcurl's own, before anything is set.
    if (told.length > before) inForce.push(told.at(-1))
    else inForce.push(counts.reset > 0 || inForce.length === 0 ? 60 : inForce.at(-1))
    if (errno !== (url.includes('/close') ? 52 : 0)) throw new Error(String(errno))
  }
  // That of a transfer that failed is not used again.
  if (!url.includes('/close') && curl.inspect().created !== 1) throw new Error('more than one handle')
  await curl.close()
  console.log(JSON.stringify(inForce))
`

/**
 * Sends four requests at once, three times, a millisecond apart, and says what `DNS_CACHE_TIMEOUT` is set to
 * each time.
 */
const AT_ONCE = `
  ${CLOCK}
  const curl = new ParallelCurl(4, {}, clock)
  const told = (values.DNS_CACHE_TIMEOUT = [])
  const each = []
  for (let i = 0; i < 3; i++, now++) {
    for (let j = 0; j < 4; j++) void curl.startRequest(process.argv.at(-1), () => undefined)
    await curl.finishAllRequests()
    each.push(told.splice(0))
  }
  await curl.close()
  console.log(JSON.stringify(each))
`

describe('the cache of names', () => {
  let server: HttpServer
  let tls: HttpServer
  before(async () => {
    server = await startHttpServer()
    tls = await startHttpServer({ tls: true })
  })
  after(async () => {
    await server.close()
    await tls.close()
  })

  const told = (
    pauses: number[],
    {
      url = server.url('/echo'),
      shared = {},
      own = {},
    }: { url?: string; shared?: object; own?: object } = {},
  ): Promise<unknown> =>
    runCounted(PAUSING, [url, JSON.stringify(shared), JSON.stringify(own), JSON.stringify(pauses)])

  it('is looked through by the first transfer, then by one after 2 ms, 4 ms and so on, and in the end by one every five seconds', async () => {
    const spans = [...Array.from({ length: 12 }, (_, i) => 2 ** (i + 1)), 5000, 5000, 5000]
    const pauses = [0, ...spans.flatMap((ms) => [ms - 1, 1])]
    expect(await told(pauses)).to.deep.equal([60, ...spans.flatMap(() => [-1, 60])])
  })

  it('of many transfers that look through it at once, one counts', async () => {
    expect(await runCounted(AT_ONCE, [server.url('/echo')])).to.deep.equal([
      [],
      [-1, -1, -1, -1],
      [60, 60, 60, 60],
    ])
  })

  it('is looked through as seldom on handles that are reset for each request', async () => {
    const own = { COOKIE: 'a=b' }
    expect(await told([0, 0, 5000, 0], { own })).to.deep.equal([60, -1, 60, -1])
  })

  it('is looked through as seldom over https, where a connection is for one transfer', async () => {
    const shared = { SSL_VERIFYPEER: false }
    expect(await told([0, 0, 5000, 0], { url: tls.url('/echo'), shared })).to.deep.equal([60, -1, 60, -1])
  })

  it('a stream of HTTP/2 does not count as one that has looked through it', async function () {
    requireProgram(this, 'nghttpd', 'nghttp2-server')
    await using h2 = await startNghttpd(100)
    writeFileSync(join(h2.folder, 'file'), 'text')
    const shared = { CAINFO: h2.CAINFO }
    expect(await told([0, 0, 0], { url: h2.url('/file'), shared })).to.deep.equal([60, 60, 60])
  })

  it('a transfer that fails does not count as one that has looked through it', async () => {
    expect(await told([0, 0, 0], { url: server.url('/close') })).to.deep.equal([60, 60, 60])
  })

  it('obeys DNS_CACHE_TIMEOUT of the user', async () => {
    expect(await told([0, 0, 0], { shared: { DNS_CACHE_TIMEOUT: 7 } })).to.deep.equal([7, 7, 7])
    expect(await told([0, 0, 0], { own: { DNS_CACHE_TIMEOUT: 0 } })).to.deep.equal([0, 0, 0])
  })

  it('is looked through after the wait of a transfer that may have to wait for a connection', async () => {
    const shared = { multi: { MAX_TOTAL_CONNECTIONS: 5 } }
    expect(await told([0, 0, 0], { shared })).to.deep.equal([60, 60, 60])
  })

  it('is left alone where it is that of a SHARE of the user', async () => {
    expect(await told([0, 0, 0], { shared: { SHARE: true } })).to.deep.equal([60, 60, 60])
  })
})
