/**
 * `webSocket()` on builds that have it, and the package `ws` over `connect()` on all. The server is the
 * package `ws`.
 */
import { expect } from 'chai'
import fc from 'fast-check'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { WebSocket } from 'ws'
import { hasWebSockets } from '../../../src/engine/node-libcurl/binding.js'
import { CurlError, ParallelCurl, type CurlWebSocket } from '../../../src/index.js'
import { authorityPem } from '../../support/servers/certificates.js'
import type { Changes } from '../../support/changes.js'
import { startHttpProxy } from '../../support/servers/proxies/http-proxy.js'
import { startHttpServer } from '../../support/servers/http/http-server.js'
import { rejectionOf } from '../../support/requests.js'
import { WebSocketServers, type WebSocketPeer } from '../../support/servers/web-socket-server.js'
import { startSocksProxy } from '../../support/servers/proxies/socks-proxy.js'
import { startSocketServer } from '../../support/servers/socket-server.js'

const MIB = 1 << 20

describe('WebSockets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
  const CAINFO = join(folder, 'ca.pem')
  let servers: WebSocketServers
  let peers: WebSocketPeer[]
  let changes: Changes
  let curl: ParallelCurl
  let url: string
  let tlsUrl: string

  before(async () => {
    writeFileSync(CAINFO, authorityPem())
    servers = await WebSocketServers.start()
    ;({ peers, changes, url, tlsUrl } = servers)
  })
  beforeEach(() => {
    peers.length = 0
    curl = new ParallelCurl(1, { CAINFO })
  })
  afterEach(() => curl.close())
  after(async () => {
    await servers[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })

  const closeOf = (index?: number): Promise<[number, string]> => servers.closeOf(index)

  const ofLibcurl = (): void => {
    const open = async (path = '/'): Promise<[CurlWebSocket, WebSocket]> => {
      const count = peers.length
      const webSocket = await curl.webSocket(url + path)
      await changes.until(
        () => peers.length > count,
        () => 'a connection',
      )
      return [webSocket, (peers[count] as WebSocketPeer).socket]
    }

    it('carry text and bytes, empty and large ones', async () => {
      const [webSocket] = await open('/echo')
      const large = 'é€😀'.repeat(300_000)
      for (const message of [
        'hello',
        '',
        Buffer.from([0, 255, 1]),
        Buffer.alloc(0),
        large,
        Buffer.alloc(3 * MIB, 7),
      ]) {
        await webSocket.send(message)
        const got = await webSocket.receive()
        expect(typeof got).to.equal(typeof message)
        expect(Buffer.from(got as string).equals(Buffer.from(message as string))).to.equal(true)
      }
    })

    it('carry random messages in order', async () => {
      const [webSocket] = await open('/echo')
      const message = fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        fc.uint8Array({ maxLength: 70_000 }),
      )
      await fc.assert(
        fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 12 }), async (messages) => {
          const sent = messages.map((one) => webSocket.send(one))
          for (const one of messages) {
            const got = await webSocket.receive()
            expect(typeof got === 'string' ? got : [...(got as Buffer)]).to.deep.equal(
              typeof one === 'string' ? one : [...one],
            )
          }
          await Promise.all(sent)
        }),
        { numRuns: 60 },
      )
    }).timeout(60_000)

    it('receive messages that arrive with the handshake, and report its headers and subprotocol', async () => {
      const webSocket = await curl.webSocket(`${url}/greet`, { protocols: ['chat', 'superchat'] })
      expect(await webSocket.receive()).to.equal('welcome')
      expect(webSocket.protocol).to.equal('superchat')
      expect(webSocket.transfer.responseCode).to.equal(101)
      expect(webSocket.transfer.headers.upgrade).to.equal('websocket')
    })

    it('join fragments, and answer pings between them', async () => {
      const [webSocket, peer] = await open()
      const answered = once(peer, 'pong')
      for (const fin of [false, false, true]) {
        peer.send('part ', { fin })
        if (!fin) peer.ping('between')
      }
      expect(await webSocket.receive()).to.equal('part part part ')
      expect(String((await answered)[0])).to.equal('between')
    })

    it('are closed cleanly from either side, with code and reason', async () => {
      const [mine] = await open()
      await mine.close(4001, 'enough')
      expect(await closeOf(0)).to.deep.equal([4001, 'enough'])
      expect(await mine.closed).to.include({ code: 4001 })
      expect(await mine.receive()).to.equal(null)
      expect(await rejectionOf(mine.send('late'))).to.be.instanceOf(CurlError)

      const [theirs, peer] = await open()
      peer.send('last')
      peer.close(4002, 'so long')
      const messages: unknown[] = []
      for await (const message of theirs) messages.push(message)
      expect(messages).to.deep.equal(['last'])
      expect(await theirs.closed).to.deep.equal({ code: 4002, reason: 'so long' })
      expect((await closeOf(1))[0]).to.equal(4002)
    })

    it('are closed when the loop ends', async () => {
      const [webSocket, peer] = await open()
      for (const text of ['one', 'two', 'three']) peer.send(text)
      for await (const message of webSocket) {
        expect(message).to.equal('one')
        break
      }
      expect(await closeOf()).to.deep.equal([1000, ''])
    })

    it('send pings', async () => {
      const [webSocket] = await open()
      const [one, other] = await Promise.all([webSocket.ping('a'), webSocket.ping('b')])
      expect(Math.min(one, other)).to.be.greaterThan(0)
    })

    it('stop the peer while the reader pauses, and deliver everything afterwards', async () => {
      const [webSocket, peer] = await open()
      const chunk = Buffer.alloc(65_536)
      let sent = 0
      for (let i = 0; i < 40 * 16; i++) peer.send(chunk, () => sent++)
      await using other = await startHttpServer()
      const rounds = async (): Promise<void> => {
        for (let i = 0; i < 60; i++) await curl.request(other.url('/bytes/1000'))
      }
      for (let before = -1; sent !== before;) {
        before = sent
        await rounds()
      }
      expect(sent).to.be.within(1, 24 * 16)
      for (let i = 0; i < 40 * 16; i++)
        expect(((await webSocket.receive()) as Buffer).length).to.equal(65_536)
    }).timeout(60_000)

    it('hold send() back while the peer does not read', async () => {
      const [webSocket, peer] = await open()
      peer.pause()
      let [sent, received] = [0, 0]
      const sending = (async () => {
        for (let i = 0; i < 40; i++) {
          await webSocket.send(Buffer.alloc(MIB))
          sent++
        }
      })()
      await using other = await startHttpServer()
      for (let before = -1; sent !== before;) {
        before = sent
        for (let i = 0; i < 60; i++) await curl.request(other.url('/bytes/1000'))
      }
      expect(sent).to.be.within(1, 30)
      peer.on('message', (data) => (received += (data as Buffer).length))
      peer.resume()
      await sending
      await webSocket.close()
      expect(received).to.equal(40 * MIB)
    }).timeout(60_000)

    it('refuse messages that are too long, or text that is not UTF-8', async () => {
      const webSocket = await curl.webSocket(url, { maxMessageSize: 1000 })
      const peer = peers[0]?.socket
      peer?.send(Buffer.alloc(1000))
      peer?.send('x'.repeat(600), { fin: false })
      peer?.send('x'.repeat(600))
      expect((await webSocket.receive())?.length).to.equal(1000)
      const error = await rejectionOf(webSocket.receive())
      expect(error).to.be.instanceOf(CurlError)
      expect((error as Error).message).to.include('maxMessageSize (1000 bytes)')
      expect((await closeOf())[0]).to.equal(1009)

      const [other, liar] = await open()
      liar.send(Buffer.from([0xff, 0xfe]), { binary: false })
      expect(String(await rejectionOf(other.receive()))).to.include('UTF-8')
      expect((await closeOf(1))[0]).to.equal(1007)
    })

    it('go through proxies, with TLS to the server', async () => {
      await using socks = await startSocksProxy({ users: { ann: 'secret' } })
      await using http = await startHttpProxy({ users: { bob: 'secret' } })
      for (const PROXY of [socks.url('socks5h', 'ann'), http.url('bob')]) {
        for (const target of [url, tlsUrl]) {
          const webSocket = await curl.webSocket(`${target}/echo`, { PROXY })
          await webSocket.send('hello')
          expect(await webSocket.receive()).to.equal('hello')
          const port = peers.at(-1)?.port ?? 0
          expect(socks.whoIs(port)?.user ?? http.whoIs(port)?.user).to.equal(
            PROXY.includes('ann') ? 'ann' : 'bob',
          )
          await webSocket.close()
        }
      }
    })

    it('deliver what had arrived before a broken connection, and then fail', async () => {
      const [webSocket, peer] = await open()
      peer.send('before')
      peer.send('before', () => peer.terminate())
      expect(await webSocket.receive()).to.equal('before')
      expect(await webSocket.receive()).to.equal('before')
      expect(await rejectionOf(webSocket.receive())).to.include({ errno: 56 })
      expect(await webSocket.receive()).to.equal(null)
      expect(await webSocket.closed).to.deep.equal({ code: 1006, reason: '' })
    })

    it('can be aborted while they connect, by a signal, by abort(), by close()', async () => {
      await using silent = await startSocketServer(() => undefined)
      const first = new AbortController()
      const waiting = rejectionOf(curl.webSocket(silent.url.replace('tcp', 'ws'), { signal: first.signal }))
      await silent.peer()
      first.abort()
      expect(await waiting).to.include({ errno: 42 })
      const { signal } = new AbortController()
      const controller = new AbortController()
      const reason = new Error('mine')
      const one = await curl.webSocket(url, { signal: controller.signal })
      const other = await curl.webSocket(url, { signal })
      const third = await curl.webSocket(url)
      const [reading, pinging] = [rejectionOf(one.receive()), rejectionOf(other.ping())]
      controller.abort(reason)
      expect(await reading).to.include({ errno: 42, cause: reason })
      expect(await pinging.catch(() => null)).to.satisfy((error: unknown) => error !== undefined)
      curl.abort('all', (transfer) => transfer === other.transfer)
      expect(await rejectionOf(other.receive())).to.include({ errno: 42, cause: 'all' })
      await curl.close()
      expect(await third.receive()).to.equal(null)
      expect((await closeOf(2))[0]).to.equal(1006)
    })

    it('reject a value that is no message, and name it', async () => {
      const [webSocket] = await open('/echo')
      const wrong = [undefined, null, 5, true, {}, [1], new SharedArrayBuffer(3)]
      for (const message of wrong as string[]) {
        const error = await rejectionOf(webSocket.send(message))
        expect(error).to.include({ code: 'ERR_PARALLELCURL_OPTION', option: 'message' })
      }
      expect(String(await rejectionOf(webSocket.send(null as never)))).to.include('not null')
      expect(String(await rejectionOf(webSocket.send(5 as never)))).to.include('not a number')
      expect(String(await rejectionOf(webSocket.send(new SharedArrayBuffer(3) as never)))).to.include(
        'not SharedArrayBuffer',
      )
      for (const payload of [5, null, {}] as never[])
        expect(await rejectionOf(webSocket.ping(payload))).to.include({ option: 'payload' })
      expect(await rejectionOf(webSocket.close(1000, 5 as never))).to.include({ option: 'reason' })
      const foreign = runInNewContext('new Uint8Array([104, 105]).buffer') as ArrayBuffer
      await webSocket.send(foreign)
      expect(String(await webSocket.receive())).to.equal('hi')
    })

    it('refuse codes and reasons that must not be sent', async () => {
      const [webSocket] = await open()
      for (const code of [1001, 1005, 999, 5000, 3000.5])
        expect(await rejectionOf(webSocket.close(code))).to.have.property('option', 'code')
      expect(await rejectionOf(webSocket.close(1000, 'x'.repeat(124)))).to.have.property('option', 'reason')
      expect(await rejectionOf(webSocket.ping('x'.repeat(126)))).to.have.property('option', 'payload')
      expect(webSocket.isOpen).to.equal(true)
    })
  }

  if (hasWebSockets()) describe('of libcurl', ofLibcurl)
  else {
    it('throw on a build without them, naming the builds that have them and the alternative', async () => {
      const error = (await rejectionOf(curl.webSocket(url))) as Error
      expect(error).to.have.property('code', 'ERR_PARALLELCURL_OPTION')
      expect(error.message).to.match(/node-libcurl 5.*createConnection/)
    })
  }

  it('throw for wrong arguments', async () => {
    for (const [target, options] of [
      ['http://127.0.0.1', {}],
      [url, { maxMessageSize: -1 }],
      [url, { protocols: 'a b' }],
      [url, { protocols: [1] }],
    ] as [string, object][]) {
      const error = await rejectionOf(curl.webSocket(target, options as { maxMessageSize?: number }))
      expect(error, target).to.have.property('code', 'ERR_PARALLELCURL_OPTION')
    }
    expect(peers).to.have.length(0)
  })

  describe('WebSockets of the package ws over a socket of connect()', () => {
    for (const [name, target] of [
      ['TCP', () => url],
      ['TLS', () => tlsUrl],
    ] as const) {
      it(`carry ${name} through a proxy`, async () => {
        await using proxy = await startSocksProxy()
        const socket = await curl.connect(target().replace('wss', 'tls').replace('ws:', 'tcp:'), {
          PROXY: proxy.url('socks5'),
        })
        const createConnection = () => socket
        const webSocket = new WebSocket(`${target()}/echo`, { createConnection })
        await new Promise((resolve) => webSocket.once('open', resolve))
        for (const message of ['hello', 'x'.repeat(3 * MIB)]) {
          const echoed = once(webSocket, 'message')
          webSocket.send(message)
          expect(String((await echoed)[0]) === message).to.equal(true)
        }
        expect(proxy.whoIs(peers[0]?.port ?? 0)).to.not.equal(undefined)
        webSocket.close(4000, 'done')
        await new Promise((resolve) => webSocket.once('close', resolve))
        expect(await closeOf()).to.deep.equal([4000, 'done'])
        expect(socket.destroyed).to.equal(true)
      })
    }
  })
})
