/**
 * Sessions that take time to make (B4), and retries that change them (D25): who waits, what each server saw,
 * and failures.
 */
import { expect } from 'chai'
import { ParallelCurl, Session, SessionPool, type SessionPoolOptions } from '../../../src/index.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { optionErrorOf, send, type Outcome } from '../../support/requests.js'

describe('sessions that log in', () => {
  let server: HttpServer
  let logins: number
  before(async () => {
    server = await startHttpServer()
    server.route('/login', (_request, response) => {
      response.writeHead(200, { 'Set-Cookie': `token=${String(++logins)}; Path=/` }).end('in')
    })
    // Only with a token.
    server.route('/page', (request, response) => {
      response.writeHead((request.headers.cookie ?? '').includes('token=') ? 200 : 401).end('page')
    })
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
    logins = 0
  })

  const seen = (path: string): (string | undefined)[] =>
    server.requests.filter(({ url }) => url.startsWith(path)).map(({ headers }) => headers.cookie)
  const logIn: SessionPoolOptions['onNewSession'] = async (session, curl) => {
    const { responseCode } = await curl.request(server.url('/login'), { session })
    expect(responseCode).to.equal(200)
  }
  const ask = (curl: ParallelCurl, session: SessionPool, count: number): Promise<Outcome[]> =>
    Promise.all(
      Array.from({ length: count }, () => send(curl, server.url('/page'), { options: { session } })),
    )

  it('B4: use the headers of an asynchronous create()', async () => {
    const pool = new SessionPool({
      size: 2,
      create: async (name) => {
        await new Promise((resolve) => setImmediate(resolve))
        return { headers: { 'X-Session': name } }
      },
    })
    await using curl = new ParallelCurl(1)
    await ask(curl, pool, 4)
    const names = server.requests.map(({ headers }) => headers['x-session'])
    expect(names.sort()).to.deep.equal(['session-1', 'session-1', 'session-2', 'session-2'])
    expect(pool.list()).to.have.length(2)
  })

  for (const maxRequests of [1, 10]) {
    it(`B4: run onNewSession before the first request of each session, also of replacements, ${String(maxRequests)} in flight`, async () => {
      const pool = new SessionPool({ size: 2, maxUses: 3, onNewSession: logIn })
      await using curl = new ParallelCurl(maxRequests)
      const outcomes = await ask(curl, pool, 12)
      expect(outcomes.map(({ transfer }) => transfer.responseCode)).to.deep.equal(Array(12).fill(200))
      // Each of the sessions has three uses; the login counts as none.
      const tokens = seen('/page')
      expect(new Set(tokens).size).to.be.within(4, logins)
      expect(logins).to.be.at.most(8)
      for (const token of new Set(tokens))
        expect(tokens.filter((one) => one === token).length).to.be.at.most(3)
      expect(seen('/login')).to.deep.equal(Array(logins).fill(undefined))
    })
  }

  it('B4: fail each waiting request once if onNewSession fails, and call it again for the next request', async () => {
    let fails = true
    const cause = new Error('the login is closed')
    const pool = new SessionPool({
      size: 1,
      onNewSession: async (session, curl) => {
        if (fails) throw cause
        await logIn(session, curl)
      },
    })
    await using curl = new ParallelCurl(2, { retry: 3 })
    const failed = await ask(curl, pool, 5)
    for (const { content, transfer } of failed) {
      expect([content, transfer.errno, transfer.cause]).to.deep.equal([null, 42, cause])
      expect(transfer.error).to.equal('there is no session for it: the login is closed')
      expect(transfer.attempts).to.deep.equal([])
    }
    expect(server.requests).to.have.length(0)
    fails = false
    const [next] = await ask(curl, pool, 1)
    expect(next?.transfer.responseCode).to.equal(200)
    expect(logins).to.equal(1)
  })

  it('B4: replace a session that onNewSession retires, so that no request waits for ever', async () => {
    const pool = new SessionPool({
      onNewSession: (session) => {
        session.retire()
      },
    })
    await using curl = new ParallelCurl(1)
    const [outcome] = await ask(curl, pool, 1)
    expect(outcome?.transfer.error).to.include('onNewSession left session-1 retired')
  })

  it('B4: let a waiting request be aborted, and report the session as the reason of the wait', async () => {
    let open: () => void = () => undefined
    const isOpen = new Promise<void>((resolve) => {
      open = resolve
    })
    const pool = new SessionPool({ size: 1, onNewSession: () => isOpen })
    await using curl = new ParallelCurl(1)
    const controller = new AbortController()
    const aborted = send(curl, server.url('/page'), { options: { session: pool, signal: controller.signal } })
    const other = send(curl, server.url('/page'), { options: { session: pool } })
    const [waiting] = [...curl.outstandingRequests.values()]
    expect(curl.whyWaiting(waiting as never)).to.deep.equal({ reason: 'session' })
    controller.abort(new Error('enough'))
    expect((await aborted).transfer.errno).to.equal(42)
    open()
    expect((await other).transfer.errno).to.equal(0)
    expect(seen('/page')).to.have.length(1)
  })

  it('B4: throw from acquire() if it would have to wait, and for hooks that are no functions', async () => {
    const pool = new SessionPool({ onNewSession: logIn })
    expect(optionErrorOf(() => pool.acquire()).message).to.include('session: pool')
    const slow = new SessionPool({ create: async () => Promise.resolve({}) })
    expect(optionErrorOf(() => slow.acquire()).message).to.include('session: pool')
    expect(optionErrorOf(() => new SessionPool({ onNewSession: true as never })).message).to.equal(
      'SessionPool: onNewSession must be a function, got true',
    )
    await new Promise((resolve) => setImmediate(resolve))
  })

  it('D25: keep the session for a retry, and change it with retry.newSession', async () => {
    server.route('/busy', (_request, response) => {
      response.writeHead(503).end('busy')
    })
    for (const newSession of [false, true]) {
      server.forget()
      const pool = new SessionPool({
        size: 3,
        create: (name) => ({ headers: { 'X-Session': name }, badStatusCodes: [] }),
      })
      for (let i = 0; i < 3; i++) pool.acquire()
      await using curl = new ParallelCurl(1)
      const options = { session: pool, retry: { limit: 2, backoffMs: 1, newSession } }
      const { transfer } = await send(curl, server.url('/busy'), { options })
      const names = server.requests.map(({ headers }) => headers['x-session'])
      expect(names).to.have.length(3)
      expect(new Set(names).size).to.equal(newSession ? 3 : 1)
      expect(transfer.session?.name).to.equal(names[2])
    }
    // One of one's own stays.
    server.forget()
    const session = new Session({ headers: { 'X-Session': 'mine' }, badStatusCodes: [] })
    await using curl = new ParallelCurl(1)
    const options = { session, retry: { limit: 1, backoffMs: 1, newSession: true } }
    await send(curl, server.url('/busy'), { options })
    expect(server.requests.map(({ headers }) => headers['x-session'])).to.deep.equal(['mine', 'mine'])
    expect(
      optionErrorOf(() => new ParallelCurl(1, { retry: { newSession: 1 as never } })).message,
    ).to.include('retry.newSession')
  })
})
