/**
 * An HTTP/2 server over TLS on 127.0.0.1 whose scripts choose each frame, for cases that Node's own server
 * does not send. Answers SETTINGS by itself. Does not decode headers.
 */
import type net from 'node:net'
import tls from 'node:tls'
import { authorityPem, issueCertificate } from '../certificates.js'

const DATA = 0
const HEADERS = 1
const RST_STREAM = 3
const SETTINGS = 4
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.length
const END_STREAM = 1
const END_HEADERS = 4
const ACK = 1

/** The frames that a script can send for one request. */
export interface RawAnswer {
  /** Sends a head with status 200, and with a Content-Length if a length is given. */
  head(length?: number): void
  data(text: string): void
  end(): void
  /** Sends RST_STREAM. 0 is NO_ERROR. */
  reset(code: number): void
  /** Ends the connection after everything was sent. */
  close(): void
}

export interface RawHttp2Server extends AsyncDisposable {
  readonly CAINFO_BLOB: string
  /** The number of requests that have arrived. */
  readonly requests: number
  url(path?: string): string
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

function headers(length: number | undefined): Buffer {
  // HPACK: `:status: 200` is entry 8 of the static table, `content-length` is entry 28.
  const status = Buffer.from([0x88])
  if (length === undefined) return status
  const digits = Buffer.from(String(length))
  return Buffer.concat([status, Buffer.from([0x0f, 28 - 15, digits.length]), digits])
}

/** Starts a server. `answer` is called for each request, with the request's number. */
export async function startRawHttp2Server(
  answer: (to: RawAnswer, number: number) => void,
): Promise<RawHttp2Server> {
  let requests = 0
  const sockets = new Set<net.Socket>()
  const certificate = issueCertificate('127.0.0.1', ['127.0.0.1'])
  const server = tls.createServer({ ...certificate, ALPNProtocols: ['h2'] }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.write(frame(SETTINGS, 0, 0, Buffer.alloc(0)))
    let pending = Buffer.alloc(0)
    let isBegun = false
    const receive = (type: number, flags: number, stream: number): void => {
      if (type === SETTINGS && (flags & ACK) === 0) socket.write(frame(SETTINGS, ACK, 0, Buffer.alloc(0)))
      if (type !== HEADERS) return
      const send = (kind: number, bits: number, payload: Buffer): void => {
        socket.write(frame(kind, bits, stream, payload))
      }
      const code = Buffer.alloc(4)
      answer(
        {
          head: (length) => {
            send(HEADERS, END_HEADERS, headers(length))
          },
          data: (text) => {
            send(DATA, 0, Buffer.from(text))
          },
          end: () => {
            send(DATA, END_STREAM, Buffer.alloc(0))
          },
          reset: (reason) => {
            code.writeUInt32BE(reason)
            send(RST_STREAM, 0, code)
          },
          close: () => {
            socket.end()
          },
        },
        requests++,
      )
    }
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk])
      if (!isBegun) {
        if (pending.length < PREFACE) return
        isBegun = true
        pending = pending.subarray(PREFACE)
      }
      while (pending.length >= 9 && pending.length >= 9 + pending.readUIntBE(0, 3)) {
        const end = 9 + pending.readUIntBE(0, 3)
        receive(pending.readUInt8(3), pending.readUInt8(4), pending.readUInt32BE(5))
        pending = pending.subarray(end)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  return {
    CAINFO_BLOB: authorityPem(),
    get requests() {
      return requests
    },
    url: (path = '/') => `https://127.0.0.1:${String(port)}${path}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
