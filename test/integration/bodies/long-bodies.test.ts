/**
 * D2. A body that is longer than V8's longest string is one outcome: a failure with its cause, and the bytes
 * are there. The longest string is made shorter for these tests. Does not know how long it really is.
 */
import { expect } from 'chai'
import { constants } from 'node:buffer'
import { isInlinable } from '../../../src/cli/output/json-line.js'
import { CurlError, ParallelCurl, type Transfer } from '../../../src/index.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { send, type Options } from '../../support/requests.js'

const LONGEST = 100_000
const BYTES = LONGEST + 1

interface Decoding {
  toString: (this: Buffer, ...args: unknown[]) => string
  decode: (this: InstanceType<typeof TextDecoder>, bytes?: Uint8Array) => string
}

/**
 * Makes Node refuse strings above a length that a test can afford, as it refuses those above its longest one.
 */
function shortenStrings(): () => void {
  const buffers = Buffer.prototype as unknown as Pick<Decoding, 'toString'>
  const decoders = TextDecoder.prototype as unknown as Pick<Decoding, 'decode'>
  const { toString } = buffers
  const { decode } = decoders
  const check = (length: number): void => {
    if (length <= LONGEST) return
    throw Object.assign(new Error('Cannot create a string longer than 0x1fffffe8 characters'), {
      code: 'ERR_STRING_TOO_LONG',
    })
  }
  buffers.toString = function (...args) {
    check(this.length)
    return toString.apply(this, args)
  }
  decoders.decode = function (bytes) {
    check(bytes?.byteLength ?? 0)
    return decode.call(this, bytes)
  }
  return () => {
    buffers.toString = toString
    decoders.decode = decode
  }
}

describe('bodies that are longer than the longest string (D2)', () => {
  let server: HttpServer
  let restore: () => void
  before(async () => {
    server = await startHttpServer()
    server.route('/long', (request, response) => {
      const { searchParams } = new URL(request.url, 'http://x')
      const type = searchParams.get('type')
      if (type !== null) response.setHeader('content-type', type)
      response.end(Buffer.alloc(BYTES, Number(searchParams.get('byte') ?? 120)))
    })
  })
  beforeEach(() => {
    restore = shortenStrings()
  })
  afterEach(() => {
    restore()
  })
  after(() => server.close())

  const cases: [path: string, options: Options][] = [
    ['/long', {}],
    ['/long?byte=233', {}],
    ['/long?type=text/html;charset=utf-8', {}],
    ['/long?byte=233&type=text/html;charset=iso-8859-1', {}],
    ['/long?byte=233&type=text/html;charset=shift_jis', {}],
    ...['utf8', 'latin1', 'ascii', 'hex', 'base64', 'utf16le', 'windows-1252', 'shift_jis'].map(
      (encoding): [string, Options] => ['/long', { encoding }],
    ),
  ]
  for (const [path, options] of cases) {
    it(`fail once, with the cause, and keep the bytes: ${path} ${JSON.stringify(options)}`, async () => {
      await using curl = new ParallelCurl(1, options)
      const contents: (string | null)[] = []
      let seen: Transfer | undefined
      for (const url of [server.url(path), server.url('/bytes/10')]) {
        void curl.startRequest(url, async (content, _url, transfer) => {
          contents.push(content)
          seen ??= transfer
          await Promise.resolve()
        })
      }
      await curl.finishAllRequests()
      expect(contents, 'each has its one callback').to.have.length(2)
      expect(contents[0]).to.equal(null)
      expect([seen?.errno, seen?.body.length]).to.deep.equal([63, BYTES])
      expect(seen?.error).to.include(`the body of ${String(BYTES)} bytes is longer than a string can be`)
      expect(seen?.cause).to.have.property('code', 'ERR_STRING_TOO_LONG')
      expect(seen?.toError()).to.be.instanceOf(CurlError)
      expect(curl.stats()).to.deep.include({ done: 2, failed: 1 })
    })
  }

  it('reach request() and stream() as bytes; text(), json() and content throw the cause', async () => {
    await using curl = new ParallelCurl(1)
    const check = (transfer: Transfer): void => {
      expect([transfer.errno, transfer.body.length]).to.deep.equal([0, BYTES])
      for (const read of [() => transfer.text(), () => transfer.json(), () => transfer.content]) {
        expect(read).to.throw(CurlError, 'longer than a string can be').with.property('errno', 63)
      }
    }
    check(await curl.request(server.url('/long')))
    for await (const transfer of curl.stream([server.url('/long')])) check(transfer)
  })

  it('succeed if no string is requested', async () => {
    await using curl = new ParallelCurl(1, { encoding: 'buffer' })
    const { content, transfer } = await send(curl, server.url('/long'))
    expect([transfer.errno, (content as unknown as Buffer).length]).to.deep.equal([0, BYTES])
  })

  it('are a failed transfer of the command, without a JSON line', () => {
    const failures: unknown[][] = []
    const transfer = {
      errno: 0,
      keptBytes: constants.MAX_STRING_LENGTH,
      text: (): string => {
        throw new Error('too long')
      },
      body: Buffer.alloc(BYTES),
      fail: (...args: unknown[]) => failures.push(args),
    } as unknown as Transfer
    for (const form of ['text', 'auto', 'base64'] as const)
      expect(isInlinable(transfer, form)).to.equal(false)
    expect(failures.map(([errno]) => errno)).to.deep.equal([63, 63, 63])
    const short = { errno: 0, keptBytes: 1000 } as unknown as Transfer
    expect(isInlinable(short, 'text')).to.equal(true)
  })
})
