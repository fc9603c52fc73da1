/**
 * The servers of the soak, in a process of their own: honest ones, and ones that break connections and refuse
 * proxies at random. They compare each request with the generated transfer. Does not depend on the client's
 * outcomes.
 */
import type { Break, Plan, ProxyConduct } from '../../test/support/faults/plan.js'
import { FaultServer } from '../../test/support/faults/server.js'
import type { FaultRecord, Part } from '../../test/support/faults/wire.js'
import { caseOf, cookiesOf, type SoakCase } from './case.js'
import { bodyProblem, headProblem, isLast, sessionOf } from './check-request.js'
import { randomOf, type Random } from './random.js'

export type Ports = Readonly<Record<Part, number>>

/** The report of the servers. */
export interface ServerReport {
  readonly requests: number
  readonly connections: number
  readonly open: number
  readonly wrong: readonly string[]
}

const WRONG_KEPT = 1_000
const UNCHECKED_KEPT = 2_000
const NOBODY = -1

class SoakServer extends FaultServer {
  requests = 0
  readonly wrong: string[] = []
  override current = NOBODY
  /** The number of final responses for each step. */
  readonly #ends = new Map<number, number>()
  #unchecked: FaultRecord[] = []

  constructor(
    private readonly seed: number,
    /** The source of random faults; null for the honest server. */
    private readonly random: Random | null,
  ) {
    super()
  }

  override get conduct(): ProxyConduct {
    const { random } = this
    if (random === null || random.chance(0.8)) return { kind: 'pass' }
    const how = random.pick(['fin', 'rst'] as const)
    return random.pick<ProxyConduct>([
      { kind: 'refuse', status: random.pick([403, 407, 502]), keeps: random.chance(0.5) },
      { kind: 'die', how },
      { kind: 'cutHead', how },
    ])
  }

  override get breakAtOnce(): Break | null {
    return this.random?.chance(0.03) ? this.random.pick(['fin', 'rst'] as const) : null
  }

  override keep(record: FaultRecord): void {
    if (record.step === NOBODY) return
    this.requests++
    const drawn = caseOf(this.seed, record.step)
    const problem = headProblem(drawn, record)
    if (problem !== null) this.#complain(drawn, problem, record)
    if (isLast(drawn, record)) this.#ends.set(drawn.id, (this.#ends.get(drawn.id) ?? 0) + 1)
    this.#unchecked.push(record)
    if (this.#unchecked.length > UNCHECKED_KEPT) this.check(false)
  }

  override planOf(record: FaultRecord): Plan | undefined {
    if (record.step === NOBODY) return undefined
    const drawn = caseOf(this.seed, record.step)
    const { plan, fault, times } = drawn
    const own = cookiesOf(drawn)
    const name = drawn.cookies?.kind === 'session' ? `session=${String(sessionOf(record))}` : own
    const cookies = name === null || drawn.cookies?.kind === 'own' ? [] : [`${name}; Path=/`]
    const isAtFault = fault !== null && (this.#ends.get(drawn.id) ?? 0) <= times
    return { ...plan, cookies, end: isAtFault ? fault : plan.end }
  }

  /** Checks the complete bodies, or all of them at the end. */
  check(isEnd: boolean): void {
    const left: FaultRecord[] = []
    for (const record of this.#unchecked) {
      if (!record.isWhole && !isEnd) left.push(record)
      else {
        const drawn = caseOf(this.seed, record.step)
        const problem = bodyProblem(drawn, record)
        if (problem !== null) this.#complain(drawn, problem, record)
      }
    }
    this.#unchecked = left
  }

  #complain(drawn: SoakCase, problem: string, { head, via, step }: FaultRecord): void {
    if (this.wrong.length >= WRONG_KEPT) return
    this.wrong.push(
      `the server saw of ${step}: ${problem}\n    ${JSON.stringify(head)} ${via}\n    ${JSON.stringify(drawn)}`,
    )
  }
}

/**
 * Runs in the forked process: sends its ports, answers each message with a report, and ends with its parent.
 */
export async function serve(seed: number): Promise<void> {
  const servers = [new SoakServer(seed, null), new SoakServer(seed, randomOf(seed, NOBODY))]
  for (const server of servers) await server.listen()
  process.send?.(servers.map(({ ports }) => ports))
  process.on('message', () => {
    for (const server of servers) server.check(true)
    const sum = (of: (server: SoakServer) => number): number =>
      servers.reduce((total, server) => total + of(server), 0)
    const report: ServerReport = {
      requests: sum(({ requests }) => requests),
      connections: sum(({ accepted }) => accepted),
      open: sum(({ open }) => open),
      wrong: servers.flatMap(({ wrong }) => wrong),
    }
    process.send?.(report)
  })
  process.on('disconnect', () => process.exit())
}
