/** stream(): lazy input, a window, and both orders. How it ends early is in stream-ends.test.ts. */
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { OptionError, ParallelCurl, type Transfer } from '../../../src/index.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { refusedPort } from '../../support/servers/tcp-server.js'
import { optionErrorOf, rejectionOf } from '../../support/requests.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('stream()', () => {
  let server: HttpServer
  let curl: ParallelCurl
  beforeEach(async () => {
    server = await startHttpServer()
    curl = new ParallelCurl(3)
  })
  afterEach(async () => {
    await curl.close()
    await server.close()
  })

  const urls = (count: number, path = '/echo'): string[] =>
    Array.from({ length: count }, (_, i) => server.url(`${path}?${i}`))
  const numberOf = (transfer: Transfer): number => Number(transfer.url.split('?')[1])
  const numbers = async (stream: AsyncIterable<Transfer>): Promise<number[]> => {
    const seen: number[] = []
    for await (const transfer of stream) seen.push(numberOf(transfer))
    return seen
  }
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

  /** A source that counts what is pulled, and says when it is closed. */
  class Source implements Iterable<string> {
    pulled = 0
    closed = 0
    constructor(readonly count: number) {}
    *[Symbol.iterator](): Generator<string> {
      try {
        for (const url of urls(this.count)) {
          this.pulled++
          yield url
        }
      } finally {
        this.closed++
      }
    }
  }

  it('takes iterables of every kind, and yields each once', async () => {
    async function* later(): AsyncGenerator<string> {
      for (const url of urls(7)) {
        await turn()
        yield url
      }
    }
    const lines = (): Iterable<string> =>
      createInterface({ input: Readable.from([urls(7).join('\n')]) }) as unknown as Iterable<string>
    const kinds: (() => unknown)[] = [
      () => urls(7),
      () => new Set(urls(7)),
      () => new Source(7),
      later,
      lines,
      () => Readable.from(urls(7)),
    ]
    for (const source of kinds) {
      const seen = await numbers(curl.stream(source() as Iterable<string>))
      expect(seen.sort((a, b) => a - b)).to.deep.equal(upTo(7))
    }
    expect(await numbers(curl.stream([]))).to.deep.equal([])
  })

  it('takes URLs, and objects with all that a request can have', async () => {
    const inputs = [
      new URL(server.url('/echo?0')),
      { url: server.url('/echo?1'), userData: 'mine', postFields: 'x', HTTPHEADER: ['X: 1'] },
    ]
    const transfers: Transfer[] = []
    for await (const transfer of curl.stream(inputs, { USERAGENT: 'all', ordered: true }))
      transfers.push(transfer)
    expect(transfers[1]!.userData).to.equal('mine')
    expect(server.requests.map(({ method }) => method).sort()).to.deep.equal(['GET', 'POST'])
    const post = server.requests.find(({ method }) => method === 'POST')!
    expect([post.headers['x'], post.headers['user-agent']]).to.deep.equal(['1', 'all'])
  })

  it('yields failed ones, too', async () => {
    const inputs = [server.url('/status/404'), `http://127.0.0.1:${await refusedPort()}/`, 'nonsense://x']
    const seen: unknown[] = []
    for await (const { errno, responseCode, error } of curl.stream(inputs, { ordered: true }))
      seen.push([errno, responseCode, error !== ''])
    expect(seen).to.deep.equal([
      [0, 404, false],
      [7, 0, true],
      [1, 0, true],
    ])
  })

  for (const window of [1, 2, 5]) {
    it(`pulls no more than ${window} ahead, sync and async, in either order`, async () => {
      for (const ordered of [false, true]) {
        for (const isAsync of [false, true]) {
          const source = new Source(20)
          const input = isAsync ? Readable.from(source, { highWaterMark: 1, objectMode: true }) : source
          const ahead = isAsync ? 2 : 0
          let yielded = 0
          for await (const {} of curl.stream(input as Iterable<string>, { window, ordered })) {
            yielded++
            await turn()
            expect(source.pulled - yielded).to.be.at.most(window + ahead)
          }
          expect([yielded, source.closed]).to.deep.equal([20, 1])
        }
      }
    })
  }

  it('pulls nothing before it is asked, and goes on only as far as the window while the loop works', async () => {
    const source = new Source(50)
    const stream = curl.stream(source)
    await turn()
    expect(source.pulled).to.equal(0)
    await stream.next()
    await server.waitForRequests(6)
    while (curl.outstandingRequests.size > 0) await turn()
    expect(source.pulled, 'twice maxRequests').to.be.at.most(7)
    await stream.return()
    expect(source.closed).to.equal(1)
  })

  it('yields in the order of the inputs with ordered: true, whatever is done first', async () => {
    const inputs = urls(6).map((url, i) => (i === 0 ? server.url('/gate/a?0') : url))
    const stream = curl.stream(inputs, { ordered: true, window: 4 })
    const first = stream.next()
    await server.waitForRequests(4)
    while (curl.outstandingRequests.size > 1) await turn()
    expect(server.requests, 'the window bounds what waits for its turn').to.have.length(4)
    server.gate('a').open()
    expect(numberOf((await first).value!)).to.equal(0)
    expect(await numbers(stream)).to.deep.equal([1, 2, 3, 4, 5])
  })

  it('holds each one until the next is asked for', async () => {
    const seen: Transfer[] = []
    for await (const transfer of curl.stream(urls(4))) {
      await turn()
      expect(transfer.getInfo('TOTAL_TIME')).to.be.a('number')
      seen.push(transfer)
    }
    for (const transfer of seen) expect(() => transfer.getInfo('CONNECT_TIME')).to.throw('keepInfo')
  })

  it('gives each of several readers its own transfers, and none stays held', async () => {
    await using small = new ParallelCurl(3, { maxBufferedBytes: 4000 })
    const stream = small.stream(urls(40, '/bytes/1000'), { window: 8 })
    const seen: number[] = []
    const worker = async (): Promise<void> => {
      for (let next = await stream.next(); !next.done; next = await stream.next())
        seen.push(numberOf(next.value))
    }
    await Promise.all([worker(), worker(), worker()])
    expect(seen.sort((a, b) => a - b)).to.deep.equal(upTo(40))
    expect(small.stats().bufferedBytes).to.equal(0)
  })

  it('starts nothing above maxBufferedBytes until the loop has consumed some', async () => {
    await using small = new ParallelCurl(2, { maxBufferedBytes: 1000 })
    const stream = small.stream(urls(10, '/bytes/1000'), { window: 10 })
    await stream.next()
    while (small.stats().inFlight > 0) await turn()
    expect(server.requests.length).to.be.at.most(2)
    expect(await numbers(stream)).to.have.length(9)
  })

  it('with ordered: true, never holds the next transfer up for the bytes of those that wait for it', async () => {
    let failed = false
    server.route('/first', (_request, response) => {
      if (failed) response.end('x')
      else response.writeHead(503).end()
      failed = true
    })
    await using small = new ParallelCurl(4, { maxBufferedBytes: 500, retry: { backoffMs: 0 } })
    const inputs = [
      server.url('/first?0'),
      ...urls(9, '/bytes/1000').map((url, i) => url.replace(/\d+$/, String(i + 1))),
    ]
    expect(await numbers(small.stream(inputs, { ordered: true, window: 8 }))).to.deep.equal(upTo(10))
  })

  it('a request that is awaited in the body of the loop is not held up, whatever is buffered', async () => {
    await using small = new ParallelCurl(2, { maxBufferedBytes: 500 })
    let done = 0
    for await (const {} of small.stream(urls(6, '/bytes/1000'))) {
      await small.request(server.url('/bytes/1000'))
      done++
    }
    expect(done).to.equal(6)
  })

  it('ends with an error that says so after close()', async () => {
    const own = new ParallelCurl(1)
    const stream = own.stream(urls(9), { window: 1 })
    await stream.next()
    await own.close()
    expect(await rejectionOf(stream.next())).to.be.instanceOf(OptionError)
  })

  it('refuses what it cannot be called with', () => {
    for (const inputs of [null, 5, 'http://x', {}]) optionErrorOf(() => curl.stream(inputs as never))
    for (const options of [
      { window: 0 },
      { window: 1.5 },
      { window: NaN },
      { ordered: 1 },
      { NOTHING: 1 },
      { multi: {} },
      { rateLimit: '1/s' },
    ]) {
      optionErrorOf(() => curl.stream([], options as never))
    }
  })

  it('keeps shared options where its own are undefined', async () => {
    await using own = new ParallelCurl(1, { retry: { limit: 1, backoffMs: 0 } })
    for await (const { attempts } of own.stream([server.url('/status/503')], { retry: undefined }))
      expect(attempts).to.have.length(2)
  })
})
