/**
 * Servers in this process that fail as they are told to: an HTTP origin on two addresses, two HTTP proxies
 * and a SOCKS proxy, which are origins themselves behind what they let through. All that arrives is kept.
 * Does not know libcurl, nor who is compared with whom.
 */
import net from 'node:net'
import type { Break, Plan, ProxyConduct, Stage } from './plan.js'
import type { FaultHub, FaultRecord, Part } from './wire.js'
import { FaultConnection } from './connection.js'
import { Changes } from '../changes.js'

const HOSTS = ['127.0.0.1', '127.0.0.2'] as const

export class FaultServer implements FaultHub {
  /** In order of arrival. */
  records: FaultRecord[] = []
  /** Hears how far the step has come that is under way. */
  onStage: (stage: Stage) => void = () => undefined
  readonly ports: Record<Part, number> = { origin: 0, proxyA: 0, proxyB: 0, socks: 0 }
  /** How many connections have been accepted. */
  accepted = 0
  /** The step that is under way. */
  current = 0
  readonly #servers: net.Server[] = []
  readonly #connections = new Set<FaultConnection>()
  readonly #changes = new Changes()
  readonly #plans = new Map<number, Plan>()

  /** Starts a row of steps. */
  restart(): void {
    this.records = []
    this.#plans.clear()
  }

  /** A step begins: its requests have this number in their paths. */
  begin(step: number, plan: Plan): void {
    this.current = step
    this.#plans.set(step, plan)
  }

  planOf({ step }: FaultRecord): Plan | undefined {
    return this.#plans.get(step)
  }

  get breakAtOnce(): Break | null {
    const end = this.#plans.get(this.current)?.end
    return end?.kind === 'die' && end.when === 'accepted' ? end.how : null
  }

  keep(record: FaultRecord): void {
    this.records.push(record)
  }

  /** How many connections are open. */
  get open(): number {
    return this.#connections.size
  }

  /** What a proxy does at the moment. */
  get conduct(): ProxyConduct {
    return this.#plans.get(this.current)?.proxy ?? { kind: 'pass' }
  }

  /** Resolves once every connection is closed: nothing more arrives. */
  untilQuiet(): Promise<void> {
    return this.#changes.until(
      () => this.#connections.size === 0,
      () => `the end of ${this.#connections.size} connections`,
    )
  }

  async listen(): Promise<this> {
    this.ports.origin = await this.#listenAt(HOSTS[0], 0, 'origin')
    await this.#listenAt(HOSTS[1], this.ports.origin, 'origin')
    for (const part of ['proxyA', 'proxyB', 'socks'] as const)
      this.ports[part] = await this.#listenAt(HOSTS[0], 0, part)
    return this
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.socket.destroy()
    for (const server of this.#servers) await new Promise((resolve) => server.close(resolve))
  }

  async #listenAt(host: string, port: number, part: Part): Promise<number> {
    const server = net.createServer({ noDelay: true }, (socket) => {
      this.accepted++
      const connection = new FaultConnection(this, socket, part)
      this.#connections.add(connection)
      socket.on('close', () => {
        this.#connections.delete(connection)
        this.#changes.notify()
      })
      connection.start()
    })
    this.#servers.push(server)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ port, host, backlog: 4096 }, resolve)
    })
    return (server.address() as net.AddressInfo).port
  }
}

export function startFaultServer(): Promise<FaultServer> {
  return new FaultServer().listen()
}
