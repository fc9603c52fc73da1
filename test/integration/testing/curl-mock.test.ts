/** What the mock does beside what a real server does: rules, failures, time, and the absence of a network. */
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect } from 'chai'
import { CookieJar, CurlError, OptionError, ParallelCurl, ProxyPool } from '../../../src/index.js'
import { createFetch } from '../../../src/fetch/index.js'
import { CurlMock, UnmatchedRequestError, VirtualClock, type MockReply } from '../../../src/testing/index.js'
import { startHttpServer } from '../../support/servers/http/http-server.js'

/** The failure of a request. */
async function failure(curl: ParallelCurl, url: string, options = {}): Promise<CurlError> {
  try {
    await curl.request(url, options)
  } catch (error) {
    if (error instanceof CurlError) return error
    throw error
  }
  throw new Error(`${url} did not fail`)
}

describe('CurlMock', () => {
  let mock: CurlMock
  let curl: ParallelCurl
  beforeEach(() => {
    mock = new CurlMock().install()
    curl = new ParallelCurl(4)
  })
  afterEach(async () => {
    await curl.close()
    mock.restore()
  })

  it('replies to URLs, patterns and functions, and tells what it got', async () => {
    mock
      .get('https://api.example/users?a=1')
      .reply({ body: [{ name: 'Ada' }], headers: { 'X-List': ['1', '2'] } })
    mock.post(/\/users$/).reply((request) => ({ status: 201, body: request.json() as object }))
    mock.any(({ headers }) => headers['x-own'] === 'yes').reply({ status: 404, statusText: 'Nothing Here' })
    const list = await curl.request('https://API.example:443/users?a=1#part', { captureHeaders: true })
    expect(JSON.parse(list.text())).to.deep.equal([{ name: 'Ada' }])
    expect(list.headers).to.include({ 'content-type': 'application/json', 'x-list': '1, 2' })
    const made = await curl.request('http://user:secret@api.example/users', {
      postFields: '{"name":"ä"}',
      HTTPHEADER: ['Content-Type: application/json'],
    })
    expect([made.responseCode, made.text()]).to.deep.equal([201, '{"name":"ä"}'])
    const none = await curl.request('http://other.example/', {
      HTTPHEADER: ['X-Own: yes'],
      captureHeaders: true,
    })
    expect(none.headerList[0]).to.equal('HTTP/1.1 404 Nothing Here')
    expect(mock.requests.map(({ method, url }) => `${method} ${url}`)).to.deep.equal([
      'GET https://api.example/users?a=1',
      'POST http://api.example/users',
      'GET http://other.example/',
    ])
    expect(mock.requests[1]?.headers).to.include({
      authorization: 'Basic dXNlcjpzZWNyZXQ=',
      host: 'api.example',
    })
    mock.assertDone()
  })

  it('lets a request without a reply fail at once with a clear error, and touches no network', async () => {
    const server = await startHttpServer()
    try {
      mock.get(server.url('/known')).reply({})
      const error = await failure(curl, server.url('/echo?password=1'), { retry: 3 })
      expect(error.errno).to.equal(42)
      expect(error.cause).to.be.instanceOf(UnmatchedRequestError)
      expect(error.message).to.include(`no reply for GET ${server.url('/echo?password=1')}`)
      expect(error.message).to.include(`mock.get("${server.url('/known')}") (used 0 of 1)`)
      await curl.request(server.url('/known'))
      await failure(curl, server.url('/known'))
      for (const url of ['ftp://files.example/', 'http://no-such-name.example/', 'file:///etc/hostname'])
        expect((await failure(curl, url)).cause).to.be.instanceOf(UnmatchedRequestError)
      expect(server.connections).to.equal(0)
      expect(() => mock.assertDone()).to.throw(
        /assertDone: no reply for GET .*\/echo.*; no reply for GET .*\/known; /,
      )
    } finally {
      await server.close()
    }
  })

  it('names rules that were not used up', async () => {
    mock.get('http://a.example/').reply({}).times(3)
    mock.head(/b/).reply({}).times(Infinity)
    await curl.request('http://a.example/')
    expect(() => mock.assertDone()).to.throw(
      'assertDone: not used up: mock.get("http://a.example/") (used 1 of 3); not used up: mock.head(/b/) (used 0 of any number)',
    )
  })

  it('fails with the code that a rule names, before anything is sent or afterwards, and retries see it', async () => {
    mock.get('http://a.example/').fail(7)
    mock.get('http://a.example/').fail(28, { message: 'so slow' })
    mock.get('http://a.example/').reply({ body: 'at last' })
    const retry = { limit: 3, backoffMs: 1, jitter: 'none' } as const
    const transfer = await curl.request('http://a.example/', { retry })
    expect(transfer.attempts.map(({ errno }) => errno)).to.deep.equal([7, 28, 0])
    expect(mock.requests.map(({ method }) => method)).to.deep.equal(['GET', 'GET'])
    mock.get('http://a.example/').fail(35)
    const error = await failure(curl, 'http://a.example/')
    expect(error).to.include({ errno: 35, code: 'CURLE_SSL_CONNECT_ERROR' })
    expect(error.message).to.include('mock.get("http://a.example/").fail(35)')
    mock.assertDone()
  })

  it('does not start a request again that fails on a kept connection: one rule is one attempt', async () => {
    mock.get('http://a.example/').reply({}).times(2)
    await curl.request('http://a.example/')
    mock.get('http://a.example/b').fail(56)
    expect((await failure(curl, 'http://a.example/b')).errno).to.equal(56)
    await curl.request('http://a.example/')
    mock.assertDone()
  })

  it('cuts a body, which comes through as far as it came', async () => {
    mock
      .get('http://a.example/')
      .reply({ body: 'x'.repeat(100_000) })
      .cutAfter(70_000)
    mock
      .get('http://a.example/')
      .reply({ body: 'x'.repeat(9), trailers: { 'X-End': '1' } })
      .cutAfter(3)
    const seen: [number, number | undefined][] = []
    for (let i = 0; i < 2; i++) {
      await curl.startRequest(
        'http://a.example/',
        (content, _url, { errno }) => seen.push([errno, content?.length]),
        [],
        null,
        { failedContent: 'partial' },
      )
      await curl.finishAllRequests()
    }
    expect(seen[0]).to.deep.equal([18, 70_000])
    expect(seen[1]?.[0]).to.be.oneOf([18, 56])
    expect(seen[1]?.[1]).to.equal(3)
  })

  it('redirects to other hosts and schemes, with cookies, and keeps credentials from the other host', async () => {
    const jar = new CookieJar()
    mock
      .get('http://a.example/in')
      .reply({ status: 302, headers: { Location: 'https://b.example/', 'Set-Cookie': 'id=1; Path=/' } })
    mock.get('https://b.example/').reply({ body: 'in' })
    mock.get('http://a.example/').reply({ body: 'again' })
    const options = { FOLLOWLOCATION: 1, cookieJar: jar, USERPWD: 'user:secret' } as const
    const transfer = await curl.request('http://a.example/in', options)
    expect([transfer.text(), transfer.effectiveUrl]).to.deep.equal(['in', 'https://b.example/'])
    expect(transfer.getInfo('SSL_VERIFYRESULT')).to.equal(0)
    await curl.request('http://a.example/', options)
    expect(mock.requests.map(({ headers }) => [headers['authorization'], headers['cookie']])).to.deep.equal([
      ['Basic dXNlcjpzZWNyZXQ=', undefined],
      [undefined, undefined],
      ['Basic dXNlcjpzZWNyZXQ=', 'id=1'],
    ])
  })

  it('stands in for proxies, which rotate as always', async () => {
    mock.get('http://a.example/').reply({}).times(4)
    const proxies = new ProxyPool(['http://one.example:1', 'socks5h://two.example:2'])
    const used: (string | null | undefined)[] = []
    for (let i = 0; i < 4; i++)
      used.push(
        (await curl.request('http://a.example/', { proxies, PRE_PROXY: 'socks5://pre.example:3' }))
          .attempts[0]?.proxy,
      )
    expect(new Set(used).size).to.equal(2)
    mock.assertDone()
  })

  it('obeys limits: no more requests are in flight than may be', async () => {
    let inFlight = 0
    let most = 0
    mock
      .get('http://a.example/')
      .times(12)
      .reply(async (): Promise<MockReply> => {
        most = Math.max(most, ++inFlight)
        await new Promise(setImmediate)
        inFlight--
        return { body: 'ok' }
      })
    await Promise.all(Array.from({ length: 12 }, () => curl.request('http://a.example/')))
    expect(most).to.equal(4)
  })

  it('sends a body piece by piece, in the pace of its source', async () => {
    let go: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (go = resolve))
    async function* pieces(): AsyncGenerator<string> {
      yield 'one'
      await gate
      yield 'two'
    }
    mock.get('http://a.example/').reply({ body: pieces() })
    const transfer = await curl.request('http://a.example/', { responseType: 'stream' })
    const got: string[] = []
    for await (const chunk of transfer.stream) {
      got.push(String(chunk))
      go()
    }
    expect(got).to.deep.equal(['one', 'two'])
  })

  it('lets the transfer fail with the error of a function that makes replies', async () => {
    mock.get('http://a.example/').reply(() => {
      throw new Error('no reply today')
    })
    mock.get('http://b.example/').reply(() => ({ status: 99 }))
    expect((await failure(curl, 'http://a.example/')).message).to.include('no reply today')
    expect((await failure(curl, 'http://b.example/')).message).to.include(
      'status must be a whole number from 200',
    )
  })

  it('delays by its clock, which instances made meanwhile have, too', async () => {
    const clock = new VirtualClock()
    const delayed = new CurlMock({ clock })
    mock.restore()
    delayed.install()
    const own = new ParallelCurl()
    try {
      delayed
        .get('http://a.example/')
        .reply({ status: 503, headers: { 'Retry-After': '3600' }, delayMs: 86_400_000 })
      delayed.get('http://a.example/').reply({ body: 'a day and an hour later' })
      const transfer = own.request('http://a.example/', { retry: { limit: 1, maxDelayMs: 7_200_000 } })
      await delayed.waitForRequests(1)
      const start = clock.now()
      clock.advance(86_400_000)
      while (clock.nextIn === Infinity) await new Promise(setImmediate)
      clock.advance(3_600_000)
      expect((await transfer).text()).to.equal('a day and an hour later')
      expect((await transfer).attempts[0]?.durationMs).to.be.within(86_400_000, 86_400_000)
      expect(clock.now() - start).to.equal(90_000_000)
    } finally {
      delayed.restore()
      await own.close()
    }
  })

  it('ends a delayed reply with its transfer, and the next one on the connection is its own', async () => {
    mock.get('http://a.example/slow').reply({ body: 'late', delayMs: 50 })
    mock.get('http://a.example/next').reply({ body: 'next' })
    const single = new ParallelCurl(1)
    const abort = new AbortController()
    const slow = failure(single, 'http://a.example/slow', { signal: abort.signal })
    await mock.waitForRequests(1)
    abort.abort(new Error('enough'))
    expect((await slow).errno).to.equal(42)
    expect((await single.request('http://a.example/next')).text()).to.equal('next')
    await single.close()
  })

  it('serves fetch() and what else is built on the library', async () => {
    mock
      .post('https://a.example/x')
      .reply((request) => ({ body: `got ${request.text()}`, headers: { 'X-A': 'b' } }))
    const fetch = createFetch(curl)
    const response = await fetch('https://a.example/x', { method: 'POST', body: 'data' })
    expect([response.status, response.headers.get('x-a'), await response.text()]).to.deep.equal([
      200,
      'b',
      'got data',
    ])
  })

  it('refuses connect() and webSocket(), for which it has no stand-in', async () => {
    const error = await curl.connect('tcp://127.0.0.1:1').catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(CurlError)
    expect(String(error)).to.include('have no stand-in')
  })

  it('is undone by restore(): requests reach the network again, and nothing of it is left', async () => {
    const server = await startHttpServer()
    const own = `parallelcurl-${process.pid}-`
    const before = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(own))
    const older = before()
    try {
      mock.restore()
      {
        using another = new CurlMock()
        const other = new ParallelCurl(1)
        another.attach(other)
        another.get(server.url('/echo')).reply({ body: 'mocked' })
        expect((await other.request(server.url('/echo'))).text()).to.equal('mocked')
        await curl.request(server.url('/echo'))
        expect(server.requests).to.have.length(1)
        another.restore()
        await other.request(server.url('/echo'))
        await other.close()
      }
      expect(server.requests).to.have.length(2)
      expect(before()).to.deep.equal(older)
    } finally {
      await server.close()
    }
  })

  it('refuses wrong rules at the call, and says what would be right', () => {
    const wrong: [() => unknown, RegExp][] = [
      [
        () => mock.get('/path'),
        /mock\.get\("\/path"\): the URL must be an absolute URL, a RegExp or a function/,
      ],
      [
        () => mock.get('http://a/').reply({ status: 42 }),
        /status must be a whole number from 200 to 599, got 42/,
      ],
      [
        () => mock.get('http://a/').reply({ headers: { 'a b': '1' } }),
        /a name in headers must be a token of HTTP/,
      ],
      [
        () => mock.get('http://a/').reply({ headers: { a: 'x\r\ny' } }),
        /headers: a must be a text of one line/,
      ],
      [
        () => mock.get('http://a/').reply({ body: 5 as never }),
        /body must be a text, bytes, an async iterable/,
      ],
      [() => mock.get('http://a/').reply({ delayMs: -1 }), /delayMs must be milliseconds, 0 or more, got -1/],
      [() => mock.get('http://a/').reply('text' as never), /the reply must be an object/],
      [() => mock.get('http://a/').fail(0), /errno must be one of libcurl's codes, e\.g\. 7, got 0/],
      [() => mock.get('http://a/').fail(7).reply({}), /it has a reply already/],
      [() => mock.get('http://a/').reply({ body: 'abc' }).cutAfter(3), /less than the body has \(3\), got 3/],
      [() => mock.get('http://a/').cutAfter(3), /there is no reply to cut/],
      [() => mock.get('http://a/').times(0), /count must be a whole number, 1 or more, or Infinity, got 0/],
      [() => new CurlMock({ clock: {} as never }), /clock must be an object with now\(\)/],
      [() => mock.attach({} as never), /curl must be a ParallelCurl/],
      [() => new CurlMock().install(), /another mock is installed/],
    ]
    for (const [call, message] of wrong) expect(call).to.throw(OptionError, message)
  })

  it('says which rule has no reply', async () => {
    mock.get('http://a.example/')
    expect((await failure(curl, 'http://a.example/')).message).to.include(
      'mock.get("http://a.example/") has no reply: call .reply() or .fail()',
    )
  })
})
