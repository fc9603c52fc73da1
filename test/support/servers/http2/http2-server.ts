/**
 * HTTP/2 over TLS on 127.0.0.1 with Node's own module. A script answers each stream; requests are recorded
 * with their connection. Does not depend on the scripts. For frames that Node does not send, see
 * raw-http2-server.ts.
 */
import http2 from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { authorityPem, issueCertificate } from '../certificates.js'
import { Changes } from '../../changes.js'

/** A request as it arrived. */
export interface Http2Request {
  readonly method: string
  readonly path: string
  /** The number of the connection, from 0, and of the stream, from 1 in steps of 2. */
  readonly connection: number
  readonly id: number
  /** The received part of the body. */
  body: Buffer
  readonly stream: http2.ServerHttp2Stream
  readonly session: http2.ServerHttp2Session
}

export type Http2Script = (request: Http2Request, server: Http2Server) => void

/** Sends a complete response with this body. */
export function respond(request: Http2Request, body = request.path): void {
  request.stream.respond({ ':status': 200 })
  request.stream.end(body)
}

export class Http2Server implements AsyncDisposable {
  readonly requests: Http2Request[] = []
  readonly sessions: http2.ServerHttp2Session[] = []
  /** The number of closed connections. */
  closed = 0
  readonly CAINFO_BLOB = authorityPem()
  readonly #server: http2.Http2SecureServer
  readonly #changes = new Changes()
  readonly #sockets = new Set<Socket>()

  constructor(script: Http2Script, settings: http2.Settings) {
    this.#server = http2.createSecureServer({ ...issueCertificate('127.0.0.1', ['127.0.0.1']), settings })
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    this.#server.on('session', (session) => {
      const connection = this.sessions.push(session) - 1
      session.on('error', () => undefined)
      session.on('close', () => {
        this.closed++
        this.#changes.notify()
      })
      session.on('stream', (stream, headers) => {
        stream.on('error', () => undefined)
        const { ':method': method = '', ':path': path = '' } = headers
        const request = {
          method,
          path,
          connection,
          id: stream.id ?? 0,
          body: Buffer.alloc(0),
          stream,
          session,
        } satisfies Http2Request
        stream.on('data', (chunk: Buffer) => {
          request.body = Buffer.concat([request.body, chunk])
          this.#changes.notify()
        })
        this.requests.push(request)
        script(request, this)
        this.#changes.notify()
      })
    })
    this.#server.on('sessionError', () => undefined)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  url(path = '/'): string {
    return `https://127.0.0.1:${String(this.port)}${path}`
  }

  /** Resolves when `condition` is true. Checked when something arrives and when a connection ends. */
  until(condition: () => boolean, what: string): Promise<void> {
    return this.#changes.until(condition, () => what)
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const session of this.sessions) session.destroy()
    // In Node.js 24 a session leaves its socket to a client that keeps the connection.
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}

/** Starts a server. `settings` are its HTTP/2 settings, such as the number of streams. */
export function startHttp2Server(script: Http2Script, settings: http2.Settings = {}): Promise<Http2Server> {
  return new Http2Server(script, settings).listen()
}
