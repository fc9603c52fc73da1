/**
 * The center of a run: takes transfers that are ready to start, and brings each to exactly one outcome. Does
 * not depend on the API that made them.
 *
 *   submit -> line -> pump -> engine -> batch -> retry (back into the line), or settle -> pump -> callback
 */
import { appended } from '../../memory/appended.js'
import { messageOf } from '../../errors.js'
import type { CompileProxyOptions } from '../access/access-as-libcurl.js'
import { Admission } from '../access/session-and-proxy.js'
import { AbortSignals } from './abort-signals.js'
import { Attempts } from './attempts/attempts.js'
import { Callbacks } from './delivery/callbacks.js'
import { Outcomes } from './delivery/outcomes.js'
import { isBodyFinished } from './delivery/finish-body.js'
import { Deadlines, lateness } from './deadlines.js'
import { Engine, type EngineOwner } from '../../engine/engine.js'
import type { Clock } from '../../scheduling/time/clock.js'
import type { Limits } from '../../scheduling/gates/limits.js'
import { Scheduler } from '../../scheduling/scheduler.js'
import { SessionChanges } from './attempts/session-changes.js'
import { Flights, requestsOf, SHARED_TRANSFER_ID, type FlightOwner } from './delivery/flights.js'
import { SegmentFlight, type SegmentOrder } from './delivery/segment-flight.js'
import { SingleFlight } from './delivery/single-flight.js'
import { Starter } from './starter.js'
import { Counters } from './counters.js'
import { beginTrace, deliverTraced } from './trace.js'
import { DeferredWork } from './deferred-work.js'
import { inContext } from '../../transfer/caller-context.js'
import { Deputy } from '../../transfer/deputy.js'
import type { Transfer } from '../../transfer/transfer.js'
import type { TransferRecord } from '../record/transfer-record.js'
import { ABORTED_BY_CALLBACK, OPERATION_TIMEDOUT } from '../../curl-codes.js'

/** Runs the transfers of one instance. */
export class Dispatcher implements FlightOwner {
  readonly scheduler: Scheduler<TransferRecord>
  readonly counters: Counters
  readonly engine: Engine
  readonly admission: Admission
  readonly callbacks = new Callbacks(
    () => this.isIdle,
    (transfer) => {
      this.release(transfer)
    },
    () => {
      this.counters.failed++
    },
  )
  private readonly deadlines = new Deadlines()
  private readonly signals = new AbortSignals((transfer, reason) => {
    this.abort(transfer, reason)
  })
  readonly flights = new Flights()
  private readonly shared = new SingleFlight(this.flights, this)
  private readonly deferred = new DeferredWork(
    (transfer) => {
      this.release(transfer)
    },
    (transfer) => {
      this.engine.launch(transfer)
      transfer.trace?.attemptStarted(transfer)
    },
  )
  private readonly attempts: Attempts
  private readonly sessions: SessionChanges
  private readonly starter: Starter
  private readonly outcomes = new Outcomes(this.callbacks, {
    left: (transfer) => {
      const { signal } = transfer.settings
      if (signal !== undefined) this.signals.forget(signal, transfer)
      this.deadlines.forget(transfer)
      if (transfer.access !== null) this.admission.leave(transfer)
      if (transfer.id !== SHARED_TRANSFER_ID) this.counters.add(transfer)
    },
    deliverTraced: (transfer) => {
      inContext(transfer.caller, deliverTraced, undefined, transfer, this.callbacks)
    },
  })

  /** @param makeEngine makes the engine; tests give one that needs no network */
  constructor(
    limits: Limits,
    readonly clock: Clock,
    compileProxyOptions: CompileProxyOptions,
    makeEngine = (owner: EngineOwner): Engine => new Engine(owner, clock),
  ) {
    this.engine = makeEngine({
      settled: (batch: TransferRecord[], now) => {
        this.onDone(batch, now)
      },
    })
    this.scheduler = new Scheduler<TransferRecord>(limits)
    this.scheduler.bufferedBytes = () => this.engine.meter.bufferedBytes
    this.engine.expect(this.scheduler.current.maxRequests)
    this.admission = new Admission(
      {
        opened: (gate) => {
          this.scheduler.opened(gate)
        },
        wakeUp: () => {
          this.starter.pumpSoon()
        },
        sessionCame: (transfer) => {
          this.sessions.came(transfer, this.clock.now())
          this.starter.pumpSoon()
        },
        sessionFailed: (transfer, error, what) => {
          this.sessions.failed(transfer, error, what, this.clock.now())
        },
      },
      compileProxyOptions,
    )
    this.counters = new Counters(clock)
    this.sessions = new SessionChanges(this.scheduler, this.admission, (transfer, error) => {
      this.settleUnlaunched(transfer, error, ABORTED_BY_CALLBACK)
    })
    this.attempts = new Attempts(this.scheduler, this.engine, this.admission, {
      onRetry: () => {
        this.counters.retried++
      },
      chooseAgain: (transfer, dueAt, wantsNewSession) => {
        this.starter.choose(() => this.sessions.chooseAgain(transfer, dueAt, wantsNewSession))
      },
    })
    this.starter = new Starter(this.scheduler, this.admission, this.sessions, this.deadlines, clock, {
      launch: (transfer, now) => {
        this.launch(transfer, now)
      },
      expire: (transfer) => {
        this.abort(transfer, lateness(transfer), OPERATION_TIMEDOUT)
      },
    })
  }

  /** True if no transfer is outstanding and all outcomes were delivered. */
  get isIdle(): boolean {
    return this.scheduler.outstandingCount === 0 && this.outcomes.undelivered === 0 && this.flights.size === 0
  }

  /** Changes limits at once. */
  setLimits(limits: Limits): void {
    this.scheduler.setLimits(limits, this.clock.now())
    this.engine.expect(this.scheduler.current.maxRequests)
    this.pump()
  }

  /** Yields every unfinished transfer, for users. */
  outstanding(): Generator<TransferRecord> {
    return requestsOf([this.scheduler.outstanding(), this.flights.askers()])
  }

  /** Takes a transfer. Returns true if it does not wait: it was launched, or has settled already. */
  submit(transfer: TransferRecord): boolean {
    beginTrace(transfer)
    return !this.isAdmitted(transfer) || this.start(transfer)
  }

  /** Takes a request that shares its transfer with others of the same key. Returns as {@link submit} does. */
  submitShared(asker: TransferRecord, key: string, makeSharedTransfer: () => TransferRecord): boolean {
    beginTrace(asker)
    if (!this.isAdmitted(asker)) return true
    const { sharedTransfer, isNew } = this.shared.join(asker, key, makeSharedTransfer)
    if (!isNew) {
      if (asker.isAwaited) this.hurry(sharedTransfer)
      return sharedTransfer.state === 'inFlight'
    }
    return this.start(sharedTransfer)
  }

  /** Takes a request whose file several transfers fetch. Returns as {@link submit} does. */
  submitSegmented(asker: TransferRecord, order: SegmentOrder): boolean {
    beginTrace(asker)
    if (!this.isAdmitted(asker)) return true
    const flight = new SegmentFlight(asker, order, this)
    this.flights.board(asker, flight)
    return this.start(flight.sharedTransfer)
  }

  /** Takes a request that a cache answers. */
  answer(transfer: TransferRecord, give: () => void): void {
    beginTrace(transfer)
    if (this.isAdmitted(transfer)) give()
  }

  submitAhead(transfer: TransferRecord): void {
    if (!this.start(transfer, true)) this.starter.pumpSoon()
  }

  report(asker: TransferRecord): void {
    this.flights.forget(asker)
    this.outcomes.undelivered++
    this.engine.settleAside(asker)
  }

  deliver(askers: readonly TransferRecord[]): void {
    this.outcomes.undelivered += askers.length
    for (const asker of askers) this.outcomes.deliver(asker)
  }

  /** Returns the transfer that runs for this request: a shared one, or the request itself. */
  sharedTransferOf(transfer: TransferRecord): TransferRecord {
    return this.flights.sharedTransferOf(transfer) ?? transfer
  }

  /** Exempts a transfer from the limit of unread bytes: its consumer reads nothing before it is done. */
  hurry(transfer: TransferRecord): void {
    const sharedTransfer = this.sharedTransferOf(transfer)
    if (sharedTransfer.isAwaited) return
    this.scheduler.hurry(sharedTransfer)
    if (this.scheduler.current.maxBufferedBytes !== Infinity) this.pump()
  }

  /** Registers signal, deadline and priority. Returns false if the transfer has ended already. */
  private isAdmitted(transfer: TransferRecord): boolean {
    const { signal, totalTimeoutMs, priority } = transfer.settings
    if (priority !== undefined) transfer.priority = priority
    if (signal?.aborted) {
      this.settleUnlaunched(transfer, signal.reason, ABORTED_BY_CALLBACK)
      return false
    }
    if (signal !== undefined) this.signals.watch(signal, transfer)
    if (totalTimeoutMs !== undefined) {
      this.deadlines.set(transfer, transfer.queuedAt + totalTimeoutMs)
      this.starter.setAlarm(transfer.queuedAt)
    }
    return true
  }

  private start(transfer: TransferRecord, isAhead = false): boolean {
    const { cookieJar, proxies, session } = transfer.settings
    if (cookieJar !== undefined || proxies !== undefined || session !== undefined) {
      try {
        if (this.starter.choose(() => this.admission.enter(transfer))) {
          this.scheduler.delay(transfer, Infinity)
          return false
        }
      } catch (error) {
        this.settleUnlaunched(transfer, error, ABORTED_BY_CALLBACK)
        return true
      }
    }
    if (this.starter.isChoosing) {
      this.scheduler.delay(transfer, transfer.queuedAt)
      this.starter.pumpSoon()
      return false
    }
    if (this.scheduler.launchAtOnce(transfer, transfer.queuedAt)) {
      this.launch(transfer, transfer.queuedAt)
      return true
    }
    if (isAhead) this.scheduler.delay(transfer, transfer.queuedAt)
    else this.scheduler.enqueue(transfer)
    // If every slot is taken, only an outcome lets it start.
    if (this.scheduler.isFull) return false
    this.pump()
    // The cast is needed because the compiler assumes an unchanged state.
    return (transfer.state as string) !== 'pending'
  }

  /** Aborts a transfer at any stage; it still gets exactly one outcome. One that is done is left alone. */
  abort(transfer: TransferRecord, reason: unknown, errno = ABORTED_BY_CALLBACK): void {
    if (transfer.state === 'done' || transfer.isAborted) return
    if (this.starter.isChoosing) {
      setImmediate(() => {
        this.abort(transfer, reason, errno)
      })
    } else if (transfer.state === 'inFlight') {
      transfer.isAborted = true
      if (this.deferred.takeBack(transfer)) {
        transfer.fail(errno, `aborted before it was sent: ${messageOf(reason)}`, reason)
        this.engine.settleAside(transfer)
      } else this.engine.cancel(transfer, reason, errno)
    } else if (this.flights.size === 0 || !this.flights.leave(transfer, reason, errno)) {
      this.scheduler.settle(transfer, this.clock.now())
      this.settleUnlaunched(transfer, reason, errno)
    }
  }

  settleUnlaunched(transfer: TransferRecord, reason: unknown, errno: number): void {
    transfer.isAborted = true
    transfer.state = 'done'
    this.outcomes.undelivered++
    const when = transfer.launchedAt === 0 ? 'before it was launched' : 'before it was tried again'
    transfer.fail(errno, `aborted ${when}: ${messageOf(reason)}`, reason)
    this.engine.settleAside(transfer)
  }

  /** Releases what a transfer holds. */
  release(transfer: Transfer): void {
    this.giveBack(transfer)
    // A transfer may have waited until these bytes are consumed.
    if (this.scheduler.current.maxBufferedBytes !== Infinity) this.pump()
  }

  private giveBack(transfer: Transfer): void {
    const { source } = transfer
    if (source instanceof Deputy) source.giveBack(transfer)
    else this.engine.release(transfer)
  }

  /** Releases the transfer at the end of the turn, when all code that awaits it has continued. */
  releaseAtTurnEnd(transfer: Transfer): void {
    this.deferred.releaseLater(transfer)
  }

  private pump(now = this.clock.now()): void {
    this.starter.pump(now)
  }

  private launch(transfer: TransferRecord, now: number): void {
    transfer.launchedAt = now
    if (transfer.access === null || this.admission.launch(transfer)) this.deferred.launchLater(transfer)
    else {
      transfer.isAborted = true
      this.engine.settleAside(transfer)
    }
    transfer.reportLaunch()
  }

  /** Handles a finished batch: frees slots and launches new transfers before any outcome is delivered. */
  private onDone(batch: TransferRecord[], now: number): void {
    this.outcomes.beginBatch()
    let settled: TransferRecord[] | null = null
    for (const transfer of batch) {
      if (transfer.state !== 'done') {
        transfer.trace?.attemptEnded(transfer)
        if (transfer.errno !== 0 && this.attempts.isStartedAgain(transfer, now)) continue
        if (transfer.access !== null) this.admission.learn(transfer)
        if (this.attempts.isFollowed(transfer, now)) continue
        this.scheduler.settle(transfer, now)
        this.outcomes.undelivered++
      }
      const { bodySink, caller } = transfer
      if (bodySink === null || inContext(caller, isBodyFinished, undefined, transfer, bodySink, this.engine))
        settled = appended(settled, transfer)
    }
    this.deferred.beginBatch()
    try {
      this.pump(now)
      this.deferred.tellBatch()
      if (settled !== null) for (const transfer of settled) this.outcomes.deliver(transfer)
    } finally {
      // Runs also if a callback throws, because the other transfers count as in flight.
      this.deferred.endBatch(this.engine.idleHandles)
    }
    if (!this.deadlines.isEmpty) this.starter.setAlarm(now)
    this.callbacks.check()
  }
}
