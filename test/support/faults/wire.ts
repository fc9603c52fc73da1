/**
 * The interfaces between the parts of the fault servers: records, the servers together, one connection. Types
 * only.
 */
import type net from 'node:net'
import type { Break, Plan, ProxyConduct, Stage } from './plan.js'

/** A request as it arrived, or a proxy's refusal. */
export interface FaultRecord {
  /** The step number in the path, otherwise the number of the current step. */
  readonly step: number
  /** The request line and headers, unchanged. */
  readonly head: string
  body: string
  /** The user and the proxy between the client and the origin, for requests through a proxy or tunnel. */
  readonly via: string
  /** True if the connection had answered a request before, or was opened by an earlier step. */
  readonly isReused: boolean
  /** True if a complete response head was sent. */
  isAnswered: boolean
  /** True if the whole body of the request has arrived. */
  isWhole: boolean
}

export type Part = 'origin' | 'proxyA' | 'proxyB' | 'socks'

/** All servers together. */
export interface FaultHub {
  readonly ports: Readonly<Record<Part, number>>
  /** The number of the current step. */
  readonly current: number
  /** The current behaviour of the proxies. */
  readonly conduct: ProxyConduct
  /** The way a connection ends at the first byte; null if it does not. */
  readonly breakAtOnce: Break | null
  planOf(record: FaultRecord): Plan | undefined
  /** Records a request or a refusal. */
  keep(record: FaultRecord): void
  /** Called when the current step reaches a stage. */
  onStage(stage: Stage): void
}

/** One connection. */
export interface FaultWire {
  readonly server: FaultHub
  readonly socket: net.Socket
  /** The number of requests that were answered. */
  answers: number
  /** True when further bytes are ignored. */
  isOver: boolean
  write(bytes: string): void
  /** Sends `bytes` and ends the connection. */
  end(how: Break, bytes?: string): void
  resetSoon(): void
  /** Records a refusal, which makes no record otherwise. */
  note(head: string): FaultRecord
  /** Ends the SOCKS part: the rest is for the origin. */
  enter(via: string, rest: Buffer): void
}
