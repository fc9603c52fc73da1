/**
 * Many transfers in flight to one host are spread over several multi handles, without any other effect. `npm
 * run bench` measures the speed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Share } from '../../../../src/engine/node-libcurl/binding.js'
import { MAX_PER_MULTI } from '../../../../src/engine/connections/host-sharding.js'
import { keptConnections } from '../../../../src/engine/connections/connection-budget.js'
import { ParallelCurl } from '../../../../src/index.js'
import { authorityPem } from '../../../support/servers/certificates.js'
import { startHttpProxy } from '../../../support/servers/proxies/http-proxy.js'
import { type HttpServer, startHttpServer } from '../../../support/servers/http/http-server.js'
import type { Options } from '../../../support/requests.js'

/** Two handles full, and one more. */
const MANY = 2 * MAX_PER_MULTI + 1
const MULTIS = 3

describe('many in flight to one host', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  let waves = 0
  /** The number of transfers of the last wave in the first multi handle. */
  let inMain = 0
  const multisOf = (curl: ParallelCurl): number => curl.inspect().multiHandles

  /** All of them at the server at once, and answered. How many multi handles there were. */
  async function wave(
    curl: ParallelCurl,
    to = server,
    urlOf = (path: string) => to.url(path),
  ): Promise<number> {
    const name = `wave-${String(waves++)}`
    const gate = to.gate(name)
    to.forget()
    const errors: string[] = []
    for (let i = 0; i < MANY; i++) {
      void curl.startRequest(urlOf(`/gate/${name}?${String(i)}`), (content, _url, { error }) => {
        if (content === null) errors.push(error)
      })
    }
    await gate.waiting(MANY)
    const multis = multisOf(curl)
    inMain = curl.inspect().liveInMain
    gate.open()
    await curl.finishAllRequests()
    expect(errors).to.deep.equal([])
    expect(new Set(to.requests.map(({ url }) => url)).size).to.equal(MANY)
    return multis
  }

  it('are spread over several multi handles, and the next wave finds all of their connections', async () => {
    await using curl = new ParallelCurl(MANY)
    expect(await wave(curl)).to.equal(MULTIS)
    expect(await wave(curl)).to.equal(MULTIS)
    expect(await wave(curl)).to.equal(MULTIS)
    expect(server.connections).to.equal(MANY)
  })

  it('make no more connections than there are slots, however they come and go', async () => {
    await using curl = new ParallelCurl(MANY)
    let done = 0
    for (let i = 0; i < 10 * MANY; i++) await curl.startRequest(server.url('/echo'), () => done++)
    await curl.finishAllRequests()
    expect(done).to.equal(10 * MANY)
    expect(server.connections).to.be.at.most(MANY)
  })

  it('stay in one multi handle where there are few to each of many hosts', async () => {
    const { port } = new URL(server.url(''))
    const names = Array.from({ length: MANY }, (_, i) => `host-${String(i % 8)}.test`)
    await using curl = new ParallelCurl(MANY, { RESOLVE: names.map((name) => `${name}:${port}:127.0.0.1`) })
    let asked = 0
    const urlOf = (path: string): string => `http://${names[asked++] as string}:${port}${path}`
    expect(await wave(curl, server, urlOf)).to.equal(1)
  })

  const whole: [why: string, options: Options][] = [
    ['their number is limited', { multi: { MAX_TOTAL_CONNECTIONS: 2 * MANY } }],
    ['their number is limited for each host', { multi: { MAX_HOST_CONNECTIONS: 2 * MANY } }],
    ['it is said how many are kept', { multi: { MAXCONNECTS: 2 * MANY } }],
    ['HTTP/2 may take many on a connection', { HTTP_VERSION: 3 }],
  ]
  for (const [why, options] of whole) {
    it(`stay in one multi handle where ${why}`, async () => {
      await using curl = new ParallelCurl(MANY, options)
      expect(await wave(curl)).to.equal(1)
      // Until the option is taken back.
      curl.setOptions({})
      expect(await wave(curl)).to.equal(MULTIS)
    })
  }

  it('obey no limit that has been lifted, in whichever multi handle they are', async () => {
    await using curl = new ParallelCurl(MANY, { multi: { MAX_HOST_CONNECTIONS: 4 } })
    for (let i = 0; i < 20; i++) void curl.startRequest(server.url('/echo'))
    await curl.finishAllRequests()
    expect(server.connections).to.be.at.most(4)
    curl.setOptions({})
    // All of them at the server at once: with a limit this would never end.
    expect(await wave(curl)).to.equal(MULTIS)
  })

  it('keep as many connections as in one multi handle, when hosts take turns', async () => {
    const { port } = new URL(server.url(''))
    const names = Array.from({ length: 12 }, (_, i) => `host-${String(i)}.test`)
    await using curl = new ParallelCurl(MANY, { RESOLVE: names.map((name) => `${name}:${port}:127.0.0.1`) })
    let most = 0
    for (const name of names) {
      await wave(curl, server, (path) => `http://${name}:${port}${path}`)
      most = Math.max(most, server.openSockets)
    }
    const kept = keptConnections(MANY)
    expect(server.connections).to.equal(12 * MANY)
    expect(most).to.be.within(kept / 2, kept + MANY)
  })

  /** Returns the number of multi handles when all transfers are launched. */
  async function multisFor(url: string, own: (i: number) => Options, shared: Options = {}): Promise<number> {
    await using curl = new ParallelCurl(MANY, shared)
    for (let i = 0; i < MANY; i++) void curl.startRequest(url, null, undefined, null, own(i))
    // By the end of this turn.
    await new Promise((resolve) => setImmediate(resolve))
    const multis = multisOf(curl)
    curl.abort()
    return multis
  }

  it('stay in one multi handle where they differ in what libcurl compares of connections', async () => {
    const url = server.url('/echo')
    expect(await multisFor(url, (i) => ({ USERAGENT: String(i), HTTPHEADER: [`X: ${String(i)}`] }))).to.equal(
      MULTIS,
    )
    expect(await multisFor(url, (i) => ({ INTERFACE: `127.0.0.${String(1 + (i % 2))}` }))).to.equal(1)
    const share = new Share()
    // curl/curl.h: CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT.
    share.setOpt(1, 5)
    expect(await multisFor(url, () => ({}), { SHARE: share })).to.equal(1)
  })

  it('stay in one multi handle behind a PRE_PROXY, and for ftp whatever HTTP_VERSION says', async () => {
    const PRE_PROXY = 'socks5://127.0.0.1:1'
    expect(await multisFor(server.url('/echo'), () => ({}), { PRE_PROXY })).to.equal(1)
    expect(await multisFor('ftp://127.0.0.1:1/', () => ({}), { HTTP_VERSION: 2 })).to.equal(1)
  })

  it('use the addresses that an earlier request has named', async () => {
    const { port } = new URL(server.url(''))
    await using curl = new ParallelCurl(MANY)
    const urlOf = (path: string): string => `http://names.invalid:${port}${path}`
    await curl.request(urlOf('/echo'), { RESOLVE: [`names.invalid:${port}:127.0.0.1`] })
    expect(await wave(curl, server, urlOf)).to.equal(1)
  })

  it('stay in one multi handle where the host redirects to https, and HTTP/2 may take them all', async () => {
    const secure = await startHttpServer({ tls: true })
    const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    const CAINFO = join(folder, 'ca.pem')
    writeFileSync(CAINFO, authorityPem())
    server.route(/^\/to\//, (request, response) => {
      response.writeHead(302, { location: secure.url(`/gate/${request.url.slice('/to/'.length)}`) }).end()
    })
    try {
      await using curl = new ParallelCurl(MANY, { CAINFO, FOLLOWLOCATION: true })
      const urlOf = (path: string): string => server.url(path.replace('/gate/', '/to/'))
      expect(await wave(curl, server, (path) => server.url(path))).to.equal(MULTIS)
      secure.gate('alone').open()
      await curl.request(urlOf('/gate/alone'))
      await wave(curl, secure, urlOf)
      expect(inMain).to.equal(MANY)
    } finally {
      rmSync(folder, { recursive: true })
      await secure.close()
    }
  })

  it('stay in one multi handle behind a proxy, named by an option or by the environment', async () => {
    const proxy = await startHttpProxy()
    const before = process.env['http_proxy']
    try {
      const named = new ParallelCurl(MANY, { PROXY: proxy.url() })
      expect(await wave(named)).to.equal(1)
      await named.close()
      process.env['http_proxy'] = proxy.url()
      const found = new ParallelCurl(MANY)
      expect(await wave(found)).to.equal(1)
      await found.close()
      const none = new ParallelCurl(MANY, { PROXY: '' })
      expect(await wave(none)).to.equal(MULTIS)
      await none.close()
      expect(proxy.connections).to.equal(2 * MANY)
    } finally {
      if (before === undefined) delete process.env['http_proxy']
      else process.env['http_proxy'] = before
      await proxy.close()
    }
  })

  it('are spread over TLS, too, where the version excludes HTTP/2', async () => {
    const secure = await startHttpServer({ tls: true })
    const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    const CAINFO = join(folder, 'ca.pem')
    writeFileSync(CAINFO, authorityPem())
    try {
      for (const [options, multis] of [
        [{ CAINFO, HTTP_VERSION: 2 }, MULTIS],
        [{ CAINFO, PIPEWAIT: 0 }, 1],
      ] as const) {
        await using curl = new ParallelCurl(MANY, options)
        expect(await wave(curl, secure)).to.equal(multis)
      }
    } finally {
      rmSync(folder, { recursive: true })
      await secure.close()
    }
  })

  it('end with abort() in all multi handles, and close() ends all of their connections', async () => {
    const curl = new ParallelCurl(MANY)
    const gate = server.gate('never')
    const errnos: number[] = []
    for (let i = 0; i < MANY; i++)
      void curl.startRequest(server.url('/gate/never'), (_content, _url, { errno }) => errnos.push(errno))
    await gate.waiting(MANY)
    curl.abort()
    await curl.finishAllRequests()
    expect(errnos).to.deep.equal(new Array(MANY).fill(42))
    await server.waitForOpenSockets(0)
    gate.open()
    await wave(curl)
    expect(server.openSockets).to.equal(MANY)
    await curl.close()
    await server.waitForOpenSockets(0)
  })

  it('obey a limit that comes while they are spread, from then on', async () => {
    await using curl = new ParallelCurl(MANY)
    await wave(curl)
    curl.setOptions({ multi: { MAX_HOST_CONNECTIONS: 4 } })
    server.forget()
    for (let i = 0; i < MANY; i++) void curl.startRequest(server.url('/echo'))
    await curl.finishAllRequests()
    expect(server.peakInFlight).to.be.within(1, 4)
  })
})
