/**
 * A server for raw TCP or TLS connections on 127.0.0.1 that counts received and sent bytes. Does not depend
 * on the protocol.
 */
import net from 'node:net'
import tls from 'node:tls'
import { issueCertificate } from './certificates.js'
import { Changes } from '../changes.js'
import type { CurlSocket, ParallelCurl } from '../../../src/index.js'

const NO_SCRIPT = (): void => undefined

/** One accepted connection. */
export class Peer {
  received = 0
  /** The number of bytes of {@link flood} that libuv has accepted. */
  sent = 0
  hasEnded = false
  isClosed = false
  error: NodeJS.ErrnoException | null = null
  readonly #changes = new Changes()

  constructor(readonly socket: net.Socket) {
    socket.on('error', (error) => (this.error = error))
    socket.on('data', (chunk) => {
      this.received += chunk.length
      this.#changes.notify()
    })
    socket.on('end', () => {
      this.hasEnded = true
      this.#changes.notify()
    })
    socket.on('close', () => {
      this.isClosed = true
      this.#changes.notify()
    })
  }

  until(what: string, condition: (peer: Peer) => boolean): Promise<void> {
    return this.#changes.until(
      () => condition(this),
      () => what,
    )
  }

  untilClosed(): Promise<void> {
    return this.until('the end of a connection', (peer) => peer.isClosed)
  }

  /** Sends `size` zeros, as fast as the client accepts them. */
  flood(size: number): void {
    while (this.sent < size && !this.socket.destroyed) {
      const chunk = Buffer.alloc(Math.min(65_536, size - this.sent))
      this.sent += chunk.length
      if (!this.socket.write(chunk)) {
        this.socket.once('drain', () => {
          this.#changes.notify()
          this.flood(size)
        })
        return
      }
    }
    this.#changes.notify()
  }
}

export class SocketServer {
  readonly peers: Peer[] = []
  readonly #server: net.Server
  readonly #changes = new Changes()

  /** @param script called with each connection. It can be replaced */
  constructor(
    public script: (peer: Peer) => void,
    private readonly scheme: 'tcp' | 'tls',
    names: string[],
  ) {
    const accept = (socket: net.Socket): void => {
      const peer = new Peer(socket)
      this.peers.push(peer)
      this.script(peer)
      this.#changes.notify()
    }
    this.#server =
      scheme === 'tcp'
        ? net.createServer({ allowHalfOpen: true }, accept)
        : tls.createServer({ ...issueCertificate(names[0] as string, names), allowHalfOpen: true }, accept)
    this.#server.on('tlsClientError', () => undefined)
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port
  }

  get url(): string {
    return `${this.scheme}://127.0.0.1:${String(this.port)}`
  }

  /** Resolves with the connection of this number, from 0, when it has been accepted. */
  async peer(index = 0): Promise<Peer> {
    await this.#changes.until(
      () => this.peers.length > index,
      () => `connection ${String(index)}`,
    )
    return this.peers[index] as Peer
  }

  /** Destroys all connections, and has no script from now on. */
  forget(): void {
    for (const { socket } of this.peers) socket.destroy()
    this.peers.length = 0
    this.script = NO_SCRIPT
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', 1024, resolve))
    return this
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const { socket } of this.peers) socket.destroy()
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** Sends back everything it receives, and ends when the client ends. */
export function echo({ socket }: Peer): void {
  socket.pipe(socket)
}

/** Connects to the server. Returns both ends. */
export async function connectTo(server: SocketServer, curl: ParallelCurl): Promise<[CurlSocket, Peer]> {
  const count = server.peers.length
  const socket = await curl.connect(server.url)
  return [socket, await server.peer(count)]
}

export function startSocketServer(
  script: (peer: Peer) => void = NO_SCRIPT,
  scheme: 'tcp' | 'tls' = 'tcp',
  names = ['localhost', '127.0.0.1'],
): Promise<SocketServer> {
  return new SocketServer(script, scheme, names).listen()
}
