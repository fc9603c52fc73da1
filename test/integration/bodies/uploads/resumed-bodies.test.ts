/**
 * `RESUME_FROM` with a body: the server gets the rest of it, and nothing else, also where it has to be sent
 * again.
 */
import { expect } from 'chai'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { ParallelCurl } from '../../../../src/index.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'
import type { RecordedRequest } from '../../../support/servers/http/http-exchange.js'
import { authorityPem, issueCertificate } from '../../../support/servers/certificates.js'
import { send, type OneRequest } from '../../../support/requests.js'

const WHOLE = 'hello world'
const REST = ' world'
/** `CURLAUTH_DIGEST` */
const DIGEST = 2

/** A body that libcurl asks a user's functions for. */
function functions(): object {
  let position = 0
  return {
    READFUNCTION: (buffer: Buffer) => {
      const count = buffer.write(WHOLE.slice(position), 'latin1')
      position += count
      return count
    },
    SEEKFUNCTION: (offset: number) => {
      position = offset
      return 0
    },
  }
}

/** Each way to give a body, and whether its size is known from the start. */
const BODIES: Record<string, { request: () => OneRequest; isSized: boolean }> = {
  text: { request: () => ({ postFields: WHOLE }), isSized: true },
  bytes: { request: () => ({ postFields: Buffer.from(WHOLE) }), isSized: true },
  option: { request: () => ({ options: { POSTFIELDS: WHOLE } }), isSized: true },
  'upload of bytes': { request: () => ({ options: { upload: Buffer.from(WHOLE) } }), isSized: true },
  'upload by a function': {
    request: () => ({
      options: {
        upload: () => Readable.from([Buffer.from('he'), Buffer.from('llo wo'), Buffer.from('rld')]),
      },
    }),
    isSized: false,
  },
  'functions that post': {
    request: () => ({ options: { POST: true, POSTFIELDSIZE: WHOLE.length, ...functions() } }),
    isSized: true,
  },
  'functions that put': {
    request: () => ({ options: { UPLOAD: true, INFILESIZE: WHOLE.length, ...functions() } }),
    isSized: true,
  },
}

/** Starts a server that refuses its first stream, and takes HTTP/1.1 as well. */
async function startRefusing(): Promise<
  AsyncDisposable & { url: string; seen: { body: string; range: string | undefined }[] }
> {
  const seen: { body: string; range: string | undefined }[] = []
  let hasRefused = false
  const certificate = issueCertificate('127.0.0.1', ['127.0.0.1'])
  const server = http2.createSecureServer({ ...certificate, allowHTTP1: true }, (request, response) => {
    request.on('error', () => undefined)
    if (request.httpVersionMajor === 2 && !hasRefused) {
      hasRefused = true
      request.stream.close(http2.constants.NGHTTP2_REFUSED_STREAM)
      return
    }
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      seen.push({ body, range: request.headers['content-range'] })
      response.end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    seen,
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe('RESUME_FROM with a body', () => {
  let server: HttpServer
  let curl: ParallelCurl
  /** The connection that is kept when the request comes. */
  let kept = 0
  before(async () => {
    server = await startHttpServer()
    server.route('/kept', ({ connection }, response) => {
      kept = connection
      response.end('kept')
    })
    // On the connection that was kept it closes without an answer: libcurl sends the request again.
    server.route('/dead', ({ connection }, response) =>
      connection === kept ? response.socket?.end() : response.end('ok'),
    )
    server.route('/moved', (_request, response) => response.writeHead(307, { Location: '/end' }).end())
    server.route('/closed', ({ headers }, response) =>
      headers.authorization === undefined
        ? response.writeHead(401, { 'WWW-Authenticate': 'Digest realm="a", nonce="b", algorithm=MD5' }).end()
        : response.end('ok'),
    )
    server.route('/end', (_request, response) => response.end('ok'))
  })
  after(() => server.close())

  /** Returns the requests at the server for such a request on a kept connection. */
  async function sendResumed(path: string, request: OneRequest): Promise<readonly RecordedRequest[]> {
    server.forget()
    curl = new ParallelCurl(1)
    await curl.request(server.url('/kept'))
    // After a 100 something has come back, and nothing is sent again.
    const options = { FOLLOWLOCATION: true, RESUME_FROM: 5, HTTPHEADER: ['Expect:'], ...request.options }
    const { transfer, content } = await send(curl, server.url(path), { ...request, options })
    await curl.close()
    expect([transfer.errno, transfer.error, content]).to.deep.equal([0, '', 'ok'])
    return server.requests.slice(1)
  }

  for (const [what, { request, isSized }] of Object.entries(BODIES)) {
    it(`sends the rest of the body, also a second time after a dead kept connection: ${what}`, async () => {
      const seen = await sendResumed('/dead', request())
      expect(seen).to.have.length.within(1, 2)
      for (const { body, headers } of seen) {
        expect(body.toString()).to.equal(REST)
        if (isSized) expect(headers['content-range']).to.equal('bytes 5-10/11')
      }
    })

    it(`sends the same rest of the body to the target of a redirect: ${what}`, async () => {
      const seen = await sendResumed('/moved', request())
      expect(seen.map(({ path }) => path)).to.deep.equal(['/moved', '/end'])
      expect(seen.map(({ body }) => body.toString())).to.deep.equal([REST, REST])
    })

    it(`sends the rest of the body after the challenge: ${what}`, async () => {
      const { options, ...rest } = request()
      const seen = await sendResumed('/closed', {
        ...rest,
        options: { ...options, HTTPAUTH: DIGEST, USERPWD: 'a:b' },
      })
      expect(seen.map(({ body }) => body.toString())).to.deep.equal(['', REST])
    })
  }

  for (const [what, { request, isSized }] of Object.entries(BODIES)) {
    it(`sends the rest of the body although an HTTP/2 server refuses the stream: ${what}`, async () => {
      await using refusing = await startRefusing()
      curl = new ParallelCurl(1, { CAINFO_BLOB: authorityPem() })
      const { options, ...rest } = request()
      const { transfer } = await send(curl, refusing.url, {
        ...rest,
        options: { ...options, RESUME_FROM: 5 },
      })
      await curl.close()
      expect([transfer.errno, transfer.error]).to.deep.equal([0, ''])
      expect(refusing.seen.map(({ body }) => body)).to.deep.equal([REST])
      if (isSized) expect(refusing.seen[0]?.range).to.equal('bytes 5-10/11')
    })
  }

  it('sends the rest of a form', async () => {
    const form = { postFields: { a: WHOLE } }
    const [first, second] = await sendResumed('/moved', form)
    expect(second?.body.toString()).to.equal(first?.body.toString())
    expect(first?.body.toString()).to.match(
      /^---.*\r\nContent-Disposition: form-data; name="a"\r\n\r\nhello world\r\n/,
    )
    expect(first?.headers['content-range']).to.match(/^bytes 5-/)
    for (const { headers, body } of await sendResumed('/dead', form)) {
      const size = body.length + 5
      expect(headers['content-range']).to.equal(`bytes 5-${String(size - 1)}/${String(size)}`)
    }
  })

  it('keeps its connection for the next request', async () => {
    server.forget()
    curl = new ParallelCurl(1)
    await send(curl, server.url('/end'), { postFields: WHOLE, options: { RESUME_FROM: 5 } })
    await curl.request(server.url('/end'))
    await curl.close()
    expect(server.requests.map(({ body }) => body.toString())).to.deep.equal([REST, ''])
    expect(new Set(server.requests.map(({ connection }) => connection)).size).to.equal(1)
  })
})
