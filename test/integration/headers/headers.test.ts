/** Response headers with `captureHeaders`, and the reason why they are not there without. */
import { expect } from 'chai'
import { ParallelCurl } from '../../../src/index.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { optionErrorOf, send, sendAlone } from '../../support/requests.js'
import { answerWith, startTcpServer } from '../../support/servers/tcp-server.js'

describe('headers', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())
  const captureHeaders = true

  async function headersOf(answer: string, options = {}): Promise<Record<string, unknown>> {
    await using tcp = await startTcpServer(answerWith(answer))
    const { transfer } = await sendAlone(tcp.url(), { options: { captureHeaders, ...options } })
    expect(transfer.error).to.equal('')
    return { ...transfer.headers }
  }

  it('are captured with captureHeaders', async () => {
    const { transfer } = await sendAlone(server.url('/headers/2'), { options: { captureHeaders } })
    expect(transfer.headers).to.include({ 'x-number-1': 'value 1', 'x-number-2': 'value 2' })
    expect(transfer.headers['content-type']).to.equal('text/plain; charset=utf-8')
    expect(transfer.headers['x-number-3']).to.equal(undefined)
  })

  it('throw a hint without captureHeaders', async () => {
    const { transfer } = await sendAlone(server.url('/headers/2'))
    expect(optionErrorOf(() => transfer.headers).message).to.contain('captureHeaders: true')
    optionErrorOf(() => transfer.headerList)
  })

  it('are captured beside a HEADERFUNCTION, for its request only', async () => {
    await using curl = new ParallelCurl(1)
    const lines: string[] = []
    const HEADERFUNCTION = (line: Buffer): number => lines.push(line.toString()) && line.length
    const own = await send(curl, server.url('/headers/1'), { options: { HEADERFUNCTION } })
    expect(own.transfer.headers['x-number-1']).to.equal('value 1')
    expect(lines[0]).to.equal('HTTP/1.1 200 OK\r\n')
    expect(lines.at(-1)).to.equal('\r\n')
    const count = lines.length
    const next = await send(curl, server.url('/headers/1'))
    optionErrorOf(() => next.transfer.headers)
    expect(lines).to.have.length(count)
  })

  it('belong to their own transfer with a shared captureHeaders, on reused handles', async () => {
    await using curl = new ParallelCurl(2, { captureHeaders })
    const outcomes = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((count) => send(curl, server.url(`/headers/${count}`))),
    )
    for (const [index, { transfer }] of outcomes.entries()) {
      const numbers = Object.keys(transfer.headers).filter((name) => name.startsWith('x-number-'))
      expect(numbers).to.have.length(index + 1)
    }
  })

  it('are those of the last response after redirects; the list contains all responses', async () => {
    const { transfer } = await sendAlone(server.url('/redirect/1'), {
      options: { captureHeaders, FOLLOWLOCATION: true },
    })
    expect(transfer.headers).not.to.have.property('location')
    expect(transfer.headerList.filter((line) => line.startsWith('HTTP/'))).to.deep.equal([
      'HTTP/1.1 302 Found',
      'HTTP/1.1 200 OK',
    ])
    expect(transfer.headerList).to.include('Location: /redirect/0')
  })

  it('are joined if a name comes twice; set-cookie is a list', async () => {
    const lines = [
      'X-A: 1',
      'x-a: 2',
      'Set-Cookie: a=1',
      'Set-Cookie: b=2',
      'X-Empty:',
      'X-Tight:value',
      'Content-Length: 0',
    ]
    const headers = await headersOf(`HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\n`)
    expect(headers).to.deep.include({
      'x-a': '1, 2',
      'set-cookie': ['a=1', 'b=2'],
      'x-empty': '',
      'x-tight': 'value',
    })
  })

  it('are those of the final response after 100 Continue', async () => {
    const headers = await headersOf(
      'HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-Late: 1\r\nContent-Length: 0\r\n\r\n',
    )
    expect(headers).to.have.property('x-late', '1')
    expect(headers).not.to.have.property('x-early')
  })

  it('keep every byte', async () => {
    const raw = Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nX-Raw: '), Buffer.from([0xe9, 0xc3, 0xa9])])
    const headers = await headersOf(
      Buffer.concat([raw, Buffer.from('\r\nContent-Length: 0\r\n\r\n')]).toString('latin1'),
    )
    expect(headers['x-raw']).to.be.a('string')
  })

  it('with names of object members are plain data', async () => {
    const headers = await headersOf(
      'HTTP/1.1 200 OK\r\n__proto__: x\r\nconstructor: y\r\ntoString: z\r\nContent-Length: 0\r\n\r\n',
    )
    expect(headers['constructor']).to.equal('y')
    expect(({} as Record<string, unknown>)['x']).to.equal(undefined)
  })

  it('are available for a failed transfer, and can be empty', async () => {
    const { transfer } = await sendAlone(server.url('/truncate'), { options: { captureHeaders } })
    expect(transfer.headers).to.include({ 'content-length': '100' })
    const none = await sendAlone('nonsense://x', { options: { captureHeaders } })
    expect(Object.keys(none.transfer.headers)).to.have.length(0)
    expect(none.transfer.headerList).to.deep.equal([])
  })

  it('are empty, without an exception, for a transfer that ends before its launch or before its retry', async () => {
    const given = ['captureHeaders', 'HEADERFUNCTION'] as const
    const options = { captureHeaders: { captureHeaders }, HEADERFUNCTION: { HEADERFUNCTION: byteCount } }
    for (const name of given) {
      const aborted = await sendAlone(server.url('/headers/1'), {
        options: { ...options[name], signal: AbortSignal.abort() },
      })
      expect(aborted.transfer).to.include({ errno: 42, launchedAt: 0 })
      expect({ ...aborted.transfer.headers, ...aborted.transfer.trailers }).to.deep.equal({})
      expect(aborted.transfer.headerList).to.deep.equal([])
    }
    await using curl = new ParallelCurl()
    const shouldRetry = (): number => {
      setImmediate(() => {
        curl.abort()
      })
      return 60_000
    }
    const { transfer } = await send(curl, server.url('/status/503'), {
      options: { captureHeaders, retry: { shouldRetry } },
    })
    expect(transfer.errno).to.equal(42)
    expect(Object.keys(transfer.headers)).to.have.length(0)
  })
})

const byteCount = (line: Buffer): number => line.length
