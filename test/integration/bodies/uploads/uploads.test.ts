/**
 * Bodies that are read while they are sent: from streams, files, Blobs and functions, as a whole or as parts
 * of a form.
 */
import { expect } from 'chai'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { FormFile, ParallelCurl, type RequestOptions, type Transfer } from '../../../../src/index.js'
import { patternBytes } from '../../../support/servers/http/http-handlers.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'
import { optionErrorOf, send, sendAlone, type PostFields } from '../../../support/requests.js'

const bytes = patternBytes(3_000_000)

function pieces(of: Uint8Array, size = 50_000): Buffer[] {
  const list: Buffer[] = []
  for (let at = 0; at < of.length; at += size) list.push(Buffer.from(of.subarray(at, at + size)))
  return list
}

async function* slowly(of: Uint8Array): AsyncGenerator<Buffer> {
  for (const piece of pieces(of)) {
    await new Promise(setImmediate)
    yield piece
  }
}

describe('uploads', () => {
  let server: HttpServer
  let folder: string
  let file: string
  before(async () => {
    server = await startHttpServer()
    folder = mkdtempSync(join(tmpdir(), 'uploads-'))
    file = join(folder, 'file')
    writeFileSync(file, bytes)
    server.route('/small', (_request, response) => response.end('ok'))
    server.route(/^\/again/, (request, response) => {
      if (request.path === '/again/end') response.end('ok')
      else response.writeHead(307, { Location: '/again/end' }).end()
    })
  })
  beforeEach(() => {
    server.forget()
  })
  after(async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  })

  const url = (): string => server.url('/small')
  const put = async (
    upload: RequestOptions['upload'],
    options: RequestOptions = {},
    to = url(),
  ): Promise<Transfer> => (await sendAlone(to, { options: { ...options, upload } })).transfer

  it('arrive complete from every kind of source, with a length if it is known', async () => {
    const sources: [what: string, source: () => RequestOptions['upload'], isKnown: boolean][] = [
      ['path', () => file, true],
      ['bytes', () => bytes, true],
      ['blob', () => new Blob([bytes]), true],
      ['array buffer', () => new Uint8Array(bytes).buffer, true],
      ['stream', () => Readable.from(pieces(bytes)), false],
      ['iterable', () => slowly(bytes), false],
      ['function', () => () => slowly(bytes), false],
    ]
    for (const [what, source, isKnown] of sources) {
      for (const isPost of [false, true]) {
        server.forget()
        const transfer = await put(source(), isPost ? { POST: true } : {})
        expect(transfer.error, what).to.equal('')
        const [request] = server.requests
        expect(request?.method).to.equal(isPost ? 'POST' : 'PUT')
        expect(request?.body.equals(bytes), what).to.equal(true)
        expect(request?.headers['content-length'], what).to.equal(isKnown ? String(bytes.length) : undefined)
        expect(request?.headers['transfer-encoding'], what).to.equal(isKnown ? undefined : 'chunked')
      }
    }
  })

  it('send an empty body for an empty source', async () => {
    for (const upload of [Buffer.alloc(0), Readable.from([]), new Blob([])]) {
      expect((await put(upload)).error).to.equal('')
    }
    expect(server.requests.map(({ method, body }) => [method, body.length])).to.deep.equal([
      ['PUT', 0],
      ['PUT', 0],
      ['PUT', 0],
    ])
  })

  it('accept text and slow sources, and wait for them', async () => {
    const gate = server.gate('source')
    const source = async function* (): AsyncGenerator<string> {
      yield 'one '
      await new Promise<void>((resolve) => gate.enter(resolve))
      yield 'two žluť'
    }
    const done = put(source())
    await gate.waiting(1)
    gate.open()
    expect((await done).error).to.equal('')
    expect(server.requests[0]?.body.toString()).to.equal('one two žluť')
  })

  it('send the length of uploadSize, and fail if it is wrong', async () => {
    const fine = await put(Readable.from(pieces(bytes)), { uploadSize: bytes.length })
    expect(fine.error).to.equal('')
    expect(server.requests[0]?.headers['content-length']).to.equal(String(bytes.length))
    for (const uploadSize of [bytes.length - 1, bytes.length + 1, 1]) {
      const transfer = await put(Readable.from(pieces(bytes)), { uploadSize, retry: 3 })
      expect([transfer.errno, transfer.attempts.length]).to.deep.equal([26, 1])
      expect(transfer.error).to.include(`${uploadSize} were announced`)
    }
  })

  it('fail once with the error of their source', async () => {
    const error = new Error('the source broke')
    const broken = async function* (): AsyncGenerator<Buffer> {
      yield Buffer.from('some')
      await Promise.resolve()
      throw error
    }
    const opens = (): never => {
      throw error
    }
    for (const upload of [broken(), Readable.from(broken()), opens]) {
      const transfer = await put(upload, { retry: 3 })
      expect([transfer.errno, transfer.cause, transfer.attempts.length]).to.deep.equal([26, error, 1])
    }
    const missing = await put(join(folder, 'missing'))
    expect(missing.errno).to.equal(26)
    expect((missing.cause as NodeJS.ErrnoException).code).to.equal('ENOENT')
    expect((await put(folder)).error).to.include('regular file')
  })

  it('are sent again after a redirect if the source can be read again', async () => {
    const small = bytes.subarray(0, 200_000)
    const options = { FOLLOWLOCATION: true }
    for (const upload of [file, new Blob([bytes]), () => slowly(bytes)]) {
      server.forget()
      expect((await put(upload, options, server.url('/again/start'))).error).to.equal('')
      expect(server.requests.at(-1)?.body.equals(bytes)).to.equal(true)
    }
    const kept = await put(Readable.from(pieces(small)), options, server.url('/again/start'))
    expect(kept.error).to.equal('')
    expect(server.requests.at(-1)?.body.equals(small)).to.equal(true)
    const spent = await put(Readable.from(pieces(bytes)), options, server.url('/again/start'))
    expect(spent.errno).to.equal(65)
    expect(spent.error).to.include('Give a function that opens it')
  })

  it('of unknown length leave no state in the handle if a redirect turns them into a GET', async () => {
    for (const [code, method] of [
      [301, 'POST'],
      [302, 'POST'],
      [303, 'POST'],
      [303, 'PUT'],
    ] as const) {
      server.forget()
      const options = { FOLLOWLOCATION: true, POST: method === 'POST', TIMEOUT_MS: 10_000 }
      const transfer = await put(
        slowly(bytes.subarray(0, 200_000)),
        options,
        server.url(`/redirect/1?code=${code}`),
      )
      expect(transfer, `${code} to ${method}`).to.include({ error: '', responseCode: 200 })
      const [first, second] = server.requests
      expect(first).to.deep.include({ method, body: Buffer.from(bytes.subarray(0, 200_000)) })
      expect(first?.headers).to.include({ 'transfer-encoding': 'chunked' })
      expect(second?.method).to.equal('GET')
      expect(second?.headers).not.to.have.any.keys('transfer-encoding', 'content-length')
    }
  })

  it('are sent again after an authentication challenge if the source can be read again', async () => {
    const small = bytes.subarray(0, 200_000)
    const asks = ['Basic realm="r"', 'Digest realm="r", nonce="n", qop="auth", algorithm=MD5']
    for (const ask of asks) {
      server.route('/locked', (request, response) => {
        if (request.headers['authorization'] === undefined)
          response.writeHead(401, { 'WWW-Authenticate': ask }).end()
        else response.end('ok')
      })
      // Whichever the server wants: CURLAUTH_ANY.
      const options: RequestOptions = { HTTPAUTH: ~16, USERPWD: 'me:secret' }
      for (const [upload, whole] of [
        [file, bytes],
        [new Blob([bytes]), bytes],
        [() => slowly(bytes), bytes],
        [Readable.from(pieces(small)), small],
      ] as const) {
        server.forget()
        const transfer = await put(upload, options, server.url('/locked'))
        expect([ask, transfer.error, transfer.responseCode]).to.deep.equal([ask, '', 200])
        expect(server.requests.length).to.equal(2)
        expect(server.requests[0]?.body.equals(whole)).to.equal(true)
        expect(server.requests[1]?.body.equals(whole)).to.equal(true)
      }
      const spent = await put(Readable.from(pieces(bytes)), options, server.url('/locked'))
      expect([spent.errno, spent.responseCode]).to.deep.equal([65, 401])
      expect(spent.error).to.include('Give a function that opens it')
    }
  })

  it('are sent again by a retry if the source can be read again', async () => {
    let count = 0
    server.route('/flaky', (_request, response) => {
      response.statusCode = ++count % 3 === 0 ? 200 : 503
      response.end()
    })
    const retry = { limit: 5, backoffMs: 0 }
    const transfer = await put(file, { retry }, server.url('/flaky'))
    expect(transfer.attempts.map(({ responseCode }) => responseCode)).to.deep.equal([503, 503, 200])
    expect(server.requests.every(({ body }) => body.equals(bytes))).to.equal(true)
    count = 0
    const spent = await put(Readable.from(pieces(bytes)), { retry }, server.url('/flaky'))
    expect([spent.responseCode, spent.attempts.length]).to.deep.equal([503, 1])
  })

  it('are sent again if the kept-alive connection is dead', async () => {
    const curl = new ParallelCurl(1)
    await send(curl, url())
    server.route('/once', (_request, response) => {
      response.end('ok', () => response.socket?.destroy())
    })
    await send(curl, server.url('/once'))
    const { transfer } = await send(curl, url(), {
      options: { upload: Readable.from(pieces(bytes.subarray(0, 100_000))) },
    })
    expect(transfer.error).to.equal('')
    await curl.close()
  })

  it('run many at a time, and can be aborted halfway', async () => {
    const curl = new ParallelCurl(20)
    const all = Array.from({ length: 40 }, async () =>
      send(curl, url(), { options: { upload: slowly(bytes) } }),
    )
    for (const { transfer } of await Promise.all(all)) expect(transfer.error).to.equal('')
    const controller = new AbortController()
    const stuck = async function* (): AsyncGenerator<string> {
      yield 'some'
      controller.abort()
      await new Promise(() => undefined)
    }
    const options = { upload: stuck(), signal: controller.signal }
    expect((await send(curl, url(), { options })).transfer.errno).to.equal(42)
    await curl.close()
  })

  it('write the response to a file', async () => {
    const output = join(folder, 'answer')
    const transfer = await put(file, { output })
    expect([transfer.error, transfer.output?.size]).to.deep.equal(['', 2])
  })

  it('throw OptionError for a source that cannot be sent, and beside another body', () => {
    const curl = new ParallelCurl()
    for (const upload of [5, true, null, {}, [], 'a\0b', '']) {
      const options = { upload } as never
      expect(optionErrorOf(() => void curl.startRequest(url(), null, 0, null, options)).option).to.equal(
        'upload',
      )
    }
    for (const uploadSize of [-1, 1.5, '5']) {
      optionErrorOf(() => void curl.startRequest(url(), null, 0, null, { upload: file, uploadSize } as never))
    }
    optionErrorOf(() => void curl.startRequest(url(), null, 0, 'body', { upload: file }))
  })

  describe('uploads as post fields', () => {
    const post = async (postFields: PostFields): Promise<FormData> => {
      const { transfer } = await sendAlone(url(), { postFields })
      expect(transfer.error).to.equal('')
      const request = server.requests.at(-1)
      // An independent reader of forms: Node's own.
      const type = request?.headers['content-type'] ?? ''
      const response = new Response(new Uint8Array(request?.body ?? []), {
        headers: { 'Content-Type': type },
      })
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- for forms of strangers; this one is ours
      return response.formData()
    }

    it('a Blob or stream is sent as the body', async () => {
      const blob = new Blob(['{"a":1}'], { type: 'application/json' })
      await sendAlone(url(), { postFields: blob })
      await sendAlone(url(), { postFields: Readable.from(['one', 'two']) })
      expect(
        server.requests.map(({ method, headers, body }) => [
          method,
          headers['content-type'],
          body.toString(),
        ]),
      ).to.deep.equal([
        ['POST', 'application/json', '{"a":1}'],
        ['POST', 'application/octet-stream', 'onetwo'],
      ])
    })

    it('FormData arrives unchanged', async () => {
      const form = new FormData()
      form.append('text', 'žluť')
      form.append('text', 'twice')
      form.append('file', new File([bytes], 'a "b".bin', { type: 'image/png' }))
      form.append('blob', new Blob(['x']))
      const seen = await post(form)
      expect(seen.getAll('text')).to.deep.equal(['žluť', 'twice'])
      const sent = seen.get('file') as File
      expect([sent.name, sent.type]).to.deep.equal(['a "b".bin', 'image/png'])
      expect(Buffer.from(await sent.arrayBuffer()).equals(bytes)).to.equal(true)
      expect([(seen.get('blob') as File).name, await (seen.get('blob') as File).text()]).to.deep.equal([
        'blob',
        'x',
      ])
      expect(server.requests.at(-1)?.headers['content-length']).to.not.equal(undefined)
    })

    it('forms contain files, streams, names and types', async () => {
      const seen = await post({
        plain: 'text',
        path: new FormFile({ path: file }, 'path.bin', 'application/x-one'),
        memory: new FormFile({ content: 'in memory' }, 'memory.txt', 'text/plain'),
        stream: new FormFile({ source: Readable.from(pieces(bytes)) }, 'stream.bin', 'application/x-two'),
        opened: new FormFile({ source: () => slowly(bytes) }, 'opened.bin', 'application/x-three'),
        bare: Readable.from(['bare']),
      })
      expect(seen.get('plain')).to.equal('text')
      const described = ['path', 'memory', 'stream', 'opened', 'bare'].map((name) => {
        const part = seen.get(name) as File
        return [part.name, part.type, part.size]
      })
      expect(described).to.deep.equal([
        ['path.bin', 'application/x-one', bytes.length],
        ['memory.txt', 'text/plain', 9],
        ['stream.bin', 'application/x-two', bytes.length],
        ['opened.bin', 'application/x-three', bytes.length],
        ['bare', 'application/octet-stream', 4],
      ])
      expect(server.requests.at(-1)?.headers['transfer-encoding']).to.equal('chunked')
    })
  })
})
