/**
 * Servers in this process that fail as planned: an HTTP origin on two addresses, two HTTP proxies and a SOCKS
 * proxy. The proxies also act as the origin behind their own tunnels. They record everything that arrives. Do
 * not depend on libcurl or on what is compared.
 */
import net from 'node:net'
import type { Break, Plan, ProxyConduct, Stage } from './plan.js'
import type { FaultHub, FaultRecord, Part } from './wire.js'
import { FaultConnection } from './connection.js'
import { Changes } from '../changes.js'

const HOSTS = ['127.0.0.1', '127.0.0.2'] as const

export class FaultServer implements FaultHub {
  /** The records, in order of arrival. */
  records: FaultRecord[] = []
  /** Called when the current step reaches a stage. */
  onStage: (stage: Stage) => void = () => undefined
  readonly ports: Record<Part, number> = { origin: 0, proxyA: 0, proxyB: 0, socks: 0 }
  /** The number of connections that were accepted. */
  accepted = 0
  /** The number of the current step. */
  current = 0
  readonly #servers: net.Server[] = []
  readonly #connections = new Set<FaultConnection>()
  readonly #changes = new Changes()
  readonly #plans = new Map<number, Plan>()

  /** Prepares for a new run of steps. */
  restart(): void {
    this.records = []
    this.#plans.clear()
  }

  /** Begins a step. Its requests have the step's number in their paths. */
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

  /** The number of open connections. */
  get open(): number {
    return this.#connections.size
  }

  /** The current behaviour of the proxies. */
  get conduct(): ProxyConduct {
    return this.#plans.get(this.current)?.proxy ?? { kind: 'pass' }
  }

  /** Resolves when every connection is closed, so that nothing more can arrive. */
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
