/** `new ParallelCurl(maxRequests, options)` and its public properties (parallelcurl.php 38-68). */
import { inspect } from 'node:util'
import { expect } from 'chai'
import { OptionError, ParallelCurl } from '../../../src/index.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { Recorder } from '../../support/recorder.js'
import { optionErrorOf, send } from '../../support/requests.js'

describe('the constructor', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  /**
   * Sends `count` requests to a gate and resolves once `expected` of them wait there; lets them go, and tells
   * the peak.
   */
  async function peakOf(curl: ParallelCurl, count: number, expected: number): Promise<number> {
    const recorder = new Recorder()
    for (let i = 0; i < count; i++) void curl.startRequest(server.url('/gate/a'), recorder.callback)
    await server.gate('a').waiting(expected)
    for (let i = 0; i < count; i++) {
      await server.gate('a').waiting(Math.min(expected, count - i))
      server.gate('a').release()
    }
    await curl.finishAllRequests()
    expect(recorder.calls).to.have.length(count)
    return server.peakInFlight
  }

  it('runs ten requests at once by default', async () => {
    await using curl = new ParallelCurl()
    expect(curl.maxRequests).to.equal(10)
    expect(await peakOf(curl, 15, 10)).to.equal(10)
  })

  for (const given of [2, '2', ' 2 '] as number[]) {
    it(`accepts ${JSON.stringify(given)} as two`, async () => {
      await using curl = new ParallelCurl(given)
      expect(curl.maxRequests).to.equal(2)
      expect(await peakOf(curl, 5, 2)).to.equal(2)
    })
  }

  for (const given of [0, -1, '0', '-5', null, Infinity] as (number | null)[]) {
    it(`sets no limit with ${inspect(given)}`, async () => {
      await using curl = new ParallelCurl(given)
      expect(await peakOf(curl, 40, 40)).to.equal(40)
    })
  }

  for (const given of [
    'abc',
    '',
    ' ',
    '5abc',
    NaN,
    true,
    false,
    0.5,
    1.5,
    '1.5',
    [],
    [3],
    () => 3,
    3n,
    Symbol('x'),
  ]) {
    it(`refuses ${inspect(given)} as a limit`, async () => {
      const error = optionErrorOf(() => new ParallelCurl(given as number))
      expect(error.option).to.equal('maxRequests')
      await using curl = new ParallelCurl(3)
      optionErrorOf(() => curl.setMaxRequests(given as number))
      expect(curl.maxRequests).to.equal(3)
    })
  }

  it('sets the public properties maxRequests and options', async () => {
    await using curl = new ParallelCurl(3, { USERAGENT: 'a' })
    expect(curl.maxRequests).to.equal(3)
    expect(curl.options).to.deep.equal({ USERAGENT: 'a' })
    curl.setMaxRequests(4)
    curl.setOptions({ REFERER: 'b' })
    expect(curl.maxRequests).to.equal(4)
    expect(curl.options).to.deep.equal({ REFERER: 'b' })
  })

  it('makes outstandingRequests a new Map of pending and in-flight requests at each access', async () => {
    await using curl = new ParallelCurl(1)
    const recorder = new Recorder()
    expect(curl.outstandingRequests).to.be.instanceOf(Map)
    expect(curl.outstandingRequests.size).to.equal(0)
    const urls = ['/gate/a', '/echo', '/echo?2'].map((path) => server.url(path))
    for (const url of urls) void curl.startRequest(url, recorder.callback)
    expect(curl.outstandingRequests.size).to.equal(3)
    const before = curl.outstandingRequests
    await server.gate('a').waiting(1)
    expect([...curl.outstandingRequests.values()].map((transfer) => transfer.url)).to.have.members(urls)
    server.gate('a').open()
    await curl.finishAllRequests()
    expect(curl.outstandingRequests.size).to.equal(0)
    expect(before.size, 'a Map that was given out does not change').to.equal(3)
  })

  it('refuses options that are no object', () => {
    for (const given of ['USERAGENT', 5, [], null, new Date(), () => ({})]) {
      optionErrorOf(() => new ParallelCurl(1, given as Record<number, unknown>))
    }
  })

  it('allows other options and limits after all requests are finished', async () => {
    await using curl = new ParallelCurl(5, { USERAGENT: 'a' })
    await send(curl, server.url())
    await curl.finishAllRequests()
    curl.setOptions({ USERAGENT: 'b' })
    curl.setMaxRequests(1)
    await send(curl, server.url())
    expect(server.requests.map((request) => request.headers['user-agent'])).to.deep.equal(['a', 'b'])
  })
})

describe('new ParallelCurl({ maxRequests, ...options })', () => {
  it('E6: accepts maxRequests among the options', async () => {
    await using curl = new ParallelCurl({ maxRequests: 5, USERAGENT: 'me' })
    expect(curl.maxRequests).to.equal(5)
    expect(curl.options).to.deep.equal({ USERAGENT: 'me' })
    await using plain = new ParallelCurl({ USERAGENT: 'me' })
    expect(plain.maxRequests).to.equal(10)
    await using unlimited = new ParallelCurl({ maxRequests: null })
    expect(unlimited.maxRequests).to.equal(Infinity)
    expect(() => new ParallelCurl({ maxRequests: 'abc' })).to.throw(
      OptionError,
      'maxRequests must be a whole number',
    )
    const twice = (): unknown => new ParallelCurl({ maxRequests: 5 } as never, { USERAGENT: 'me' })
    expect(twice).to.throw(OptionError, 'give the options once')
    expect(() => new ParallelCurl({ NO_SUCH: 1 } as never)).to.throw(OptionError, 'NO_SUCH')
  })
})
