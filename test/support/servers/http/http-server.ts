/**
 * A real HTTP server on 127.0.0.1 (or another address of this machine) that records requests, so that tests
 * can assert on what arrived. The built-in responses are in http-handlers.ts. Does not depend on libcurl.
 */
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { authorityPem, issueCertificate } from '../certificates.js'
import { Changes } from '../../changes.js'
import { Gate } from '../../gate.js'
import type { Handler, RecordedRequest } from './http-exchange.js'
import { builtInHandler } from './http-handlers.js'

export type { RecordedRequest } from './http-exchange.js'

export interface HttpServerOptions {
  host?: string
  /** Default: a free port. */
  port?: number
  /** True for https, with a certificate of the test authority for localhost and `host`. */
  tls?: boolean
  /** Asks clients for a certificate of the test authority; `'required'` refuses clients without one. */
  requestCert?: 'optional' | 'required'
  /** Another certificate in place of the valid one. */
  certificate?: { cert: string; key: string }
}

type Route = [pattern: string | RegExp, handler: Handler]

export class HttpServer {
  readonly requests: RecordedRequest[] = []
  /** The number of TCP connections accepted so far. */
  connections = 0
  /** The number of requests that are not answered yet, and its highest value. */
  inFlight = 0
  peakInFlight = 0
  readonly host: string
  readonly scheme: 'http' | 'https'
  readonly #server: http.Server
  readonly #changes = new Changes()
  readonly #gates = new Map<string, Gate>()
  readonly #routes: Route[] = []
  readonly #sockets = new Set<net.Socket>()
  readonly #connectionIds = new Map<number, number>()
  readonly #listensOn: number
  #keepsRequests = true

  constructor(options: HttpServerOptions) {
    this.#listensOn = options.port ?? 0
    this.host = options.host ?? '127.0.0.1'
    this.scheme = options.tls ? 'https' : 'http'
    const limits = {
      keepAliveTimeout: 0,
      headersTimeout: 0,
      requestTimeout: 0,
      connectionsCheckingInterval: 3_600_000,
    }
    const common = { ...limits, requireHostHeader: false, maxHeaderSize: 131_072 }
    this.#server = options.tls
      ? https.createServer({ ...common, ...tlsOptions(options, this.host) })
      : http.createServer(common)
    this.#server.on('connection', (socket: net.Socket) => this.#accept(socket))
    this.#server.on('request', (message, response) => this.#receive(message, response))
    this.#server.on('connect', (message, socket: Duplex, head) => this.#tunnel(message, socket, head))
    // A client that aborts is normal in these tests and gets no 400.
    this.#server.on('clientError', (_error, socket: Duplex) => socket.destroy())
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port
  }

  get openSockets(): number {
    return this.#sockets.size
  }

  url(path = '/echo'): string {
    return `${this.scheme}://${this.host}:${this.port}${path}`
  }

  /**
   * Adds a route. Routes come before the built-in paths, and later routes before earlier ones. A string must
   * equal the whole path.
   */
  route(pattern: string | RegExp, handler: Handler): this {
    this.#routes.unshift([pattern, handler])
    return this
  }

  /** Returns the gate for requests to `/gate/<name>`. Creates it if it does not exist. */
  gate(name: string): Gate {
    let gate = this.#gates.get(name)
    if (!gate) this.#gates.set(name, (gate = new Gate(name)))
    return gate
  }

  /** Resolves when `count` requests have arrived completely since the start or the last `forget()`. */
  waitForRequests(count: number): Promise<void> {
    const seen = (): number => this.requests.filter((request) => request.complete).length
    return this.#changes.until(
      () => seen() >= count,
      () => `${count} requests (${seen()} arrived)`,
    )
  }

  /** Resolves when every request is answered or gone: the server notices an aborted request with a delay. */
  waitForIdle(): Promise<void> {
    return this.#changes.until(
      () => this.inFlight === 0,
      () => `an idle server (${this.inFlight} in flight)`,
    )
  }

  waitForOpenSockets(count: number): Promise<void> {
    return this.#changes.until(
      () => this.openSockets === count,
      () => `${count} open sockets (${this.openSockets} open)`,
    )
  }

  /** Clears the records, for a test that continues with the same server. */
  forget(): void {
    this.requests.length = 0
    this.peakInFlight = this.inFlight
  }

  /**
   * From now on, requests are counted and not kept. For tests that send more requests than should be in
   * memory.
   */
  keepNothing(): void {
    this.#keepsRequests = false
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ port: this.#listensOn, host: this.host, backlog: 4096 }, resolve)
    })
    return this
  }

  /** Stops the server and destroys open connections. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #accept(socket: net.Socket): void {
    this.connections++
    this.#connectionIds.set(socket.remotePort ?? 0, this.connections)
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#sockets.delete(socket)
      this.#changes.notify()
    })
  }

  #record(message: http.IncomingMessage): RecordedRequest {
    const url = message.url ?? ''
    const [path = '', query = ''] = url.replace(/^[a-z]+:\/\/[^/]*/i, '').split(/\?(.*)/s)
    const remotePort = message.socket.remotePort ?? 0
    const peer = message.socket instanceof TLSSocket ? message.socket.getPeerCertificate() : undefined
    const commonName = peer && 'subject' in peer ? peer.subject.CN : undefined
    const request: RecordedRequest = {
      method: message.method ?? '',
      url,
      path,
      query: new URLSearchParams(query),
      httpVersion: message.httpVersion,
      rawHeaders: message.rawHeaders,
      headers: message.headers,
      body: Buffer.alloc(0),
      complete: false,
      connection: this.#connectionIds.get(remotePort) ?? 0,
      remotePort,
      clientCertificate: Array.isArray(commonName) ? commonName[0] : commonName,
    }
    if (this.#keepsRequests) this.requests.push(request)
    return request
  }

  #receive(message: http.IncomingMessage, response: http.ServerResponse): void {
    const request = this.#record(message)
    this.inFlight++
    this.peakInFlight = Math.max(this.peakInFlight, this.inFlight)
    const done = (): void => {
      response.off('finish', done)
      response.off('close', done)
      this.inFlight--
      this.#changes.notify()
    }
    response.on('finish', done)
    response.on('close', done)
    response.on('error', () => undefined)
    const chunks: Buffer[] = []
    message.on('error', () => undefined)
    message.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
    })
    message.on('close', () => {
      if (!request.complete) request.body = Buffer.concat(chunks)
    })
    message.on('end', () => {
      request.body = Buffer.concat(chunks)
      request.complete = true
      this.#changes.notify()
      this.#handler(request.path)(request, response, this)
    })
  }

  #handler(path: string): Handler {
    for (const [pattern, handler] of this.#routes) {
      if (typeof pattern === 'string' ? pattern === path : pattern.test(path)) return handler
    }
    return builtInHandler(path)
  }

  /** Acts as a proxy: records a CONNECT and opens a tunnel to its target. */
  #tunnel(message: http.IncomingMessage, socket: Duplex, head: Buffer): void {
    const request = this.#record(message)
    request.complete = true
    this.#changes.notify()
    const [host, port] = request.url.split(':')
    const upstream = net.connect(Number(port), host ?? '', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.destroy())
    socket.on('error', () => upstream.destroy())
    socket.on('close', () => upstream.destroy())
  }
}

function tlsOptions(options: HttpServerOptions, host: string): https.ServerOptions {
  const certificate = options.certificate ?? issueCertificate('localhost', ['localhost', host])
  if (!options.requestCert) return certificate
  return {
    ...certificate,
    ca: authorityPem(),
    requestCert: true,
    rejectUnauthorized: options.requestCert === 'required',
  }
}

export function startHttpServer(options: HttpServerOptions = {}): Promise<HttpServer> {
  return new HttpServer(options).listen()
}
