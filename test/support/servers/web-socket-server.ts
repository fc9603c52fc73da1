/**
 * WebSocket servers on 127.0.0.1, in the clear and over TLS, that record who came and how it ended. They are
 * the package `ws`. Do not know libcurl.
 */
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { Changes } from '../changes.js'
import { issueCertificate } from './certificates.js'

/** Somebody who has connected. */
export interface WebSocketPeer {
  readonly socket: WebSocket
  readonly port: number
  readonly path: string
  /** Code and reason; null: it is open. */
  closed: [number, string] | null
}

/**
 * Of the subprotocols that are offered they choose the last one. `/echo` sends back, `/greet` says `welcome`.
 */
export class WebSocketServers implements AsyncDisposable {
  /** In order of arrival. */
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

  /** How that one was closed, as soon as it is. */
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
