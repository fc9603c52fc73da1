/**
 * What a test server and its handlers have in common: a request as it was recorded, and who answers it. Does
 * not know how either is made.
 */
import type http from 'node:http'
import type { Gate } from '../../gate.js'

export interface RecordedRequest {
  readonly method: string
  /**
   * As it stood in the request line: with the query, and absolute where the client took this server for its
   * proxy.
   */
  readonly url: string
  /** Without query and origin. */
  readonly path: string
  readonly query: URLSearchParams
  readonly httpVersion: string
  /** Name, value, name, value: in order, as spelled. */
  readonly rawHeaders: readonly string[]
  readonly headers: http.IncomingHttpHeaders
  /** Complete once `complete` is true, which it is before a handler runs. */
  body: Buffer
  complete: boolean
  /** Which TCP connection it came on: 1 is the first one that this server accepted. */
  readonly connection: number
  readonly remotePort: number
  /** The common name in the client's certificate. */
  readonly clientCertificate: string | undefined
}

/** What a handler may ask of its server. */
export interface GateKeeper {
  gate(name: string): Gate
  /** How many requests have not been answered yet. */
  readonly inFlight: number
}

/** Answers a request. */
export type Handler = (request: RecordedRequest, response: http.ServerResponse, server: GateKeeper) => void
