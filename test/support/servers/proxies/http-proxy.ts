/**
 * An HTTP proxy on 127.0.0.1 that requires a user, and records the connection, user and target of each tunnel
 * (CONNECT) and each plain request. `whoIs` returns the user behind a connection that a server sees. Does not
 * depend on libcurl.
 */
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import { ProxyPool, type ProxyPoolOptions } from '../../../../src/index.js'
import { issueCertificate } from '../certificates.js'
import { Changes } from '../../changes.js'
import { ntlmChallenge, ntlmUser, userOf } from './proxy-auth.js'

/** A tunnel or a plain request. */
export interface ProxiedRequest {
  readonly kind: 'tunnel' | 'plain'
  /** The number of the TCP connection; 1 is the first one that this proxy accepted. */
  readonly connection: number
  /** The user; `''` if there is none. */
  readonly user: string
  /** `host:port` of a tunnel; the URL of a plain request. */
  readonly target: string
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
}

export interface HttpProxyOptions {
  /** The users and their passwords. Default: no authentication. */
  users?: Readonly<Record<string, string>> | undefined
  auth?: 'basic' | 'digest' | 'ntlm'
  /** True for https, with a certificate of the test authority. */
  tls?: boolean
}

export class HttpProxy {
  /** All requests in order of arrival, including refused ones. */
  readonly requests: ProxiedRequest[] = []
  /** The number of TCP connections accepted so far. */
  connections = 0
  /** The number of plain requests in progress and open tunnels. */
  open = 0
  peakOpen = 0
  /** Returns the status to refuse the request with, or 0 to let it pass. */
  refuse: (request: { user: string; target: string }) => number = () => 0
  #server: http.Server
  #port = 0
  readonly #options: HttpProxyOptions
  readonly #changes = new Changes()
  readonly #sockets = new Set<Duplex>()
  readonly #ids = new WeakMap<object, number>()
  readonly #ntlm = new WeakMap<object, string>()
  readonly #behind = new Map<number, ProxiedRequest>()

  constructor(options: HttpProxyOptions) {
    this.#options = options
    this.#server = this.#make()
  }

  get port(): number {
    return this.#port
  }

  /** Returns the proxy's URL, with the credentials of a user if one is given. */
  url(user?: string): string {
    const password = user === undefined ? '' : (this.#options.users?.[user] ?? 'password')
    const credentials =
      user === undefined ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`
    return `${this.#options.tls ? 'https' : 'http'}://${credentials}127.0.0.1:${String(this.#port)}`
  }

  get tunnels(): ProxiedRequest[] {
    return this.requests.filter(({ kind, status }) => kind === 'tunnel' && status === 200)
  }

  /** Returns the request behind a connection that a server sees with this remote port. */
  whoIs(remotePort: number): ProxiedRequest | undefined {
    return this.#behind.get(remotePort)
  }

  /**
   * Returns the users of each connection. More than one user on a connection means that credentials were
   * mixed up.
   */
  usersByConnection(): Map<number, Set<string>> {
    const users = new Map<number, Set<string>>()
    for (const { connection, user, status } of this.requests) {
      if (status === 407) continue
      users.set(connection, (users.get(connection) ?? new Set()).add(user))
    }
    return users
  }

  waitForRequests(count: number): Promise<void> {
    return this.#changes.until(
      () => this.requests.length >= count,
      () => `${String(count)} requests at the proxy (${String(this.requests.length)} came)`,
    )
  }

  /** Forgets all requests, and refuses none from now on. */
  forget(): void {
    this.requests.length = 0
    this.peakOpen = this.open
    this.refuse = () => 0
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ port: this.#port, host: '127.0.0.1', backlog: 4096 }, resolve)
    })
    this.#port = (this.#server.address() as net.AddressInfo).port
    return this
  }

  /**
   * Stops the proxy: open connections break, and its port refuses. `listen()` starts it again on the same
   * port.
   */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
    this.#server = this.#make()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #make(): http.Server {
    const limits = { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 }
    const server = this.#options.tls
      ? https.createServer({ ...limits, ...issueCertificate('localhost', ['localhost', '127.0.0.1']) })
      : http.createServer(limits)
    server.on(this.#options.tls ? 'secureConnection' : 'connection', (socket: Duplex) => {
      // The event fires again for a socket that continues after a refused CONNECT.
      if (this.#ids.has(socket)) return
      this.#ids.set(socket, ++this.connections)
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    server.on('connect', (message, socket: Duplex, head) => {
      this.#connect(message, socket, head)
    })
    server.on('request', (message, response) => {
      this.#forward(message, response)
    })
    server.on('clientError', (_error, socket: Duplex) => socket.destroy())
    return server
  }

  /** Returns the user of a request, or the challenge to answer with. */
  #authenticate(message: http.IncomingMessage): { user: string } | { challenge: string } {
    const { users, auth = 'basic' } = this.#options
    const given = message.headers['proxy-authorization'] ?? ''
    if (auth === 'ntlm') {
      const user = this.#ntlm.get(message.socket) ?? ntlmUser(given)
      if (user === undefined) return { challenge: ntlmChallenge(given) }
      this.#ntlm.set(message.socket, user)
      return { user }
    }
    if (users === undefined) return { user: userOf('basic', given, message, undefined) ?? '' }
    const user = userOf(auth, given, message, users)
    const challenge =
      auth === 'basic' ? 'Basic realm="test"' : 'Digest realm="test", nonce="0123", qop="auth"'
    return user === undefined ? { challenge } : { user }
  }

  #record(
    message: http.IncomingMessage,
    kind: 'tunnel' | 'plain',
    user: string,
    status: number,
  ): ProxiedRequest {
    const connection = this.#ids.get(message.socket) ?? 0
    const request = { kind, connection, user, target: message.url ?? '', status, headers: message.headers }
    this.requests.push(request)
    this.#changes.notify()
    return request
  }

  #enter(socket: { once(event: 'close', listener: () => void): unknown }): void {
    this.open++
    this.peakOpen = Math.max(this.peakOpen, this.open)
    socket.once('close', () => {
      this.open--
      this.#changes.notify()
    })
  }

  #connect(message: http.IncomingMessage, socket: Duplex, head: Buffer): void {
    const again = (status: number, headers: string): void => {
      socket.write(`HTTP/1.1 ${String(status)} No\r\n${headers}Content-Length: 0\r\n\r\n`)
      this.#server.emit(this.#options.tls ? 'secureConnection' : 'connection', socket)
    }
    const who = this.#authenticate(message)
    if ('challenge' in who) {
      this.#record(message, 'tunnel', '', 407)
      again(407, `Proxy-Authenticate: ${who.challenge}\r\n`)
      return
    }
    const target = message.url ?? ''
    const refused = this.refuse({ user: who.user, target })
    const request = this.#record(message, 'tunnel', who.user, refused || 200)
    if (refused !== 0) {
      again(refused, '')
      return
    }
    const [host, port] = target.split(/:(?=\d+$)/)
    const upstream = net.connect(Number(port), host ?? '', () => {
      if (upstream.localPort !== undefined) this.#behind.set(upstream.localPort, request)
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(socket).pipe(upstream)
    })
    this.#enter(socket)
    upstream.on('error', () => socket.destroy())
    upstream.on('close', () => socket.destroy())
    socket.on('close', () => upstream.destroy())
  }

  #forward(message: http.IncomingMessage, response: http.ServerResponse): void {
    const who = this.#authenticate(message)
    response.on('error', () => undefined)
    if ('challenge' in who) {
      this.#record(message, 'plain', '', 407)
      response.writeHead(407, { 'Proxy-Authenticate': who.challenge, 'Content-Length': 0 }).end()
      return
    }
    const target = message.url ?? ''
    const refused = this.refuse({ user: who.user, target })
    const request = this.#record(message, 'plain', who.user, refused || 200)
    if (refused !== 0) {
      response.writeHead(refused, { 'Content-Length': 0 }).end()
      return
    }
    this.#enter(response)
    const { 'proxy-authorization': _mine, 'proxy-connection': _hop, ...headers } = message.headers
    const upstream = http.request(target, { method: message.method, headers, agent: false }, (answer) => {
      const { connection: _hop, 'keep-alive': _same, ...theirs } = answer.headers
      response.writeHead(answer.statusCode ?? 502, theirs)
      answer.pipe(response)
    })
    upstream.on('socket', (socket) => {
      socket.on('connect', () => {
        if (socket.localPort !== undefined) this.#behind.set(socket.localPort, request)
      })
    })
    upstream.on('error', () => {
      if (response.headersSent) response.destroy()
      else response.writeHead(502, { 'Content-Length': 0 }).end()
    })
    response.on('close', () => upstream.destroy())
    message.pipe(upstream)
  }
}

export function startHttpProxy(options: HttpProxyOptions = {}): Promise<HttpProxy> {
  return new HttpProxy(options).listen()
}

/** Starts so many proxies, one after the other. */
export async function startHttpProxies(count: number): Promise<HttpProxy[]> {
  const proxies: HttpProxy[] = []
  for (let i = 0; i < count; i++) proxies.push(await startHttpProxy())
  return proxies
}

/** Makes a pool of proxies. */
export function poolOf(proxies: readonly HttpProxy[], options: ProxyPoolOptions = {}): ProxyPool {
  return new ProxyPool(
    proxies.map((proxy) => proxy.url()),
    options,
  )
}
