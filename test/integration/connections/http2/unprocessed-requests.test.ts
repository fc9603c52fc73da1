/** Requests that no server has processed are sent again, and count neither as a failure nor as a retry. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { ParallelCurl, type Transfer } from '../../../../src/index.js'
import { libcurlVersionNumber } from '../../../../src/engine/node-libcurl/binding.js'
import { startHttp2Server, respond, type Http2Server } from '../../../support/servers/http2/http2-server.js'
import { requireProgram } from '../../../support/programs/requires.js'
import { startNginx, type ProgramServer } from '../../../support/programs/server-programs.js'
import { startTcpServer, type TcpServer } from '../../../support/servers/tcp-server.js'

const HTTP_2 = 3
const outcomeOf = ({ errno, error, responseCode }: Transfer): string => `${errno} ${error} ${responseCode}`

/** Asks for all of them at once; resolves with how often each outcome came. */
async function outcomes(
  curl: ParallelCurl,
  urls: string[],
  body: string | null = null,
  look: (transfer: Transfer) => void = () => undefined,
): Promise<object> {
  const counts: Record<string, number> = {}
  const count = (_content: unknown, _url: string, transfer: Transfer): void => {
    look(transfer)
    const outcome = outcomeOf(transfer)
    counts[outcome] = (counts[outcome] ?? 0) + 1
  }
  for (const url of urls) void curl.startRequest(url, count, undefined, body)
  await curl.finishAllRequests()
  return counts
}

describe('requests that no server has processed', () => {
  describe('nginx that closes each connection after few requests (D8)', () => {
    let server: ProgramServer
    before(async function () {
      requireProgram(this, 'nginx', 'nginx-light')
      server = await startNginx(
        'keepalive_requests 5; location /r/ { try_files /x =404; error_page 405 =200 /x; }',
      )
      writeFileSync(join(server.folder, 'x'), 'x')
    })
    // There is no server if nginx is missing.
    after(() => (server as ProgramServer | undefined)?.[Symbol.asyncDispose]())

    for (const body of [null, 'a=1']) {
      const method = body === null ? 'GET' : 'POST'
      it(`100 ${method}s at once arrive, once each`, async () => {
        const before = server.connections().filter((line) => line !== '').length
        await using curl = new ParallelCurl(100, { CAINFO: server.CAINFO })
        const paths = Array.from({ length: 100 }, (_, i) => `/r/${method}-${String(i)}`)
        const movedOn = new Set<string>()
        const got = await outcomes(
          curl,
          paths.map((path) => server.url(path)),
          body,
          (transfer) => {
            if (Number(transfer.getInfo('NUM_CONNECTS')) > 1) movedOn.add(new URL(transfer.url).pathname)
          },
        )
        expect(got).to.deep.equal({ '0  200': 100 })
        // nginx names another method where its error page stands in.
        const arrived = server
          .connections()
          .slice(before)
          .map((line) => line.split(' ').at(-1) ?? '')
        // libcurl 7.88 itself sends a request again now and then, on a second connection.
        const repeated = arrived.filter((path, at) => arrived.indexOf(path) !== at)
        if (libcurlVersionNumber < 0x080000) expect([...movedOn]).to.include.members(repeated)
        else expect(repeated).to.deep.equal([])
        expect([...new Set(arrived)].sort()).to.deep.equal(paths.sort())
      })
    }
  })

  for (const streams of [1, 10]) {
    it(`a server that takes ${String(streams)} streams on a connection gets 500, 100 at a time (D24)`, async () => {
      await using server = await startHttp2Server((request) => setImmediate(respond, request), {
        maxConcurrentStreams: streams,
      })
      const { CAINFO_BLOB } = server
      await using curl = new ParallelCurl(100, { CAINFO_BLOB })
      const paths = Array.from({ length: 500 }, (_, i) => `/${String(i)}`)
      const got = await outcomes(
        curl,
        paths.map((path) => server.url(path)),
      )
      expect(got).to.deep.equal({ '0  200': 500 })
      expect(server.requests.map(({ path }) => path).sort()).to.deep.equal(paths.sort())
    })
  }

  describe('an idle HTTP/2 connection that the server ends (D22)', () => {
    const ends: Record<string, (server: Http2Server) => void> = {
      'GOAWAY, and closes': ({ sessions }) => sessions[0]?.close(),
      'GOAWAY alone': ({ sessions }) => sessions[0]?.goaway(0),
      'closes it at once': ({ sessions }) => sessions[0]?.destroy(),
    }
    for (const [name, end] of Object.entries(ends)) {
      it(`${name}: the next GET is asked again, without retry`, async () => {
        await using server = await startHttp2Server((request) => respond(request))
        const { CAINFO_BLOB } = server
        await using curl = new ParallelCurl(1, { CAINFO_BLOB })
        expect((await curl.request(server.url('/a'))).getInfo('HTTP_VERSION')).to.equal(HTTP_2)
        // In this turn of the event loop libcurl cannot have read it.
        end(server)
        expect((await curl.request(server.url('/b'))).content).to.equal('/b')
        expect(server.requests.map(({ path, connection }) => `${path} ${String(connection)}`)).to.deep.equal([
          '/a 0',
          '/b 1',
        ])
      })
    }
  })

  it('the request is no attempt that retry counts, and shouldRetry is not asked', async () => {
    await using server = await startHttp2Server((request) => {
      if (request.path === '/b') request.stream.respond({ ':status': 503 }, { endStream: true })
      else respond(request)
    })
    const heard: string[] = []
    const retry = {
      limit: 1,
      backoffMs: 0,
      shouldRetry: (transfer: Transfer, attempt: number): undefined => {
        heard.push(`${String(transfer.responseCode)} ${String(attempt)}`)
      },
    }
    await using curl = new ParallelCurl(1, { CAINFO_BLOB: server.CAINFO_BLOB })
    await curl.request(server.url('/a'))
    server.sessions[0]?.goaway(0)
    const { responseCode } = await curl.request(server.url('/b'), { retry })
    expect([responseCode, heard]).to.deep.equal([503, ['503 1']])
    expect(server.requests.map(({ path }) => path)).to.deep.equal(['/a', '/b', '/b'])
  })

  it('a POST whose fresh connection ends without an answer fails, because it may have been processed', async () => {
    await using server = await startTcpServer(async (connection) => {
      await connection.until('a=1')
      connection.reset()
    })
    await using curl = new ParallelCurl(1)
    const all = [0, 1].map(() =>
      curl.request(server.url(), { POSTFIELDS: 'a=1' }).catch((error: unknown) => error),
    )
    expect(await Promise.all(all)).to.satisfy((errors: Error[]) =>
      errors.every(({ name }) => name === 'CurlError'),
    )
    expect(server.connections).to.have.length(2)
  })

  describe('the last request of several that libcurl makes for one, on a kept connection that is reset (D23)', () => {
    const answer = (text: string): string =>
      `HTTP/1.1 200 OK\r\nContent-Length: ${String(text.length)}\r\n\r\n${text}`

    /** Resets its first connection at the second request on it. */
    const startResetting = (): Promise<TcpServer> =>
      startTcpServer(async (connection, index) => {
        if (index === 0) {
          await connection.until('/warm')
          connection.send(answer(''))
        }
        await connection.until('/target')
        if (index === 0) connection.reset()
        else connection.send(answer('ok'))
      })
    const startRedirecting = (to: string): Promise<TcpServer> =>
      startTcpServer(async (connection) => {
        await connection.until('\r\n\r\n')
        connection.send(`HTTP/1.1 302 Found\r\nLocation: ${to}\r\nContent-Length: 5\r\n\r\nmoved`)
      })

    for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE'])
      it(`${method} that was redirected`, async () => {
        await using target = await startResetting()
        await using first = await startRedirecting(target.url('/target'))
        await using curl = new ParallelCurl(1, { FOLLOWLOCATION: true })
        await curl.request(target.url('/warm'))
        const options = method === 'HEAD' ? { NOBODY: true } : { CUSTOMREQUEST: method }
        const transfer = await curl.request(first.url(), options)
        expect([outcomeOf(transfer), transfer.effectiveUrl]).to.deep.equal(['0  200', target.url('/target')])
        expect(target.connections).to.have.length(2)
      })

    for (const method of ['GET', 'POST', 'PUT'])
      it(`${method} that was challenged`, async () => {
        await using server = await startTcpServer(async (connection, index) => {
          await connection.until('\r\n\r\n')
          const challenge = 'WWW-Authenticate: Digest realm="a", nonce="b", qop="auth"'
          // If libcurl sends the request again by itself, it sends the credentials at once.
          if (!connection.received.includes('response=')) {
            connection.send(`HTTP/1.1 401 Who\r\n${challenge}\r\nContent-Length: 0\r\n\r\n`)
            await connection.until('response=')
          }
          if (method !== 'GET') await connection.until('body')
          if (index === 0) connection.reset()
          else connection.send(answer('ok'))
        })
        await using curl = new ParallelCurl(1, { HTTPAUTH: 2, USERPWD: 'a:b' })
        const body = { GET: {}, POST: { POSTFIELDS: 'body' }, PUT: { upload: Buffer.from('body') } }[method]
        expect(outcomeOf(await curl.request(server.url(), body))).to.equal('0  200')
        const [, second = ''] = server.connections.map(({ received }) => received.toString())
        expect(second.endsWith('body')).to.equal(method !== 'GET')
        expect(server.connections).to.have.length(2)
      })

    it('POST: what was answered is not asked again', async () => {
      await using target = await startResetting()
      await using first = await startRedirecting(target.url('/target'))
      await using curl = new ParallelCurl(1, { FOLLOWLOCATION: true })
      await curl.request(target.url('/warm'))
      await curl.request(first.url(), { POSTFIELDS: 'a=1' }).catch((error: unknown) => {
        expect(error).to.include({ errno: 55 })
      })
      expect(
        first.connections.map(({ received }) => received.toString().match(/POST/g)?.length),
      ).to.deep.equal([1])
    })
  })
})
