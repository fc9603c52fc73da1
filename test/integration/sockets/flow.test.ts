/**
 * Data of sockets, and their ends: backpressure, half close, resets, aborts. Connecting is in
 * sockets.test.ts, requests beside them are in instance.test.ts.
 */
import { expect } from 'chai'
import { once } from 'node:events'
import { libcurlVersionNumber } from '../../../src/engine/node-libcurl/binding.js'
import { CurlError, ParallelCurl, type CurlSocket } from '../../../src/index.js'
import { runChild } from '../../support/programs/child.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { rejectionOf } from '../../support/requests.js'
import { startSocksProxy } from '../../support/servers/proxies/socks-proxy.js'
import {
  connectTo,
  echo,
  startSocketServer,
  type Peer,
  type SocketServer,
} from '../../support/servers/socket-server.js'

const MIB = 1 << 20
/** Less than this is what the system's buffers of a connection on this machine hold. */
const BUFFERS = 24 * MIB

async function errorOf(socket: CurlSocket): Promise<CurlError> {
  const [error] = (await once(socket, 'error')) as [unknown]
  expect(error).to.be.instanceOf(CurlError)
  return error as CurlError
}

describe('the flow of a socket', () => {
  let server: SocketServer
  let http: HttpServer
  let curl: ParallelCurl
  before(async () => {
    server = await startSocketServer()
    http = await startHttpServer()
  })
  beforeEach(() => {
    curl = new ParallelCurl(1)
  })
  afterEach(async () => {
    await curl.close()
    server.forget()
  })
  after(async () => {
    await server.close()
    await http.close()
  })

  const open = (): Promise<[CurlSocket, Peer]> => connectTo(server, curl)

  /** The value when it changes no more, whatever else goes on. */
  async function standstill(value: () => number): Promise<number> {
    for (let before = -1; value() !== before;) {
      before = value()
      for (let i = 0; i < 60; i++) await curl.request(http.url('/bytes/1000'))
    }
    return value()
  }

  async function count(socket: CurlSocket): Promise<number> {
    let total = 0
    for await (const chunk of socket) total += (chunk as Buffer).length
    return total
  }

  it('stops the peer while the reader pauses, and delivers everything afterwards', async () => {
    const [socket, peer] = await open()
    peer.flood(80 * MIB)
    expect(await standstill(() => peer.sent)).to.be.within(1, BUFFERS)
    expect(socket.readableLength).to.be.within(1, 65_536 * 2)
    void peer.until('all of it', ({ sent }) => sent === 80 * MIB).then(() => peer.socket.end())
    expect(await count(socket)).to.equal(80 * MIB)
    expect(socket.bytesRead).to.equal(80 * MIB)
  }).timeout(60_000)

  it('stops the writer while the peer does not read, and delivers everything afterwards', async () => {
    const [socket, peer] = await open()
    peer.socket.pause()
    let written = 0
    const pour = (): void => {
      while (written < 80 * MIB) {
        written += 65_536
        if (!socket.write(Buffer.alloc(65_536))) return void socket.once('drain', pour)
      }
    }
    pour()
    expect(await standstill(() => socket.bytesWritten)).to.be.within(1, BUFFERS)
    expect(written - socket.bytesWritten, 'what waits').to.be.within(1, 65_536 * 2)
    expect(socket.writableNeedDrain).to.equal(true)
    peer.socket.resume()
    await peer.until('80 MiB', ({ received }) => received === 80 * MIB)
    expect(socket.bytesWritten).to.equal(80 * MIB)
  }).timeout(60_000)

  describe('the end of a socket', () => {
    it('end() finishes writing; reading continues until the peer ends', async () => {
      const [socket, peer] = await open()
      socket.end('last')
      await once(socket, 'finish')
      await peer.until('the last words', ({ received }) => received === 4)
      peer.socket.write('still')
      expect(String((await once(socket, 'data'))[0])).to.equal('still')
      expect(peer).to.include({ hasEnded: false, isClosed: false })
      const closed = once(socket, 'close')
      peer.socket.end('bye')
      expect(String((await once(socket, 'data'))[0])).to.equal('bye')
      await closed
      await peer.untilClosed()
      expect(peer.hasEnded).to.equal(true)
    })

    it('the end of the peer closes the socket after the pending writes', async () => {
      const [socket, peer] = await open()
      peer.socket.pause()
      socket.write(Buffer.alloc(20 * MIB))
      peer.socket.end()
      socket.resume()
      await once(socket, 'end')
      expect(socket.destroyed).to.equal(false)
      const closed = once(socket, 'close')
      peer.socket.resume()
      await closed
      await peer.untilClosed()
      expect(peer.received).to.equal(20 * MIB)
    })

    it('allowHalfOpen allows writing after the peer has ended', async () => {
      const socket = await curl.connect(server.url, { allowHalfOpen: true })
      const peer = await server.peer()
      peer.socket.end('over')
      await once(socket.resume(), 'end')
      socket.write('still')
      await peer.until('what came later', ({ received }) => received === 5)
      const closed = once(socket, 'close')
      socket.end()
      await closed
      await peer.untilClosed()
    })

    it('destroySoon() sends everything, and closes without waiting for the peer', async () => {
      const [socket, peer] = await open()
      socket.write(Buffer.alloc(20 * MIB))
      socket.destroySoon()
      await peer.until('the end', ({ hasEnded }) => hasEnded)
      expect(peer.received).to.equal(20 * MIB)
      expect(socket.destroyed).to.equal(true)
      peer.socket.end()
    })

    it('destroy() closes the socket at once', async () => {
      const [socket, peer] = await open()
      socket.destroy()
      await once(socket, 'close')
      await peer.until('the end', ({ hasEnded }) => hasEnded)
      peer.socket.end()
      const error = await new Promise((resolve) => socket.write('x', resolve))
      expect(error).to.have.property('code', 'ERR_STREAM_DESTROYED')
    })
  })

  describe('failures of a socket', () => {
    it('a reset reaches the reader', async () => {
      const [socket, peer] = await open()
      peer.socket.resetAndDestroy()
      const error = await errorOf(socket)
      expect(error).to.include({ errno: 56, code: 'CURLE_RECV_ERROR', url: server.url })
      expect(socket.destroyed).to.equal(true)
    })

    it('a reset reaches the writer, though nothing is read', async () => {
      const [socket, peer] = await open()
      peer.flood(1 * MIB)
      await standstill(() => socket.bytesRead)
      peer.socket.resetAndDestroy()
      await peer.untilClosed()
      const failed = errorOf(socket)
      const write = (): void => {
        if (!socket.destroyed) socket.write('x', () => setImmediate(write))
      }
      write()
      expect((await failed).errno).to.equal(55)
    })

    it('a cut TLS connection is an error, if the build can tell', async () => {
      await using secure = await startSocketServer((peer) => peer.socket.write('hello'), 'tls')
      const proxy = await startSocksProxy()
      const PROXY = proxy.url('socks5')
      const socket = await curl.connect(secure.url, { SSL_VERIFYPEER: false, PROXY })
      await once(socket, 'data')
      socket.resume()
      // Old builds cannot tell: docs/sockets.md.
      const canTell = libcurlVersionNumber >= 0x080000
      const outcome = canTell ? errorOf(socket) : once(socket, 'end')
      await proxy.close()
      expect(await outcome).to.have.property(canTell ? 'errno' : 'length', canTell ? 56 : 0)
    })

    it('an exception of a listener affects no other socket', async () => {
      server.script = echo
      const child = await runChild(
        `import { ParallelCurl } from './src/index.js'
        process.on('uncaughtException', (error) => { console.log(error.message); other.write('still there') })
        const curl = new ParallelCurl(2)
        const [one, other] = await Promise.all([curl.connect(process.argv[1]), curl.connect(process.argv[1])])
        one.on('data', () => { throw new Error('mine') })
        other.on('data', (data) => { console.log(String(data)); one.destroy(); other.destroy() })
        one.write('x')`,
        { args: [server.url] },
      )
      expect(child).to.include({ code: 0, hung: false })
      expect(child.stdout).to.include('mine').and.to.include('still there')
    })
  })

  describe('aborts of a socket', () => {
    it('an aborted signal or abort() ends the socket before its launch', async () => {
      const aborted = AbortSignal.abort(new Error('mine'))
      expect(await rejectionOf(curl.connect(server.url, { signal: aborted }))).to.include({ errno: 42 })
      const holding = curl.request(http.url('/hang')).catch(() => undefined)
      const waiting = rejectionOf(curl.connect(server.url))
      const controller = new AbortController()
      const other = rejectionOf(curl.connect(server.url, { signal: controller.signal }))
      controller.abort(new Error('mine'))
      expect(await other).to.include({ errno: 42 })
      curl.abort(new Error('all'))
      expect(await waiting).to.include({ errno: 42 })
      await holding
      expect(server.peers).to.have.length(0)
    })

    it('an abort ends the socket while it connects', async () => {
      const controller = new AbortController()
      const reason = new Error('mine')
      // The server does not answer the TLS handshake.
      const waiting = rejectionOf(
        curl.connect(server.url.replace('tcp', 'tls'), { signal: controller.signal }),
      )
      const peer = await server.peer()
      expect(curl.stats().inFlight).to.equal(1)
      controller.abort(reason)
      expect(await waiting).to.include({ errno: 42, cause: reason })
      await peer.until('the end', ({ hasEnded }) => hasEnded)
      peer.socket.end()
    })

    it('a signal or abort() ends the open socket, with its reason', async () => {
      const controller = new AbortController()
      const { signal } = controller
      const sockets = [
        await curl.connect(server.url, { signal }),
        await curl.connect(server.url, { signal }),
        await curl.connect(server.url),
      ]
      const failures = sockets.map(errorOf)
      const reason = new Error('mine')
      controller.abort(reason)
      for (const failure of failures.slice(0, 2))
        expect(await failure).to.include({ errno: 42, cause: reason })
      curl.abort(reason, () => false)
      expect(sockets[2]?.destroyed).to.equal(false)
      curl.abort('all')
      expect(await failures[2]).to.include({ errno: 42, cause: 'all' })
      for (const peer of server.peers) {
        await peer.until('the end', ({ hasEnded }) => hasEnded)
        peer.socket.end()
      }
    })

    it('idleTimeoutMs ends the socket with errno 28, setTimeout() only emits an event', async () => {
      server.script = echo
      const socket = await curl.connect(server.url)
      socket.setTimeout(20)
      await once(socket, 'timeout')
      socket.write('x')
      await once(socket, 'timeout')
      expect(String(socket.read())).to.equal('x')
      socket.setTimeout(0)
      const idle = await curl.connect(server.url, { idleTimeoutMs: 20 })
      expect(await errorOf(idle)).to.include({ errno: 28, code: 'CURLE_OPERATION_TIMEDOUT' })
    })
  })
})
