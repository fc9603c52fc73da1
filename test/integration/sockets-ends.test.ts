/**
 * How sockets and WebSockets end when something else goes on: writes that wait, aborts in the moment that they connect, peers that flood
 * or trickle. What flows through them is in sockets-flow.test.ts and web-socket.test.ts.
 */
import { expect } from 'chai'
import { once } from 'node:events'
import { CurlError, ParallelCurl, type CurlSocket } from '../../src/index.js'
import { startSocketServer, type Peer, type SocketServer } from '../support/socket-server.js'

const MIB = 1 << 20

describe('the ends of sockets', () => {
  let server: SocketServer
  let curl: ParallelCurl
  let script: (peer: Peer) => void
  before(async () => {
    server = await startSocketServer((peer) => {
      script(peer)
    })
  })
  beforeEach(() => {
    curl = new ParallelCurl(1)
    script = () => undefined
  })
  afterEach(async () => {
    await curl.close()
    for (const peer of server.peers) peer.socket.destroy()
    server.peers.length = 0
  })
  after(() => server.close())

  describe('writes that wait', () => {
    const written = (socket: CurlSocket, bytes: Buffer | string): Promise<unknown> =>
      new Promise((resolve) => socket.write(bytes, resolve))

    const open = async (options = {}): Promise<[CurlSocket, Promise<unknown>[]]> => {
      script = ({ socket }) => socket.pause()
      const socket = await curl.connect(server.url, options)
      return [socket, [written(socket, Buffer.alloc(64 * MIB)), written(socket, 'x'), written(socket, 'y')]]
    }

    it('are told when it is destroyed, without an event', async () => {
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

    it('are told what it was destroyed with, and why it was aborted', async () => {
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

    it('are told of idleTimeoutMs', async () => {
      const [socket, writes] = await open({ idleTimeoutMs: 20 })
      const [error] = (await once(socket, 'error')) as [Error]
      expect(error).to.include({ errno: 28 })
      for (const one of await Promise.all(writes)) expect(one).to.equal(error)
    })
  })
})
