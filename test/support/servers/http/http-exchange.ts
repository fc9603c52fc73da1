/**
 * The types that a test server and its handlers share: a recorded request, and a handler. Does not depend on
 * either.
 */
import type http from 'node:http'
import type { Gate } from '../../gate.js'

export interface RecordedRequest {
  readonly method: string
  /**
   * The URL as in the request line: with the query, and absolute if the client used this server as its proxy.
   */
  readonly url: string
  /** The path without query and origin. */
  readonly path: string
  readonly query: URLSearchParams
  readonly httpVersion: string
  /** Name, value, name, value, in order and as spelled. */
  readonly rawHeaders: readonly string[]
  readonly headers: http.IncomingHttpHeaders
  /** The body; complete when `complete` is true. A handler runs only then. */
  body: Buffer
  complete: boolean
  /** The number of the TCP connection; 1 is the first one that this server accepted. */
  readonly connection: number
  readonly remotePort: number
  /** The common name in the client's certificate. */
  readonly clientCertificate: string | undefined
}

/** The part of a server that handlers use. */
export interface GateKeeper {
  gate(name: string): Gate
  /** The number of requests that are not answered yet. */
  readonly inFlight: number
}

/** Answers a request. */
export type Handler = (request: RecordedRequest, response: http.ServerResponse, server: GateKeeper) => void
