/**
 * CURLOPT_FILE, CURLOPT_WRITEHEADER, CURLOPT_INFILE and CURLOPT_STDERR with streams of Node: whole, in
 * bounded memory, and with what goes wrong told to the one callback.
 */
import { expect } from 'chai'
import {
  closeSync,
  createReadStream,
  createWriteStream,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  curl_errno,
  curl_error,
  curl_getinfo,
  ParallelCurl,
  type PhpOptions,
  type Transfer,
} from '../../../src/php/index.js'
import { patternBytes } from '../../support/servers/http/http-handlers.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

describe('streams in the place of PHP’s files', () => {
  let server: HttpServer
  let folder: string
  before(async () => {
    server = await startHttpServer()
    folder = mkdtempSync(join(tmpdir(), 'php-streams-'))
  })
  beforeEach(() => {
    server.forget()
  })
  after(async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  })

  /** One request; what its callback got, and what `look` saw inside of it. */
  async function send<T>(
    url: string,
    options: PhpOptions,
    look: (ch: Transfer) => T,
  ): Promise<{ content: string | null; seen: T }> {
    const curl = new ParallelCurl(1, options)
    const results: { content: string | null; seen: T }[] = []
    await curl.startRequest(url, (content, _url, ch) => void results.push({ content, seen: look(ch) }))
    await curl.close()
    expect(results, 'one callback').to.have.length(1)
    return results[0]!
  }

  const outcome = (ch: Transfer): [number, string] => [curl_errno(ch), curl_error(ch)]

  it('contain the whole body when the callback is called', async () => {
    const path = join(folder, 'whole')
    const file = createWriteStream(path)
    const { content, seen } = await send(server.url('/bytes/3000000'), { CURLOPT_FILE: file }, () =>
      readFileSync(path),
    )
    expect(content).to.equal(null)
    expect(seen.equals(patternBytes(3_000_000))).to.equal(true)
    expect(file.writable, 'left open').to.equal(true)
    file.destroy()
  })

  it('can be file descriptors', async () => {
    const [body, header, input] = ['d-body', 'd-header', 'd-input'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    writeFileSync(input, patternBytes(200_000))
    const descriptors = [openSync(body, 'w'), openSync(header, 'w'), openSync(input, 'r')] as const
    const [CURLOPT_FILE, CURLOPT_WRITEHEADER, CURLOPT_INFILE] = descriptors
    const files = { CURLOPT_FILE, CURLOPT_WRITEHEADER, CURLOPT_INFILE }
    await send(
      server.url('/headers/1'),
      { ...files, CURLOPT_UPLOAD: true, CURLOPT_INFILESIZE: 200_000 },
      () => undefined,
    )
    for (const descriptor of descriptors) closeSync(descriptor)
    expect(readFileSync(body, 'utf8')).to.equal('headers')
    expect(readFileSync(header, 'latin1')).to.include('X-Number-1: value 1\r\n')
    expect(server.requests[0]?.body.equals(patternBytes(200_000))).to.equal(true)
  })

  it('hold the transfer back if they are slow', async () => {
    let most = 0
    const chunks: Buffer[] = []
    const slow = new Writable({
      highWaterMark: 64 * 1024,
      write(chunk: Buffer, _encoding, done) {
        most = Math.max(most, slow.writableLength)
        chunks.push(chunk)
        setTimeout(done, 2)
      },
    })
    await send(server.url('/bytes/2000000'), { CURLOPT_FILE: slow }, () => undefined)
    expect(Buffer.concat(chunks).equals(patternBytes(2_000_000))).to.equal(true)
    expect(most).to.be.lessThan(64 * 1024 + 131_072)
  })

  it('can be shared by several transfers that wait', async () => {
    let bytes = 0
    const slow = new Writable({
      highWaterMark: 16_384,
      write(chunk: Buffer, _encoding, done) {
        bytes += chunk.length
        setTimeout(done, 1)
      },
    })
    const curl = new ParallelCurl(4, { CURLOPT_FILE: slow })
    let done = 0
    for (let i = 0; i < 8; i++)
      void curl.startRequest(server.url('/bytes/200000'), () => {
        done++
      })
    await curl.close()
    expect([done, bytes]).to.deep.equal([8, 1_600_000])
    expect(slow.listenerCount('drain') + slow.listenerCount('error')).to.equal(0)
  })

  it('fail the transfer with errno 23 if they are closed or break', async () => {
    const closed = new PassThrough()
    const broken = new Writable({
      write(_chunk, _encoding, done) {
        done(new Error('disk full'))
      },
    })
    const first = await send(server.url('/bytes/100'), { CURLOPT_FILE: broken }, outcome)
    expect(first.seen[0]).to.equal(23)
    expect(first.seen[1]).to.include('disk full')
    const curl = new ParallelCurl(1, { CURLOPT_FILE: closed })
    closed.destroy()
    const codes: number[] = []
    await curl.startRequest(server.url('/bytes/100'), (_content, _url, ch) => void codes.push(curl_errno(ch)))
    await curl.close()
    expect(codes).to.deep.equal([23])
  })

  it('send a body from a slow stream', async () => {
    async function* slowly(): AsyncGenerator<string> {
      for (const word of ['one ', 'two ', 'three']) {
        await sleep(20)
        yield word
      }
    }
    const options = { CURLOPT_INFILE: Readable.from(slowly(), { objectMode: false }), CURLOPT_UPLOAD: true }
    await send(server.url(), { ...options, CURLOPT_INFILESIZE: 13 }, outcome)
    expect(server.requests[0]?.method).to.equal('PUT')
    expect(server.requests[0]?.body.toString()).to.equal('one two three')
  })

  it('send a large body in bounded memory', async () => {
    const path = join(folder, 'large')
    writeFileSync(path, patternBytes(3_000_000))
    const options = {
      CURLOPT_INFILE: createReadStream(path),
      CURLOPT_UPLOAD: true,
      CURLOPT_INFILESIZE: 3_000_000,
    }
    const { seen } = await send(server.url(), options, (ch) => curl_getinfo(ch).size_upload)
    expect(seen).to.equal(3_000_000)
    expect(server.requests[0]?.body.equals(patternBytes(3_000_000))).to.equal(true)
  })

  it('send a body again after a 307, as far as it is in memory', async () => {
    const upload = (bytes: Buffer): PhpOptions => {
      const common = { CURLOPT_FOLLOWLOCATION: true, CURLOPT_UPLOAD: true, CURLOPT_HTTPHEADER: ['Expect:'] }
      return {
        ...common,
        CURLOPT_INFILE: Readable.from([bytes], { objectMode: false }),
        CURLOPT_INFILESIZE: bytes.length,
      }
    }
    const small = await send(server.url('/redirect/1?code=307'), upload(patternBytes(500_000)), outcome)
    expect(small.seen).to.deep.equal([0, ''])
    expect(server.requests.map(({ body }) => body.length)).to.deep.equal([500_000, 500_000])
    const large = await send(server.url('/redirect/1?code=307'), upload(patternBytes(2_000_000)), outcome)
    expect(large.seen[0]).to.equal(65)
  })

  it('fail the transfer with errno 42 if a stream breaks while it is read', async () => {
    async function* broken(): AsyncGenerator<string> {
      yield 'some'
      await sleep(10)
      throw new Error('unreadable')
    }
    const options = { CURLOPT_INFILE: Readable.from(broken(), { objectMode: false }), CURLOPT_UPLOAD: true }
    const { seen } = await send(server.url(), options, outcome)
    expect(seen[0]).to.equal(42)
    expect(seen[1]).to.include('unreadable')
  })

  it('write the verbose log to STDERR', async () => {
    const log = new PassThrough()
    await send(server.url('/headers/1'), { CURLOPT_STDERR: log, CURLOPT_VERBOSE: true }, () => undefined)
    // Not read(): in Node.js 26 that is one chunk.
    const text = String(Buffer.concat((await log.end().toArray()) as Buffer[]))
    expect(text).to.match(/^\* .*127\.0\.0\.1/m)
    expect(text).to.include('> GET /headers/1 HTTP/1.1\r\n').and.include('< X-Number-1: value 1\r\n')
  })
})
