/**
 * Handshakes and closes of `webSocket()` with servers that a test writes byte by byte.
 */
import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { hasWebSockets } from '../../../src/engine/node-libcurl/binding.js'
import { CurlError, ParallelCurl } from '../../../src/index.js'
import { runChild } from '../../support/programs/child.js'
import { startHttpServer } from '../../support/servers/http/http-server.js'
import { rejectionOf } from '../../support/requests.js'
import { startSocketServer } from '../../support/servers/socket-server.js'

/** Returns the plain response of a server to a handshake. */
function handshake(key: string, lines = ''): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  return `HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${lines}Sec-WebSocket-Accept: ${accept}\r\n\r\n`
}

const suite = (): void => {
  let curl: ParallelCurl
  beforeEach(() => {
    curl = new ParallelCurl(1)
  })
  afterEach(() => curl.close())

  it('fail with the status of a server that refuses', async () => {
    await using http = await startHttpServer()
    const error = await rejectionOf(curl.webSocket(http.url('/status/403').replace('http', 'ws')))
    expect(error).to.include({ errno: 22 })
    expect((error as Error).message).to.include('403')
  })

  it('fail if the server chooses a subprotocol that was not offered', async () => {
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

  it('answer a close with the same code', async () => {
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

  it('do not keep the process alive after unref() while they close', async () => {
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
  }).timeout(60_000)
}

// The error of `curl.webSocket()` on other builds is in web-socket.test.ts.
if (hasWebSockets()) describe('WebSockets at the handshake and at the close', suite)
