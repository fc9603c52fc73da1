/**
 * Limits on what a server may send: bodies after decoding, and headers.
 */
import { expect } from 'chai'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { type CurlError, ParallelCurl, type RequestOptions } from '../../../src/index.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { optionErrorOf, rejectionOf, send, sendAlone } from '../../support/requests.js'

const BOMB = Buffer.alloc(64 << 20)

describe('limits of bodies', () => {
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    const bombs = { gzip: gzipSync(BOMB), br: brotliCompressSync(BOMB) }
    server.route(/^\/bomb/, (request, response) => {
      const encoding = request.path.endsWith('br') ? 'br' : 'gzip'
      response.writeHead(200, { 'Content-Encoding': encoding }).end(bombs[encoding])
    })
  })
  after(() => server.close())

  it('accept a body of exactly the limit, and fail a longer one', async () => {
    const exact = await sendAlone(server.url('/bytes/100000'), { options: { maxBodySize: 100_000 } })
    expect([exact.transfer.error, exact.transfer.body.length]).to.deep.equal(['', 100_000])
    const { transfer, content } = await sendAlone(server.url('/bytes/100001'), {
      options: { maxBodySize: 100_000 },
    })
    expect(content).to.equal(null)
    expect(transfer.errno).to.equal(63)
    expect(transfer.error).to.include('the body is longer than maxBodySize (100000 bytes)')
    expect(transfer.toError()?.code).to.equal('CURLE_FILESIZE_EXCEEDED')
    expect(transfer.body.length).to.be.at.most(100_000)
  })

  it('fail a body that decompresses to a huge one', async () => {
    for (const path of ['/bomb/gzip', '/bomb/br']) {
      const options = { maxBodySize: 1 << 20, ACCEPT_ENCODING: '' }
      const { transfer } = await sendAlone(server.url(path), { options })
      expect(transfer.errno).to.equal(63)
      expect(transfer.body.length).to.be.at.most(1 << 20)
    }
  })

  it('fail an endless body', async () => {
    server.route('/endless', (_request, response) => {
      const pour = (): void => {
        while (response.write(Buffer.alloc(65_536)));
        if (!response.destroyed) response.once('drain', pour)
      }
      pour()
    })
    const { transfer } = await sendAlone(server.url('/endless'), { options: { maxBodySize: 1 << 20 } })
    expect(transfer.errno).to.equal(63)
    await server.waitForIdle()
  })

  it('apply to each request of an instance on the same connection', async () => {
    const curl = new ParallelCurl(1, { maxBodySize: 1000 })
    for (const size of [1000, 10, 0, 1000]) {
      expect((await send(curl, server.url(`/bytes/${size}`))).transfer.body.length).to.equal(size)
    }
    for (const size of [1001, 5, 5_000_000, 1000]) {
      const { transfer } = await send(curl, server.url(`/bytes/${size}`))
      expect([size, transfer.errno]).to.deep.equal([size, size > 1000 ? 63 : 0])
    }
    const own = await send(curl, server.url('/bytes/5000'), { options: { maxBodySize: Infinity } })
    expect(own.transfer.error).to.equal('')
    expect((await send(curl, server.url('/bytes/5000'))).transfer.errno).to.equal(63)
    await curl.close()
  })

  it('apply to files, streams and functions', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'limits-'))
    const options = { maxBodySize: 1 << 20 }
    const url = server.url('/bytes/5000000')
    const file = await sendAlone(url, { options: { ...options, output: join(folder, 'x') } })
    expect([file.transfer.errno, readdirSync(folder)]).to.deep.equal([63, []])
    rmSync(folder, { recursive: true })

    let received = 0
    const onData = (chunk: Buffer): void => void (received += chunk.length)
    const chunks = await sendAlone(url, { options: { ...options, onData } })
    expect(chunks.transfer.errno).to.equal(63)
    expect(received).to.be.at.most(1 << 20)

    const curl = new ParallelCurl()
    const { stream } = await curl.request(url, { ...options, responseType: 'stream' })
    expect(((await rejectionOf(stream.toArray())) as CurlError).errno).to.equal(63)
    await curl.close()
  })

  it('fail headers that are too long, without a second attempt (E8)', async () => {
    await using curl = new ParallelCurl(1, { maxHeaderSize: 2000, retry: { limit: 3, backoffMs: 1 } })
    server.forget()
    const { transfer } = await send(curl, server.url('/headers/500'))
    expect([transfer.errno, transfer.attempts.length]).to.deep.equal([100, 1])
    expect(server.requests).to.have.length(1)
  })

  it('count the headers of each response separately', async () => {
    const curl = new ParallelCurl(1, { maxHeaderSize: 2000 })
    for (const [path, errno] of [
      ['/headers/3', 0],
      ['/headers/500', 100],
      ['/headers/3', 0],
    ] as const) {
      const { transfer } = await send(curl, server.url(path))
      expect(transfer.errno).to.equal(errno)
      if (errno !== 0)
        expect(transfer.error).to.include('the headers are longer than maxHeaderSize (2000 bytes)')
    }
    // Many short blocks are not one long one.
    const options = { FOLLOWLOCATION: true }
    const { transfer } = await send(curl, server.url('/redirect/15'), { options })
    expect([transfer.error, transfer.responseCode]).to.deep.equal(['', 200])
    await curl.close()
  })

  it('apply with captured headers and with a HEADERFUNCTION', async () => {
    let lines = 0
    const HEADERFUNCTION = (line: Buffer): number => {
      lines++
      return line.length
    }
    const options = { maxHeaderSize: 2000, HEADERFUNCTION }
    const { transfer } = await sendAlone(server.url('/headers/3'), { options })
    expect(transfer.headers['x-number-3']).to.equal('value 3')
    expect(lines).to.be.above(3)
  })

  it('of speed end a stalled transfer with errno 28, without a file', async () => {
    server.route('/still', (_request, response) => {
      response.writeHead(200, { 'Content-Length': 100 }).write('begun')
    })
    const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    const limits = { LOW_SPEED_LIMIT: 10, LOW_SPEED_TIME: 1 }
    await using curl = new ParallelCurl(2)
    const ways = [limits, { ...limits, output: 'still', outputDir: folder }]
    const errors = await Promise.all(
      ways.map((options) => rejectionOf(curl.request(server.url('/still'), options))),
    )
    expect(errors.map((error) => (error as CurlError).errno)).to.deep.equal([28, 28])
    expect(readdirSync(folder)).to.deep.equal([])
    rmSync(folder, { recursive: true })
  })

  it('must be whole numbers of bytes', () => {
    const curl = new ParallelCurl()
    for (const name of ['maxBodySize', 'maxHeaderSize']) {
      for (const value of [-1, 1.5, NaN, '5', null, true]) {
        const options = { [name]: value } as never
        expect(
          optionErrorOf(() => void curl.startRequest(server.url(), null, 0, null, options)).option,
        ).to.equal(name)
      }
    }
  })
})

describe("bodies with responseType 'none'", () => {
  const MIB = 1 << 20
  let server: HttpServer
  let curl: ParallelCurl
  before(async () => {
    server = await startHttpServer()
  })
  // One handle for all of a test.
  beforeEach(() => {
    curl = new ParallelCurl(1)
  })
  afterEach(() => curl.close())
  after(() => server.close())

  /** Returns the number of bytes that a transfer has received, and of those that are held. */
  const heldOf = async (
    options: RequestOptions,
    shared = curl,
  ): Promise<[received: number, held: number]> => {
    const { read, content } = await send(shared, server.url(`/bytes/${String(8 * MIB)}`), {
      options,
      read: ({ receivedBytes }) => [receivedBytes, shared.stats().bufferedBytes],
    })
    if (options.responseType === 'none') expect(content).to.equal(null)
    return read as [number, number]
  }

  it('are counted, and never kept in memory', async () => {
    expect(await heldOf({})).to.deep.equal([8 * MIB, 8 * MIB])
    expect(await heldOf({ responseType: 'none' })).to.deep.equal([8 * MIB, 0])
    expect(await heldOf({ responseType: 'content' })).to.deep.equal([8 * MIB, 8 * MIB])
    expect(curl.stats().receivedBytes).to.equal(24 * MIB)
    await using dropping = new ParallelCurl(1, { responseType: 'none' })
    for (let i = 0; i < 3; i++) expect(await heldOf({}, dropping)).to.deep.equal([8 * MIB, 0])
    expect(await heldOf({ responseType: 'content' }, dropping)).to.deep.equal([8 * MIB, 8 * MIB])
    expect(await heldOf({}, dropping)).to.deep.equal([8 * MIB, 0])
  })

  it('do not affect the body of the next request on the handle', async () => {
    const bodies: (string | null)[] = []
    for (const responseType of ['none', undefined, 'none', 'content', undefined] as const) {
      const { content } = await send(curl, server.url('/bytes/10'), { options: { responseType } })
      bodies.push(content && 'body')
    }
    expect(bodies).to.deep.equal([null, 'body', null, 'body', 'body'])
  })

  it('go to a file or a function if one is given', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'unasked-'))
    const seen: number[] = []
    const none = { responseType: 'none' } as const
    const url = server.url('/bytes/10')
    await send(curl, url, { options: { ...none, output: join(folder, 'file') } })
    await send(curl, url, { options: { ...none, onData: ({ length }) => void seen.push(length) } })
    await send(curl, url, {
      options: { ...none, WRITEFUNCTION: ({ length }: Buffer) => (seen.push(length), length) },
    })
    expect([readdirSync(folder), seen]).to.deep.equal([['file'], [10, 10]])
    rmSync(folder, { recursive: true })
  })

  it('fail if they are too long', async () => {
    const options = { responseType: 'none', maxBodySize: MIB } as const
    const { transfer } = await send(curl, server.url(`/bytes/${String(8 * MIB)}`), { options })
    expect([transfer.errno, transfer.body.length]).to.deep.equal([63, 0])
  })

  it('fail and are retried if they are cut', async () => {
    const { transfer } = await send(curl, server.url('/truncate'), {
      options: { responseType: 'none', retry: { limit: 1, backoffMs: 0 } },
    })
    expect([transfer.errno, transfer.attempts.length]).to.deep.equal([18, 2])
  })
})
