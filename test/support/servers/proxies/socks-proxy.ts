/**
 * A SOCKS proxy on 127.0.0.1 (4, 4a, 5 with users) that records the connection, user and target of each
 * request. Does not depend on libcurl.
 *
 * Source: RFC 1928, 1929.
 */
import net from 'node:net'

export interface SocksRequest {
  readonly version: 4 | 5
  readonly connection: number
  /** The user; `''` if there is none. */
  readonly user: string
  /** `host:port`; the host is a name if the client leaves the look-up to the proxy. */
  readonly target: string
}

export interface SocksProxyOptions {
  /** The users and their passwords. Default: no authentication. */
  users?: Readonly<Record<string, string>> | undefined
}

export class SocksProxy {
  readonly requests: SocksRequest[] = []
  connections = 0
  /** Returns the SOCKS 5 reply code to refuse the request with, or 0 to let it pass. */
  refuse: (request: SocksRequest) => number = () => 0
  readonly #server: net.Server
  readonly #sockets = new Set<net.Socket>()
  readonly #behind = new Map<number, SocksRequest>()

  constructor(private readonly options: SocksProxyOptions) {
    this.#server = net.createServer((socket) => {
      const connection = ++this.connections
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => this.#sockets.delete(socket))
      void this.#serve(socket, connection).catch(() => socket.destroy())
    })
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port
  }

  url(scheme: 'socks4' | 'socks4a' | 'socks5' | 'socks5h', user?: string): string {
    const password =
      scheme.startsWith('socks4') || user === undefined ? '' : `:${this.options.users?.[user] ?? 'password'}`
    return `${scheme}://${user === undefined ? '' : `${user}${password}@`}127.0.0.1:${String(this.port)}`
  }

  whoIs(remotePort: number): SocksRequest | undefined {
    return this.#behind.get(remotePort)
  }

  forget(): void {
    this.requests.length = 0
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return this
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #serve(socket: net.Socket, connection: number): Promise<void> {
    const bytes = new Bytes(socket)
    const [version] = await bytes.take(1)
    if (version === 4) {
      const [, high = 0, low = 0, a, b, c, d = 0] = await bytes.take(7)
      const user = await bytes.untilZero()
      const isName = a === 0 && b === 0 && c === 0 && d !== 0
      const host = isName ? await bytes.untilZero() : [a, b, c, d].join('.')
      const request = { version, connection, user, target: `${host}:${String(high * 256 + low)}` } as const
      this.#tunnel(socket, bytes, request, (code) => [0, code === 0 ? 90 : 91, 0, 0, 0, 0, 0, 0])
      return
    }
    const [count = 0] = await bytes.take(1)
    const methods = await bytes.take(count)
    const { users } = this.options
    const method = methods.includes(2) ? 2 : users === undefined ? 0 : 255
    socket.write(Buffer.from([5, method]))
    if (method === 255) return
    let user = ''
    if (method === 2) {
      await bytes.take(1)
      user = (await bytes.text()) || ''
      const password = await bytes.text()
      const isRight = users === undefined || users[user] === password
      socket.write(Buffer.from([1, isRight ? 0 : 1]))
      if (!isRight) return
    }
    const [, , , type] = await bytes.take(4)
    const host = type === 3 ? await bytes.text() : [...(await bytes.take(type === 4 ? 16 : 4))].join('.')
    const [high = 0, low = 0] = await bytes.take(2)
    const request = { version: 5, connection, user, target: `${host}:${String(high * 256 + low)}` } as const
    this.#tunnel(socket, bytes, request, (code) => [5, code, 0, 1, 0, 0, 0, 0, 0, 0])
  }

  #tunnel(socket: net.Socket, bytes: Bytes, request: SocksRequest, reply: (code: number) => number[]): void {
    this.requests.push(request)
    const refused = this.refuse(request)
    if (refused !== 0) {
      socket.end(Buffer.from(reply(refused)))
      return
    }
    const [host, port] = request.target.split(/:(?=\d+$)/)
    const upstream = net.connect(Number(port), host === 'localhost' ? '127.0.0.1' : (host ?? ''), () => {
      if (upstream.localPort !== undefined) this.#behind.set(upstream.localPort, request)
      socket.write(Buffer.from(reply(0)))
      upstream.write(bytes.rest())
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.end(Buffer.from(reply(5))))
    upstream.on('close', () => socket.destroy())
    socket.on('close', () => upstream.destroy())
  }
}

/** Reads exact numbers of bytes from a socket. */
class Bytes {
  #buffer = Buffer.alloc(0)
  #wake: (() => void) | null = null
  readonly #listener = (chunk: Buffer): void => {
    this.#buffer = Buffer.concat([this.#buffer, chunk])
    this.#wake?.()
  }

  constructor(private readonly socket: net.Socket) {
    socket.on('data', this.#listener)
  }

  async take(count: number): Promise<Buffer> {
    while (this.#buffer.length < count) await new Promise<void>((resolve) => (this.#wake = resolve))
    const taken = this.#buffer.subarray(0, count)
    this.#buffer = this.#buffer.subarray(count)
    return taken
  }

  async text(): Promise<string> {
    const [length = 0] = await this.take(1)
    return (await this.take(length)).toString()
  }

  async untilZero(): Promise<string> {
    let text = ''
    for (let [byte = 0] = await this.take(1); byte !== 0; [byte = 0] = await this.take(1))
      text += String.fromCharCode(byte)
    return text
  }

  /** Returns the bytes that were not read, and stops listening to the socket. */
  rest(): Buffer {
    this.socket.off('data', this.#listener)
    return this.#buffer
  }
}

export function startSocksProxy(options: SocksProxyOptions = {}): Promise<SocksProxy> {
  return new SocksProxy(options).listen()
}
