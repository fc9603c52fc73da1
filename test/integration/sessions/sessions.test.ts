/**
 * Sessions as servers and proxies see them: each request comes with exactly its own session's cookies,
 * headers and proxy user, whatever shares its handle and whatever is in flight beside it.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { CookieJar, ParallelCurl, ProxyPool, Session, SessionPool } from '../../../src/index.js'
import { type HttpProxy, startHttpProxy } from '../../support/servers/proxies/http-proxy.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { optionErrorOf, send } from '../../support/requests.js'

const SESSIONS = 50
const USERS = 20
const REQUESTS = Number(process.env['PARALLELCURL_SESSION_REQUESTS'] ?? 10_000)

/** Random numbers that are the same in each run. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

describe('sessions', () => {
  let server: HttpServer
  let proxy: HttpProxy
  const users = Object.fromEntries(
    Array.from({ length: USERS }, (_, i) => [`user${String(i)}`, `pass${String(i)}`]),
  )
  before(async () => {
    proxy = await startHttpProxy({ users })
    server = await startHttpServer()
    // Says who it was, and sets a cookie that changes with each visit.
    server.route('/who', (request, response) => {
      const { cookie, 'user-agent': agent, 'x-session': header } = request.headers
      const user = proxy.whoIs(request.remotePort)?.user
      const visits = Number(/visits=(\d+)/.exec(cookie ?? '')?.[1] ?? 0) + 1
      const Cookie = [`visits=${String(visits)}; Path=/`, `of=${request.query.get('session') ?? ''}; Path=/`]
      response.writeHead(200, { 'Set-Cookie': Cookie }).end(JSON.stringify({ cookie, agent, header, user }))
    })
    server.route('/blocked', (_request, response) => {
      response.writeHead(403).end()
    })
  })
  after(async () => {
    await server.close()
    await proxy.close()
  })
  beforeEach(() => {
    server.forget()
    proxy.forget()
  })

  for (const maxRequests of [1, 200]) {
    it(`mix nothing up in ${String(REQUESTS)} requests with ${String(SESSIONS)} sessions, jars and ${String(USERS)} proxy users, ${String(maxRequests)} at once`, async function () {
      this.timeout(300_000)
      const chance = random(maxRequests)
      const sessions = Array.from({ length: SESSIONS }, (_, i) => {
        const name = `s${String(i)}`
        const cookieJar = new CookieJar([{ name: 'of', value: name, domain: '127.0.0.1' }])
        return new Session({
          name,
          cookieJar,
          proxy: proxy.url(`user${String(i % USERS)}`),
          userAgent: `agent of ${name}`,
          headers: { 'X-Session': name },
          maxErrors: null,
        })
      })
      const curl = new ParallelCurl(maxRequests)
      const wrong: string[] = []
      let done = 0
      const visits = new Array<number>(SESSIONS).fill(0)
      for (let i = 0; i < REQUESTS; i++) {
        const at = Math.floor(chance() * SESSIONS)
        const session = sessions[at] as Session
        visits[at] = (visits[at] ?? 0) + 1
        const options = { session, HTTPPROXYTUNNEL: chance() < 0.5 }
        await curl.startRequest(
          `${server.url('/who')}?session=${session.name}`,
          (content, _url, transfer) => {
            done++
            const seen = JSON.parse(content ?? '{}') as Record<string, string | undefined>
            const cookies = new Map(
              (seen['cookie'] ?? '').split('; ').map((pair) => pair.split('=') as [string, string]),
            )
            const isRight =
              transfer.session === session &&
              seen['user'] === `user${String(at % USERS)}` &&
              seen['agent'] === session.userAgent &&
              seen['header'] === session.name &&
              cookies.get('of') === session.name &&
              cookies.size === (cookies.has('visits') ? 2 : 1)
            if (!isRight) wrong.push(`${session.name}: ${String(content)} ${transfer.error}`)
          },
          undefined,
          null,
          options,
        )
        // A handle is held until its callback has been called: the next one must not come before, or there
        // are two.
        if (maxRequests === 1) await curl.finishAllRequests()
      }
      await curl.finishAllRequests()
      expect(wrong).to.deep.equal([])
      expect(done).to.equal(REQUESTS)
      const handles = curl.inspect()
      if (maxRequests === 1) expect(handles.created, 'a pool of one handle').to.equal(1)
      expect(handles.multiHandles).to.be.at.most(USERS)
      await curl.close()
      // As the proxy saw it: no connection has had two users, and they were used again.
      for (const [connection, seen] of proxy.usersByConnection())
        expect([...seen], String(connection)).to.have.length(1)
      expect(proxy.usersByConnection().size).to.be.lessThan(maxRequests === 1 ? 3 * USERS : REQUESTS / 4)
      for (const [i, session] of sessions.entries()) {
        expect(session.uses).to.equal(visits[i])
        const of = session.cookieJar?.all().find(({ name }) => name === 'of')
        expect(of?.value).to.equal(session.name)
        // One at a time, each visit has seen the cookie of the one before.
        const last = session.cookieJar?.all().find(({ name }) => name === 'visits')?.value
        if (maxRequests === 1) expect(last).to.equal(String(visits[i]))
      }
    })
  }

  it('are handed out by a pool, each with its own jar, and named in the transfer', async () => {
    const pool = new SessionPool({ size: 3, create: (name) => ({ userAgent: `agent of ${name}` }) })
    await using curl = new ParallelCurl(1, { session: pool })
    const seen: [string | undefined, string | undefined][] = []
    for (let i = 0; i < 7; i++) {
      const { content, transfer } = await send(curl, server.url(`/who?session=x${String(i)}`))
      const { agent, cookie } = JSON.parse(content ?? '') as Record<string, string>
      expect(agent).to.equal(`agent of ${transfer.session?.name ?? ''}`)
      seen.push([transfer.session?.name, /of=\w+/.exec(cookie ?? '')?.[0]])
    }
    expect(seen).to.deep.equal([
      ['session-1', undefined],
      ['session-2', undefined],
      ['session-3', undefined],
      ['session-1', 'of=x0'],
      ['session-2', 'of=x1'],
      ['session-3', 'of=x2'],
      ['session-1', 'of=x3'],
    ])
  })

  it('are used at most maxUses times, also if all requests start at once', async () => {
    const pool = new SessionPool({ size: 2, maxUses: 5 })
    await using curl = new ParallelCurl(4, { session: pool })
    const uses = new Map<string, number>()
    for (let i = 0; i < 60; i++) {
      void curl.startRequest(server.url('/echo'), (_content, _url, { session }) => {
        uses.set(session?.name ?? '', (uses.get(session?.name ?? '') ?? 0) + 1)
      })
    }
    await curl.finishAllRequests()
    expect([...uses.values()].reduce((sum, count) => sum + count)).to.equal(60)
    expect(Math.max(...uses.values())).to.be.at.most(5)
    expect(uses.size).to.be.within(12, 20)
  })

  it('are replaced when they are blocked, also for requests that waited for them', async () => {
    const pool = new SessionPool({ size: 1, maxErrors: 2 })
    await using curl = new ParallelCurl(1, { session: pool })
    const names: (string | undefined)[] = []
    const paths = ['/blocked', '/who', '/blocked', '/blocked', '/who', '/who']
    for (const path of paths) {
      void curl.startRequest(server.url(path), (_content, _url, { session }) => {
        names.push(session?.name)
      })
    }
    await curl.finishAllRequests()
    // 1, then half of it taken back, then 1.5 and 2.5: that was it.
    expect(names).to.deep.equal([...new Array<string>(4).fill('session-1'), 'session-2', 'session-2'])
  })

  it('keep their proxy of a pool while it works, also in the next process', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    const path = join(folder, 'sessions.json')
    try {
      const list = Object.keys(users)
        .slice(0, 8)
        .map((user) => proxy.url(user))
      const userOf = new Map<string, Set<string>>()
      for (let round = 0; round < 2; round++) {
        const pool = await SessionPool.open(path, { size: 5 })
        await using curl = new ParallelCurl(3, {
          session: pool,
          proxies: new ProxyPool(list, { strategy: 'random' }),
        })
        for (let i = 0; i < 40; i++) {
          void curl.startRequest(server.url('/who'), (content, _url, { session }) => {
            const { user } = JSON.parse(content ?? '') as { user: string }
            const seen = userOf.get(session?.name ?? '') ?? new Set()
            userOf.set(session?.name ?? '', seen.add(user))
          })
        }
        await curl.finishAllRequests()
        expect(readFileSync(path, 'utf8')).to.include('session-5').and.not.include('pass0')
      }
      expect(userOf.size).to.equal(5)
      for (const [name, seen] of userOf) expect([...seen], name).to.have.length(1)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('override shared options, and are overridden by those of the request', async () => {
    const session = new Session({
      userAgent: 'of session',
      headers: { 'X-Session': 'session', 'X-Both': 'session' },
    })
    session.cookieJar?.set('of=session', server.url('/'))
    const shared = { USERAGENT: 'shared', HTTPHEADER: ['X-Shared: 1', 'X-Both: shared'], session }
    await using curl = new ParallelCurl(1, shared)
    const own = new CookieJar()
    own.set('of=request', server.url('/'))
    await send(curl, server.url('/echo'))
    await send(curl, server.url('/echo'), { options: { USERAGENT: 'own', HTTPHEADER: ['X-Both: own'] } })
    await send(curl, server.url('/echo'), { options: { cookieJar: own } })
    await send(curl, server.url('/echo'), { options: { session: null } })
    await send(curl, server.url('/echo'), { postFields: 'a=1', options: { COOKIE: 'given=1' } })
    const seen = server.requests.map(({ headers }) => [
      headers['user-agent'],
      headers['x-shared'],
      headers['x-both'],
      headers['x-session'],
      headers.cookie,
    ])
    expect(seen).to.deep.equal([
      ['of session', '1', 'session', 'session', 'of=session'],
      ['own', undefined, 'own', 'session', 'of=session'],
      ['of session', '1', 'session', 'session', 'of=request'],
      ['shared', '1', 'shared', undefined, undefined],
      ['of session', '1', 'session', 'session', 'of=session; given=1'],
    ])
  })

  it('use no cookies and no proxy if they have none', async () => {
    const jar = new CookieJar()
    jar.set('of=instance', server.url('/'))
    await using curl = new ParallelCurl(1, { cookieJar: jar, PROXY: proxy.url('user1') })
    await send(curl, server.url('/who'), {
      options: { session: new Session({ cookieJar: false, proxy: null }) },
    })
    await send(curl, server.url('/who'))
    expect(server.requests.map(({ headers }) => headers.cookie)).to.deep.equal([undefined, 'of=instance'])
    expect(proxy.requests.map(({ user }) => user)).to.deep.equal(['user1'])
  })

  it('fail only their own requests if create() throws', async () => {
    const thrown = new Error('no more agents')
    let count = 0
    const pool = new SessionPool({
      size: 2,
      maxUses: 1,
      create: () => {
        if (++count > 2) throw thrown
        return {}
      },
    })
    await using curl = new ParallelCurl(1, { session: pool })
    const outcomes: unknown[] = []
    for (let i = 0; i < 4; i++)
      void curl.startRequest(server.url('/echo'), (_content, _url, { errno, cause }) =>
        outcomes.push([errno, cause]),
      )
    await curl.finishAllRequests()
    const failed = [42, thrown]
    expect(outcomes).to.have.deep.members([[0, undefined], [0, undefined], failed, failed])
    expect(optionErrorOf(() => new ParallelCurl(1, { session: 'me' as never })).message).to.include(
      'session must be',
    )
  })
})
