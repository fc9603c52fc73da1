/**
 * `connect()`: TCP and TLS connections as sockets, directly and through proxies. What flows, and how sockets
 * end, is in flow.test.ts.
 */
import { expect } from 'chai'
import fc from 'fast-check'
import http from 'node:http'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { CurlError, ParallelCurl, type ConnectOptions, type CurlSocket } from '../../../src/index.js'
import { authorityPem } from '../../support/servers/certificates.js'
import { startHttpProxy } from '../../support/servers/proxies/http-proxy.js'
import { startHttpServer } from '../../support/servers/http/http-server.js'
import { startMicrosocks } from '../../support/programs/proxy-programs.js'
import { rejectionOf } from '../../support/requests.js'
import { requireProgram } from '../../support/programs/requires.js'
import { echo, startSocketServer, type SocketServer } from '../../support/servers/socket-server.js'
import { startSocksProxy } from '../../support/servers/proxies/socks-proxy.js'
import { refusedPort } from '../../support/servers/tcp-server.js'

/** The next so many bytes. */
async function next(socket: CurlSocket, length: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let total = 0
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    const listener = (chunk: Buffer): void => {
      chunks.push(chunk)
      if ((total += chunk.length) < length) return
      socket.off('data', listener).off('error', reject)
      resolve()
    }
    socket.on('data', listener)
  })
  return Buffer.concat(chunks)
}

/** Sends bytes, and resolves with as many bytes that came back. */
function roundTrip(socket: CurlSocket, bytes: Buffer): Promise<Buffer> {
  const echoed = next(socket, bytes.length)
  socket.write(bytes)
  return echoed
}

describe('sockets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
  const CAINFO = join(folder, 'ca.pem')
  let tcp: SocketServer
  let tls: SocketServer
  let curl: ParallelCurl
  before(async () => {
    writeFileSync(CAINFO, authorityPem())
    tcp = await startSocketServer(echo)
    tls = await startSocketServer(echo, 'tls')
  })
  beforeEach(() => {
    curl = new ParallelCurl(1, { CAINFO })
  })
  afterEach(async () => {
    await curl.close()
    tcp.peers.length = tls.peers.length = 0
  })
  after(async () => {
    await tcp.close()
    await tls.close()
    rmSync(folder, { recursive: true })
  })

  for (const [name, server] of [
    ['TCP', () => tcp],
    ['TLS', () => tls],
  ] as const) {
    it(`carry bytes over ${name}, and report both addresses`, async () => {
      const socket = await curl.connect(server().url)
      const peer = await server().peer()
      expect((await roundTrip(socket, Buffer.from('hello\0\xff', 'latin1'))).toString('latin1')).to.equal(
        'hello\0\xff',
      )
      expect(socket).to.include({ remoteAddress: '127.0.0.1', remotePort: server().port, connecting: false })
      expect(socket).to.include({ localAddress: '127.0.0.1', localPort: peer.socket.remotePort })
      expect(socket).to.include({ bytesRead: 7, bytesWritten: 7 })
      expect(socket.transfer.getInfo('PRIMARY_PORT')).to.equal(server().port)
      socket.destroy()
      await peer.untilClosed()
      expect(peer.received).to.equal(7)
    })
  }

  it('carry random bytes in pieces of any size', async () => {
    const one = await curl.connect(tcp.url)
    const other = await curl.connect(tls.url)
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 50 }),
      fc.uint8Array({ minLength: 1000, maxLength: 90_000 }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(chunk, { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        async (chunks, isCorked) => {
          const whole = Buffer.concat(chunks)
          if (whole.length === 0) return
          for (const socket of [one, other]) {
            const echoed = next(socket, whole.length)
            if (isCorked) socket.cork()
            for (const bytes of chunks) socket.write(bytes)
            if (isCorked) socket.uncork()
            expect((await echoed).equals(whole)).to.equal(true)
          }
        },
      ),
      { numRuns: 60 },
    )
  }).timeout(60_000)

  it('accept http:// for TCP and https:// for TLS', async () => {
    for (const server of [tcp, tls]) {
      const socket = await curl.connect(server.url.replace('tcp', 'http').replace('tls', 'https'))
      expect((await roundTrip(socket, Buffer.from('x'))).toString()).to.equal('x')
    }
  })

  it('carry requests of Node’s own http module, one after the other on an agent', async () => {
    await using server = await startHttpServer()
    const socket = await curl.connect(server.url('/').replace('http:', 'tcp:').replace(/\/$/, ''))
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    agent.createConnection = () => socket
    for (const path of ['/status/201', '/status/404']) {
      const [response, body] = await new Promise<[http.IncomingMessage, Promise<Buffer>]>(
        (resolve, reject) => {
          http.get(server.url(path), { agent }, (got) => resolve([got, buffer(got)])).on('error', reject)
        },
      )
      await body
      expect(response.statusCode).to.equal(Number(path.slice(-3)))
    }
    expect(server.connections).to.equal(1)
    agent.destroy()
  })

  describe('sockets through proxies', () => {
    it('use SOCKS 5 with a user, or SOCKS 4a; the proxy resolves names', async () => {
      await using proxy = await startSocksProxy({ users: { ann: 'secret' } })
      for (const scheme of ['socks5h', 'socks4a'] as const) {
        const socket = await curl.connect(`tcp://localhost:${String(tcp.port)}`, {
          PROXY: proxy.url(scheme, 'ann'),
        })
        expect((await roundTrip(socket, Buffer.from('hello'))).toString()).to.equal('hello')
        const peer = tcp.peers.at(-1)
        expect(proxy.whoIs(peer?.socket.remotePort ?? 0)).to.include({
          user: 'ann',
          target: `localhost:${String(tcp.port)}`,
        })
        expect(socket.remotePort, 'the first hop').to.equal(proxy.port)
        socket.destroy()
      }
    })

    it('use a tunnel of an HTTP proxy with a user, for TCP, too; TLS is verified at its end', async () => {
      await using proxy = await startHttpProxy({ users: { ann: 'secret' } })
      for (const server of [tcp, tls]) {
        const socket = await curl.connect(server.url, { PROXY: proxy.url('ann') })
        expect((await roundTrip(socket, Buffer.from('hello'))).toString()).to.equal('hello')
        expect(proxy.whoIs(server.peers[0]?.socket.remotePort ?? 0)?.user).to.equal('ann')
        socket.destroy()
      }
      expect(proxy.requests.map(({ kind }) => kind)).to.deep.equal(['tunnel', 'tunnel'])
    })

    it('use two proxies in a row with PRE_PROXY', async () => {
      await using first = await startSocksProxy()
      await using second = await startHttpProxy({ users: { bob: 'secret' } })
      const socket = await curl.connect(tls.url, { PRE_PROXY: first.url('socks5'), PROXY: second.url('bob') })
      expect((await roundTrip(socket, Buffer.from('hello'))).toString()).to.equal('hello')
      expect(first.requests.map(({ target }) => target)).to.deep.equal([`127.0.0.1:${String(second.port)}`])
      expect(second.tunnels.map(({ target }) => target)).to.deep.equal([`127.0.0.1:${String(tls.port)}`])
      socket.destroy()
    })

    it('work with microsocks', async function () {
      requireProgram(this, 'microsocks')
      await using proxy = await startMicrosocks('ann', 'secret')
      const PROXY = `socks5://ann:secret@127.0.0.1:${String(proxy.port)}`
      const socket = await curl.connect(tcp.url, { PROXY })
      expect(
        (await roundTrip(socket, Buffer.alloc(1_000_000, 7))).equals(Buffer.alloc(1_000_000, 7)),
      ).to.equal(true)
      socket.destroy()
    })

    it('try another proxy of the pool if the first one is dead', async () => {
      await using proxy = await startSocksProxy()
      const dead = `socks5://127.0.0.1:${String(await refusedPort())}`
      const socket = await curl.connect(tcp.url, { proxies: [dead, proxy.url('socks5')] })
      expect((await roundTrip(socket, Buffer.from('hello'))).toString()).to.equal('hello')
      expect(proxy.requests).to.have.length(1)
      expect(socket.transfer.attempts.map(({ errno }) => errno)).to.deep.equal([7, 0])
      socket.destroy()
    })
  })

  describe('sockets that cannot connect', () => {
    const failure = async (url: string, options?: ConnectOptions): Promise<CurlError> => {
      const error = await rejectionOf(curl.connect(url, options))
      expect(error).to.be.instanceOf(CurlError)
      return error as CurlError
    }

    it('fail if the connection is refused', async () => {
      const port = await refusedPort()
      const error = await failure(`tcp://127.0.0.1:${String(port)}`)
      expect(error).to.include({
        errno: 7,
        code: 'CURLE_COULDNT_CONNECT',
        url: `tcp://127.0.0.1:${String(port)}`,
      })
      expect(error.message).to.include(`127.0.0.1 port ${String(port)}`)
    })

    it('fail for a certificate of another name or an unknown authority', async () => {
      await using other = await startSocketServer(echo, 'tls', ['elsewhere.invalid'])
      expect((await failure(other.url)).errno).to.equal(60)
      await using anonymous = new ParallelCurl(1)
      expect(await rejectionOf(anonymous.connect(tls.url))).to.include({ errno: 60 })
      const socket = await curl.connect(other.url, { SSL_VERIFYHOST: 0 })
      expect((await roundTrip(socket, Buffer.from('x'))).toString()).to.equal('x')
      socket.destroy()
    })

    it('fail for a wrong proxy password, without secrets in the message', async () => {
      await using proxy = await startHttpProxy({ users: { ann: 'right' } })
      await using socks = await startSocksProxy({ users: { ann: 'right' } })
      for (const PROXY of [proxy.url('ann'), socks.url('socks5', 'ann')]) {
        const error = await failure(tcp.url, { PROXY: PROXY.replace('right', 'wr0ng-passw0rd') })
        expect(error.errno).to.be.oneOf([7, 56, 97])
        expect(JSON.stringify([error.message, error.stack, error.url, error])).to.not.include('passw0rd')
      }
      expect(tcp.peers).to.have.length(0)
    })

    it('fail if connecting takes too long', async () => {
      await using silent = await startSocketServer(() => undefined)
      const url = silent.url.replace('tcp', 'tls')
      expect((await failure(url, { CONNECTTIMEOUT_MS: 150 })).errno).to.equal(28)
      expect((await failure(url, { totalTimeoutMs: 150 })).errno).to.equal(28)
    })

    it('are retried, under the limits', async () => {
      const port = await refusedPort()
      const retry = { limit: 2, backoffMs: 1 }
      const error = await failure(`tcp://127.0.0.1:${String(port)}`, { retry })
      expect(error.errno).to.equal(7)
      expect(curl.stats().retried).to.equal(2)
    })

    it('are closed and made anew if shouldRetry says so', async () => {
      const shouldRetry = (_transfer: unknown, attempt: number): boolean => attempt === 1
      const socket = await curl.connect(tcp.url, { retry: { limit: 1, backoffMs: 1, shouldRetry } })
      await (await tcp.peer(0)).untilClosed()
      expect((await roundTrip(socket, Buffer.from('x'))).toString()).to.equal('x')
      expect(tcp.peers).to.have.length(2)
    })

    it('throw for wrong schemes, a missing port, options of bodies and wrong values', async () => {
      const mistakes: [url: string, options: object, pattern: RegExp][] = [
        ['127.0.0.1:80', {}, /connect: .*tcp:\/\//],
        ['ftp://127.0.0.1', {}, /schemes.*it has ftp/],
        ['tcp://127.0.0.1', {}, /tcp:\/\/ needs a port/],
        ['tls://[::1]', {}, /tls:\/\/ needs a port/],
        [tcp.url, { output: 'x' }, /connect: output is for requests/],
        [tcp.url, { upload: 'x' }, /connect: upload is for requests/],
        [tcp.url, { idleTimeoutMs: 0 }, /idleTimeoutMs/],
        [tcp.url, { idleTimeoutMs: '1' }, /idleTimeoutMs/],
        [tcp.url, { highWaterMark: -1 }, /highWaterMark/],
        [tcp.url, { allowHalfOpen: 1 }, /allowHalfOpen/],
        [tcp.url, { USERAGNET: 'x' }, /USERAGENT/],
      ]
      for (const [url, options, pattern] of mistakes) {
        const error = await rejectionOf(curl.connect(url, options as ConnectOptions))
        expect(error, url).to.have.property('code', 'ERR_PARALLELCURL_OPTION')
        expect((error as Error).message).to.match(pattern)
      }
      await curl.close()
      expect(await rejectionOf(curl.connect(tcp.url))).to.have.property('code', 'ERR_PARALLELCURL_OPTION')
      expect(tcp.peers).to.have.length(0)
    })
  })
})
