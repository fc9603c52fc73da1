/** From the bytes of an answer to `content`: charsets, encodings, compression, partial bodies. */
import { expect } from 'chai'
import { ParallelCurl } from '../../../src/index.js'
import { compressedText, patternBytes } from '../../support/servers/http/http-handlers.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { optionErrorOf, type Options, send, sendAlone } from '../../support/requests.js'
import { answerWith, startTcpServer } from '../../support/servers/tcp-server.js'

describe('content', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  async function contentOf(charset: string, bytes: Buffer, options: Options = {}): Promise<unknown> {
    const { content, transfer } = await sendAlone(
      server.url(`/charset/${charset}?hex=${bytes.toString('hex')}`),
      { options },
    )
    expect(transfer.error).to.equal('')
    expect(transfer.body.equals(bytes)).to.equal(true)
    return content
  }

  for (const [label, hex, text] of [
    ['utf-8', '677275c3bc6e', 'gruün'],
    ['UTF8', 'c3bc', 'ü'],
    ['iso-8859-1', 'fc80', 'ü€'],
    ['windows-1252', '80', '€'],
    ['windows-1251', 'cff0e8e2e5f2', 'Привет'],
    ['koi8-r', 'f0d2c9d7c5d4', 'Привет'],
    ['iso-8859-2', 'be6c75bb', 'žluť'],
    ['shift_jis', '93fa967b', '日本'],
    ['euc-jp', 'c6fccbdc', '日本'],
    ['gb18030', 'd6d0cec4', '中文'],
    ['big5', 'a4a4a4e5', '中文'],
    ['euc-kr', 'c7d1b1db', '한글'],
    ['iso-2022-jp', '1b2442467c4b5c1b2842', '日本'],
    ['utf-16le', '7a017e00', 'ź~'],
    ['utf-16be', '017a007e', 'ź~'],
    ['"utf-8"', 'c3bc', 'ü'],
  ] as const) {
    it(`decodes ${label} if the response declares it`, async () => {
      expect(await contentOf(encodeURIComponent(label), Buffer.from(hex, 'hex'))).to.equal(text)
    })
  }

  it('decodes bytes without a charset as UTF-8 if they are valid UTF-8', async () => {
    expect(await contentOf('none', Buffer.from('žluť 😀'))).to.equal('žluť 😀')
  })

  it('decodes other bytes without a charset as one character for each byte', async () => {
    const bytes = Buffer.concat([patternBytes(1000), Buffer.from([0xff, 0xfe, 0])])
    const content = await contentOf('none', bytes)
    expect(Buffer.from(String(content), 'latin1').equals(bytes)).to.equal(true)
  })

  it('ignores a declared charset that does not exist', async () => {
    expect(await contentOf('no-such-charset', Buffer.from('ž'))).to.equal('ž')
    expect(await contentOf('no-such-charset', Buffer.from([0xe9]))).to.equal('é')
  })

  it('removes the byte order mark, and nothing else', async () => {
    expect(await contentOf('utf-8', Buffer.from('\ufeffa\ufeff'))).to.equal('a\ufeff')
    expect(await contentOf('none', Buffer.from('\ufeffa'))).to.equal('a')
  })

  it('keeps NULs', async () => {
    expect(await contentOf('utf-8', Buffer.from('a\0b'))).to.equal('a\0b')
  })

  it('decodes characters that arrive in several pieces', async () => {
    const bytes = Buffer.from('ž€😀')
    await using pieces = await startTcpServer(async (connection) => {
      await connection.until('\r\n\r\n')
      connection.socket.setNoDelay()
      connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length}\r\n\r\n`)
      for (const byte of bytes) {
        await new Promise((resolve) => connection.socket.write(Buffer.from([byte]), resolve))
        await new Promise((resolve) => setImmediate(resolve))
      }
      connection.close()
    })
    expect((await sendAlone(pieces.url())).content).to.equal('ž€😀')
  })

  describe('the option encoding', () => {
    const bytes = Buffer.from([0xe9, 0xc3, 0xa9])

    it("'buffer' returns the bytes", async () => {
      const content = await contentOf('utf-8', bytes, { encoding: 'buffer' })
      expect(Buffer.isBuffer(content)).to.equal(true)
      expect((content as Buffer).equals(bytes)).to.equal(true)
    })

    for (const [encoding, text] of [
      ['latin1', 'éÃ©'],
      ['utf8', '\ufffdé'],
      ['hex', 'e9c3a9'],
      ['base64', '6cOp'],
      ['windows-1251', 'йГ©'],
    ] as const) {
      it(`'${encoding}' overrides the declared charset`, async () => {
        expect(await contentOf('koi8-r', bytes, { encoding })).to.equal(text)
      })
    }

    it('can be shared, and a request can set it back to auto', async () => {
      await using curl = new ParallelCurl(1, { encoding: 'latin1' })
      const url = server.url('/charset/utf-8?hex=c3a9')
      expect((await send(curl, url)).content).to.equal('Ã©')
      expect((await send(curl, url, { options: { encoding: 'auto' } })).content).to.equal('é')
      expect((await send(curl, url)).content).to.equal('Ã©')
    })

    it('throws OptionError for an encoding that does not exist', () => {
      optionErrorOf(() => new ParallelCurl(1, { encoding: 'klingon' }))
      optionErrorOf(() => new ParallelCurl(1, { encoding: 8 } as unknown as Options))
    })
  })

  for (const path of ['/gzip', '/deflate', '/br']) {
    it(`decompresses ${path} with ENCODING, and not without`, async () => {
      const { content } = await sendAlone(server.url(path), { options: { ENCODING: '' } })
      expect(content).to.equal(compressedText)
      expect(server.requests[0]?.headers['accept-encoding']).to.contain('gzip')
      const packed = await sendAlone(server.url(path))
      expect(packed.transfer.errno).to.equal(0)
      expect(packed.transfer.body.length).to.be.lessThan(compressedText.length)
      expect(server.requests[1]?.headers).not.to.have.property('accept-encoding')
    })
  }

  it('fails with errno 61 if the body is not compressed as Content-Encoding says', async () => {
    const garbage = 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\ngarbage'
    await using tcp = await startTcpServer(answerWith(garbage))
    const { content, transfer } = await sendAlone(tcp.url(), { options: { ACCEPT_ENCODING: '' } })
    expect(content).to.equal(null)
    expect(transfer.errno).to.equal(61)
  })

  it('is available as text(), json() and body, any number of times', async () => {
    await using curl = new ParallelCurl(1)
    const { transfer } = await send(curl, server.url('/echo?x'), { postFields: 'ž' })
    await send(curl, server.url('/charset/windows-1251?hex=cf'))
    await curl.finishAllRequests()
    expect(transfer.json()).to.include({ method: 'POST', url: '/echo?x' })
    expect(transfer.text()).to.equal(transfer.body.toString())
    expect(transfer.content).to.equal(transfer.text())
  })

  it('is decoded by the charset of its own response if it is read late', async () => {
    await using curl = new ParallelCurl(1)
    let late: { content: string | null } | undefined
    void curl.startRequest(server.url('/charset/windows-1251?hex=cff0'), null)
    void curl.startRequest(
      server.url('/charset/windows-1251?hex=cff0'),
      (_content, _url, transfer) => (late = transfer),
    )
    await send(curl, server.url('/charset/koi8-r?hex=cff0'))
    await curl.finishAllRequests()
    expect(late?.content).to.equal('Пр')
  })

  it("contains what had arrived, as in PHP, with failedContent: 'partial'", async () => {
    const options = { failedContent: 'partial' } as const
    expect((await sendAlone(server.url('/truncate'), { options })).content).to.equal('0123456789')
    expect((await sendAlone(server.url('/bad-chunk'), { options })).content).to.equal('hello')
    expect((await sendAlone('nonsense://x', { options })).content).to.equal('')
    expect(
      (await sendAlone(server.url('/status/404'), { options: { ...options, FAILONERROR: true } })).content,
    ).to.equal('')
  })

  for (const size of [16_383, 16_384, 16_385, 131_072, 10_000_000]) {
    it(`contains all of ${size} bytes`, async () => {
      const { transfer } = await sendAlone(server.url(`/bytes/${size}`), { options: { encoding: 'buffer' } })
      expect(transfer.body.length).to.equal(size)
      expect(transfer.body.equals(patternBytes(size))).to.equal(true)
    })
  }

  it('is the requested part with RANGE, also an empty one', async () => {
    const { transfer } = await sendAlone(server.url('/bytes/100'), { options: { RANGE: '10-19' } })
    expect(transfer.responseCode).to.equal(206)
    expect(transfer.body.equals(patternBytes(100).subarray(10, 20))).to.equal(true)
  })
})
