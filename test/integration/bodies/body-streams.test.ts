/**
 * Bodies that are read while they arrive: as streams, and chunk by chunk.
 */
import { expect } from 'chai'
import type { ServerResponse } from 'node:http'
import { buffer, text } from 'node:stream/consumers'
import { CurlError, ParallelCurl } from '../../../src/index.js'
import { patternBytes } from '../../support/servers/http/http-handlers.js'
import { runChild } from '../../support/programs/child.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { optionErrorOf, rejectionOf } from '../../support/requests.js'
import { refusedPort } from '../../support/servers/tcp-server.js'

const STREAM = { responseType: 'stream' } as const
const MIB = 1 << 20

/** A body of zeros, counted as the connection takes it. */
class Flood {
  /** Bytes that libuv has taken. */
  sent = 0
  isClosed = false
  constructor(
    private readonly response: ServerResponse,
    private readonly size: number,
  ) {
    response.writeHead(200, { 'Content-Length': size })
    response.on('close', () => (this.isClosed = true))
    this.pour()
  }

  private pour(): void {
    while (this.sent < this.size) {
      const chunk = Buffer.alloc(Math.min(65_536, this.size - this.sent))
      this.sent += chunk.length
      if (!this.response.write(chunk)) {
        this.response.once('drain', () => this.pour())
        return
      }
    }
    this.response.end()
  }
}

describe('streams of bodies', () => {
  let server: HttpServer
  let curl: ParallelCurl
  let floods: Flood[]
  before(async () => {
    server = await startHttpServer()
    server.route('/flood', (request, response) => {
      floods.push(new Flood(response, Number(request.query.get('mib')) * MIB))
    })
  })
  beforeEach(() => {
    server.forget()
    floods = []
    curl = new ParallelCurl(0)
  })
  afterEach(async () => {
    curl.abort()
    await curl.close()
  })
  after(() => server.close())

  const flood = (): Flood => floods[0] as Flood
  /** Long enough for all that could move to have moved: answers to others have come and gone. */
  async function rounds(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await curl.request(server.url('/bytes/1000'))
  }

  /** Returns the number of bytes that the server has sent once it sends no more. */
  async function standstill(): Promise<number> {
    for (let before = -1; flood().sent !== before;) {
      before = flood().sent
      await rounds(50)
    }
    return flood().sent
  }

  it('are handed out when the headers have arrived', async () => {
    const transfer = await curl.request(server.url('/drip/early?chunks=2'), STREAM)
    expect(transfer.responseCode).to.equal(200)
    expect(transfer.headers['content-type']).to.include('text/plain')
    expect(transfer.effectiveUrl).to.equal(server.url('/drip/early?chunks=2'))
    expect(curl.stats().inFlight).to.equal(1)
    await server.gate('early').waiting(1)
    server.gate('early').open()
    expect(await text(transfer.stream)).to.equal('chunk 1\nchunk 2\n')
    expect(transfer.body.length).to.equal(0)
    expect(transfer.content).to.equal(null)
  })

  it('are handed out when the headers have arrived, before any byte of the body', async () => {
    server.route('/silent', (_request, response) => {
      response.flushHeaders()
      server.gate('silent').enter(() => response.end('later'))
    })
    const { stream } = await curl.request(server.url('/silent'), STREAM)
    server.gate('silent').open()
    expect(await text(stream)).to.equal('later')
  })

  it('contain every byte, also of empty bodies and error pages', async () => {
    for (const size of [0, 1, 5_000_001]) {
      const { stream } = await curl.request(server.url(`/bytes/${size}`), STREAM)
      expect((await buffer(stream)).equals(patternBytes(size))).to.equal(true)
    }
    const missing = await curl.request(server.url('/status/404'), STREAM)
    expect([missing.responseCode, await text(missing.stream)]).to.deep.equal([404, 'status 404'])
    const nothing = await curl.request(server.url('/no-content'), STREAM)
    expect([nothing.responseCode, await text(nothing.stream)]).to.deep.equal([204, ''])
    const head = await curl.request(server.url('/bytes/5'), { ...STREAM, NOBODY: true })
    expect(await text(head.stream)).to.equal('')
  })

  it('are decompressed', async () => {
    const { stream } = await curl.request(server.url('/gzip'), { ...STREAM, ACCEPT_ENCODING: '' })
    expect(await text(stream)).to.match(/^compressed/)
  })

  it('contain the body of the last response only, not of redirects, challenges or proxies', async () => {
    const redirected = await curl.request(server.url('/redirect/3'), { ...STREAM, FOLLOWLOCATION: true })
    expect([redirected.responseCode, await text(redirected.stream)].join(' ')).to.match(
      /^200 .*"url":"\/redirect\/0"/,
    )
    const stays = await curl.request(server.url('/redirect/3'), STREAM)
    expect([stays.responseCode, await text(stays.stream)]).to.deep.equal([302, 'redirect 3'])
    const digest = { ...STREAM, USERPWD: 'user:pass word', HTTPAUTH: 2 }
    const welcome = await curl.request(server.url('/auth/digest'), digest)
    expect([welcome.responseCode, await text(welcome.stream)]).to.deep.equal([200, 'welcome'])
    const refused = await curl.request(server.url('/auth/digest'), STREAM)
    expect([refused.responseCode, await text(refused.stream)]).to.deep.equal([401, 'who are you?'])
    const tunnel = { ...STREAM, PROXY: server.url('').replace(/\/$/, ''), HTTPPROXYTUNNEL: true }
    const tunnelled = await curl.request(server.url('/status/418'), tunnel)
    expect([tunnelled.responseCode, await text(tunnelled.stream)]).to.deep.equal([418, 'status 418'])
  })

  it('stop the server while they are not read', async () => {
    const { stream } = await curl.request(server.url('/flood?mib=64'), STREAM)
    // Nothing moves any longer, and what has moved fits into the buffers of two sockets.
    expect(await standstill()).to.be.below(32 * MIB)
    expect((await buffer(stream)).length).to.equal(64 * MIB)
  })

  it('stop the server while they are paused, and let it continue afterwards', async () => {
    const { stream } = await curl.request(server.url('/flood?mib=64'), STREAM)
    let received = 0
    stream.on('data', (chunk: Buffer) => {
      received += chunk.length
      if (received > MIB && stream.listenerCount('pause') === 0) {
        stream.on('pause', () => undefined)
        stream.pause()
      }
    })
    expect(await standstill()).to.be.below(32 * MIB)
    expect(received).to.be.below(3 * MIB)
    stream.resume()
    await new Promise((resolve) => stream.on('end', resolve))
    expect(received).to.equal(64 * MIB)
  })

  it('do not hold up other requests while 200 of them wait', async () => {
    const transfers = await Promise.all(
      Array.from({ length: 200 }, () => curl.request(server.url('/flood?mib=1'), STREAM)),
    )
    await rounds(20)
    const sizes = await Promise.all(transfers.map(async ({ stream }) => (await buffer(stream)).length))
    expect(new Set(sizes)).to.deep.equal(new Set([MIB]))
  })

  it('abort the transfer when they are destroyed', async () => {
    const { stream } = await curl.request(server.url('/flood?mib=64'), STREAM)
    stream.destroy()
    await server.waitForIdle()
    expect(flood().isClosed).to.equal(true)
    await curl.finishAllRequests()
    expect(curl.stats().failed).to.equal(1)
  })

  it('end with the error of the transfer', async () => {
    const { stream } = await curl.request(server.url('/truncate'), STREAM)
    const error = (await rejectionOf(text(stream))) as CurlError
    expect(error).to.be.instanceOf(CurlError)
    expect(error.errno).to.equal(18)
  })

  it('end with the reason of the abort', async () => {
    const controller = new AbortController()
    const { stream } = await curl.request(server.url('/flood?mib=64'), {
      ...STREAM,
      signal: controller.signal,
    })
    const done = rejectionOf(buffer(stream))
    const reason = new Error('enough')
    controller.abort(reason)
    expect(((await done) as CurlError).cause).to.equal(reason)
  })

  it('are not handed out if the transfer fails before its headers', async () => {
    const error = await rejectionOf(curl.request(`http://127.0.0.1:${await refusedPort()}/`, STREAM))
    expect((error as CurlError).errno).to.equal(7)
    const closed = await rejectionOf(curl.request(server.url('/close'), STREAM))
    expect((closed as CurlError).errno).to.equal(52)
  })

  it('come from the last attempt of a retry, and are not retried after their headers', async () => {
    let count = 0
    server.route('/flaky', (_request, response) => {
      if (++count < 3) response.writeHead(503).end('busy')
      else response.end('fine')
    })
    const retry = { limit: 2, backoffMs: 0 }
    const transfer = await curl.request(server.url('/flaky'), { ...STREAM, retry })
    expect([transfer.responseCode, await text(transfer.stream)]).to.deep.equal([200, 'fine'])
    count = -10
    const busy = await curl.request(server.url('/flaky'), { ...STREAM, retry })
    expect([busy.responseCode, await text(busy.stream), busy.attempts.length]).to.deep.equal([503, 'busy', 3])
    server.forget()
    const cut = await curl.request(server.url('/truncate'), { ...STREAM, retry })
    expect(((await rejectionOf(text(cut.stream))) as CurlError).errno).to.equal(18)
    expect(server.requests).to.have.length(1)
  })

  it('are handed out by stream(), and can be read in its loop', async () => {
    const urls = Array.from({ length: 20 }, (_, i) => server.url(`/bytes/${i * 50_000}`))
    const few = new ParallelCurl(3)
    let sum = 0
    for await (const transfer of few.stream(urls, STREAM)) sum += (await buffer(transfer.stream)).length
    expect(sum).to.equal(190 * 50_000)
    // Nobody reads these: they are dropped, and the next ones get their slots.
    let seen = 0
    for await (const transfer of few.stream(
      Array.from(urls, () => server.url('/flood?mib=8')),
      STREAM,
    )) {
      expect(transfer.responseCode).to.equal(200)
      seen++
    }
    expect(seen).to.equal(20)
    await few.close()
  })

  it('are failures in stream() if there is no response', async () => {
    const port = await refusedPort()
    const seen: number[] = []
    for await (const { errno } of curl.stream([`http://127.0.0.1:${port}/`], STREAM)) seen.push(errno)
    expect(seen).to.deep.equal([7])
  })

  it('are refused by startRequest(), and beside another destination', () => {
    const url = server.url()
    expect(optionErrorOf(() => void curl.startRequest(url, null, 0, null, STREAM)).option).to.equal(
      'responseType',
    )
    const onData = (): void => undefined
    expect(
      optionErrorOf(() => void curl.startRequest(url, null, 0, null, { onData, output: 'x' })).option,
    ).to.equal('onData')
    for (const wrong of [{ onData: 5 }, { responseType: 'json' }]) {
      optionErrorOf(() => void curl.startRequest(url, null, 0, null, wrong as never))
    }
  })

  it('keep the process alive while they wait', async function () {
    this.timeout(60_000)
    const child = await runChild(
      `import { ParallelCurl } from './src/index.js'
      const curl = new ParallelCurl()
      const { stream } = await curl.request(process.argv[1], { responseType: 'stream' })
      // Later than node-libcurl 4 would let the process exit, and not what keeps it alive.
      setTimeout(async () => {
        let received = 0
        for await (const chunk of stream) received += chunk.length
        console.log(received)
      }, 1500).unref()`,
      { args: [server.url('/flood?mib=32')] },
    )
    expect([child.stderr, child.stdout, child.code]).to.deep.equal(['', `${32 * MIB}\n`, 0])
  })

  it("exist only with responseType: 'stream'", async () => {
    const transfer = await curl.request(server.url('/bytes/5'))
    expect(optionErrorOf(() => transfer.stream).message).to.include("responseType: 'stream'")
  })
})
