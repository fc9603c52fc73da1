/**
 * D1. An answer that the server cuts within its head is a failure wherever the cut is, and an honest empty
 * answer is none. Does not know what is done about failures: retries have tests of their own.
 */
import { expect } from 'chai'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ParallelCurl, type Transfer } from '../../../src/index.js'
import { send, type Options } from '../../support/requests.js'
import { startTcpServer, type TcpConnection, type TcpServer } from '../../support/servers/tcp-server.js'

interface Answer {
  readonly head: string
  readonly body?: string
  /** True if the connection stays open after the whole response. */
  readonly isKept?: boolean
}

const OK = 'HTTP/1.1 200 OK\r\nServer: x\r\n'
const ANSWERS: Readonly<Record<string, Answer>> = {
  length: { head: `${OK}Content-Length: 5\r\nX: y\r\n\r\n`, body: 'hello', isKept: true },
  zero: { head: `${OK}Content-Length: 0\r\nX: y\r\n\r\n`, isKept: true },
  closing: { head: `${OK}Connection: close\r\nX: y\r\n\r\n` },
  closingZero: { head: `${OK}Connection: close\r\nContent-Length: 0\r\n\r\n` },
  bare: { head: `${OK}X: y\r\n\r\n` },
  bareLines: { head: 'HTTP/1.1 200 OK\nServer: x\nX: y\n\n' },
  old: { head: 'HTTP/1.0 200 OK\r\nServer: x\r\n\r\n' },
  oldWithBody: { head: 'HTTP/1.0 200 OK\r\nServer: x\r\n\r\n', body: 'hello' },
  chunked: { head: `${OK}Transfer-Encoding: chunked\r\nX: y\r\n\r\n`, body: '0\r\n\r\n', isKept: true },
  trailers: {
    head: `${OK}Transfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n`,
    body: '0\r\nX-T: HTTP/1.1 200\r\n\r\n',
    isKept: true,
  },
  folded: { head: `${OK}X: y\r\n z\r\nContent-Length: 0\r\n\r\n`, isKept: true },
  noContent: { head: 'HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n', isKept: true },
  notModified: { head: 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n', isKept: true },
  early: {
    head: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 0\r\n\r\n`,
    isKept: true,
  },
}
const NAMES = Object.keys(ANSWERS)
const BUSY: Answer = { head: 'HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\n\r\n' }
/** GOT_NOTHING, and PARTIAL_FILE where libcurl has read a length or `chunked` already. */
const CUT = [52, 18]

/**
 * `/NAME/CUT`: that answer, ended after so many bytes; `/NAME` and `/NAME/all`: all of it. `/to/NAME/CUT`: a
 * redirect there.
 */
async function serve(connection: TcpConnection): Promise<void> {
  for (let at = 0; ;) {
    await connection.until('\r\n\r\n')
    while (connection.received.indexOf('\r\n\r\n', at) < 0) {
      if (connection.closed) return
      await new Promise(setImmediate)
    }
    const end = connection.received.indexOf('\r\n\r\n', at) + 4
    const [method = '', path = ''] = connection.received.toString('latin1', at, end).split(' ')
    at = end
    const redirect = /^\/to(\/.*)$/.exec(path)
    if (redirect !== null) {
      connection.send(`HTTP/1.1 302 Found\r\nLocation: ${redirect[1]}\r\nContent-Length: 0\r\n\r\n`)
      continue
    }
    const [, name = '', cut = 'all'] = path.replace(/\?.*/, '').split('/')
    const { head, body = '', isKept = false } = ANSWERS[name] ?? BUSY
    const whole = method === 'HEAD' ? head : head + body
    connection.send(cut === 'all' ? whole : whole.slice(0, Number(cut)))
    if (cut === 'all' && isKept) continue
    connection.close()
    return
  }
}

const requestsOf = (server: TcpServer): string[] =>
  server.connections.flatMap(({ received }) => received.toString('latin1').match(/^[A-Z]+ \S+/gm) ?? [])

describe('responses that are cut within their headers (D1)', () => {
  let server: TcpServer
  let folder: string
  beforeEach(async () => {
    server = await startTcpServer(serve)
    folder = mkdtempSync(join(tmpdir(), 'cut-heads-'))
  })
  afterEach(async () => {
    rmSync(folder, { recursive: true })
    await server.close()
  })

  /** Every place where each head can be cut. */
  const cuts = function* (prefix = '', names = NAMES): Generator<string> {
    for (const name of names) {
      const { head } = ANSWERS[name] as Answer
      for (let cut = 0; cut < head.length; cut++) yield server.url(`${prefix}/${name}/${String(cut)}`)
    }
  }
  const outcomesOf = async (urls: Iterable<string>, options: Options = {}): Promise<Transfer[]> => {
    // A connection that was closed is no matter of these tests: libcurl 8 finds out within a second, and
    // sends again meanwhile.
    await using curl = new ParallelCurl(8, { FRESH_CONNECT: true, ...options })
    const all: Transfer[] = []
    for (const url of urls) void curl.startRequest(url, (_content, _url, transfer) => all.push(transfer))
    await curl.finishAllRequests()
    return all
  }
  const expectFailures = (all: readonly Transfer[]): void => {
    expect(all).to.have.length.above(400)
    const wrong = all.filter(({ errno, content }) => !CUT.includes(errno) || content !== null)
    expect(wrong.map(({ url, errno }) => `${url}: ${String(errno)}`)).to.deep.equal([])
  }

  const ways: Record<string, Options> = {
    'plain GET': {},
    'GET with captured headers': { captureHeaders: true },
    'GET with a limit for headers': { maxHeaderSize: 10_000 },
    HEAD: { NOBODY: true },
    OPTIONS: { CUSTOMREQUEST: 'OPTIONS' },
    'POST with captured headers': { POSTFIELDS: 'x', captureHeaders: true, HTTPHEADER: ['Expect:'] },
    'PUT that may be sent again': {
      CUSTOMREQUEST: 'PUT',
      POSTFIELDS: 'x',
      retry: { limit: 1, backoffMs: 0 },
    },
    'GET to a function': { onData: () => undefined },
    'GET to a WRITEFUNCTION': { WRITEFUNCTION: (chunk: Buffer) => chunk.length },
  }
  for (const [name, options] of Object.entries(ways)) {
    it(`fail, wherever they are cut: ${name}`, async () => {
      const errors = await outcomesOf(cuts(), options)
      if (!('WRITEFUNCTION' in options)) expectFailures(errors)
      else expect(errors.filter(({ errno }) => !CUT.includes(errno))).to.deep.equal([])
    })
  }

  it('fail after a redirect, too', async () => {
    expectFailures(await outcomesOf(cuts('/to'), { FOLLOWLOCATION: true }))
  })

  it('have an error message that names the cut', async () => {
    const [transfer] = await outcomesOf([server.url(`/closing/${String(OK.length)}`)])
    expect([transfer?.errno, transfer?.responseCode]).to.deep.equal([52, 200])
    expect(transfer?.error).to.include('closed within the response headers')
  })

  it('do not change an existing output file', async () => {
    const file = join(folder, 'good.html')
    writeFileSync(file, 'good')
    await using curl = new ParallelCurl(1, { FRESH_CONNECT: true })
    for (const url of cuts()) {
      const { transfer } = await send(curl, url, { options: { output: file } })
      expect(CUT, url).to.include(transfer.errno)
      expect(readFileSync(file, 'utf8'), url).to.equal('good')
    }
  })

  it('reject request(), and a stream gets the error', async () => {
    await using curl = new ParallelCurl(8, { FRESH_CONNECT: true })
    const all = await Promise.allSettled(
      [...cuts()].map((url) => curl.request(url, { responseType: 'stream' })),
    )
    expect(all.filter(({ status }) => status !== 'rejected')).to.deep.equal([])
  })

  it('are requested again with retries, and only the complete response counts', async () => {
    const left = [`${OK}Connec`, `${OK}Connection: close\r\n`, `${OK}Connection: close\r\n\r\nwhole`]
    await using flaky = await startTcpServer(async (connection) => {
      await connection.until('\r\n\r\n')
      connection.send(left.shift() as string)
      connection.close()
    })
    await using curl = new ParallelCurl(1, { retry: { limit: 1, backoffMs: 0 } })
    const { transfer, content } = await send(curl, flaky.url())
    // The second one is the look at the head of the first: it is no retry.
    expect([content, transfer.attempts.map(({ errno }) => errno)]).to.deep.equal(['whole', [0, 52, 0]])
    expect(left).to.deep.equal([])
  })

  it('do not affect the next request on the handle', async () => {
    await using curl = new ParallelCurl(1, { FRESH_CONNECT: true })
    for (const url of cuts('', ['folded', 'old', 'chunked'])) {
      await send(curl, url)
      const { transfer, content } = await send(curl, server.url('/length'))
      expect([url, transfer.errno, content]).to.deep.equal([url, 0, 'hello'])
    }
  })

  describe('complete responses without a body', () => {
    for (const NOBODY of [false, true]) {
      it(`succeed in any order on one handle${NOBODY ? ' (HEAD)' : ''}`, async () => {
        await using curl = new ParallelCurl(1, { NOBODY, FOLLOWLOCATION: true })
        for (let round = 0; round < 3; round++) {
          for (const name of NAMES) {
            for (const prefix of ['', '/to']) {
              const { transfer, content } = await send(curl, server.url(`${prefix}/${name}`))
              const body = !NOBODY && ['length', 'oldWithBody'].includes(name) ? 'hello' : ''
              expect([name, transfer.errno, content]).to.deep.equal([name, 0, body])
            }
          }
        }
      })
    }

    it('are requested once if their headers say that there is no body', async () => {
      const telling = ['length', 'zero', 'closingZero', 'folded', 'noContent', 'notModified', 'early']
      const all = await outcomesOf(telling.map((name) => server.url(`/${name}`)))
      expect(all.map(({ errno, attempts }) => [errno, attempts.length])).to.deep.equal(
        telling.map(() => [0, 1]),
      )
      expect(requestsOf(server).sort()).to.deep.equal(telling.map((name) => `GET /${name}`).sort())
    })

    it('are requested a second time if their headers do not say so; later requests listen to the headers', async () => {
      await using curl = new ParallelCurl(1)
      const doubtful = ['closing', 'bare', 'old', 'chunked', 'trailers']
      for (const name of doubtful) {
        const { transfer } = await send(curl, server.url(`/${name}?1`))
        expect([name, transfer.errno, transfer.attempts.length]).to.deep.equal([name, 0, 2])
        expect(curl.stats().retried, 'each of them is told').to.be.above(0)
      }
      const before = requestsOf(server).length
      expect(before).to.equal(2 * doubtful.length)
      for (const name of doubtful) {
        const { transfer } = await send(curl, server.url(`/${name}?2`))
        expect([name, transfer.errno, transfer.attempts.length]).to.deep.equal([name, 0, 1])
      }
      expect(requestsOf(server).length - before).to.equal(doubtful.length)
    })

    it('are requested once if the status is an error', async () => {
      await using curl = new ParallelCurl(1, { FRESH_CONNECT: true })
      const paths = ['/busy/all', '/busy/40', '/busy/33']
      const statuses: unknown[] = []
      for (const path of paths) {
        const { transfer } = await send(curl, server.url(path))
        statuses.push([transfer.errno, transfer.responseCode])
      }
      expect(statuses).to.deep.equal(paths.map(() => [0, 429]))
      expect(requestsOf(server)).to.deep.equal(paths.map((path) => `GET ${path}`))
      const { transfer } = await send(curl, server.url('/busy/40'), { options: { captureHeaders: true } })
      expect([transfer.errno, transfer.responseCode]).to.deep.equal([52, 429])
    })

    it('are never requested twice by HEAD, nor with captured headers', async () => {
      await outcomesOf(
        NAMES.map((name) => server.url(`/${name}`)),
        { NOBODY: true },
      )
      await outcomesOf(
        NAMES.map((name) => server.url(`/${name}`)),
        { captureHeaders: true },
      )
      expect(requestsOf(server)).to.have.length(2 * NAMES.length)
    })

    it('are never requested twice by POST, which cannot tell cut headers from an empty response', async () => {
      await using curl = new ParallelCurl(1, { HTTPHEADER: ['Expect:'] })
      for (const path of ['/closing', `/closing/${String(OK.length)}`]) {
        const { transfer, content } = await send(curl, server.url(path), { postFields: 'x' })
        expect([path, transfer.errno, content]).to.deep.equal([path, 0, ''])
      }
      expect(requestsOf(server)).to.have.length(2)
      // Now that there is doubt, the heads from there are heard.
      const path = `/closing/${String(OK.length)}`
      const { transfer } = await send(curl, server.url(path), { postFields: 'x' })
      expect(transfer.errno).to.equal(52)
    })
  })

  it('leave no output file', async () => {
    const file = join(folder, 'new.html')
    await using curl = new ParallelCurl(1)
    const { transfer } = await send(curl, server.url(`/bare/${String(OK.length)}`), {
      options: { output: file },
    })
    expect([transfer.errno, existsSync(file)]).to.deep.equal([52, false])
  })
})
