/**
 * Ends of bodies: TLS connections that are cut (D21), compressed bodies that are cut inside a right framing
 * (D20: libcurl gives no way to tell), and a stream that nobody reads (D32). Does not know files.
 */
import { expect } from 'chai'
import type net from 'node:net'
import { buffer } from 'node:stream/consumers'
import tls from 'node:tls'
import zlib from 'node:zlib'
import { libcurlVersionNumber } from '../../../src/engine/node-libcurl/binding.js'
import { ParallelCurl, type Transfer } from '../../../src/index.js'
import { authorityPem, issueCertificate } from '../../support/servers/certificates.js'
import { patternBytes } from '../../support/servers/http/http-handlers.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { sendAlone } from '../../support/requests.js'
import { startTcpServer } from '../../support/servers/tcp-server.js'

describe('ends of bodies', () => {
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
  })
  after(() => server.close())

  describe('bodies over TLS without a length (D21)', () => {
    const { cert, key } = issueCertificate('localhost', ['127.0.0.1'])
    const HEAD = 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n'

    /** Answers with a body, and ends TLS before TCP, or TCP only. */
    async function answerAndEnd(way: 'closes TLS' | 'cuts TCP'): Promise<Transfer> {
      const below = new Map<number | undefined, net.Socket>()
      const secure = tls.createServer({ cert, key }, (socket) => {
        socket.on('error', () => undefined)
        socket.once('data', () => {
          socket.write(`${HEAD}part`, () => {
            if (way === 'closes TLS') socket.end()
            else below.get(socket.remotePort)?.destroySoon()
          })
        })
      })
      secure.on('connection', (socket: net.Socket) => below.set(socket.remotePort, socket))
      await new Promise<void>((done) => secure.listen(0, '127.0.0.1', done))
      try {
        const { port } = secure.address() as net.AddressInfo
        const options = { CAINFO_BLOB: Buffer.from(authorityPem()) }
        return (await sendAlone(`https://127.0.0.1:${port}/`, { options })).transfer
      } finally {
        secure.close()
      }
    }

    it('end at the close alert of TLS', async () => {
      const transfer = await answerAndEnd('closes TLS')
      expect([transfer.errno, String(transfer.body)]).to.deep.equal([0, 'part'])
    })

    it('fail if the connection is cut before that alert, but not with libcurl 7.88', async () => {
      const transfer = await answerAndEnd('cuts TCP')
      const isTold = libcurlVersionNumber >= 0x080000
      expect([transfer.errno, String(transfer.body)]).to.deep.equal([isTold ? 56 : 0, 'part'])
    })
  })

  describe('compressed bodies (D20)', () => {
    const plain = patternBytes(30_000)
    const compressed: Record<string, Buffer> = {
      gzip: zlib.gzipSync(plain),
      deflate: zlib.deflateSync(plain),
      br: zlib.brotliCompressSync(plain),
    }
    for (const [encoding, bytes] of Object.entries(compressed)) {
      it(`${encoding}: without ACCEPT_ENCODING the bytes are unchanged, and decompressing them shows the missing end`, async () => {
        const half = bytes.subarray(0, bytes.length >> 1)
        server.route('/cut', (_request, response) => {
          response.setHeader('Content-Encoding', encoding)
          response.end(half)
        })
        // As the docs say: libcurl decodes what there is, and has no objection.
        const { transfer: decoded } = await sendAlone(server.url('/cut'), {
          options: { ACCEPT_ENCODING: '' },
        })
        expect(decoded.errno).to.equal(0)
        expect(decoded.body.length).to.be.below(plain.length)
        const { transfer } = await sendAlone(server.url('/cut'), {
          options: { HTTPHEADER: ['Accept-Encoding: gzip, deflate, br'], captureHeaders: true },
          read: ({ headers }) => expect(headers['content-encoding']).to.equal(encoding),
        })
        expect(transfer.body.equals(half)).to.equal(true)
        const decode = { gzip: zlib.gunzipSync, deflate: zlib.inflateSync, br: zlib.brotliDecompressSync }
        expect(() => decode[encoding as 'gzip'](transfer.body)).to.throw('unexpected end of file')
      })
    }
  })

  it('a response with a reset right behind it is kept, or lost by libcurl 7', async () => {
    await using tcp = await startTcpServer(async (connection) => {
      await connection.until('\r\n\r\n')
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      // Before the client looks at its socket.
      connection.reset()
    })
    const { content, transfer } = await sendAlone(tcp.url())
    const isLost = libcurlVersionNumber < 0x080000
    expect([transfer.errno, content]).to.deep.equal(isLost ? [55, null] : [0, 'ok'])
  })

  it('a body stream that is not read keeps its buffered bytes after close() (D32)', async () => {
    const curl = new ParallelCurl(1)
    const { stream } = await curl.request(server.url('/bytes/1000'), { responseType: 'stream' })
    await curl.close()
    expect(stream.destroyed, 'nobody has taken it away').to.equal(false)
    expect((await buffer(stream)).equals(patternBytes(1000))).to.equal(true)
  })
})
