/**
 * Proxy pools at work: who goes through which proxy, what happens when one dies, and that nothing is lost.
 * Real proxies, those of others among them.
 */
import { expect } from 'chai'
import {
  ParallelCurl,
  ProxyPool,
  Session,
  type ProxyPoolOptions,
  type RequestOptions,
  type Transfer,
} from '../../../src/index.js'
import {
  type HttpProxy,
  poolOf,
  startHttpProxies,
  startHttpProxy,
} from '../../support/servers/proxies/http-proxy.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { startMicrosocks, startTinyproxy } from '../../support/programs/proxy-programs.js'
import { errnosOf, optionErrorOf, send, sendMany } from '../../support/requests.js'
import { requireProgram } from '../../support/programs/requires.js'
import { startSocksProxy } from '../../support/servers/proxies/socks-proxy.js'

describe('proxy pools', () => {
  let server: HttpServer
  const proxies: HttpProxy[] = []
  before(async () => {
    server = await startHttpServer()
    proxies.push(...(await startHttpProxies(4)))
  })
  after(async () => {
    await server.close()
    for (const proxy of proxies) await proxy.close()
  })
  beforeEach(() => {
    server.forget()
    for (const proxy of proxies) proxy.forget()
  })

  const pool = (count: number, options: ProxyPoolOptions = {}): ProxyPool =>
    poolOf(proxies.slice(0, count), options)
  const served = (): number[] => proxies.map(({ requests }) => requests.length)
  const run = (
    curl: ParallelCurl,
    count: number,
    path = '/echo',
    options: RequestOptions = {},
  ): Promise<Transfer[]> => sendMany(curl, count, server.url(path), options)

  it('use their proxies one after the other, each by its own kind', async () => {
    await using curl = new ParallelCurl(1, { proxies: pool(4) })
    expect(errnosOf(await run(curl, 12))).to.deep.equal([0])
    expect(served()).to.deep.equal([3, 3, 3, 3])
    expect(
      server.requests
        .map(({ remotePort }) => proxies.findIndex((p) => p.whoIs(remotePort)))
        .every((i) => i >= 0),
    ).to.equal(true)
  })

  it('contain every kind of proxy, and no proxy', async () => {
    await using socks = await startSocksProxy({ users: { ann: 'pass' } })
    await using secured = await startHttpProxy({ users: { bob: 'word' } })
    const list = [
      socks.url('socks5', 'ann'),
      socks.url('socks5h', 'ann'),
      socks.url('socks4', 'ann'),
      socks.url('socks4a', 'ann'),
      secured.url('bob'),
      { url: secured.url('bob'), options: { HTTPPROXYTUNNEL: true } },
      null,
    ]
    await using curl = new ParallelCurl(3, { proxies: list })
    expect(errnosOf(await run(curl, 14))).to.deep.equal([0])
    expect(socks.requests.map(({ user }) => user)).to.deep.equal(new Array(socks.requests.length).fill('ann'))
    expect(secured.requests.map(({ user, kind }) => `${user} ${kind}`)).to.include.members([
      'bob plain',
      'bob tunnel',
    ])
    expect(server.requests).to.have.length(14)
  })

  it('work with tinyproxy and a user', async function () {
    requireProgram(this, 'tinyproxy', 'tinyproxy-bin')
    await using tiny = await startTinyproxy('ann', 'pass')
    const url = `http://ann:pass@127.0.0.1:${String(tiny.port)}`
    await using curl = new ParallelCurl(5, { proxies: [url, { url, options: { HTTPPROXYTUNNEL: true } }] })
    expect(errnosOf(await run(curl, 40))).to.deep.equal([0])
    expect(server.requests).to.have.length(40)
    const wrong = new ProxyPool([url.replace('pass', 'wrong')], { retries: 0 })
    await using refused = new ParallelCurl(1, { proxies: wrong })
    const [transfer] = await run(refused, 1)
    expect([401, 407]).to.include(transfer?.responseCode)
    expect(server.requests).to.have.length(40)
  })

  it('work with microsocks and a user', async function () {
    requireProgram(this, 'microsocks')
    await using socks = await startMicrosocks('ann', 'pass')
    const at = `127.0.0.1:${String(socks.port)}`
    await using curl = new ParallelCurl(5, {
      proxies: [`socks5://ann:pass@${at}`, `socks5h://ann:pass@${at}`],
    })
    expect(errnosOf(await run(curl, 40))).to.deep.equal([0])
    expect(server.requests).to.have.length(40)
    await using refused = new ParallelCurl(1, { proxies: [`socks5://ann:wrong@${at}`] })
    const [transfer] = await run(refused, 1)
    expect(transfer?.errno).to.equal(97)
    expect(transfer?.error).not.to.include('wrong')
  })

  it('keep to the limit of each proxy, and let no request wait for a free one', async () => {
    const list = proxies.map((proxy, i) => ({ url: proxy.url(), maxRequests: i + 1 }))
    await using curl = new ParallelCurl(100, { proxies: list })
    const running = run(curl, 50, '/gate/limits')
    await server.gate('limits').waiting(10)
    expect(proxies.map(({ open }) => open)).to.deep.equal([1, 2, 3, 4])
    const waiting = [...curl.outstandingRequests.values()].filter(({ state }) => state === 'pending')
    expect(waiting).to.have.length(40)
    expect(waiting.map((transfer) => curl.whyWaiting(transfer)?.reason)).to.deep.equal(
      new Array(40).fill('proxy'),
    )
    server.gate('limits').open()
    expect(errnosOf(await running)).to.deep.equal([0])
    expect(proxies.map(({ peakOpen }) => peakOpen)).to.deep.equal([1, 2, 3, 4])
  })

  it('keep to the rate of each proxy', async () => {
    const rate = { requests: 3, perMs: 200 }
    await using curl = new ParallelCurl(50, { proxies: pool(2, { rateLimitPerProxy: rate }) })
    const transfers = await run(curl, 18)
    const starts = transfers.map(({ attempts }) => attempts[0]?.startedAt ?? 0).sort((a, b) => a - b)
    for (let i = 6; i < starts.length; i++)
      expect((starts[i] ?? 0) - (starts[i - 6] ?? 0)).to.be.at.least(199)
  })

  it('keep a proxy by host, or by another key', async () => {
    const other = await startHttpServer()
    const sticky = pool(4, { strategy: 'sticky' })
    await using curl = new ParallelCurl(4, { proxies: sticky })
    for (let i = 0; i < 10; i++) for (const peer of [server, other]) void curl.startRequest(peer.url())
    await curl.finishAllRequests()
    expect(served()).to.deep.equal([10, 10, 0, 0])
    const byPath = pool(4, { strategy: 'sticky', stickyBy: ({ url }) => url?.at(-1) })
    await using keyed = new ParallelCurl(4, { proxies: byPath })
    for (let i = 0; i < 20; i++) void keyed.startRequest(server.url(`/echo?${String(i % 4)}`))
    await keyed.finishAllRequests()
    const paths = proxies.map(
      ({ requests }) => new Set(requests.slice(-5).map(({ target }) => target.at(-1))).size,
    )
    expect(paths).to.deep.equal([1, 1, 1, 1])
    await other.close()
  })

  it('choose by a function, whose exception fails only its own request', async () => {
    const thrown = new Error('none of these')
    const chosen = pool(3, {
      strategy: ({ url }, available) => {
        if (url?.endsWith('bad')) throw thrown
        return available.find(({ name }) => name === '#2')
      },
    })
    await using curl = new ParallelCurl(3, { proxies: chosen })
    const [good, bad] = [run(curl, 5), run(curl, 2, '/echo?bad')]
    expect(errnosOf(await good)).to.include(0)
    for (const transfer of await bad) expect([transfer.errno, transfer.cause]).to.deep.equal([42, thrown])
    expect(served()).to.deep.equal([0, 5, 0, 0])
  })

  it('accept added and removed proxies while requests wait', async () => {
    const changing = pool(1, { maxRequestsPerProxy: 1 })
    await using curl = new ParallelCurl(20, { proxies: changing })
    const running = run(curl, 12, '/gate/changing')
    await server.gate('changing').waiting(1)
    changing.add((proxies[1] as HttpProxy).url())
    await server.gate('changing').waiting(2)
    expect(changing.remove((proxies[0] as HttpProxy).url())).to.equal(1)
    server.gate('changing').open()
    expect(errnosOf(await running)).to.deep.equal([0])
    expect(served()).to.deep.equal([1, 11, 0, 0])
    const held = run(curl, 3, '/gate/last')
    await server.gate('last').waiting(1)
    const waiting = [...curl.outstandingRequests.values()].filter(({ state }) => state === 'pending')
    changing.remove('#2')
    const late = await send(curl, server.url())
    for (const { errno, error } of [...waiting, late.transfer])
      expect([errno, error]).to.deep.equal([5, 'the pool has no proxy left'])
    expect(waiting).to.have.length(2)
    server.gate('last').open()
    await held
    changing.add((proxies[2] as HttpProxy).url())
    expect(errnosOf(await run(curl, 2))).to.deep.equal([0])
  })

  it('share their limits among instances', async () => {
    const common = pool(1, { maxRequestsPerProxy: 2 })
    await using one = new ParallelCurl(5, { proxies: common })
    await using two = new ParallelCurl(5, { proxies: common })
    const both = Promise.all([run(one, 8, '/gate/common'), run(two, 8, '/gate/common')])
    await server.gate('common').waiting(2)
    expect(server.gate('common').held).to.equal(2)
    for (let i = 0; i < 14; i++) {
      server.gate('common').release()
      await server.waitForRequests(3 + i)
    }
    server.gate('common').open()
    expect((await both).map(errnosOf)).to.deep.equal([[0], [0]])
    expect(proxies[0]?.peakOpen).to.equal(2)
  })

  it('let sessions that keep a proxy run beside requests that take any', async () => {
    const busy = pool(2, { maxRequestsPerProxy: 2 })
    await using curl = new ParallelCurl(50, { proxies: busy })
    const sessions = Array.from({ length: 10 }, () => new Session())
    const order: string[] = []
    for (let i = 0; i < 300; i++) {
      const session = i % 3 === 0 ? sessions[i % 10] : undefined
      const done = (): void => void order.push(session === undefined ? 'any' : 'session')
      void curl.startRequest(server.url('/echo'), done, [], null, session === undefined ? {} : { session })
    }
    await curl.finishAllRequests()
    expect(order).to.have.length(300)
    const lastSession = order.lastIndexOf('session')
    const lastAny = order.lastIndexOf('any')
    expect(Math.abs(lastSession - lastAny), 'they end together, more or less').to.be.lessThan(200)
    expect(busy.stats().every(({ inFlight }) => inFlight === 0)).to.equal(true)
  })

  it('let a limited host hold up no proxy and no other host', async () => {
    const other = await startHttpServer()
    const narrow = pool(1, { maxRequestsPerProxy: 1 })
    await using curl = new ParallelCurl(50, { proxies: narrow, maxRequestsPerHost: 1 })
    const blocked = new Session()
    const free = new Session()
    const done: string[] = []
    for (let i = 0; i < 6; i++) {
      for (const [peer, session] of [
        [server, blocked],
        [other, free],
      ] as const)
        void curl.startRequest(peer.url('/echo'), () => done.push(String(peer.port)), [], null, { session })
    }
    await curl.finishAllRequests()
    expect(done).to.have.length(12)
    await other.close()
  })

  it('let a request be aborted while it waits for a proxy', async () => {
    await using curl = new ParallelCurl(10, { proxies: pool(1, { maxRequestsPerProxy: 1 }) })
    const running = run(curl, 20, '/gate/aborted')
    await server.gate('aborted').waiting(1)
    curl.abort(new Error('enough'))
    expect(errnosOf(await running)).to.deep.equal([42])
    await server.waitForIdle()
    server.gate('aborted').open()
    expect(errnosOf(await run(curl, 3))).to.deep.equal([0])
  })

  it('count one lease for equal requests that share a transfer', async () => {
    await using curl = new ParallelCurl(10, { proxies: pool(1), dedupe: true })
    const running = run(curl, 10, '/gate/shared')
    await server.gate('shared').waiting(1)
    server.gate('shared').open()
    expect(errnosOf(await running)).to.deep.equal([0])
    expect(server.requests).to.have.length(1)
  })

  it('are overridden by a PROXY, a pool or null of the request', async () => {
    const [first, second, third] = proxies as [HttpProxy, HttpProxy, HttpProxy]
    await using curl = new ParallelCurl(1, { proxies: [first.url()] })
    await send(curl, server.url())
    await send(curl, server.url(), { options: { PROXY: second.url() } })
    await send(curl, server.url(), { options: { proxies: [third.url()] } })
    await send(curl, server.url(), { options: { proxies: null } })
    await send(curl, server.url(), { options: { PROXY: '' } })
    expect(served()).to.deep.equal([1, 1, 1, 0])
    expect(server.requests).to.have.length(5)
  })

  it('use the environment as curl does, and not with proxies: null or null in a pool', async () => {
    const [first] = proxies as [HttpProxy]
    const keys = ['http_proxy', 'no_proxy', 'NO_PROXY']
    const before = keys.map((key) => process.env[key])
    try {
      process.env['http_proxy'] = first.url('ann')
      process.env['no_proxy'] = process.env['NO_PROXY'] = ''
      await using curl = new ParallelCurl(1)
      await send(curl, server.url())
      await send(curl, server.url(), { options: { proxies: null } })
      await send(curl, server.url(), { options: { proxies: [null] } })
      await send(curl, server.url(), { options: { NOPROXY: '127.0.0.1' } })
      expect(first.requests.map(({ user }) => user)).to.deep.equal(['ann'])
      process.env['no_proxy'] = '127.0.0.1'
      await send(curl, server.url())
      await using off = new ParallelCurl(1, { proxies: null })
      process.env['no_proxy'] = ''
      await send(off, server.url())
      expect(first.requests).to.have.length(1)
      expect(server.requests).to.have.length(6)
    } finally {
      for (const [i, key] of keys.entries()) {
        if (before[i] === undefined) Reflect.deleteProperty(process.env, key)
        else process.env[key] = before[i]
      }
    }
  })

  it('refuse wrong options, and show no password', () => {
    const url = 'http://u:s3cret@gate:1'
    const cases: [options: Record<string, unknown>, shown: string][] = [
      [{ proxies: url }, 'proxies must be a ProxyPool, an array of proxies, or null'],
      [{ proxies: [`${url}x`] }, '"http://***@gate:1x"'],
      [{ proxies: [] }, 'at least one'],
      [{ proxies: [url], PROXY: url }, 'exclude each other'],
      [{ proxies: null, PROXY: url }, 'exclude each other'],
      [{ proxies: [{ url, options: { PROXYAUTHH: 1 } }] }, 'proxy #1: unknown option "PROXYAUTHH"'],
      [{ proxies: [{ url, options: { PROXYUSERPWD: 's3cret\r\n' } }] }, 'PROXYUSERPWD must not contain'],
    ]
    for (const [options, shown] of cases) {
      const error = optionErrorOf(() => new ParallelCurl(1, options))
      expect(error.message).to.include(shown).and.not.include('s3cret')
    }
  })
})
