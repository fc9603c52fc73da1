/**
 * HTTP/2 over TLS on 127.0.0.1 by Node's own module: each stream is answered by a script, and what arrived on
 * which connection is kept. Does not know what its scripts do; frames that Node does not send are
 * raw-http2-server.ts's.
 */
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { authorityPem, issueCertificate } from '../certificates.js'
import { Changes } from '../../changes.js'

/** One request as it arrived. */
export interface Http2Request {
  readonly method: string
  readonly path: string
  /** The number of its connection, from 0, and of its stream, from 1 in steps of 2. */
  readonly connection: number
  readonly id: number
  /** What has come of its body so far. */
  body: Buffer
  readonly stream: http2.ServerHttp2Stream
  readonly session: http2.ServerHttp2Session
}

export type Http2Script = (request: Http2Request, server: Http2Server) => void

/** Answers with this body, in good order. */
export function respond(request: Http2Request, body = request.path): void {
  request.stream.respond({ ':status': 200 })
  request.stream.end(body)
}

export class Http2Server implements AsyncDisposable {
  readonly requests: Http2Request[] = []
  readonly sessions: http2.ServerHttp2Session[] = []
  /** How many of the connections are closed. */
  closed = 0
  readonly CAINFO_BLOB = authorityPem()
  readonly #server: http2.Http2SecureServer
  readonly #changes = new Changes()

  constructor(script: Http2Script, settings: http2.Settings) {
    this.#server = http2.createSecureServer({ ...issueCertificate('127.0.0.1', ['127.0.0.1']), settings })
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

  /** Resolves once this holds: looked at whenever something arrives or a connection ends. */
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
    await closed
  }
}

/** Starts one. `settings`: what it tells its clients, e.g. how many streams it takes. */
export function startHttp2Server(script: Http2Script, settings: http2.Settings = {}): Promise<Http2Server> {
  return new Http2Server(script, settings).listen()
}
