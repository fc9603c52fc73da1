/**
 * What the parts of the fault servers know of each other: the records that they keep, the whole, and one
 * connection. Does not know how any of them works.
 */
import type net from 'node:net'
import type { Break, Plan, ProxyConduct, Stage } from './plan.js'

/** One request as it came, or a proxy's refusal. */
export interface FaultRecord {
  /** The number in its path, or of the step that was under way. */
  readonly step: number
  /** As it came; its request line and its headers. */
  readonly head: string
  body: string
  /** Who came, and through which proxy: what stands between the client and the origin of a tunnel. */
  readonly via: string
  /** Whether it came on a connection that had been answered on before, or that an earlier step had opened. */
  readonly isReused: boolean
  /** Whether a whole head has been sent in answer to it. */
  isAnswered: boolean
  /** Whether all of its body has come. */
  isWhole: boolean
}

export type Part = 'origin' | 'proxyA' | 'proxyB' | 'socks'

/** All servers together. */
export interface FaultHub {
  readonly ports: Readonly<Record<Part, number>>
  /** The step that is under way. */
  readonly current: number
  /** What a proxy does at the moment. */
  readonly conduct: ProxyConduct
  /** How a connection ends with the first byte, where it is to. */
  readonly breakAtOnce: Break | null
  planOf(record: FaultRecord): Plan | undefined
  /** The head of a request has come, or a proxy has refused. */
  keep(record: FaultRecord): void
  /** Hears how far the step has come that is under way. */
  onStage(stage: Stage): void
}

/** One connection. */
export interface FaultWire {
  readonly server: FaultHub
  readonly socket: net.Socket
  /** How many requests have been answered. */
  answers: number
  /** Nothing that comes is taken any longer. */
  isOver: boolean
  write(bytes: string): void
  /** Ends it, with these bytes before. */
  end(how: Break, bytes?: string): void
  resetSoon(): void
  /** What no record would tell of: a refusal. */
  note(head: string): FaultRecord
  /** The SOCKS part is over. */
  enter(via: string, rest: Buffer): void
}
