/**
 * The scheduler beside a model that keeps everything in plain lists and computes each answer anew: whatever
 * happens in whatever order, no limit is exceeded, nothing starts early, nothing that may start waits, and
 * each transfer settles exactly once.
 */
import fc from 'fast-check'
import { expect } from 'chai'
import { Scheduler } from '../../../src/scheduling/scheduler.js'
import { TransferRecord } from '../../../src/running/record/transfer-record.js'
import type { LaunchOrder } from '../../../src/engine/request/wire-request.js'
import { FakeGate, HOST_PER_MS, isBefore, Model, PER_MS, type Entry } from './scheduler-model.js'
import type { TransferContext } from '../../../src/transfer/transfer-types.js'

const context = {} as TransferContext
type Step =
  | { do: 'enqueue'; host: number; priority: number; gate: number; isAwaited: boolean }
  | { do: 'settle' | 'abort'; pick: number }
  | { do: 'retry'; pick: number; delay: number }
  | { do: 'limits'; max: number; perHost: number; rate: number; hostRate: number; delayMs: number }
  | { do: 'pause'; host: number; ms: number }
  | { do: 'closeGate'; gate: number; ms: number }
  | { do: 'budget'; isThere: boolean; isSpent: boolean }
  | { do: 'advance'; ms: number }
  | { do: 'wake' }

const orInfinity = (max: number): fc.Arbitrary<number> =>
  fc.oneof({ weight: 2, arbitrary: fc.integer({ min: 1, max }) }, fc.constant(Infinity))
const pick = fc.nat(1000)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('enqueue' as const),
      host: fc.nat(3),
      priority: fc.constantFrom(0, 0, 0, 1, -2.5),
      gate: fc.constantFrom(-1, -1, -1, 0, 1),
      isAwaited: fc.constantFrom(false, false, true),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('settle' as const, 'abort' as const), pick }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('retry' as const), pick, delay: fc.nat(150) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('limits' as const),
      max: orInfinity(6),
      perHost: orInfinity(3),
      rate: orInfinity(6),
      hostRate: orInfinity(3),
      delayMs: fc.constantFrom(0, 0, 25),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('pause' as const), host: fc.nat(3), ms: fc.nat(200) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('closeGate' as const), gate: fc.nat(1), ms: fc.nat(80) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('budget' as const),
      isThere: fc.boolean(),
      isSpent: fc.constantFrom(true, true, false),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.nat(120) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wake' as const) }) },
)

/** Runs the steps on both, and compares after each. */
class Trial {
  readonly model = new Model()
  readonly scheduler = new Scheduler<TransferRecord>({ maxRequests: 3, maxBufferedBytes: 1 })
  readonly gates = [new FakeGate(1), new FakeGate(2)]
  outcomes = new Map<TransferRecord, number>()

  constructor() {
    this.scheduler.bufferedBytes = () => (this.model.isBudgetSpent ? 1 : 0)
  }

  run(step: Step): void {
    const { model, scheduler } = this
    switch (step.do) {
      case 'enqueue': {
        const host = `h${step.host}`
        const transfer = new TransferRecord(
          context,
          model.entries.length + 1,
          `http://${host}/`,
          {},
          {} as LaunchOrder,
          model.now,
        )
        const gate = this.gates[step.gate] ?? null
        transfer.priority = step.priority
        transfer.gate = gate
        transfer.isAwaited = step.isAwaited
        const entry = model.arrive(transfer, host, gate)
        if (!scheduler.launchAtOnce(transfer, model.now)) scheduler.enqueue(transfer)
        else {
          const startsAt = model.startsAt(entry)
          expect(startsAt, 'launched past the line').to.be.at.most(model.now)
          model.started(entry)
          transfer.launchedAt = model.now
        }
        break
      }
      case 'settle':
        this.settle(this.pick('inFlight', step.pick))
        break
      case 'abort':
        this.settle(
          this.pick('pending', step.pick) ??
            this.pick('delayed', step.pick) ??
            this.pick('inFlight', step.pick),
        )
        break
      case 'retry': {
        const entry = this.pick('inFlight', step.pick)
        if (entry === undefined) break
        scheduler.takeBack(entry.transfer, model.now)
        model.delay(entry, step.delay)
        scheduler.delay(entry.transfer, entry.dueAt)
        break
      }
      case 'limits': {
        const { max, perHost, rate, hostRate, delayMs } = step
        model.change({ max, perHost, rate, hostRate, delayMs })
        scheduler.setLimits(
          {
            maxRequests: max,
            maxRequestsPerHost: perHost,
            rateLimit: rate === Infinity ? null : { requests: rate, perMs: PER_MS },
            rateLimitPerHost: hostRate === Infinity ? null : { requests: hostRate, perMs: HOST_PER_MS },
            minDelayPerHostMs: delayMs,
          },
          model.now,
        )
        break
      }
      case 'pause': {
        const host = `h${step.host}`
        const until = model.now + step.ms
        model.tellsApart = true
        model.paused.set(host, Math.max(until, model.paused.get(host) ?? 0))
        scheduler.pauseHost(`http://${host}/other`, until, model.now)
        break
      }
      case 'closeGate': {
        const gate = this.gates[step.gate]!
        gate.closedUntil = Math.max(gate.closedUntil, model.now + step.ms)
        break
      }
      case 'budget':
        model.hasBudget = step.isThere
        model.isBudgetSpent = step.isSpent
        model.change(model.limits)
        scheduler.setLimits({ maxBufferedBytes: step.isThere ? 1 : null }, model.now)
        break
      case 'advance':
        model.now += step.ms
        break
      case 'wake': {
        const at = scheduler.nextWakeAt(model.now)
        if (at !== Infinity) model.now = Math.max(model.now, at)
        break
      }
    }
    this.pump()
    this.compare()
  }

  /** Everything ends: nothing may be left, whatever was done before. */
  finish(): void {
    const { model, scheduler } = this
    model.isBudgetSpent = false
    this.pump()
    for (let turns = 0; scheduler.outstandingCount > 0; turns++) {
      expect(turns, 'it gets done').to.be.below(10_000)
      const entry = this.pick('inFlight', 0)
      if (entry !== undefined) this.settle(entry)
      else {
        const at = scheduler.nextWakeAt(model.now)
        expect(at, 'with nothing in flight, it knows when to go on').to.be.below(Infinity)
        model.now = at
      }
      this.pump()
      this.compare()
    }
    expect(model.entries.every(({ state }) => state === 'done')).to.equal(true)
    for (const { transfer } of model.entries) expect(this.outcomes.get(transfer), 'outcomes').to.equal(1)
    // Nothing is remembered of hosts once nothing can follow from it.
    model.now += 10_000
    scheduler.next(model.now)
    expect([...scheduler.hosts()], 'hostGates').to.have.length(0)
    expect([...scheduler.outstanding()]).to.have.length(0)
  }

  private settle(entry: Entry | undefined): void {
    if (entry === undefined) return
    entry.state = 'done'
    this.outcomes.set(entry.transfer, (this.outcomes.get(entry.transfer) ?? 0) + 1)
    this.scheduler.settle(entry.transfer, this.model.now)
  }

  private pick(state: Entry['state'], index: number): Entry | undefined {
    const those = this.model.entries.filter((entry) => entry.state === state)
    return those[index % Math.max(1, those.length)]
  }

  /** Launches what the scheduler gives, and checks that it may, and that it is that one's turn. */
  private pump(): void {
    const { model, scheduler } = this
    model.wake()
    for (let next = scheduler.next(model.now); next !== undefined; next = scheduler.next(model.now)) {
      const entry = model.entries.find(({ transfer }) => transfer === next)!
      expect(entry.state, 'what is launched was pending').to.equal('pending')
      expect(model.startsAt(entry), 'it may start now').to.be.at.most(model.now)
      const eligible = model.pending.filter((other) => model.startsAt(other) <= model.now)
      if (!model.budgetIsUsedUp) {
        const highest = Math.max(...eligible.map(({ transfer }) => transfer.priority))
        expect(entry.transfer.priority, 'the highest priority first').to.equal(highest)
        const ahead = eligible.filter(
          (other) =>
            other.transfer.priority === entry.transfer.priority &&
            other.host === entry.host &&
            other.gate === entry.gate &&
            isBefore(other, entry),
        )
        if (!entry.hasOldPlace) expect(ahead, 'first come, first served').to.have.length(0)
      } else entry.hasOldPlace = true
      model.started(entry)
      entry.transfer.launchedAt = model.now
    }
    const mayStart = model.pending.filter((entry) => model.startsAt(entry) <= model.now)
    expect(mayStart, 'whatever may start, has started').to.have.length(0)
  }

  private compare(): void {
    const { model, scheduler } = this
    const count = (state: Entry['state']): number =>
      model.entries.filter((entry) => entry.state === state).length
    expect({ ...scheduler.numbers }).to.deep.equal({
      pending: count('pending'),
      delayed: count('delayed'),
      inFlight: count('inFlight'),
    })
    const outstanding = new Set(scheduler.outstanding())
    expect(outstanding.size).to.equal(model.entries.length - count('done'))
    const due = model.entries.filter(({ state }) => state === 'delayed').map(({ dueAt }) => dueAt)
    const opens = model.pending.map((entry) => model.startsAt(entry))
    const at = scheduler.nextWakeAt(model.now)
    expect(at, 'it does not wake for nothing over and over').to.be.above(model.now)
    expect(at, 'it wakes in time').to.be.at.most(Math.min(Infinity, ...due, ...opens))
    if (model.pending.length === 0 && due.length === 0) expect(at, 'nothing to wake for').to.equal(Infinity)
    for (const entry of model.entries) {
      const wait = scheduler.waitOf(entry.transfer, model.now)
      if (entry.state === 'done' || entry.state === 'inFlight') expect(wait).to.equal(null)
      else if (entry.state === 'delayed')
        expect(wait).to.deep.equal({ reason: 'backoff', until: entry.dueAt })
      else expect(wait, 'whoever waits has a reason').not.to.equal(null)
    }
  }
}

const arrival: Step = { do: 'enqueue', host: 3, priority: 0, gate: -1, isAwaited: false }
/** Two that come back at the same moment, to a host that is closed. */
const RETURNING: Step[] = [
  arrival,
  arrival,
  { do: 'retry', pick: 0, delay: 1 },
  { do: 'retry', pick: 0, delay: 1 },
  arrival,
  { do: 'limits', max: Infinity, perHost: Infinity, rate: Infinity, hostRate: 1, delayMs: 0 },
]

describe('Scheduler beside a model', () => {
  it('never exceeds a limit, never starts early, never holds up what may start, in any order of events', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const trial = new Trial()
        for (const one of steps) trial.run(one)
        trial.finish()
      }),
      { numRuns: 1500, examples: [[RETURNING]] },
    )
  }).timeout(300_000)
})
