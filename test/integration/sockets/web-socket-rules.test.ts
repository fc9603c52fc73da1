/**
 * Handshakes and frames that break the rules fail with messages that say so. The server breaks the rules of
 * RFC 6455 one at a time (D30).
 */
import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { hasWebSockets } from '../../../src/engine/node-libcurl/binding.js'
import { CurlError, ParallelCurl, type WebSocketConnectOptions } from '../../../src/index.js'
import { startHttpProxy } from '../../support/servers/proxies/http-proxy.js'
import { rejectionOf } from '../../support/requests.js'
import { startSocketServer, type SocketServer } from '../../support/servers/socket-server.js'

interface Answer {
  readonly upgrade?: string
  readonly connection?: string
  readonly accept?: string
  readonly more?: string
  /** The connection ends in place of this text. */
  readonly cutAt?: string
}

function answerTo(request: string, given: Answer): string {
  const key = /^sec-websocket-key: (.*)\r$/im.exec(request)?.[1] ?? ''
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    given.upgrade ?? 'Upgrade: websocket',
    given.connection ?? 'Connection: Upgrade',
    given.accept?.replace('RIGHT', accept) ?? `Sec-WebSocket-Accept: ${accept}`,
    ...(given.more === undefined ? [] : [given.more]),
  ]
  const head = `${lines.filter((line) => line !== '').join('\r\n')}\r\n\r\n`
  return given.cutAt === undefined ? head : head.slice(0, head.indexOf(given.cutAt))
}

/** Answers each handshake so; then sends these bytes, and keeps what comes back. */
async function startLiar(
  given: Answer,
  bytes: Buffer = Buffer.alloc(0),
): Promise<SocketServer & { seen: Buffer[] }> {
  const seen: Buffer[] = []
  const server = await startSocketServer(({ socket }) => {
    let request = ''
    const hear = (chunk: Buffer): void => {
      request += chunk.toString('latin1')
      if (!request.includes('\r\n\r\n')) return
      socket.off('data', hear).prependListener('data', (frame: Buffer) => seen.push(frame))
      socket.write(answerTo(request, given), 'latin1')
      if (given.cutAt !== undefined) socket.end()
      else socket.write(bytes)
    }
    socket.on('data', hear)
  })
  return Object.assign(server, { seen })
}

const frame = (first: number, payload: Buffer | string = '', length = payload.length): Buffer =>
  Buffer.concat([Buffer.from([first, length]), Buffer.from(payload as string)])
const close = (code: number, reason: Buffer | string = ''): Buffer =>
  frame(0x88, Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason as string)]))

/** The code that the client's close frame has: masked (RFC 6455, 5.3). */
function codeOf(seen: readonly Buffer[]): number | null {
  const bytes = Buffer.concat(seen)
  if (bytes[0] !== 0x88) return null
  const unmask = (i: number): number => (bytes[6 + i] as number) ^ (bytes[2 + i] as number)
  return (unmask(0) << 8) | unmask(1)
}

const rules = (): void => {
  let curl: ParallelCurl

  beforeEach(() => {
    curl = new ParallelCurl(1)
  })
  afterEach(() => curl.close())

  const wrong: [what: string, Answer, errno: number, text: RegExp, options?: WebSocketConnectOptions][] = [
    ['no Upgrade', { upgrade: '' }, 8, /no Upgrade: websocket/],
    ['another Upgrade', { upgrade: 'Upgrade: h2c' }, 8, /no Upgrade: websocket/],
    ['two of them', { upgrade: 'Upgrade: websocket, h2c' }, 8, /no Upgrade: websocket/],
    ['no Connection', { connection: '' }, 8, /no Connection: Upgrade/],
    ['another Connection', { connection: 'Connection: upgrades, close' }, 8, /no Connection: Upgrade/],
    ['no Accept', { accept: '' }, 8, /no Sec-WebSocket-Accept/],
    [
      'a wrong Accept',
      { accept: 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=' },
      8,
      /does not belong/,
    ],
    ['Accept of another case', { accept: 'Sec-WebSocket-Accept: xRIGHT' }, 8, /does not belong/],
    ['two of Accept', { more: 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=' }, 8, /does not belong/],
    ['an extension', { more: 'Sec-WebSocket-Extensions: permessage-deflate' }, 22, /chose an extension/],
    ['a subprotocol', { more: 'Sec-WebSocket-Protocol: chat' }, 22, /subprotocol that was not offered/],
    [
      'two subprotocols',
      { more: 'Sec-WebSocket-Protocol: chat, superchat' },
      22,
      /subprotocol that was not offered/,
      { protocols: ['chat', 'superchat'] },
    ],
  ]
  for (const [what, given, errno, text, options] of wrong) {
    it(`fail if the handshake is answered with ${what}`, async () => {
      await using liar = await startLiar(given, frame(0x81, 'hello'))
      const error = await rejectionOf(curl.webSocket(liar.url.replace('tcp', 'ws'), options))
      expect(error).to.be.instanceOf(CurlError).and.to.include({ errno })
      expect((error as Error).message).to.match(text)
      // Nothing is left of it: the next one gets the place.
      await (await liar.peer()).until('the end', ({ hasEnded, isClosed }) => hasEnded || isClosed)
    })
  }

  for (const cutAt of ['ebsocket', 'Connection', '\r\n\r\n']) {
    it(`fail if the headers are cut at ${JSON.stringify(cutAt)}`, async () => {
      await using liar = await startLiar({ cutAt })
      const error = await rejectionOf(curl.webSocket(liar.url.replace('tcp', 'ws')))
      expect(error).to.be.instanceOf(CurlError)
      expect((error as CurlError).errno).to.be.oneOf([52, 56])
    })
  }

  for (const [what, given] of [
    ['other cases', { upgrade: 'upgrade: WebSocket', connection: 'CONNECTION: UPGRADE' }],
    [
      'more words',
      { connection: 'Connection: keep-alive, Upgrade', accept: 'sec-websocket-accept:  RIGHT \t' },
    ],
  ] as [string, Answer][]) {
    it(`accept a response in ${what}, directly and through a proxy`, async () => {
      await using liar = await startLiar(given, frame(0x81, 'hello'))
      await using proxy = await startHttpProxy()
      for (const options of [
        {},
        { PROXY: proxy.url() },
        { captureErrorText: true, onSocketEvent: () => undefined },
      ]) {
        const webSocket = await curl.webSocket(liar.url.replace('tcp', 'ws'), options)
        expect(await webSocket.receive()).to.equal('hello')
        webSocket.destroy()
      }
    })
  }

  const frames: [what: string, Buffer, text: RegExp, code: number][] = [
    ['a reserved bit', frame(0xc1, 'x'), /invalid reserved bits/, 1002],
    ['a reserved opcode', frame(0x83, 'x'), /invalid opcode/, 1002],
    ['a mask', frame(0x81, 'mask', 0x80), /masked input frame/, 1002],
    ['a ping in fragments', frame(0x09, 'x'), /invalid fragmented PING/, 1002],
    [
      'a ping that is too large',
      Buffer.concat([frame(0x89, '\0\x7e', 126), Buffer.alloc(126)]),
      /PING frame is too big/,
      1002,
    ],
    [
      'a close that is too large',
      Buffer.concat([frame(0x88, '\0\x7e', 126), Buffer.alloc(126)]),
      /CLOSE frame is too big/,
      1002,
    ],
    ['a rest without a beginning', frame(0x80, 'x'), /no ongoing fragmented message/, 1002],
    [
      'a message within another',
      Buffer.concat([frame(0x01, 'x'), frame(0x81, 'y')]),
      /interrupted by new TEXT/,
      1002,
    ],
    ['half a close code', frame(0x88, 'x'), /half of a close code/, 1002],
    ...[0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_535].map((code): [string, Buffer, RegExp, number] => [
      `the close code ${String(code)}`,
      close(code, 'why'),
      new RegExp(`: the received close code ${String(code)} is invalid`),
      1002,
    ]),
    [
      'a reason that is not UTF-8',
      close(1000, Buffer.from([0x61, 0xff])),
      /reason of a close is not UTF-8/,
      1007,
    ],
    ['text that is not UTF-8', frame(0x81, Buffer.from([0xc3, 0x28])), /text message is not UTF-8/, 1007],
    [
      'text that is not UTF-8 as a whole',
      Buffer.concat([frame(0x01, Buffer.from([0xe2, 0x82])), frame(0x80, 'x')]),
      /text message is not UTF-8/,
      1007,
    ],
  ]
  for (const [what, bytes, text, code] of frames) {
    it(`${what}: fail after the earlier messages, and send code ${String(code)}`, async () => {
      await using liar = await startLiar({}, Buffer.concat([frame(0x81, 'before'), bytes]))
      const webSocket = await curl.webSocket(liar.url.replace('tcp', 'ws'))
      expect(await webSocket.receive()).to.equal('before')
      const error = await rejectionOf(webSocket.receive())
      expect(error).to.be.instanceOf(CurlError).and.to.include({ errno: 56 })
      expect((error as Error).message).to.match(text)
      expect(await webSocket.closed).to.deep.equal({ code: 1006, reason: '' })
      expect(await webSocket.receive()).to.equal(null)
      await (await liar.peer()).until('the end', ({ hasEnded, isClosed }) => hasEnded || isClosed)
      expect(codeOf(liar.seen)).to.equal(code)
    })
  }

  it('report a close between fragments, instead of dropping the message', async () => {
    for (const part of [
      frame(0x01, 'half of'),
      frame(0x02),
      Buffer.concat([frame(0x01, 'a'), frame(0x00, 'b')]),
    ]) {
      await using liar = await startLiar({}, Buffer.concat([frame(0x81, 'before'), part, close(1001, 'bye')]))
      const webSocket = await curl.webSocket(liar.url.replace('tcp', 'ws'))
      expect(await webSocket.receive()).to.equal('before')
      const error = await rejectionOf(webSocket.receive())
      expect(error).to.be.instanceOf(CurlError).and.to.include({ errno: 56 })
      expect((error as Error).message).to.include('closed the WebSocket within a message')
      expect(await webSocket.closed).to.deep.equal({ code: 1001, reason: 'bye' })
      await (await liar.peer()).until('the end', ({ hasEnded, isClosed }) => hasEnded || isClosed)
      expect(codeOf(liar.seen)).to.equal(1001)
    }
  })

  it('answer a ping on an otherwise idle connection', async () => {
    await using peer = await startLiar({}, frame(0x89, 'are you there'))
    const texts: string[] = []
    const DEBUGFUNCTION = (type: number, data: Buffer): number => (type === 0 ? texts.push(String(data)) : 0)
    const webSocket = await curl.webSocket(peer.url.replace('tcp', 'ws'), { DEBUGFUNCTION, VERBOSE: 1 })
    const reading = webSocket.receive()
    await (await peer.peer()).until('a pong', () => Buffer.concat(peer.seen).length >= 6 + 13)
    const bytes = Buffer.concat(peer.seen)
    const payload = bytes.subarray(6).map((byte, i) => byte ^ (bytes[2 + (i % 4)] as number))
    expect([bytes[0], bytes[1], payload.toString()]).to.deep.equal([0x8a, 0x80 | 13, 'are you there'])
    webSocket.destroy()
    expect(await reading).to.equal(null)
    expect(texts.filter((text) => text.includes('no flags'))).to.deep.equal([])
  })

  it('ignore violations of the rules after their own close', async () => {
    for (const bytes of [close(999), frame(0xc1, 'x'), frame(0x88, 'x')]) {
      await using liar = await startSocketServer(({ socket }) => {
        socket.once('data', (request: Buffer) => {
          socket.once('data', () => socket.write(bytes))
          socket.write(answerTo(String(request), {}))
        })
      })
      const webSocket = await curl.webSocket(liar.url.replace('tcp', 'ws'))
      await webSocket.close()
      expect(await webSocket.closed).to.deep.equal({ code: 1006, reason: '' })
      expect(await webSocket.receive()).to.equal(null)
    }
  })

  it('send no shared header that null resets, also with protocols (A3)', async () => {
    const heads: string[] = []
    await using server = await startSocketServer(({ socket }) => {
      socket.once('data', (request: Buffer) => {
        heads.push(String(request))
        socket.write(answerTo(String(request), { more: 'Sec-WebSocket-Protocol: chat' }))
      })
    })
    await using shared = new ParallelCurl(1, { HTTPHEADER: ['Authorization: Bearer secret'] })
    for (const HTTPHEADER of [null, [], ['X-Own: 1'], undefined]) {
      const options = { protocols: 'chat', ...(HTTPHEADER !== undefined && { HTTPHEADER }) }
      ;(await shared.webSocket(server.url.replace('tcp', 'ws'), options)).destroy()
    }
    expect(heads.map((head) => /^authorization/im.test(head))).to.deep.equal([false, false, false, true])
    expect(heads.every((head) => /^sec-websocket-protocol: chat\r$/im.test(head))).to.equal(true)
  })

  it('keep VERBOSE and a DEBUGFUNCTION of the user working', async () => {
    await using liar = await startLiar({})
    const sent: string[] = []
    const DEBUGFUNCTION = (type: number, data: Buffer): number => {
      if (type === 2) sent.push(String(data))
      return 0
    }
    const webSocket = await curl.webSocket(liar.url.replace('tcp', 'ws'), { VERBOSE: true, DEBUGFUNCTION })
    webSocket.destroy()
    expect(sent.join('')).to.match(/^GET \/ HTTP\/1\.1\r\n[^]*sec-websocket-key: /i)
  })

  it('refuse to offer extensions, which libcurl does not have', async () => {
    await using liar = await startLiar({})
    const HTTPHEADER = ['sec-websocket-extensions: permessage-deflate']
    const error = await rejectionOf(curl.webSocket(liar.url.replace('tcp', 'ws'), { HTTPHEADER }))
    expect(error).to.include({ code: 'ERR_PARALLELCURL_OPTION', option: 'HTTPHEADER' })
    expect(liar.peers).to.have.length(0)
  })
}

// Builds without them say so: web-socket.test.ts.
if (hasWebSockets()) describe('D30: the rules of WebSocket', rules)
