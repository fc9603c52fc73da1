/** What the channels of `diagnostics_channel` say about real requests: every path, and no secret. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { expect } from 'chai'
import { ParallelCurl } from '../../../src/index.js'
import { CurlDispatcher } from '../../../src/undici/index.js'
import { runChild } from '../../support/programs/child.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { startHttpProxy } from '../../support/servers/proxies/http-proxy.js'
import { refusedPort } from '../../support/servers/tcp-server.js'
import { TraceRecorder, type ChannelName } from '../../support/trace-recorder.js'

describe('diagnostics_channel', () => {
  let server: HttpServer
  let curl: ParallelCurl
  let recorder: TraceRecorder
  before(async () => {
    server = await startHttpServer()
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
    curl = new ParallelCurl(2)
    recorder = new TraceRecorder()
  })
  afterEach(async () => {
    recorder.stop()
    await curl.close()
  })
  const WHOLE: ChannelName[] = [
    'request:start',
    'attempt:start',
    'request:headers',
    'attempt:end',
    'request:end',
  ]

  it('says what was requested, how it went and through what, in order and without secrets', async () => {
    await using proxy = await startHttpProxy({ users: { ann: 'pass-word' } })
    const url = server.url('/echo').replace('//', '//user:pass-word@')
    const dead = `http://ann:pass-word@127.0.0.1:${await refusedPort()}`
    const HTTPHEADER = ['Authorization: pass-word']
    const transfer = await curl.request(url, {
      proxies: [dead, proxy.url('ann')],
      HTTPHEADER,
      postFields: 'a=b',
    })
    expect(recorder.messages.map(({ name }) => name)).to.deep.equal([
      'request:start',
      'attempt:start',
      'attempt:error',
      ...WHOLE.slice(1),
    ])
    const shown = server.url('/echo').replace('//', '//***@')
    const { request, ...end } = recorder.one('request:end')
    expect(request).to.include({ id: 1, url: shown, method: 'POST' })
    expect(end).to.deep.equal({
      status: 200,
      effectiveUrl: shown,
      receivedBytes: transfer.body.length,
      attempts: 2,
    })
    const failed = recorder.one('attempt:error')
    expect(failed).to.include({ errno: 7, code: 'CURLE_COULDNT_CONNECT', status: 0, httpVersion: null })
    expect(failed.attempt).to.include({
      number: 1,
      proxy: dead.replace('ann:pass-word', '***'),
      session: null,
    })
    const ended = recorder.one('attempt:end')
    expect(ended).to.include({
      status: 200,
      remoteAddress: '127.0.0.1',
      remotePort: proxy.port,
      httpVersion: '1.1',
    })
    expect(ended.attempt).to.include({
      number: 2,
      proxy: proxy
        .url('ann')
        .replace('ann:pass', '***')
        .replace(/\*\*\*-word/, '***'),
    })
    expect((ended['timings'] as { totalMs: number }).totalMs).to.be.greaterThan(0)
    expect(recorder.one('request:headers')).to.include({ status: 200, attempt: ended.attempt })
    expect(JSON.stringify(recorder.messages)).not.to.include('pass-word')
    expect(recorder.messages.every(({ message }) => message.request === request)).to.equal(true)
  })

  it('has one end or error for each start: failures, aborts, retries, shared transfers, streams left', async () => {
    const controller = new AbortController()
    const signal = controller.signal
    const aborted = AbortSignal.abort(new Error('before'))
    const fails = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error)
    const { length } = await Promise.all([
      curl.request(server.url('/echo')),
      curl.request(server.url('/status/503'), { retry: { limit: 1, backoffMs: 1 } }),
      curl.request(server.url('/echo'), { dedupe: true, priority: -1 }),
      curl.request(server.url('/echo'), { dedupe: true, priority: -1 }),
      fails(curl.request('http://127.0.0.1:1/')),
      fails(curl.request('no scheme:')),
      fails(curl.request(server.url('/echo'), { signal: aborted })),
      fails(curl.request(server.url('/echo'), { totalTimeoutMs: 0.001 })),
      curl
        .request(server.url('/bytes/3000000'), { responseType: 'stream' })
        .then(({ stream }) => stream.destroy()),
      fails(curl.connect(`tcp://127.0.0.1:1`)),
      curl.connect(`tcp://127.0.0.1:${server.port}`).then((socket) => socket.destroy()),
      (async () => {
        for await (const transfer of curl.stream([
          server.url('/echo'),
          server.url('/echo'),
          server.url('/echo'),
        ]))
          if (transfer.errno === 0) break
      })(),
      new Promise((resolve, reject) => {
        const [origin, path, method] = [server.url(''), '/echo', 'GET'] as const
        const onResponseError = (_controller: unknown, error: Error): void => {
          reject(error)
        }
        new CurlDispatcher(curl).dispatch(
          { origin, path, method },
          { onRequestStart: () => undefined, onResponseEnd: resolve, onResponseError },
        )
      }),
    ])
    const pending = fails(curl.request(server.url('/gate/never'), { signal }))
    await server.gate('never').waiting(1)
    controller.abort()
    await pending
    server.gate('never').open()
    // Nothing is started where an argument is wrong.
    await fails(curl.request(5 as never))
    await curl.close()
    expect(recorder.expectPairs()).to.be.at.least(length + 1)
    expect(recorder.namesOf(1)).to.deep.equal(WHOLE)
    const retried = recorder.namesOf(2)
    expect(retried.filter((name) => name === 'attempt:end')).to.have.length(2)
    // A challenge and a status that is retried are heads, too, once for each attempt.
    expect(retried.filter((name) => name === 'request:headers')).to.have.length(2)
  })

  it('publishes headers when they have arrived, and once where redirects and 1xx come before', async () => {
    server.route('/slow', (_request, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' })
      response.writeHead(200).flushHeaders()
      server.gate('body').enter(() => response.end('body'))
    })
    server.route('/moved', (_request, response) => {
      response.writeHead(302, { location: '/slow' }).end()
    })
    const heads = new Promise<void>((resolve) => {
      recorder.stop()
      recorder = new TraceRecorder((name) => {
        if (name === 'request:headers') resolve()
      })
    })
    const running = curl.request(server.url('/moved'), { FOLLOWLOCATION: true })
    await heads
    expect(recorder.namesOf(1)).to.deep.equal(WHOLE.slice(0, 3))
    server.gate('body').open()
    await running
    expect(recorder.namesOf(1)).to.deep.equal(WHOLE)
    expect(recorder.one('request:end')).to.include({ effectiveUrl: server.url('/slow') })
    server.route('/denied', (_request, response) => response.writeHead(401).end())
    await curl.request(server.url('/denied'))
    expect(recorder.namesOf(2)).to.deep.equal(WHOLE)
  })

  it('publishes in the context of the call, and for requests begun since the first subscription', async () => {
    const storage = new AsyncLocalStorage<string>()
    recorder.stop()
    const early = curl.request(server.url('/gate/early'))
    await server.gate('early').waiting(1)
    const stores = new Set<string | undefined>()
    recorder = new TraceRecorder(() => stores.add(storage.getStore()), ['request:end', 'attempt:start'])
    server.gate('early').open()
    await early
    expect(recorder.messages).to.deep.equal([])
    await storage.run('mine', () => curl.request(server.url('/echo')))
    expect(recorder.messages.map(({ name }) => name)).to.deep.equal(['attempt:start', 'request:end'])
    expect([...stores]).to.deep.equal(['mine'])
  })

  it('goes on if a subscriber throws: the exception is an uncaught one', async () => {
    const { code, stdout } = await runChild(
      `
      import { subscribe } from 'node:diagnostics_channel'
      import { ParallelCurl } from './src/index.js'
      for (const name of ['request:start', 'request:headers', 'request:end', 'attempt:start', 'attempt:end'])
        subscribe('parallelcurl:' + name, () => { throw new Error(name) })
      const thrown = []
      process.on('uncaughtException', ({ message }) => thrown.push(message))
      const curl = new ParallelCurl(1)
      const { errno, responseCode } = await curl.request(process.argv.at(-1))
      await new Promise(setImmediate)
      console.log(JSON.stringify([errno, responseCode, thrown]))
    `,
      { args: [server.url('/echo')] },
    )
    expect(code).to.equal(0)
    expect(JSON.parse(stdout)).to.deep.equal([
      0,
      200,
      ['request:start', 'attempt:start', 'request:headers', 'attempt:end', 'request:end'],
    ])
  })
})
