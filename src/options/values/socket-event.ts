/**
 * What `onSocketEvent` is told. Does not know how it is found out.
 */
import type { Transfer } from '../../transfer/transfer.js'

/** What has happened to the connection of a transfer. All are plain data, without credentials. */
export type SocketEvent = SocketEventDetails & {
  /** Milliseconds since the attempt was launched. */
  readonly timeMs: number
}

/** Both ends of a connection: behind a proxy, `address` and `port` are the proxy's. */
export interface SocketEnds {
  /** The IP address of the other end; `''` where there is none (Unix sockets). */
  readonly address: string
  readonly port: number
  /**
   * `''`, and `localPort` 0, where libcurl 8 says it only once TLS and proxies are done: with the next event
   * of its kind.
   */
  readonly localAddress: string
  readonly localPort: number
}

export type SocketEventDetails =
  /** The first address that is tried. Literal addresses count, and so does libcurl's cache (`isCached`). */
  | { readonly type: 'resolved'; readonly address: string; readonly port: number; readonly isCached: boolean }
  | ({ readonly type: 'connected' } & SocketEnds)
  /**
   * A request goes out on a connection that was there: of another transfer, or of this one before a redirect
   * or a challenge.
   */
  | ({ readonly type: 'reused' } & SocketEnds)
  /** The proxy has let us through to `host` and `port`. */
  | {
      readonly type: 'tunnelled'
      readonly via: 'http' | 'socks'
      readonly host: string
      readonly port: number
    }
  /**
   * A TLS handshake is done, and the certificate is good; through an https proxy there are two. `alpn` is
   * null where nothing was agreed on.
   */
  | {
      readonly type: 'tls'
      readonly protocol: string
      readonly cipher: string
      readonly alpn: string | null
    }
  | ({ readonly type: 'closed' } & SocketEnds)

/** Called for each event, in order, outside of libcurl, before the transfer's callback. */
export type SocketListener = (event: SocketEvent, transfer: Transfer) => unknown
