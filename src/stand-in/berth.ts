/**
 * One Unix socket of a stand-in. libcurl connects to it in place of a server; one attempt at a time uses it, so
 * that each connection is known to belong to that attempt. Does not know what is answered.
 */
import type { Server, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Clock } from '../scheduling/time/clock.js'
import type { Certificate } from './certificates.js'
import { Visitor, type Visit } from './visitor.js'

/** The first byte of a TLS handshake (RFC 8446, 5.1). No method of HTTP begins with it. */
const HANDSHAKE = 0x16

/** A guest of a berth: an attempt. */
export interface Guest extends Visit {
  /** Returns the certificate for the host that is being connected to. */
  certificate(): Certificate
  /** Returns the reason why a connection must not be served; null if it may. */
  refusal(): Error | null
}

/** A socket for one attempt after the other. */
export class Berth {
  guest: Guest | null = null
  private readonly server: Server
  private readonly sockets = new Set<Socket>()

  constructor(
    readonly path: string,
    private readonly clock: Clock,
  ) {
    this.server = process.getBuiltinModule('node:net').createServer((socket) => {
      this.accept(socket)
    })
    this.server.on('error', (error) => this.guest?.fail(error, 7))
    // `exclusive`: a worker of a cluster would ask its primary, which takes a turn.
    this.server.listen({ path, exclusive: true })
    // Idle, it must not keep the process alive. libcurl's own sockets do while a transfer is in flight.
    this.server.unref()
  }

  /** Ends the socket and its connections. */
  close(): void {
    this.guest = null
    this.server.close()
    for (const socket of this.sockets) socket.destroy()
  }

  private accept(socket: Socket): void {
    socket.unref()
    this.sockets.add(socket)
    socket.on('close', () => this.sockets.delete(socket))
    socket.on('error', () => undefined)
    const { guest } = this
    const refusal = guest?.refusal() ?? null
    if (guest === null) socket.destroy()
    else if (refusal !== null) guest.fail(refusal, 42)
    else
      socket.once('data', (first: Buffer) => {
        socket.pause()
        socket.unshift(first)
        const visited = first[0] === HANDSHAKE ? this.secured(socket, guest) : socket
        new Visitor(visited, this.clock, () => this.guest)
        visited.resume()
      })
  }

  private secured(socket: Socket, guest: Guest): TLSSocket {
    const tls = process.getBuiltinModule('node:tls')
    const { cert, key } = guest.certificate()
    const secureContext = tls.createSecureContext({ cert, key })
    return new tls.TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] })
  }
}
