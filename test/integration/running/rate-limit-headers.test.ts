/**
 * Servers that say how many requests they take (`rateLimitHeaders`): no request is sent that they would refuse.
 * Does not know how the fields are read.
 */
import { expect } from 'chai'
import type { OutgoingHttpHeaders } from 'node:http'
import { OptionError, ParallelCurl, type ParallelCurlOptions } from '../../../src/index.js'
import { CurlMock } from '../../../src/testing/index.js'
import { runCommand } from '../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { VirtualClock } from '../../support/virtual-clock.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const DATE = 'Mon, 30 Nov 2026 12:00:00 GMT'

/** Writes what is left as some kind of server does. */
type Style = (remaining: number, seconds: number) => OutgoingHttpHeaders

describe('rateLimitHeaders', () => {
  let server: HttpServer
  let clock: VirtualClock
  beforeEach(async () => {
    server = await startHttpServer()
    clock = new VirtualClock()
  })
  afterEach(() => server.close())

  /** Takes so many requests in each window, and refuses the others. Returns the statuses. */
  function limited(style: Style, most: number, seconds: number): number[] {
    const statuses: number[] = []
    let [count, begin] = [0, -Infinity]
    server.route('/limited', (_request, response) => {
      if (clock.now() >= begin + seconds * 1000) [count, begin] = [0, clock.now()]
      const status = ++count <= most ? 200 : 429
      const left = Math.ceil((begin - clock.now()) / 1000 + seconds)
      statuses.push(status)
      response.writeHead(status, style(Math.max(0, most - count), left)).end('x')
    })
    return statuses
  }

  /** Sends requests and lets time pass whenever all wait for it. */
  async function run(curl: ParallelCurl, count: number, url = server.url('/limited')): Promise<void> {
    let done = 0
    for (let i = 0; i < count; i++) void curl.startRequest(url, () => done++)
    while (done < count) {
      await turn()
      if (curl.stats().inFlight === 0 && done < count && clock.nextIn < Infinity) clock.step()
    }
  }

  it('sends no more than the server takes, whichever fields it has', async () => {
    const epoch = (seconds: number): string => String(Date.parse(DATE) / 1000 + seconds)
    const styles: [what: string, style: Style][] = [
      [
        'the draft',
        (r, t) => ({ RateLimit: `"default";r=${r};t=${t}`, 'RateLimit-Policy': '"default";q=5;w=10' }),
      ],
      ['draft 07', (r, t) => ({ RateLimit: `limit=5, remaining=${r}, reset=${t}` })],
      ['draft 06', (r, t) => ({ 'RateLimit-Remaining': r, 'RateLimit-Reset': t })],
      ['GitHub', (r, t) => ({ 'X-RateLimit-Remaining': r, 'X-RateLimit-Reset': epoch(t), Date: DATE })],
      ['Twitter', (r, t) => ({ 'x-rate-limit-remaining': r, 'x-rate-limit-reset': epoch(t), Date: DATE })],
    ]
    for (const [what, style] of styles) {
      const statuses = limited(style, 5, 10)
      await using curl = new ParallelCurl(4, { rateLimitHeaders: true }, clock)
      const begin = clock.now()
      // Nothing is known before the first response.
      await run(curl, 1)
      await run(curl, 22)
      expect(statuses, what).to.deep.equal(Array.from({ length: 23 }, () => 200))
      // Five in each window of ten seconds.
      expect(clock.now() - begin, what).to.be.within(40_000, 50_000)
      clock.advance(10_000)
    }
  })

  it('begins each window as the host has allowed it before, however many wait', async () => {
    const statuses = limited((r, t) => ({ RateLimit: `"default";r=${r};t=${t}` }), 5, 10)
    await using curl = new ParallelCurl(50, { rateLimitHeaders: true }, clock)
    await run(curl, 1)
    await run(curl, 24)
    expect(statuses).to.deep.equal(Array.from({ length: 25 }, () => 200))
  })

  it('keeps to a policy with a longer time, too, when the time of a tighter one is over', async () => {
    const windows = [
      { most: 3, seconds: 1, count: 0, begin: -Infinity },
      { most: 4, seconds: 60, count: 0, begin: -Infinity },
    ]
    const statuses: number[] = []
    server.route('/two', (_request, response) => {
      const now = clock.now()
      for (const window of windows) {
        if (now >= window.begin + window.seconds * 1000) Object.assign(window, { count: 0, begin: now })
        window.count++
      }
      const list = windows.map(({ most, seconds, count, begin }, at) => {
        const left = Math.ceil((begin - now) / 1000 + seconds)
        return `"p${at}";r=${Math.max(0, most - count)};t=${left}`
      })
      statuses.push(windows.every(({ most, count }) => count <= most) ? 200 : 429)
      response.writeHead(statuses.at(-1)!, { RateLimit: list }).end('x')
    })
    await using curl = new ParallelCurl(50, { rateLimitHeaders: true }, clock)
    await run(curl, 1, server.url('/two'))
    await run(curl, 8, server.url('/two'))
    expect(statuses).to.deep.equal(Array.from({ length: 9 }, () => 200))
  })

  it('asks for one more response where it does not wait as long as the host says', async () => {
    const asked: number[] = []
    server.route('/daily', (_request, response) => {
      asked.push(clock.now())
      response.setHeader('RateLimit', `"daily";r=${Math.max(0, 3 - asked.length)};t=86400`).end('x')
    })
    const options = { rateLimitHeaders: true, retry: { limit: 0, maxDelayMs: 5000 } }
    await using curl = new ParallelCurl(50, options, clock)
    const begin = clock.now()
    await run(curl, 1, server.url('/daily'))
    await run(curl, 5, server.url('/daily'))
    expect(asked.map((at) => at - begin)).to.deep.equal([0, 0, 0, 5000, 10_000, 15_000])
  })

  it('is off unless it is asked for', async () => {
    const statuses = limited((r, t) => ({ RateLimit: `"default";r=${r};t=${t}` }), 5, 10)
    await using curl = new ParallelCurl(4, {}, clock)
    await run(curl, 8)
    expect(statuses.filter((status) => status === 429)).to.have.length(3)
    expect(() => new ParallelCurl(1, { rateLimitHeaders: 1 as never })).to.throw(
      OptionError,
      /rateLimitHeaders must be true or false/,
    )
  })

  it('holds the one host back, says why, and not for longer than maxDelayMs', async () => {
    await using other = await startHttpServer()
    server.route('/limited', (_request, response) =>
      response.setHeader('RateLimit', '"daily";r=0;t=86400').end('x'),
    )
    const options = { rateLimitHeaders: true, retry: { limit: 0, maxDelayMs: 5000 } }
    await using curl = new ParallelCurl(4, options, clock)
    await run(curl, 1)
    void curl.startRequest(server.url('/limited'))
    const [waiting] = curl.outstandingRequests.values()
    const wait = curl.whyWaiting(waiting!)
    expect(wait?.reason).to.equal('paused')
    expect(curl.stats({ hosts: true }).hosts?.[0]).to.deep.include({ inFlight: 0, pausedForMs: 5000 })
    await run(curl, 2, other.url())
    expect([server.requests.length, other.requests.length]).to.deep.equal([1, 2])
    clock.advance(4999)
    await turn()
    expect(server.requests).to.have.length(1)
    clock.advance(1)
    await server.waitForRequests(2)
    await curl.finishAllRequests()
  })

  it('counts requests in flight, and those of before the first response', async () => {
    let count = 0
    server.route('/held', (_request, response) => {
      const answer = (): void => {
        response.setHeader('RateLimit', '"default";r=3;t=60').end('x')
      }
      if (++count === 1) answer()
      else server.gate('held').enter(answer)
    })
    await using curl = new ParallelCurl(20, { rateLimitHeaders: true }, clock)
    const begin = clock.now()
    await curl.request(server.url('/held'))
    for (let i = 0; i < 9; i++) void curl.startRequest(server.url('/held'))
    await server.gate('held').waiting(3)
    for (let i = 0; i < 20; i++) await turn()
    expect([server.requests.length, curl.stats().inFlight]).to.deep.equal([4, 3])
    // Each response says that three are left: two are in flight then.
    server.gate('held').release(1)
    await server.waitForRequests(5)
    for (let i = 0; i < 20; i++) await turn()
    expect(curl.stats().inFlight).to.equal(3)
    server.gate('held').open()
    await curl.finishAllRequests()
    expect(clock.now() - begin, 'the time that was waited').to.equal(0)
  })

  it('obeys Retry-After first, also without retries', async () => {
    server.route('/busy', (_request, response) => {
      response.writeHead(503, { 'Retry-After': 9, RateLimit: '"default";r=0;t=2' }).end('x')
    })
    await using curl = new ParallelCurl(1, { rateLimitHeaders: true }, clock)
    await run(curl, 1, server.url('/busy'))
    expect(curl.stats({ hosts: true }).hosts?.[0]?.pausedForMs).to.equal(9000)
    await using deaf = new ParallelCurl(
      1,
      { rateLimitHeaders: true, retry: { limit: 0, retryAfter: false } },
      clock,
    )
    await run(deaf, 1, server.url('/busy'))
    expect(deaf.stats({ hosts: true }).hosts?.[0]?.pausedForMs).to.equal(2000)
  })

  /** Returns the hosts that are held back, with the time. Milliseconds. */
  const held = (curl: ParallelCurl): Record<string, number> =>
    Object.fromEntries(
      (curl.stats({ hosts: true }).hosts ?? [])
        .filter(({ pausedForMs }) => pausedForMs > 0)
        .map(({ host, pausedForMs }) => [host, pausedForMs]),
    )

  it('limits the host of the last response, after redirects', async () => {
    await using last = await startHttpServer()
    let fields: OutgoingHttpHeaders = {}
    server.route('/moved', (_request, response) => response.writeHead(302, { Location: last.url('/') }).end())
    last.route('/', (_request, response) => response.writeHead(503, fields).end('x'))
    const host = new URL(last.url()).origin
    const cases: [fields: OutgoingHttpHeaders, options: ParallelCurlOptions, ms: number][] = [
      [{ RateLimit: '"default";r=0;t=4' }, { rateLimitHeaders: true }, 4000],
      [{ 'Retry-After': 5 }, { rateLimitHeaders: true }, 5000],
      [{ 'Retry-After': 6 }, { retry: { limit: 1, shouldRetry: () => false } }, 6000],
    ]
    for (const [given, options, ms] of cases) {
      fields = given
      await using curl = new ParallelCurl(1, { FOLLOWLOCATION: true, ...options }, clock)
      await run(curl, 1, server.url('/moved'))
      expect(held(curl), JSON.stringify(given)).to.deep.equal({ [host]: ms })
    }
    // Exactly as many as the host takes: this request has not counted as one in flight to it.
    fields = { RateLimit: '"default";r=1;t=9' }
    await using curl = new ParallelCurl(1, { FOLLOWLOCATION: true, rateLimitHeaders: true }, clock)
    await run(curl, 1, server.url('/moved'))
    expect(held(curl)).to.deep.equal({})
    fields = {}
    await run(curl, 1, last.url('/'))
    expect(held(curl)).to.deep.equal({ [host]: 9000 })
  })

  it('limits a host under both schemes if it redirects from http to https', async () => {
    using mock = new CurlMock({ clock }).install()
    const last = { headers: { RateLimit: '"default";r=0;t=4' } }
    mock.get('http://api.example/').reply({ status: 301, headers: { Location: 'https://API.example/' } })
    mock.get('https://api.example/').reply(last)
    await using curl = new ParallelCurl(1, { FOLLOWLOCATION: true, rateLimitHeaders: true }, clock)
    await run(curl, 1, 'http://api.example/')
    expect(held(curl)).to.deep.equal({ 'http://api.example:80': 4000, 'https://api.example:443': 4000 })
  })

  it('ignores malformed fields', async () => {
    const begin = clock.now()
    const fields = ['"default;r=0;t=9', '"default";r=0', ';;;', 'r=0;t=9', '']
    await using curl = new ParallelCurl(1, { rateLimitHeaders: true }, clock)
    server.route('/odd', (_request, response) => {
      const field = fields[server.requests.length - 1] ?? ''
      response.writeHead(200, { RateLimit: field, 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': 'soon' })
      response.end('x')
    })
    for (let i = 0; i < fields.length; i++) await curl.request(server.url('/odd'))
    expect(clock.now() - begin).to.equal(0)
  })

  it('works with files, for one request, and in the commands', async () => {
    server.route('/zero', (_request, response) =>
      response.setHeader('RateLimit', '"default";r=0;t=3').end('x'),
    )
    const url = server.url('/zero')
    await using curl = new ParallelCurl(1, {}, clock)
    await curl.request(url, { output: '/dev/null', rateLimitHeaders: true }).catch(() => undefined)
    expect(curl.stats({ hosts: true }).hosts?.[0]?.pausedForMs).to.equal(3000)
    const times: number[] = []
    server.route('/soon', (_request, response) => {
      times.push(performance.now())
      response.setHeader('RateLimit', '"default";r=0;t=1').end('x')
    })
    for (const command of [[], ['curl']]) {
      times.length = 0
      const args = [
        '-s',
        '--rate-limit-headers',
        '--parallel-max',
        '1',
        server.url('/soon'),
        server.url('/soon'),
      ]
      const { code } = await runCommand([...command, ...args])
      expect([code, times.length]).to.deep.equal([0, 2])
      // By two clocks, which need not agree about a millisecond.
      expect(times[1]! - times[0]!, command.join(' ')).to.be.at.least(990)
    }
  })
})
