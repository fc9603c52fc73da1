/**
 * Single flight: equal GETs at the same time are one request at the server, and each caller gets the outcome.
 */
import { expect } from 'chai'
import { ParallelCurl, SessionPool, type Transfer } from '../../../src/index.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { Recorder } from '../../support/recorder.js'
import type { Options, PostFields } from '../../support/requests.js'

describe('dedupe', () => {
  let server: HttpServer
  let recorder: Recorder<Transfer>
  beforeEach(async () => {
    server = await startHttpServer()
    recorder = new Recorder()
  })
  afterEach(() => server.close())

  const ask = (
    curl: ParallelCurl,
    path: string,
    userData?: unknown,
    options?: Options,
    postFields: PostFields = null,
  ): Promise<void> => curl.startRequest(server.url(path), recorder.callback, userData, postFields, options)

  it('shares nothing between the visitors of a session pool', async () => {
    const session = new SessionPool({ size: 2 })
    await using curl = new ParallelCurl(10, { dedupe: true, session })
    const both = await Promise.all([curl.request(server.url('/echo')), curl.request(server.url('/echo'))])
    expect(server.requests).to.have.length(2)
    expect(both.map((transfer) => transfer.session?.name)).to.have.members(['session-1', 'session-2'])
  })

  it('makes one request for all that ask while it is outstanding, and each has its callback with its own data', async () => {
    await using curl = new ParallelCurl(1, { dedupe: true })
    await ask(curl, '/gate/a', 'first')
    await ask(curl, '/gate/a', 'second')
    const other = ask(curl, '/gate/b', 'other')
    const again = ask(curl, '/gate/b', 'again')
    expect(curl.outstandingRequests.size).to.equal(4)
    server.gate('a').open()
    await Promise.all([other, again])
    server.gate('b').open()
    await curl.finishAllRequests()
    expect(server.requests.map(({ path }) => path)).to.deep.equal(['/gate/a', '/gate/b'])
    expect(recorder.calls.map(({ userData, content }) => [userData, content])).to.deep.equal([
      ['first', 'passed a'],
      ['second', 'passed a'],
      ['other', 'passed b'],
      ['again', 'passed b'],
    ])
    expect(curl.stats()).to.deep.include({ done: 4, pending: 0, inFlight: 0, bufferedBytes: 0 })
    await ask(curl, '/gate/a')
    await curl.finishAllRequests()
    expect(server.requests, 'what is over is no cache').to.have.length(3)
  })

  it('gives each the whole of a body that came in pieces', async () => {
    await using curl = new ParallelCurl(1, { dedupe: true })
    const asked = [1, 2, 3].map(() => curl.request(server.url('/drip/a?chunks=3')))
    server.gate('a').open()
    const transfers = await Promise.all(asked)
    expect(server.requests).to.have.length(1)
    const whole = 'chunk 1\nchunk 2\nchunk 3\n'
    expect(transfers.map(({ body }) => String(body))).to.deep.equal([whole, whole, whole])
    expect(transfers.map(({ content }) => content)).to.deep.equal([whole, whole, whole])
  })

  it('an abort of one leaves the others, and an abort of the last ends the request', async () => {
    await using curl = new ParallelCurl(1, { dedupe: true })
    const [one, two] = [new AbortController(), new AbortController()]
    void ask(curl, '/gate/a', 1, { signal: one.signal })
    void ask(curl, '/gate/a', 2, { signal: two.signal })
    await server.gate('a').waiting(1)
    one.abort()
    await recorder.waitFor(1)
    expect([recorder.calls[0]!.userData, recorder.calls[0]!.transfer.errno]).to.deep.equal([1, 42])
    expect(server.inFlight).to.equal(1)
    void ask(curl, '/gate/a', 3)
    two.abort()
    await recorder.waitFor(2)
    await server.waitForRequests(2)
    curl.abort()
    await server.waitForIdle()
    await curl.finishAllRequests()
    expect(recorder.calls.map(({ transfer }) => transfer.errno)).to.deep.equal([42, 42, 42])
    expect(server.requests).to.have.length(2)
  })

  it('a callback may abort the others that share its transfer: they are done already', async () => {
    await using curl = new ParallelCurl(1, { dedupe: true })
    for (let i = 0; i < 3; i++) {
      void curl.startRequest(server.url(), (...args) => {
        curl.abort()
        recorder.callback(...args)
      })
    }
    await curl.finishAllRequests()
    expect(recorder.calls.map(({ transfer }) => transfer.errno)).to.deep.equal([0, 0, 0])
    expect(curl.stats()).to.deep.include({ done: 3, pending: 0 })
  })

  it('holds the infos until the last callback has settled', async () => {
    await using curl = new ParallelCurl(1, { dedupe: true })
    const settle: (() => void)[] = []
    const transfers: Transfer[] = []
    for (let i = 0; i < 2; i++) {
      void curl.startRequest(server.url(), (_content, _url, transfer) => {
        transfers.push(transfer)
        return new Promise<void>((resolve) => settle.push(resolve))
      })
    }
    while (settle.length < 2) await new Promise(setImmediate)
    settle[0]!()
    await new Promise(setImmediate)
    const [first, second] = transfers
    const seen: unknown[] = [second!.getInfo('RESPONSE_CODE')]
    expect(() => first!.getInfo('TOTAL_TIME')).to.throw('keepInfo')
    settle[1]!()
    await curl.finishAllRequests()
    expect(seen).to.deep.equal([200])
    expect(() => second!.getInfo('TOTAL_TIME')).to.throw('keepInfo')
  })

  it('shares failures and retries, too', async () => {
    await using curl = new ParallelCurl(2, { dedupe: true, retry: { limit: 1, backoffMs: 0 } })
    for (let i = 0; i < 2; i++) void ask(curl, '/reset', i)
    await curl.finishAllRequests()
    expect(recorder.calls.map(({ transfer }) => transfer.attempts.length)).to.deep.equal([2, 2])
    expect(recorder.calls.map(({ transfer }) => transfer.errno === 0)).to.deep.equal([false, false])
    expect(server.requests).to.have.length(2)
  })

  for (const [what, one, two, post] of [
    ['other options', { USERAGENT: 'a' }, { USERAGENT: 'b' }, null],
    ['other headers', { HTTPHEADER: ['X: 1'] }, { HTTPHEADER: ['X: 2'] }, null],
    [
      'functions',
      { WRITEFUNCTION: (data: Buffer) => data.length },
      { WRITEFUNCTION: (data: Buffer) => data.length },
      null,
    ],
    ['a POST', {}, {}, 'x'],
    ['a GET with a body', { CUSTOMREQUEST: 'GET' }, { CUSTOMREQUEST: 'GET' }, 'x'],
    ['a HEAD', { NOBODY: true }, { NOBODY: true }, null],
    ['no dedupe', { dedupe: false }, { dedupe: false }, null],
  ] as [string, Options, Options, PostFields][]) {
    it(`never shares ${what}`, async () => {
      await using curl = new ParallelCurl(2, { dedupe: true })
      void ask(curl, '/echo', 1, one, post)
      void ask(curl, '/echo', 2, two, post)
      await curl.finishAllRequests()
      expect(server.requests).to.have.length(2)
      expect(recorder.calls).to.have.length(2)
    })
  }

  it('shares equal options, whoever waits how long', async () => {
    await using curl = new ParallelCurl(2)
    const options = { dedupe: true, HTTPHEADER: ['X: 1'] }
    void ask(curl, '/gate/a', 1, { ...options, totalTimeoutMs: 60_000 })
    void ask(curl, '/gate/a', 2, { ...options, signal: new AbortController().signal })
    const [transfer] = [...curl.outstandingRequests.values()]
    expect(curl.whyWaiting(transfer!), 'on the wire').to.equal(null)
    server.gate('a').open()
    await curl.finishAllRequests()
    expect(server.requests).to.have.length(1)
  })

  it('a shared transfer says why it waits, starts by the priority of those that share it, and frees the bytes that hold others up', async () => {
    await using curl = new ParallelCurl(1, { dedupe: true, maxBufferedBytes: 8, maxRequestsPerHost: 1 })
    void ask(curl, '/gate/a')
    void ask(curl, '/low')
    void ask(curl, '/high', 1, { priority: 5 })
    void ask(curl, '/high', 2, { priority: 5 })
    await server.gate('a').waiting(1)
    const reasons = [...curl.outstandingRequests.values()].map(
      (transfer) => curl.whyWaiting(transfer)?.reason,
    )
    expect(reasons).to.deep.equal([undefined, 'host', 'host', 'host'])
    server.gate('a').open()
    await curl.finishAllRequests()
    expect(server.requests.map(({ path }) => path)).to.deep.equal(['/gate/a', '/high', '/low'])
    expect(curl.stats({ hosts: true }).hosts!.filter(({ inFlight }) => inFlight > 0)).to.deep.equal([])
  })
})
