/**
 * Ends of sockets and WebSockets while something else goes on: writes that wait, aborts in the moment of
 * connecting, peers that flood or trickle. Their data are in flow.test.ts and web-socket.test.ts.
 */
import { expect } from 'chai'
import { once } from 'node:events'
import { Share } from 'node-libcurl'
import { RawConnection } from '../../../src/engine/handle/raw-connection.js'
import { CurlError, ParallelCurl, type ConnectOptions, type CurlSocket } from '../../../src/index.js'
import type { InfoValue } from '../../../src/transfer/transfer-types.js'
import { startHttpProxy } from '../../support/servers/proxies/http-proxy.js'
import { rejectionOf } from '../../support/requests.js'
import { echo, startSocketServer, type SocketServer } from '../../support/servers/socket-server.js'

const MIB = 1 << 20

describe('the ends of sockets', () => {
  let server: SocketServer
  let curl: ParallelCurl
  before(async () => {
    server = await startSocketServer()
  })
  beforeEach(() => {
    curl = new ParallelCurl(1)
  })
  afterEach(async () => {
    await curl.close()
    server.forget()
  })
  after(() => server.close())

  describe('pending writes', () => {
    const written = (socket: CurlSocket, bytes: Buffer | string): Promise<unknown> =>
      new Promise((resolve) => socket.write(bytes, resolve))

    const open = async (options = {}): Promise<[CurlSocket, Promise<unknown>[]]> => {
      server.script = ({ socket }) => socket.pause()
      const socket = await curl.connect(server.url, options)
      return [socket, [written(socket, Buffer.alloc(64 * MIB)), written(socket, 'x'), written(socket, 'y')]]
    }

    it('fail when the socket is destroyed, without an event', async () => {
      const [socket, writes] = await open()
      socket.on('error', () => expect.fail('nobody has given an error'))
      const closed = once(socket, 'close')
      socket.destroy()
      for (const error of await Promise.all(writes)) {
        expect(error).to.be.instanceOf(CurlError)
        expect(error).to.include({ errno: 42 })
      }
      await closed
    })

    it('fail with the error of destroy(), or the reason of the abort', async () => {
      for (const end of [
        (socket: CurlSocket, reason: Error) => socket.destroy(reason),
        (_: unknown, reason: Error) => {
          curl.abort(reason)
        },
      ]) {
        const [socket, writes] = await open()
        const reason = new Error('enough')
        const failed = once(socket, 'error')
        end(socket, reason)
        const [error] = (await failed) as [Error]
        expect(error === reason || error.cause === reason).to.equal(true)
        for (const one of await Promise.all(writes)) expect(one).to.equal(error)
      }
    })

    it('fail at idleTimeoutMs', async () => {
      const [socket, writes] = await open({ idleTimeoutMs: 20 })
      const [error] = (await once(socket, 'error')) as [Error]
      expect(error).to.include({ errno: 28 })
      for (const one of await Promise.all(writes)) expect(one).to.equal(error)
    })
  })

  describe('sockets that are aborted by a callback of the batch in which they connect', () => {
    const reason = new Error('stop')
    /** Both fail at once, or connect at once: one batch. */
    const inOneBatch = async (run: (connect: () => Promise<CurlSocket>) => void): Promise<CurlError> => {
      curl.setMaxRequests(null)
      let outcome!: Promise<CurlError>
      run(() => {
        const connecting = curl.connect(server.url, { signal: controller.signal })
        outcome = rejectionOf(connecting) as Promise<CurlError>
        return connecting
      })
      return outcome
    }
    let controller: AbortController
    beforeEach(() => (controller = new AbortController()))

    for (const [how, abort] of [
      ['signal', () => controller.abort(reason)],
      ['abort()', () => curl.abort(reason)],
    ] as const) {
      it(`end: ${how}, before they are delivered`, async () => {
        const error = await inOneBatch((connect) => {
          void curl.startRequest('ftp://', abort)
          void connect().catch(() => undefined)
        })
        expect(error).to.be.instanceOf(CurlError)
        expect(error).to.include({ errno: 42, cause: reason })
      })

      it(`end: ${how}, after they are delivered, before the caller has them`, async () => {
        const error = await inOneBatch((connect) => {
          type Internal = { dispatcher: { outcomes: { deliver(transfer: unknown): void } } }
          const { outcomes } = (curl as unknown as Internal).dispatcher
          const deliver = outcomes.deliver.bind(outcomes)
          outcomes.deliver = (transfer) => {
            deliver(transfer)
            abort()
          }
          void connect().catch(() => undefined)
        })
        expect(error).to.be.instanceOf(CurlError)
        expect(error).to.include({ errno: 42, cause: reason })
      })
    }

    afterEach(async () => {
      // Nothing is left open.
      for (const peer of server.peers) {
        await peer.until('the end', ({ hasEnded }) => hasEnded)
        peer.socket.end()
      }
      expect(curl.inspect()).to.include({ live: 0 })
    })
  })

  describe('options that forbid libcurl to reuse a connection', () => {
    const echoed = async (options: ConnectOptions): Promise<unknown> => {
      server.script = echo
      const socket = await curl.connect(server.url, options)
      const came = once(socket, 'data')
      socket.write('x')
      const [data] = (await came) as [Buffer]
      socket.destroy()
      return String(data)
    }

    it('FORBID_REUSE, of the socket and shared, leaves the socket open', async () => {
      expect(await echoed({ FORBID_REUSE: 1 })).to.equal('x')
      curl.setOptions({ FORBID_REUSE: true })
      expect(await echoed({})).to.equal('x')
    })

    it('a SHARE behind a proxy with credentials leaves the socket open', async () => {
      await using proxy = await startHttpProxy({ users: { ann: 'secret' } })
      const share = new Share()
      share.setOpt('SHARE' as never, 4)
      expect(await echoed({ PROXY: proxy.url('ann'), SHARE: share })).to.equal('x')
      expect(proxy.whoIs(server.peers[0]?.socket.remotePort ?? 0)?.user).to.equal('ann')
      await curl.close()
      share.close()
    })

    it('authentication in rounds with an upload leaves the socket open', async () => {
      expect(await echoed({ HTTPAUTH: 2, UPLOAD: 1 })).to.equal('x')
    })
  })

  it('idleTimeoutMs applies, whatever setTimeout() is set to', async () => {
    for (const ms of [0, 2 ** 30]) {
      const socket = await curl.connect(server.url, { idleTimeoutMs: 20 })
      socket.setTimeout(ms)
      expect(socket.timeout).to.equal(ms)
      const [error] = (await once(socket, 'error')) as [Error]
      expect(error).to.include({ errno: 28 })
      expect(error.message).to.include('idleTimeoutMs')
    }
  })

  it('setTimeout() emits an event beside idleTimeoutMs, and ends nothing', async () => {
    const socket = await curl.connect(server.url, { idleTimeoutMs: 2 ** 30 })
    expect(socket.timeout).to.equal(0)
    socket.setTimeout(1)
    await once(socket, 'timeout')
    expect(socket.destroyed).to.equal(false)
  })

  it('a connection that libcurl has closed has an error that says so', () => {
    const readInfo = (): InfoValue => 0
    const handle = { errorLines: null, thrown: null, readInfo }
    const connection = new RawConnection({} as never, handle, 'tcp://127.0.0.1:1')
    expect(connection.describe(1)).to.include('closed this connection').and.to.not.include('PROTOCOLS_STR')
    expect(connection.describe(1, new Error('mine'))).to.include('mine')
  })

  it('abort() skips sockets that end while its predicate runs', async () => {
    const [one, other] = [await curl.connect(server.url), await curl.connect(server.url)]
    const failed = once(one, 'error')
    const reason = new Error('mine')
    curl.abort(reason, () => {
      other.destroy()
      return true
    })
    expect((await failed)[0]).to.include({ errno: 42, cause: reason })
    expect(other.errored).to.equal(null)
  })
})
