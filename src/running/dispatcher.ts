/**
 * The one way down and the one way up: takes transfers that are ready to go, and brings each of them to exactly one outcome. Does
 * not know how people ask for them.
 *
 *   submit -> line -> pump -> engine -> batch -> retry (back into the line), or settle -> pump -> callback
 */
import { AbortSignals } from './abort-signals.js'
import { Callbacks } from './callbacks.js'
import { Engine } from '../engine/engine.js'
import { methodOf, type LaunchOrder } from '../engine/launch-order.js'
import type { RunSettings } from './run-options.js'
import { Alarm } from '../scheduling/alarm.js'
import type { Clock } from '../scheduling/clock.js'
import type { Limits } from '../scheduling/limits.js'
import { hasFailed, hostPause, retryDelay, type AttemptFacts, type RetryPolicy } from '../scheduling/retry.js'
import { Scheduler } from '../scheduling/scheduler.js'
import { TimeHeap } from '../scheduling/time-heap.js'
import { SingleFlight } from './single-flight.js'
import { Tally } from './tally.js'
import type { BodySink, Transfer } from '../transfer.js'

const OPERATION_TIMEDOUT = 28
const ABORTED_BY_CALLBACK = 42
/** The id of transfers that nobody asked for: they carry those of others. */
export const CARRIER_ID = 0

/** Runs the transfers of one instance. */
export class Dispatcher {
  readonly scheduler: Scheduler
  readonly tally: Tally
  readonly engine = new Engine((batch) => {
    this.onDone(batch)
  })
  readonly callbacks = new Callbacks(
    () => this.isIdle,
    (transfer) => {
      this.release(transfer)
    },
  )

  private readonly alarm: Alarm
  private readonly deadlines = new TimeHeap<{ transfer: Transfer | null }>()
  private readonly signals = new AbortSignals((transfer, reason) => {
    this.abort(transfer, reason)
  })
  private readonly shared = new SingleFlight({
    deliver: (asker) => {
      this.undelivered++
      this.deliver(asker)
    },
    abort: (carrier, reason) => {
      this.abort(carrier, reason)
    },
    release: (carrier) => {
      this.engine.release(carrier)
    },
  })
  private undelivered = 0

  constructor(
    limits: Limits,
    readonly clock: Clock,
  ) {
    this.scheduler = new Scheduler(limits)
    this.scheduler.bufferedBytes = () => this.engine.meter.bufferedBytes
    this.engine.expect(this.scheduler.current.maxRequests)
    this.tally = new Tally(clock)
    this.alarm = new Alarm(clock, () => {
      this.pump()
    })
  }

  /** Whether nothing is outstanding, and everybody has heard of it. */
  get isIdle(): boolean {
    return this.scheduler.outstandingCount === 0 && this.undelivered === 0
  }

  /** Changes limits, at once. */
  setLimits(limits: Limits): void {
    this.scheduler.setLimits(limits, this.clock.now())
    this.engine.expect(this.scheduler.current.maxRequests)
    this.pump()
  }

  /** Everything that is not done. */
  *outstanding(): Generator<Transfer> {
    for (const transfer of this.scheduler.outstanding()) if (transfer.id !== CARRIER_ID) yield transfer
    yield* this.shared.askers()
  }

  /** Takes a transfer. Returns whether it does not wait: it is launched, or has settled already. */
  submit(transfer: Transfer): boolean {
    const { signal, totalTimeoutMs, priority } = transfer.settings as RunSettings
    if (priority !== undefined) transfer.priority = priority
    if (signal?.aborted) {
      this.settleUnlaunched(transfer, signal.reason, ABORTED_BY_CALLBACK)
      return true
    }
    if (signal !== undefined) this.signals.watch(signal, transfer)
    if (totalTimeoutMs !== undefined) {
      this.deadlines.push(transfer.queuedAt + totalTimeoutMs, (transfer.deadline = { transfer }))
      this.setAlarm(transfer.queuedAt)
    }
    return this.start(transfer)
  }

  /** Takes a transfer that shares the wire with all others of its key. Returns as {@link submit}. */
  submitShared(asker: Transfer, key: string, makeCarrier: () => Transfer): boolean {
    const { signal, totalTimeoutMs } = asker.settings as RunSettings
    if (signal?.aborted) {
      this.settleUnlaunched(asker, signal.reason, ABORTED_BY_CALLBACK)
      return true
    }
    if (signal !== undefined) this.signals.watch(signal, asker)
    if (totalTimeoutMs !== undefined) {
      this.deadlines.push(asker.queuedAt + totalTimeoutMs, (asker.deadline = { transfer: asker }))
      this.setAlarm(asker.queuedAt)
    }
    const carrier = this.shared.join(asker, key, makeCarrier)
    return carrier === null ? false : this.start(carrier)
  }

  private start(transfer: Transfer): boolean {
    if (this.scheduler.launchAtOnce(transfer, transfer.queuedAt)) {
      this.launch(transfer, transfer.queuedAt)
      return true
    }
    this.scheduler.enqueue(transfer)
    this.pump()
    // As far as the compiler knows, nothing has changed its state.
    return (transfer.state as string) !== 'pending'
  }

  /** Aborts a transfer at any stage; it still gets its one outcome. Done ones are left alone. */
  abort(transfer: Transfer, reason: unknown, errno = ABORTED_BY_CALLBACK): void {
    if (transfer.state === 'done' || transfer.isAborted) return
    if (transfer.state === 'inFlight') {
      transfer.isAborted = true
      this.engine.cancel(transfer, reason, errno)
    } else if (this.shared.size > 0 && this.shared.leave(transfer, reason)) {
      this.settleUnlaunched(transfer, reason, errno)
    } else {
      this.scheduler.settle(transfer, this.clock.now())
      this.settleUnlaunched(transfer, reason, errno)
    }
  }

  private settleUnlaunched(transfer: Transfer, reason: unknown, errno: number): void {
    transfer.isAborted = true
    transfer.state = 'done'
    this.undelivered++
    transfer.fail(errno, `aborted before it was launched: ${messageOf(reason)}`, reason)
    this.engine.settleAside(transfer)
  }

  /** Gives back what a transfer holds. */
  release(transfer: Transfer): void {
    if (this.shared.release(transfer)) return
    this.engine.release(transfer)
    // Somebody may have been waiting for these bytes to be consumed.
    if (this.scheduler.current.maxBufferedBytes !== Infinity) this.pump()
  }

  /** The one place that starts what has been waiting. */
  private pump(): void {
    const now = this.clock.now()
    this.expire(now)
    for (let next = this.scheduler.next(now); next !== undefined; next = this.scheduler.next(now)) {
      this.launch(next, now)
    }
    this.setAlarm(now)
  }

  private setAlarm(now: number): void {
    this.alarm.set(Math.min(this.scheduler.nextWakeAt(now), this.deadlines.nextAt))
  }

  private launch(transfer: Transfer, now: number): void {
    transfer.launchedAt = now
    this.engine.launch(transfer)
    reportLaunch(transfer)
  }

  /** Ends what has run out of time; forgets the deadlines of what has been done in time. */
  private expire(now: number): void {
    for (let next = this.deadlines.peek(); next !== undefined; next = this.deadlines.peek()) {
      const { transfer } = next
      if (transfer !== null) {
        if (this.deadlines.nextAt > now) return
        const { totalTimeoutMs } = transfer.settings as RunSettings
        const reason = new Error(`totalTimeoutMs: ${String(totalTimeoutMs)} ms are over`)
        this.abort(transfer, reason, OPERATION_TIMEDOUT)
      }
      this.deadlines.pop()
    }
  }

  /** A batch is done. The slots are free, and the wire is full again, before anybody hears of it. */
  private onDone(batch: Transfer[]): void {
    const now = this.clock.now()
    const settled: Transfer[] = []
    for (const transfer of batch) {
      if (transfer.state !== 'done') {
        if (this.isRetried(transfer, now)) continue
        this.scheduler.settle(transfer, now)
        this.undelivered++
      }
      if (transfer.bodySink === null || this.isBodyFinished(transfer, transfer.bodySink))
        settled.push(transfer)
    }
    this.pump()
    for (const transfer of settled) this.deliver(transfer)
    this.callbacks.check()
  }

  /** What has yet to be done with a body (a file to be written to its end) holds up neither the wire nor others' outcomes. */
  private isBodyFinished(transfer: Transfer, sink: BodySink): boolean {
    const finishing = sink.finish()
    if (finishing === null) return true
    const report = (): void => {
      // It may be on libcurl's stack, where promises continue, too.
      this.engine.settleAside(transfer)
    }
    finishing.then(report, (error: unknown) => {
      transfer.fail(ABORTED_BY_CALLBACK, messageOf(error), error)
      report()
    })
    return false
  }

  private deliver(transfer: Transfer): void {
    const { signal } = transfer.settings as RunSettings
    if (signal !== undefined) this.signals.forget(signal, transfer)
    if (transfer.deadline !== null) transfer.deadline.transfer = null
    this.undelivered--
    if (transfer.id !== CARRIER_ID) this.tally.add(transfer)
    transfer.order = null
    reportLaunch(transfer)
    if (transfer.sink === null) this.callbacks.run(transfer)
    else transfer.sink.deliver(transfer)
  }

  private isRetried(transfer: Transfer, now: number): boolean {
    const { retry } = transfer.settings as RunSettings
    const { bodySink } = transfer
    if (bodySink?.isToRestart && !transfer.isAborted) return this.sendAgain(transfer, now, 0)
    if (retry === undefined || transfer.isAborted) return false
    const facts = factsOf(transfer, retry)
    const pauseMs = hostPause(retry, facts)
    if (pauseMs > 0) this.scheduler.pauseHost(transfer.url, now + pauseMs, now)
    if (bodySink?.isCommitted) return false
    let delay: number | null
    try {
      const mayBe = facts.attempt <= retry.limit
      const verdict = mayBe ? retry.shouldRetry?.(transfer, facts.attempt) : undefined
      delay = retryDelay(retry, facts, Math.random(), verdict)
    } catch (error) {
      transfer.fail(ABORTED_BY_CALLBACK, `shouldRetry threw: ${messageOf(error)}`, error)
      return false
    }
    return delay !== null && this.sendAgain(transfer, now, delay)
  }

  private sendAgain(transfer: Transfer, now: number, delay: number): true {
    this.tally.retried++
    this.scheduler.takeBack(transfer, now)
    this.engine.release(transfer)
    transfer.prepareAgain()
    this.scheduler.delay(transfer, now + delay)
    return true
  }
}

function reportLaunch(transfer: Transfer): void {
  const { onLaunch } = transfer
  if (onLaunch === null) return
  transfer.onLaunch = null
  onLaunch()
}

function factsOf(transfer: Transfer, retry: RetryPolicy): AttemptFacts {
  const { errno, responseCode } = transfer
  const facts: AttemptFacts = {
    attempt: transfer.attempts.length,
    method: '',
    errno,
    responseCode,
    retryAfterMs: 0,
    wasSent: true,
  }
  // All else costs native calls, and most transfers go well.
  if (!hasFailed(retry, facts) && retry.shouldRetry === undefined) return facts
  facts.method = methodOf(transfer.order as LaunchOrder)
  facts.retryAfterMs = Number(transfer.getInfo('RETRY_AFTER')) * 1000
  facts.wasSent = errno === 0 || Number(transfer.getInfo('REQUEST_SIZE')) > 0
  return facts
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
