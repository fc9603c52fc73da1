/**
 * WebSocket servers on 127.0.0.1, with and without TLS, that record connections and how they were closed.
 * Built on the package `ws`. Do not depend on libcurl.
 */
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { Changes } from '../changes.js'
import { issueCertificate } from './certificates.js'

/** A connected client. */
export interface WebSocketPeer {
  readonly socket: WebSocket
  readonly port: number
  readonly path: string
  /** The close code and reason; null while the connection is open. */
  closed: [number, string] | null
}

/**
 * The servers choose the last of the offered subprotocols. `/echo` sends messages back, `/greet` sends
 * `welcome`.
 */
export class WebSocketServers implements AsyncDisposable {
  /** The clients in order of arrival. */
  readonly peers: WebSocketPeer[] = []
  readonly changes = new Changes()
  readonly #secure = https.createServer(issueCertificate('localhost', ['localhost', '127.0.0.1']))
  readonly #plain = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: (offered) => [...offered].at(-1) as string,
  })
  readonly #overTls = new WebSocketServer({ server: this.#secure })

  static async start(): Promise<WebSocketServers> {
    const servers = new WebSocketServers()
    await new Promise<void>((resolve) => servers.#secure.listen(0, '127.0.0.1', resolve))
    for (const server of [servers.#plain, servers.#overTls])
      server.on('connection', (socket, request) =>
        servers.#accept(socket, request.socket.remotePort ?? 0, request.url ?? ''),
      )
    return servers
  }

  get url(): string {
    return `ws://127.0.0.1:${String((this.#plain.address() as AddressInfo).port)}`
  }

  get tlsUrl(): string {
    return `wss://127.0.0.1:${String((this.#secure.address() as AddressInfo).port)}`
  }

  /** Resolves with the close code and reason of a client when it is closed. */
  async closeOf(index = 0): Promise<[number, string]> {
    await this.changes.until(
      () => (this.peers[index]?.closed ?? null) !== null,
      () => 'the server to hear of a close',
    )
    return this.peers[index]?.closed as [number, string]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { socket } of this.peers) socket.terminate()
    for (const server of [this.#plain, this.#overTls, this.#secure])
      await new Promise((resolve) => server.close(resolve))
  }

  #accept(socket: WebSocket, port: number, path: string): void {
    const peer: WebSocketPeer = { socket, port, path, closed: null }
    this.peers.push(peer)
    socket.on('error', () => undefined)
    if (path === '/echo') socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
    if (path === '/greet') socket.send('welcome')
    socket.on('close', (code, reason) => {
      peer.closed = [code, reason.toString()]
      this.changes.notify()
    })
  }
}
