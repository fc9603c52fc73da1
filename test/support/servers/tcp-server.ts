/**
 * A raw TCP server that follows a script for each connection and keeps what it received: for answers that no
 * HTTP server would give, and for protocols that this folder has no server for. Does not know HTTP.
 */
import net from 'node:net'
import { Changes } from '../changes.js'

/** One accepted connection, as the script sees it. */
export class TcpConnection {
  /** All that the client has sent so far. */
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

  /** Resolves once what the client has sent contains `text`. */
  until(text: string): Promise<void> {
    return this.#changes.until(
      () => this.received.includes(text),
      () => `${JSON.stringify(text)} in ${JSON.stringify(this.received.toString('latin1'))}`,
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

  /** From here on what this port of this machine says, both ways. */
  relayTo(port: number): void {
    const other = net.connect(port, '127.0.0.1')
    other.on('error', () => undefined)
    other.on('close', () => this.socket.destroy())
    this.socket.on('close', () => other.destroy())
    this.socket.pipe(other).pipe(this.socket)
  }

  /** Ends it in good order, after what has been sent. */
  close(): void {
    this.socket.end()
  }

  /** RST. */
  reset(): void {
    this.socket.resetAndDestroy()
  }
}

export type Script = (connection: TcpConnection, index: number) => void | Promise<void>

/** Waits for the end of the request's head, sends these bytes, and closes. */
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
        // A client that went away in the middle ends its script; nobody waits for that.
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

  /** Resolves once so many connections have been accepted. */
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

  /** Breaks off what is still open. Rejects with what a script threw. */
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
 * A port of 127.0.0.1 on which nobody listens. From below the range in which the kernel picks: a port that
 * was bound and freed may be the next server's, or the client's own.
 */
export async function refusedPort(): Promise<number> {
  for (let port = 1; port < 1024; port++) if (await isRefused(port)) return port
  throw new Error('somebody listens on every port below 1024')
}
