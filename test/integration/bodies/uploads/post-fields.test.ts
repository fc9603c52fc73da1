/** Post fields as the server receives them. */
import { expect } from 'chai'
import { ParallelCurl } from '../../../../src/index.js'
import { patternBytes } from '../../../support/servers/http/http-handlers.js'
import {
  type HttpServer,
  type RecordedRequest,
  startHttpServer,
} from '../../../support/servers/http/http-server.js'
import { optionErrorOf, type Options, type PostFields, send, sendAlone } from '../../../support/requests.js'

const URLENCODED = 'application/x-www-form-urlencoded'

describe('post fields', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  async function posted(postFields: unknown, options: Options = {}): Promise<RecordedRequest> {
    server.forget()
    const { transfer } = await sendAlone(server.url('/echo'), {
      postFields: postFields as PostFields,
      options,
    })
    expect(transfer.error).to.equal('')
    return server.requests.at(-1) as RecordedRequest
  }

  /** The parts of a multipart body: name, content, and the other lines of its head. */
  function parts({ headers, body }: RecordedRequest): [name: string, content: string, rest: string[]][] {
    const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(headers['content-type'] ?? '')?.[1]
    expect(boundary, String(headers['content-type'])).to.be.a('string')
    const pieces = `\r\n${body.toString('latin1')}`.split(`\r\n--${boundary}`)
    expect(pieces.shift()).to.equal('')
    expect(pieces.pop()).to.match(/^--(\r\n)?$/)
    return pieces.map((piece) => {
      const [head = '', ...content] = piece.split('\r\n\r\n')
      const [, disposition = '', ...rest] = head.split('\r\n')
      const name = /^Content-Disposition: form-data; name="(.*?)"/.exec(disposition)?.[1]
      return [String(name), content.join('\r\n\r\n'), rest]
    })
  }

  for (const [name, given, sent] of [
    ['a string', 'a=b&c=d e', 'a=b&c=d e'],
    ['URLSearchParams', new URLSearchParams({ a: 'b c', d: 'é' }), 'a=b+c&d=%C3%A9'],
    ['a number', 12.5, '12.5'],
    ['0', 0, '0'],
    ['true', true, '1'],
    ['false', false, ''],
    ['UTF-8', 'grüße ž 😀', Buffer.from('grüße ž 😀')],
    ['a NUL', 'a\0b', 'a\0b'],
    ['line ends', 'a\r\nb\n', 'a\r\nb\n'],
    ['a leading @', '@/etc/passwd', '@/etc/passwd'],
  ] as [string, unknown, string | Buffer][]) {
    it(`sends ${name} unchanged, with the content type urlencoded`, async () => {
      const { method, headers, body } = await posted(given)
      expect(method).to.equal('POST')
      expect(headers).to.include({ 'content-type': URLENCODED, 'content-length': String(body.length) })
      expect(body.equals(Buffer.from(sent))).to.equal(true)
    })
  }

  for (const size of [0, 1, 1000, 16384, 1024 * 1024 - 1, 1024 * 1024 + 1, 3_000_000]) {
    it(`sends all of ${size} bytes, with their length`, async () => {
      const { method, headers, body } = await posted(patternBytes(size))
      expect(method).to.equal('POST')
      expect(headers['content-length']).to.equal(String(size))
      expect(body.equals(patternBytes(size))).to.equal(true)
    })
  }

  it('sends only the bytes of a view, not its whole buffer', async () => {
    const whole = patternBytes(100)
    const bytes = new Uint8Array(whole.buffer, whole.byteOffset + 10, 20)
    expect((await posted(bytes)).body.equals(whole.subarray(10, 30))).to.equal(true)
    expect((await posted(new DataView(whole.buffer, whole.byteOffset, 5))).body).to.have.length(5)
    expect((await posted(new Uint8Array([1, 2, 3]).buffer)).body.equals(Buffer.from([1, 2, 3]))).to.equal(
      true,
    )
  })

  it('sends a long string, and a content type of the user’s own', async () => {
    const long = 'x'.repeat(2_000_000)
    expect((await posted(long)).body.toString() === long).to.equal(true)
    const json = await posted('{"a":1}', { HTTPHEADER: ['Content-Type: application/json'] })
    expect(json.headers['content-type']).to.equal('application/json')
    const bytes = await posted(Buffer.from('{}'), { HTTPHEADER: ['content-type: application/json'] })
    expect(bytes.headers['content-type']).to.equal('application/json')
  })

  describe('post fields from an object', () => {
    it('are multipart/form-data, with names in order and scalars as PHP prints them', async () => {
      const fields = { a: 'b', n: 1.5, pi: Math.PI, big: 1e25, yes: true, no: false, nil: null, empty: '' }
      expect(parts(await posted(fields)).map(([name, content]) => [name, content])).to.deep.equal([
        ['a', 'b'],
        ['n', '1.5'],
        ['pi', '3.1415926535898'],
        ['big', '1.0E+25'],
        ['yes', '1'],
        ['no', ''],
        ['nil', ''],
        ['empty', ''],
      ])
    })

    it('have no other headers in their parts, and a length', async () => {
      const request = await posted({ a: 'b' })
      expect(parts(request)[0]?.[2]).to.deep.equal([])
      expect(request.headers['content-length']).to.equal(String(request.body.length))
      expect(request.headers).not.to.have.property('transfer-encoding')
    })

    it('repeat the name for each element of a list or an inner object', async () => {
      const request = await posted({ x: ['a', 'b'], y: { one: 1, two: 2 } })
      expect(parts(request).map(([name, content]) => `${name}=${content}`)).to.deep.equal([
        'x=a',
        'x=b',
        'y=1',
        'y=2',
      ])
    })

    it('number the fields of a list, and accept a Map', async () => {
      expect(parts(await posted(['a', 'b'])).map(([name]) => name)).to.deep.equal(['0', '1'])
      const map = new Map<string | number, string>([
        ['b', '1'],
        [5, '2'],
        ['a', '3'],
      ])
      expect(parts(await posted(map)).map(([name]) => name)).to.deep.equal(['b', '5', 'a'])
    })

    it('are binary safe, with names escaped as by libcurl', async () => {
      const bytes = patternBytes(5000)
      const [first, second] = parts(await posted({ file: bytes, 'a"b\r\nc\\é': '\r\n--x\0' }))
      expect(Buffer.from(first?.[1] ?? '', 'latin1').equals(bytes)).to.equal(true)
      expect(second?.[0]).to.equal(Buffer.from('a%22b%0D%0Ac\\é').toString('latin1'))
      expect(second?.[1]).to.equal('\r\n--x\0')
    })

    it('send a leading @ as text', async () => {
      expect(parts(await posted({ a: '@/etc/passwd' }))[0]?.[1]).to.equal('@/etc/passwd')
    })

    it('keep the other headers, and add the boundary to a multipart type of the user', async () => {
      const request = await posted(
        { a: 'b' },
        { HTTPHEADER: ['X-Own: 1', 'Content-Type: multipart/form-data'] },
      )
      expect(request.headers['x-own']).to.equal('1')
      expect(parts(request)).to.have.length(1)
    })

    it('keep shared headers, too', async () => {
      await using curl = new ParallelCurl(1, { HTTPHEADER: ['X-Shared: 1'] })
      await send(curl, server.url(), { postFields: { a: 'b' } })
      await send(curl, server.url(), { postFields: { a: 'b' }, options: { HTTPHEADER: ['X-Own: 1'] } })
      expect(server.requests[0]?.headers).to.include({ 'x-shared': '1' })
      expect(server.requests[1]?.headers).to.include({ 'x-own': '1' })
      expect(server.requests[1]?.headers).not.to.have.property('x-shared')
      for (const request of server.requests) expect(parts(request)).to.have.length(1)
    })
  })

  for (const fields of ['text=1', Buffer.from('bytes\0'), { form: 'data' }] as PostFields[]) {
    const kind = typeof fields === 'string' ? 'text' : Buffer.isBuffer(fields) ? 'bytes' : 'a form'

    for (const code of [307, 308]) {
      it(`sends ${kind} again after a redirect by ${code}`, async () => {
        await sendAlone(server.url(`/redirect/2?code=${code}`), {
          postFields: fields,
          options: { FOLLOWLOCATION: true },
        })
        expect(server.requests.map((request) => request.method)).to.deep.equal(['POST', 'POST', 'POST'])
        const [first, , third] = server.requests as [RecordedRequest, RecordedRequest, RecordedRequest]
        expect(first.body.length).to.be.greaterThan(0)
        expect(third.body.equals(first.body)).to.equal(true)
      })
    }

    it(`drops ${kind} after a redirect by 302, as browsers do, unless POSTREDIR keeps it`, async () => {
      const options = { FOLLOWLOCATION: true }
      await sendAlone(server.url('/redirect/1'), { postFields: fields, options })
      await sendAlone(server.url('/redirect/1'), {
        postFields: fields,
        options: { ...options, POSTREDIR: 7 },
      })
      expect(server.requests.map((request) => request.method)).to.deep.equal(['POST', 'GET', 'POST', 'POST'])
      expect(server.requests[1]?.body).to.have.length(0)
      expect(server.requests[3]?.body.equals(server.requests[2]?.body ?? Buffer.alloc(0))).to.equal(true)
    })

    it(`sends ${kind} again for digest authentication`, async () => {
      const options = { USERPWD: 'user:pass word', HTTPAUTH: 2 }
      const { transfer } = await sendAlone(server.url('/auth/digest'), { postFields: fields, options })
      expect(transfer).to.include({ errno: 0, responseCode: 200 })
      const plain = await posted(fields)
      expect(server.requests.at(-1)?.body.length).to.equal(plain.body.length)
    })

    it(`sends ${kind} again if a kept connection is dead`, async () => {
      let answered = 0
      server.route('/dying', (request, response) => {
        // The server closes the connection at its second request.
        if (answered++ === 1) response.socket?.destroy()
        else response.end(String(request.body.length))
      })
      await using curl = new ParallelCurl(1)
      for (let i = 0; i < 2; i++) {
        const { transfer, content } = await send(curl, server.url('/dying'), { postFields: fields })
        expect(transfer.error).to.equal('')
        expect(content).to.equal(String(server.requests[0]?.body.length))
      }
      expect(server.requests).to.have.length(3)
    })
  }

  it('copies a form: later changes of the object are not sent', async () => {
    await using curl = new ParallelCurl(1)
    void curl.startRequest(server.url('/gate/a'))
    const fields = { a: 'before' }
    const done = send(curl, server.url(), { postFields: fields })
    fields.a = 'after'
    server.gate('a').open()
    await done
    expect(server.requests[1]?.body.toString()).to.contain('before')
  })

  it('refuses a value that is no body at once, and names the values that are', async () => {
    await using curl = new ParallelCurl(1)
    const start = curl.startRequest.bind(curl) as (...args: unknown[]) => unknown
    for (const given of [
      () => 1,
      Symbol('x'),
      NaN,
      { a: () => 1 },
      { a: Symbol('x') },
      { a: [[['deep']]] },
    ]) {
      let thrown: unknown
      try {
        start(server.url(), null, 1, given)
      } catch (error) {
        thrown = error
      }
      expect(thrown).to.be.instanceOf(Error)
    }
    optionErrorOf(() => start(server.url(), null, 1, { a: { b: { c: 1 } } }))
    expect(curl.outstandingRequests.size).to.equal(0)
  })
})
