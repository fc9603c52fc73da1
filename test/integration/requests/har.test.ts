/**
 * HTTP archives: by the official schema, and against what happened. Does not know who reads them.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect } from 'chai'
import { ParallelCurl } from '../../../src/index.js'
import { entryOf, ExchangeLog, toHar, type Har, type RunEntry } from '../../../src/report/index.js'
import { harProblems } from '../../support/har-problems.js'
import { runCommand, temporaryFolder } from '../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

/** Starts a server at a path. */
async function listenAt(path: string): Promise<AsyncDisposable & { readonly requests: number }> {
  let requests = 0
  const server = createServer((_, response) => {
    requests++
    response.end('local')
  }).listen(path)
  await once(server, 'listening')
  return {
    get requests() {
      return requests
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

describe('HTTP archives', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })

  it('have no address of a server whose socket is one of the file system', async () => {
    const path = join(folder(), 'server.sock')
    await using local = await listenAt(path)
    const recorded = join(folder(), 'recorded.har')
    await runCommand(
      ['-s', '--unix-socket', path, '--har', 'run.har', '--record', recorded, 'http://a.example/'],
      {
        cwd: folder(),
      },
    )
    expect(local.requests).to.equal(1)
    for (const name of ['run.har', 'recorded.har']) {
      const har = JSON.parse(readFileSync(join(folder(), name), 'utf8')) as Har
      expect(harProblems(har)).to.deep.equal([])
      expect(har.log.entries).to.have.length(1)
      expect(har.log.entries[0]).to.not.have.property('serverIPAddress')
    }
  })

  it('contain each transfer of a run, and no secrets', async () => {
    const url = server.url('/cookies/set?session=cookie1&q=a%20b').replace('//', '//user:password1@')
    const args = ['-s', '-o', '/dev/null', '--har', 'run.har', '-H', 'X-Sent: yes', '-b', 'c=cookie2', url]
    const { code } = await runCommand([...args, server.url('/reset'), server.url('/bytes/9')], {
      cwd: folder(),
    })
    expect(code).to.equal(1)
    const text = readFileSync(join(folder(), 'run.har'), 'utf8')
    const har = JSON.parse(text) as Har
    expect(harProblems(har)).to.deep.equal([])
    for (const secret of ['password1', 'cookie2', 'dXNlcjpwYXNzd29yZDE']) expect(text).to.not.include(secret)
    const [cookies, reset, bytes] = ['/cookies', '/reset', '/bytes'].map((path) =>
      har.log.entries.find(({ request }) => request.url.includes(path))!,
    )
    expect(cookies!.request.headers)
      .to.deep.include({ name: 'X-Sent', value: 'yes' })
      .and.deep.include({ name: 'Authorization', value: '***' })
    expect(cookies!.request.queryString).to.deep.equal([
      { name: 'session', value: 'cookie1' },
      { name: 'q', value: 'a b' },
    ])
    // A replay must not take a mask for a cookie.
    expect(cookies!.response.headers.map(({ name }) => name))
      .to.include('Content-Length')
      .and.not.include('Set-Cookie')
    expect(bytes!.response).to.include({ status: 200, bodySize: 9, httpVersion: 'HTTP/1.1' })
    expect(bytes!.response.content).to.deep.include({ size: 9, mimeType: 'application/octet-stream' })
    expect(reset!.response.status).to.equal(0)
    expect(reset!.response._error).to.match(/^5[256]: /)
    const whole = await runCommand(
      ['-s', '-o', '/dev/null', '--har', 'secrets.har', '--har-secrets', '-b', 'c=cookie2', server.url()],
      { cwd: folder() },
    )
    expect(whole.code).to.equal(0)
    expect(readFileSync(join(folder(), 'secrets.har'), 'utf8')).to.include('{"name":"c","value":"cookie2"}')
  })

  it('have timings that add up with retries, and can be made by the library', async () => {
    let count = 0
    server.route('/flaky', (_request, response) => {
      response.statusCode = ++count < 3 ? 503 : 200
      response.end('done')
    })
    const entries: RunEntry[] = []
    const curl = new ParallelCurl(2, { captureHeaders: true, retry: { limit: 3, backoffMs: 1 } })
    for await (const transfer of curl.stream([server.url('/flaky'), server.url('/redirect/1')])) {
      entries.push(entryOf(transfer))
    }
    await curl.close()
    const har = toHar(entries, { version: '1' })
    expect(harProblems(har)).to.deep.equal([])
    const flaky = har.log.entries.find(({ request }) => request.url.endsWith('/flaky'))!
    expect(flaky.comment).to.equal('3 attempts')
    expect(har.log.entries.find(({ response }) => response.status === 302)!.response.redirectURL).to.equal(
      server.url('/redirect/0'),
    )
    for (const { time, timings } of har.log.entries) {
      const { blocked, dns, connect, send, wait, receive } = timings
      const sum = [blocked, dns, connect, send, wait, receive].reduce(
        (total, part) => total + Math.max(0, part),
        0,
      )
      expect(time).to.be.closeTo(sum, 0.01)
    }
  })

  it('have an entry for each hop, and say what was posted (F12)', async () => {
    server.route('/first', (_request, response) => response.writeHead(302, { Location: '/second' }).end())
    server.route('/second', (_request, response) => response.writeHead(307, { Location: '/echo' }).end())
    const args = ['-s', '-o', '/dev/null', '-L', '--har', 'hops.har', '-d', 'password=secret1']
    for (const command of [[], ['curl']]) {
      const { code, stderr } = await runCommand([...command, ...args, server.url('/first')], {
        cwd: folder(),
      })
      expect(code, stderr).to.equal(0)
      const text = readFileSync(join(folder(), 'hops.har'), 'utf8')
      const har = JSON.parse(text) as Har
      expect(harProblems(har)).to.deep.equal([])
      expect(text).to.not.include('secret1')
      const seen = har.log.entries.map(({ request, response }) => [
        request.method,
        request.url,
        response.status,
        response.redirectURL,
      ])
      expect(seen).to.deep.equal([
        ['POST', server.url('/first'), 302, server.url('/second')],
        ['GET', server.url('/second'), 307, server.url('/echo')],
        ['GET', server.url('/echo'), 200, ''],
      ])
      const [first, second] = har.log.entries
      expect(first!.request.postData).to.deep.equal({
        mimeType: 'application/x-www-form-urlencoded',
        text: '',
        params: [],
        comment: 'the body is left out',
      })
      expect(second!.request).to.not.have.property('postData')
      for (const { time, timings } of har.log.entries) {
        const { blocked, send, wait, receive } = timings
        expect(time).to.be.at.least(Math.max(0, blocked) + send + wait + receive - 0.01)
      }
    }
  })

  it('are made by the library with hops and texts, from header lines or from a log (F12)', async () => {
    await using curl = new ParallelCurl(1, { captureHeaders: true, FOLLOWLOCATION: 1 })
    const log = new ExchangeLog()
    const made: Har[] = []
    for (const listening of [{}, { VERBOSE: 1, DEBUGFUNCTION: log.listen }])
      await new Promise<void>((resolve) => {
        void curl.startRequest(
          server.url('/redirect/2'),
          (_content, _url, transfer) => {
            const details = 'VERBOSE' in listening ? { log, bodies: true } : {}
            made.push(toHar([entryOf(transfer, details)]))
            resolve()
          },
          [],
          null,
          listening,
        )
      })
    for (const har of made) {
      expect(harProblems(har)).to.deep.equal([])
      expect(har.log.entries.map(({ request, response }) => [request.url, response.status])).to.deep.equal([
        [server.url('/redirect/2'), 302],
        [server.url('/redirect/1'), 302],
        [server.url('/redirect/0'), 200],
      ])
    }
    const [, logged] = made
    const [first, , last] = logged!.log.entries
    expect(first!.request.headers.map(({ name }) => name)).to.include('Host')
    expect(last!.response.content.text).to.be.a('string').and.have.length(last!.response.content.size)
  })
})
