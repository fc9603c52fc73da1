/**
 * Ends of bodies: what is compressed and cut inside a right framing (D20: libcurl gives no way to tell it),
 * and a stream that nobody reads (D32). Does not know files.
 */
import { expect } from 'chai'
import { buffer } from 'node:stream/consumers'
import zlib from 'node:zlib'
import { ParallelCurl } from '../../../src/index.js'
import { patternBytes } from '../../support/servers/http-handlers.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http-server.js'
import { sendAlone } from '../../support/requests.js'

describe('ends of bodies', () => {
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
  })
  after(() => server.close())

  describe('that are compressed (D20)', () => {
    const plain = patternBytes(30_000)
    const compressed: Record<string, Buffer> = {
      gzip: zlib.gzipSync(plain),
      deflate: zlib.deflateSync(plain),
      br: zlib.brotliCompressSync(plain),
    }
    for (const [encoding, bytes] of Object.entries(compressed)) {
      it(`${encoding}: without ACCEPT_ENCODING the bytes are as they came, and whoever decodes them sees the missing end`, async () => {
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

  it('that nobody reads are there after close(), as far as the stream holds them (D32)', async () => {
    const curl = new ParallelCurl(1)
    const { stream } = await curl.request(server.url('/bytes/1000'), { responseType: 'stream' })
    await curl.close()
    expect(stream.destroyed, 'nobody has taken it away').to.equal(false)
    expect((await buffer(stream)).equals(patternBytes(1000))).to.equal(true)
  })
})
