/**
 * Proxies that die, refuse or are blocked: their work goes elsewhere, and nothing is lost.
 */
import { expect } from 'chai'
import {
  ParallelCurl,
  ProxyPool,
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
import { errnosOf, send, sendMany } from '../../support/requests.js'
import { refusedPort } from '../../support/servers/tcp-server.js'

describe('a proxy of a pool that fails', () => {
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

  it('is replaced by others when it is killed during a run, without a lost request, and used again later', async function () {
    this.timeout(60_000)
    const dying = proxies[0] as HttpProxy
    const living = pool(3, { coolDown: { baseMs: 30, maxMs: 60 } })
    await using curl = new ParallelCurl(12, { proxies: living, retry: { limit: 5, backoffMs: 1 } })
    const all = run(curl, 400)
    const stalled = run(curl, 6, '/gate/killed')
    await dying.waitForRequests(20)
    await dying.close()
    await server.waitForRequests(150)
    expect(living.stats()[0]?.failed).to.be.greaterThan(0)
    server.gate('killed').open()
    expect(errnosOf(await all)).to.deep.equal([0])
    expect(errnosOf(await stalled)).to.deep.equal([0])
    const gone = dying.requests.length
    await dying.listen()
    // After its pause one request tries it; then it is one of them again.
    let tries = 0
    while (living.stats()[0]?.failuresInARow !== 0 && tries++ < 2000) await run(curl, 3)
    expect(errnosOf(await run(curl, 30))).to.deep.equal([0])
    expect(dying.requests.length - gone).to.be.at.least(10)
    expect(living.stats().map(({ inFlight }) => inFlight)).to.deep.equal([0, 0, 0])
  })

  it('is replaced at once if it refuses connections, users or tunnels', async () => {
    await using locked = await startHttpProxy({ users: { ann: 'pass' } })
    const dead = `http://127.0.0.1:${String(await refusedPort())}`
    const refusing = proxies[1] as HttpProxy
    refusing.refuse = () => 502
    const cases: [bad: string, options: RequestOptions, failed: 'failed' | 'suspect'][] = [
      [dead, {}, 'failed'],
      [dead.replace('http', 'socks5'), {}, 'failed'],
      // A label that is too long for a name is never looked up.
      [`http://${'x'.repeat(64)}.invalid:1`, {}, 'failed'],
      [locked.url(), {}, 'failed'],
      [locked.url(), { HTTPPROXYTUNNEL: true }, 'failed'],
      [refusing.url(), { HTTPPROXYTUNNEL: true }, 'suspect'],
    ]
    for (const [bad, options, failed] of cases) {
      const both = new ProxyPool([bad, (proxies[0] as HttpProxy).url()])
      await using curl = new ParallelCurl(1, { proxies: both, ...options })
      const { transfer } = await send(curl, server.url(), { postFields: 'not=idempotent' })
      expect([transfer.errno, transfer.responseCode, transfer.attempts.length], bad).to.deep.equal([
        0, 200, 2,
      ])
      const [stats] = both.stats()
      expect(stats?.[failed], bad).to.equal(1)
      expect(stats?.coolingUntil, bad).to.be.greaterThan(Date.now())
      // Once known, it is left alone.
      expect((await send(curl, server.url())).transfer.attempts).to.have.length(1)
    }
    const posts = server.requests.filter(({ method }) => method === 'POST')
    expect(posts.map(({ body }) => body.toString())).to.deep.equal(
      new Array(cases.length).fill('not=idempotent'),
    )
  })

  it('is replaced at most as often as allowed; the error is that of the last one', async () => {
    const dead = await Promise.all(
      Array.from({ length: 6 }, async () => `http://u:s3cret@127.0.0.1:${String(await refusedPort())}`),
    )
    const hopeless = new ProxyPool(dead, { retries: 2 })
    await using curl = new ParallelCurl(1, { proxies: hopeless })
    const { transfer, content } = await send(curl, server.url())
    expect([transfer.errno, content, transfer.attempts.length]).to.deep.equal([7, null, 3])
    expect(JSON.stringify([transfer, transfer.error, hopeless.stats(), transfer.toError()])).not.to.include(
      's3cret',
    )
    const once = new ProxyPool(dead, { retries: 0 })
    await using none = new ParallelCurl(1, { proxies: once, retry: { limit: 2, backoffMs: 0 } })
    expect((await send(none, server.url())).transfer.attempts, 'the request’s own retries').to.have.length(3)
    expect(
      once.stats().filter(({ failed }) => failed > 0),
      'each through another one',
    ).to.have.length(3)
  })

  it('rests after a named status, and the request uses another one', async () => {
    let visits = 0
    server.route('/banned', (_request, response) => {
      response.writeHead(visits++ === 0 ? 403 : 200).end('served')
    })
    const named = pool(2, { statusCodes: [403] })
    await using curl = new ParallelCurl(1, { proxies: named })
    const { transfer } = await send(curl, server.url('/banned'))
    expect([transfer.responseCode, transfer.attempts.length]).to.deep.equal([200, 2])
    expect(served()).to.deep.equal([1, 1, 0, 0])
    visits = 0
    const post = await send(curl, server.url('/banned'), { postFields: 'a=1' })
    expect(
      [post.transfer.responseCode, post.transfer.attempts.length],
      'the server has had it',
    ).to.deep.equal([403, 1])
  })

  it('is waited for if there is no other one', async () => {
    const only = proxies[0] as HttpProxy
    const resting = pool(1, { coolDown: { baseMs: 50 }, statusCodes: [404] })
    await using curl = new ParallelCurl(5, { proxies: resting })
    const [refused] = await run(curl, 1, '/status/404')
    const ended = (refused?.attempts[0]?.startedAt ?? 0) + (refused?.attempts[0]?.durationMs ?? 0)
    const [transfer] = await run(curl, 1)
    expect(transfer?.errno).to.equal(0)
    expect((transfer?.attempts[0]?.startedAt ?? 0) - ended).to.be.at.least(49)
    expect(only.requests).to.have.length(2)
  })
})
