/**
 * `webSocket()` on builds that have it, and the package `ws` over `connect()` on all. The server is the package `ws`.
 */
import { expect } from 'chai'
import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { WebSocket, WebSocketServer } from 'ws'
import { hasWebSockets } from '../../../src/engine/node-libcurl/binding.js'
import { CurlError, ParallelCurl, type CurlWebSocket } from '../../../src/index.js'
import { authorityPem, issueCertificate } from '../../support/servers/certificates.js'
import { Changes } from '../../support/changes.js'
import { runChild } from '../../support/programs/child.js'
import { startHttpProxy } from '../../support/servers/http-proxy.js'
import { startHttpServer } from '../../support/servers/http-server.js'
import { rejectionOf } from '../../support/requests.js'
import { startSocksProxy } from '../../support/servers/socks-proxy.js'
import { startSocketServer } from '../../support/servers/socket-server.js'

const MIB = 1 << 20

/** What a server that has nothing more to say answers. */
function handshake(key: string, lines = ''): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  return `HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${lines}Sec-WebSocket-Accept: ${accept}\r\n\r\n`
}

describe('WebSockets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
  const CAINFO = join(folder, 'ca.pem')
  const secure = https.createServer(issueCertificate('localhost', ['localhost', '127.0.0.1']))
  const choose = (offered: Set<string>): string => [...offered].at(-1) as string
  const plain = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: choose })
  const overTls = new WebSocketServer({ server: secure })
  const changes = new Changes()
  let peers: { socket: WebSocket; port: number; path: string; closed: [number, string] | null }[] = []
  let curl: ParallelCurl
  let url: string
  let tlsUrl: string

  before(async () => {
    writeFileSync(CAINFO, authorityPem())
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
    url = `ws://127.0.0.1:${String((plain.address() as AddressInfo).port)}`
    tlsUrl = `wss://127.0.0.1:${String((secure.address() as AddressInfo).port)}`
    for (const server of [plain, overTls]) {
      server.on('connection', (socket, request) => {
        const peer: (typeof peers)[number] = {
          socket,
          port: request.socket.remotePort ?? 0,
          path: request.url ?? '',
          closed: null,
        }
        peers.push(peer)
        socket.on('error', () => undefined)
        if (peer.path === '/echo')
          socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
        if (peer.path === '/greet') socket.send('welcome')
        socket.on('close', (code, reason) => {
          peer.closed = [code, reason.toString()]
          changes.notify()
        })
      })
    }
  })
  beforeEach(() => {
    peers = []
    curl = new ParallelCurl(1, { CAINFO })
  })
  afterEach(() => curl.close())
  after(async () => {
    for (const { socket } of peers) socket.terminate()
    for (const server of [plain, overTls, secure]) await new Promise((resolve) => server.close(resolve))
    rmSync(folder, { recursive: true })
  })

  const closeOf = async (index = 0): Promise<[number, string]> => {
    await changes.until(
      () => (peers[index]?.closed ?? null) !== null,
      () => 'the server to hear of a close',
    )
    return peers[index]?.closed as [number, string]
  }

  const ofLibcurl = (): void => {
    const open = async (path = '/'): Promise<[CurlWebSocket, WebSocket]> => {
      const count = peers.length
      const webSocket = await curl.webSocket(url + path)
      await changes.until(
        () => peers.length > count,
        () => 'a connection',
      )
      return [webSocket, (peers[count] as (typeof peers)[number]).socket]
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

    it('carry whatever messages, in order', async () => {
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

    it('get what comes with the handshake, and know its headers and the subprotocol', async () => {
      const webSocket = await curl.webSocket(`${url}/greet`, { protocols: ['chat', 'superchat'] })
      expect(await webSocket.receive()).to.equal('welcome')
      expect(webSocket.protocol).to.equal('superchat')
      expect(webSocket.transfer.responseCode).to.equal(101)
      expect(webSocket.transfer.headers.upgrade).to.equal('websocket')
    })

    it('put fragments together, with pings between them, which are answered', async () => {
      const [webSocket, peer] = await open()
      const answered = once(peer, 'pong')
      for (const fin of [false, false, true]) {
        peer.send('part ', { fin })
        if (!fin) peer.ping('between')
      }
      expect(await webSocket.receive()).to.equal('part part part ')
      expect(String((await answered)[0])).to.equal('between')
    })

    it('are closed in good order from either side, with code and reason', async () => {
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

    it('are closed by leaving the loop', async () => {
      const [webSocket, peer] = await open()
      for (const text of ['one', 'two', 'three']) peer.send(text)
      for await (const message of webSocket) {
        expect(message).to.equal('one')
        break
      }
      expect(await closeOf()).to.deep.equal([1000, ''])
    })

    it('ping', async () => {
      const [webSocket] = await open()
      const [one, other] = await Promise.all([webSocket.ping('a'), webSocket.ping('b')])
      expect(Math.min(one, other)).to.be.greaterThan(0)
    })

    it('a reader that pauses stops the peer, and gets everything afterwards', async () => {
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

    it('a peer that does not read holds send() up', async () => {
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

    it('refuse messages that are too long, or no text', async () => {
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

    it('go through proxies, with TLS at their end', async () => {
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

    it('fail where the server does not agree, with its status', async () => {
      await using http = await startHttpServer()
      const error = await rejectionOf(curl.webSocket(http.url('/status/403').replace('http', 'ws')))
      expect(error).to.include({ errno: 22 })
      expect((error as Error).message).to.include('403')
    })

    it('that break off give what had come, and then fail', async () => {
      const [webSocket, peer] = await open()
      peer.send('before')
      peer.send('before', () => peer.terminate())
      expect(await webSocket.receive()).to.equal('before')
      expect(await webSocket.receive()).to.equal('before')
      expect(await rejectionOf(webSocket.receive())).to.include({ errno: 56 })
      expect(await webSocket.receive()).to.equal(null)
      expect(await webSocket.closed).to.deep.equal({ code: 1006, reason: '' })
    })

    it('are aborted: while they connect, by signal, by abort(), by close()', async () => {
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

    it('are not made where the server chooses a subprotocol that was not offered', async () => {
      await using liar = await startSocketServer(({ socket }) => {
        socket.once('data', (request: Buffer) => {
          const key = /sec-websocket-key: (.*)\r/i.exec(String(request))?.[1] ?? ''
          socket.write(handshake(key, 'Sec-WebSocket-Protocol: chat\r\n'))
        })
      })
      const target = liar.url.replace('tcp', 'ws')
      for (const protocols of [undefined, 'superchat', ['Chat', 'cha']]) {
        const error = await rejectionOf(curl.webSocket(target, { protocols }))
        expect(error).to.be.instanceOf(CurlError).and.to.include({ errno: 22 })
        expect((error as Error).message).to.include('subprotocol that was not offered')
      }
      for (const peer of liar.peers) await peer.until('the end', ({ hasEnded }) => hasEnded)
      for (const options of [
        { protocols: ['superchat', 'chat'] },
        { HTTPHEADER: ['sec-websocket-protocol: superchat, chat'] },
      ]) {
        const webSocket = await curl.webSocket(target, options)
        expect(webSocket.protocol).to.equal('chat')
        webSocket.destroy()
      }
    })

    it('answer a close with its code', async () => {
      for (const code of [1000, 1003, 1007, 1012, 1014, 3000, 4999]) {
        let answered!: (frame: Buffer) => void
        const frame = new Promise<Buffer>((resolve) => (answered = resolve))
        await using peer = await startSocketServer(({ socket }) => {
          socket.once('data', (request: Buffer) => {
            const key = /sec-websocket-key: (.*)\r/i.exec(String(request))?.[1] ?? ''
            socket.once('data', answered)
            socket.write(handshake(key))
            socket.write(Buffer.from([0x88, 2, code >> 8, code & 255]))
          })
        })
        const webSocket = await curl.webSocket(peer.url.replace('tcp', 'ws'))
        expect(await webSocket.closed).to.include({ code })
        const bytes = await frame
        // Masked: RFC 6455, 5.3.
        const unmask = (i: number): number => (bytes[6 + i] as number) ^ (bytes[2 + i] as number)
        expect([bytes[0], bytes[1], (unmask(0) << 8) | unmask(1)], String(code)).to.deep.equal([
          0x88,
          0x82,
          code,
        ])
      }
    })

    it('refuse what is no message, as a rejection that names it', async () => {
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

    it('that are being closed hold no process after unref()', async () => {
      await using silent = await startSocketServer(({ socket }) => {
        socket.once('data', (request: Buffer) => {
          const key = /sec-websocket-key: (.*)\r/i.exec(String(request))?.[1] ?? ''
          socket.write(handshake(key))
        })
      })
      const child = await runChild(
        `import { ParallelCurl } from './src/index.js'
        const webSocket = await new ParallelCurl(1).webSocket(process.argv[1])
        webSocket.closed.then(() => console.log('held'))
        webSocket.unref().close()`,
        { args: [silent.url.replace('tcp', 'ws')] },
      )
      expect(child).to.include({ code: 0, stdout: '', hung: false })
    }).timeout(20_000)

    it('refuse codes and reasons that may not be sent', async () => {
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
    it('of libcurl: a build without them says what has them, and what to use', async () => {
      const error = (await rejectionOf(curl.webSocket(url))) as Error
      expect(error).to.have.property('code', 'ERR_PARALLELCURL_OPTION')
      expect(error.message).to.match(/node-libcurl 5.*createConnection/)
    })
  }

  it('mistakes', async () => {
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

  describe('of the package ws, over a socket of connect()', () => {
    for (const [name, target] of [
      ['TCP', () => url],
      ['TLS', () => tlsUrl],
    ] as const) {
      it(`${name}, through a proxy`, async () => {
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
