/**
 * The events that `onSocketEvent` receives. Does not know where they come from.
 */
import type { Transfer } from '../../transfer/transfer.js'

/** An event of a transfer's connection. All events are plain data, without credentials. */
export type SocketEvent = SocketEventDetails & {
  /** Milliseconds since the launch of the attempt. */
  readonly timeMs: number
}

/** Both ends of a connection. Behind a proxy, `address` and `port` are the proxy's. */
export interface SocketEnds {
  /** The IP address of the other end; `''` if there is none (unix sockets). */
  readonly address: string
  readonly port: number
  /**
   * The local IP address. `''`, with `localPort` 0, as long as libcurl 8 does not report it: it does so once
   * TLS and proxies are done, and a later event has the address.
   */
  readonly localAddress: string
  readonly localPort: number
}

/** The kind of an event, with its fields. */
export type SocketEventDetails =
  /** The first address that is tried. Literal addresses count, and so does libcurl's cache (`isCached`). */
  | { readonly type: 'resolved'; readonly address: string; readonly port: number; readonly isCached: boolean }
  | ({ readonly type: 'connected' } & SocketEnds)
  /**
   * A request is sent on an existing connection: of another transfer, or of this one before a redirect or a
   * challenge.
   */
  | ({ readonly type: 'reused' } & SocketEnds)
  /** The proxy has opened a tunnel to `host` and `port`. */
  | {
      readonly type: 'tunnelled'
      readonly via: 'http' | 'socks'
      readonly host: string
      readonly port: number
    }
  /**
   * A TLS handshake is done, and the certificate has been verified. Through an https proxy there are two.
   * `alpn` is null if no protocol was agreed on.
   */
  | {
      readonly type: 'tls'
      readonly protocol: string
      readonly cipher: string
      readonly alpn: string | null
    }
  | ({ readonly type: 'closed' } & SocketEnds)

/** Called for each event, in order, outside of libcurl's stack, before the transfer's callback. */
export type SocketListener = (event: SocketEvent, transfer: Transfer) => unknown
