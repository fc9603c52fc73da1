/**
 * A raw TCP server that runs a script for each connection and keeps the received bytes, for responses that no
 * HTTP server would send, and for other protocols. Does not depend on HTTP.
 */
import net from 'node:net'
import { Changes } from '../changes.js'

/** One accepted connection, as the script sees it. */
export class TcpConnection {
  /** All bytes that the client has sent so far. */
  received = Buffer.alloc(0)
  closed = false
  readonly #changes = new Changes()

  constructor(readonly socket: net.Socket) {
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, chunk])
      this.#changes.notify()
    })
    socket.on('close', () => {
      this.closed = true
      this.#changes.notify()
    })
  }

  /** Resolves when the received bytes contain `text`. */
  until(text: string): Promise<void> {
    return this.#changes.until(
      () => this.received.includes(text),
      () => `${JSON.stringify(text)} in ${JSON.stringify(this.received.toString('latin1'))}`,
    )
  }

  /** Resolves when more than this many bytes have been received, or the connection is closed. */
  untilMore(length: number): Promise<void> {
    return this.#changes.until(
      () => this.received.length > length || this.closed,
      () => `more than ${String(length)} bytes`,
    )
  }

  untilClosed(): Promise<void> {
    return this.#changes.until(
      () => this.closed,
      () => 'the end of a connection',
    )
  }

  send(bytes: string | Buffer): void {
    this.socket.write(bytes)
  }

  /** From now on, relays the connection to this port of this machine, in both directions. */
  relayTo(port: number): void {
    const other = net.connect(port, '127.0.0.1')
    other.on('error', () => undefined)
    other.on('close', () => this.socket.destroy())
    this.socket.on('close', () => other.destroy())
    this.socket.pipe(other).pipe(this.socket)
  }

  /** Closes the connection after everything was sent. */
  close(): void {
    this.socket.end()
  }

  /** Resets the connection (RST). */
  reset(): void {
    this.socket.resetAndDestroy()
  }
}

export type Script = (connection: TcpConnection, index: number) => void | Promise<void>

/** Returns a script that waits for the end of the request's head, sends these bytes, and closes. */
export function answerWith(bytes: string | Buffer): Script {
  return async (connection) => {
    await connection.until('\r\n\r\n')
    connection.send(bytes)
    connection.close()
  }
}

export class TcpServer {
  readonly connections: TcpConnection[] = []
  readonly #server: net.Server
  readonly #failures: unknown[] = []
  readonly #changes = new Changes()

  constructor(
    script: Script,
    readonly host: string,
  ) {
    this.#server = net.createServer((socket) => {
      const connection = new TcpConnection(socket)
      this.connections.push(connection)
      this.#changes.notify()
      void (async () => script(connection, this.connections.length - 1))().catch((error: unknown) => {
        // A client that leaves early makes its script fail; that is no error.
        if (!connection.closed) this.#failures.push(error)
        socket.destroy()
      })
    })
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port
  }

  url(path = '/'): string {
    return `http://${this.host}:${this.port}${path}`
  }

  /** Resolves when this many connections have been accepted. */
  untilConnections(count: number): Promise<void> {
    return this.#changes.until(
      () => this.connections.length >= count,
      () => `${count} connections (${this.connections.length} accepted)`,
    )
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ port: 0, host: this.host }, resolve)
    })
    return this
  }

  /** Destroys open connections and stops the server. Rejects with the first error of a script. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const { socket } of this.connections) socket.destroy()
    await closed
    if (this.#failures.length > 0) throw this.#failures[0]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

export function startTcpServer(script: Script, host = '127.0.0.1'): Promise<TcpServer> {
  return new TcpServer(script, host).listen()
}

function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'))
  })
}

/**
 * Returns a port of 127.0.0.1 on which nobody listens. Below 1024, because the kernel could give a port that
 * was bound and freed to the next server, or to the client itself.
 */
export async function refusedPort(): Promise<number> {
  for (let port = 1; port < 1024; port++) if (await isRefused(port)) return port
  throw new Error('somebody listens on every port below 1024')
}
