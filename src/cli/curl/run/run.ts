/**
 * Runs the transfers of a command line: one after the other, or side by side (`-Z`). Does not know how the
 * command line was read, nor what a transfer does with what arrives.
 */
import { setMaxListeners } from 'node:events'
import { ABORTED_BY_CALLBACK, OK, READ_ERROR, WRITE_ERROR } from '../../../curl-codes.js'
import { strError } from '../../../engine/node-libcurl/binding.js'
import { CookieJar } from '../../../sessions/cookies/cookie-jar.js'
import { ParallelCurl } from '../../../parallel-curl.js'
import { notice } from '../../../recordings/recorder.js'
import type { Transfer } from '../../../transfer/transfer.js'
import { graceText, type Interrupted } from '../../errors/interruption.js'
import { textOrBytes } from '../arguments/values/files.js'
import { SetupError, type CurlContext, type Invocation } from '../invocation.js'
import { limitYoungGeneration } from '../../../memory/young-generation.js'
import { STDERR } from '../output/descriptors.js'
import { RunMessages, type Messages } from '../output/messages.js'
import { ProgressMeter } from '../output/progress-meter.js'
import { TraceLog } from '../output/trace.js'
import { CProgram } from '../program/c-program.js'
import { writeProgram } from '../program/write-program.js'
import type { Additions } from './additions.js'
import { isFatal, tellThrown } from './exit-codes.js'
import { finishJob } from './finish-job.js'
import { makeJobs, type MadeJob } from './jobs.js'
import type { Job } from './job.js'
import { ownOptions, sharedOptions } from './library-options.js'

/** So many transfers more than may run are begun, where limits hold some of them back in the library. */
const AHEAD = 1000
const INTERRUPTED = new Error('interrupted')
const NOTHING_SENT = { code: OK, error: '', transfer: null }

interface Waiter {
  /** One transfer is over, with all its attempts. */
  ended(code: number): void
  /** The command itself is broken. */
  broken(error: unknown): void
}

/** Runs one command line. */
export class CurlRun implements Interrupted {
  private readonly messages: RunMessages
  private readonly trace: TraceLog
  private readonly client: ParallelCurl
  private jar: CookieJar | null = null
  private given: object | null = null
  private wanted = 0
  private meter: ProgressMeter | null = null
  /** The transfers as C, for `--libcurl`. */
  private readonly program: CProgram | null
  private isOnTerminal = false
  /** True if a body cannot be opened: the run ends there, as that of curl. */
  private isAtEnd = false
  /** The exit code of the failure that has ended the run early; null: there was none. */
  private failure: number | null = null
  /** Aborted where nothing new may begin: by a failure, or by a signal. Each pause listens to it. */
  private readonly ending = new AbortController()
  /** Hears how transfers end: all of them, or the only one. */
  private waiter!: Waiter

  /**
   * @param reading the surroundings of the command line: some of it is read while it runs
   * @param ours the parts of the plain command; null if none of its options was given
   */
  constructor(
    private readonly invocation: Invocation,
    messages: Messages,
    private readonly reading: CurlContext,
    private readonly ours: Additions | null = null,
  ) {
    const { global } = invocation
    setMaxListeners(0, this.ending.signal)
    this.program = global.libcurl === undefined ? null : new CProgram(global)
    this.messages = new RunMessages(messages, global)
    this.trace = new TraceLog(global.trace, this.messages, () => this.isOnTerminal)
    // This class decides the order, and how many run at once, unless the library's limits do.
    const isLimited = ours?.hasLimits === true && global.parallel
    notice.say = (text) => {
      this.messages.warn(text)
    }
    this.client = new ParallelCurl(isLimited ? global.parallelMax : null, ours?.recording ?? {})
  }

  /** Runs it. Returns the exit code. */
  async run(): Promise<number> {
    const { global, operations } = this.invocation
    const { messages, trace, reading, ours } = this
    const jobs = makeJobs(operations, { global, messages, trace, reading, ours })
    ours?.listen(this)
    const code = await (global.parallel ? this.runSideBySide(jobs) : this.runInOrder(jobs))
    if (this.program !== null) writeProgram(String(global.libcurl), this.program.text, messages)
    return code
  }

  private async runInOrder(jobs: Generator<MadeJob, void>): Promise<number> {
    const { msPerTransfer } = this.invocation.global
    let code = OK
    let next = this.pull(jobs)
    if (next === null && !this.isOver) {
      // The journal lists all of them.
      if ((this.ours?.skipped ?? 0) > 0) return OK
      this.messages.error('no transfer performed')
      return READ_ERROR
    }
    while (next !== null) {
      if (typeof next === 'number') return next
      const startedAt = performance.now()
      code = await this.runOne(next)
      if (this.isLast(code)) break
      const pulled = this.pull(jobs)
      if (pulled !== null && typeof pulled !== 'number' && msPerTransfer > 0) await this.pace(startedAt)
      next = pulled
    }
    return code
  }

  /** `--rate`. */
  private async pace(startedAt: number): Promise<void> {
    const { msPerTransfer } = this.invocation.global
    const took = Math.floor(performance.now() - startedAt)
    const rest = msPerTransfer - took
    if (rest <= 0) return
    this.messages.note(`Transfer took ${String(took)} ms, waits ${String(rest)}ms as set by --rate`)
    await this.sleep(rest)
  }

  /** A signal ends it, and so does an early end of the run. */
  private async sleep(ms: number): Promise<void> {
    const { setTimeout: sleep } = process.getBuiltinModule('node:timers/promises')
    await sleep(ms, undefined, { signal: this.ending.signal }).catch(() => undefined)
  }

  /** True if nothing new may begin. */
  private get isOver(): boolean {
    return this.ending.signal.aborted || this.ours?.isBroken === true
  }

  /** True if the run ends with a transfer that has ended with this code. */
  private isLast(code: number): boolean {
    if (isFatal(code) || this.isAtEnd || this.ours?.isBroken === true) return true
    return code !== OK && this.invocation.global.failEarly
  }

  /** The next one; null: there is none. A number: it cannot be made, and nothing comes after it. */
  private pull(jobs: Generator<MadeJob, void>): Job | number | null {
    if (this.isOver) return null
    limitYoungGeneration(4)
    try {
      const { value } = jobs.next()
      if (!value) return null
      return value.problem === undefined ? value.job : this.abandon(value.job, value.problem)
    } catch (error) {
      return tellThrown(error, this.messages)
    }
  }

  /** A transfer that was set up in part: it counts as one that failed. */
  private abandon(job: Job, problem: unknown): number {
    const code = tellThrown(problem, this.messages)
    job.isTold ||= !(problem instanceof SetupError)
    finishJob(job, this.messages, { code, error: '', transfer: null })
    return code
  }

  /** One transfer with all its attempts. Resolves with its exit code. */
  private runOne(job: Job): Promise<number> {
    return new Promise((resolve, reject) => {
      this.waiter = { ended: resolve, broken: reject }
      this.start(job)
    })
  }

  /** Starts a transfer. The waiter hears of its end, at once if there is nothing to transfer. */
  private start(job: Job): void {
    if (job.isSkipped) {
      this.waiter.ended(finishJob(job, this.messages, NOTHING_SENT).code)
      return
    }
    this.isOnTerminal = job.isOnTerminal
    if (job.amounts !== null) this.meter?.begin(job.amounts)
    this.attempt(job)
  }

  private attempt(job: Job): void {
    try {
      job.begin()
      if (job.retries.count === 0) this.program?.add(job)
      this.give(job)
      const { body } = job.plan
      const posted = body.kind === 'data' ? textOrBytes(body.bytes) : null
      void this.client.startRequest(job.url, this.onDone, job, posted, ownOptions(job))
    } catch (error) {
      this.endBadly(job, error)
    }
  }

  /** Ends a transfer whose options are wrong, or for which a part of the command is. */
  private endBadly(job: Job, error: unknown): void {
    this.isAtEnd ||= error instanceof SetupError
    let code
    try {
      code = this.abandon(job, error)
    } catch (unknown) {
      this.waiter.broken(unknown)
      return
    }
    this.waiter.ended(code)
  }

  /** One function for all transfers: a promise for each would take longer than all that curl does here. */
  private readonly onDone = (
    _content: string | null,
    _url: string,
    transfer: Transfer<Job>,
    job: Job,
  ): void => {
    // Infos can be read until this returns.
    try {
      job.closeSent()
      if (this.ours?.cache !== undefined && !job.head.hear(job, transfer) && transfer.errno === OK)
        transfer.fail(WRITE_ERROR, strError(WRITE_ERROR), undefined)
      const { errno: code, error } = transfer
      const ending = finishJob(job, this.messages, { code, error, transfer })
      if (ending.retryMs !== null) {
        this.attemptLater(job, ending.retryMs, error).catch((thrown: unknown) => {
          this.endBadly(job, thrown)
        })
        return
      }
      if (job.amounts !== null) this.meter?.finish(job.amounts)
      this.waiter.ended(ending.code)
    } catch (thrown) {
      this.endBadly(job, thrown)
    }
  }

  private async attemptLater(job: Job, ms: number, error: string): Promise<void> {
    await this.sleep(ms)
    if (!this.isOver) {
      this.attempt(job)
      return
    }
    // In curl, a transfer that is not tried again has the code of the failure that has ended the run.
    const { ours, failure } = this
    const isLost = ours !== null || failure === null
    const end = isLost ? { code: ABORTED_BY_CALLBACK, error: '' } : { code: failure, error }
    this.waiter.ended(finishJob(job, this.messages, { ...end, transfer: null }).code)
  }

  /** Shared options are compiled once for all transfers that have the same. */
  private give(job: Job): void {
    const { options } = job.plan
    const { headers, showsProgress, keepsBody, dropsBody } = job
    const wanted =
      (headers.isWanted ? 1 : 0) + (showsProgress ? 2 : 0) + (keepsBody ? 4 : 0) + (dropsBody ? 8 : 0)
    if (options === this.given && wanted === this.wanted) return
    this.wanted = wanted
    const { global } = this.invocation
    const { ours } = this
    const cookies = (): CookieJar => (this.jar ??= CookieJar.named('command'))
    const canDrawMeter = this.messages.fd === STDERR
    const shared = sharedOptions(options, job.operation, job, { global, cookies, canDrawMeter, ours })
    if (global.parallelMaxHost > 0) shared['multi'] = { MAX_HOST_CONNECTIONS: global.parallelMaxHost }
    this.client.setOptions(shared)
    this.given = options
  }

  private runSideBySide(jobs: Generator<MadeJob, void>): Promise<number> {
    const { parallelMax, silent, progressMeter } = this.invocation.global
    if (!silent && progressMeter) this.meter = new ProgressMeter(this.messages.fd)
    const most = parallelMax + (this.ours?.hasLimits === true ? AHEAD : 0)
    let running = 0
    let code = OK
    let isFilling = false
    const failWith = (failure: number): void => {
      if (code === OK) code = failure
    }
    const stop = (): void => {
      this.failure = code
      this.endEarly(new Error('Transfer aborted due to critical error in another transfer'))
    }
    const fill = (): void => {
      isFilling = true
      while (running < most) {
        const next = this.pull(jobs)
        if (next === null) break
        if (typeof next === 'number') {
          failWith(next)
          stop()
        } else {
          running++
          this.start(next)
        }
      }
      isFilling = false
    }
    return new Promise((resolve, reject) => {
      const goOn = (): void => {
        // A transfer that ends at once is seen by the loop that has started it.
        if (isFilling) return
        try {
          fill()
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
        if (running > 0) return
        this.meter?.end()
        resolve(code)
      }
      this.waiter = {
        ended: (ended) => {
          running--
          failWith(ended)
          if (this.failure === null && this.isLast(ended)) stop()
          goOn()
        },
        broken: reject,
      }
      goOn()
    })
  }

  /** Nothing new begins, and transfers are aborted: all of them, or those that are chosen. */
  private endEarly(reason: Error, which?: (transfer: Transfer) => boolean): void {
    this.ours?.giveUp()
    this.ending.abort()
    this.client.abort(reason, which)
  }

  /** The first signal: transfers in flight go on, and nothing else begins. */
  onFirst(): void {
    const graceMs = this.ours?.graceMs ?? 0
    if (graceMs > 0) this.messages.inform(graceText(graceMs))
    this.endEarly(INTERRUPTED, ({ state }) => state !== 'inFlight')
  }

  /** The second signal, or the end of the time that the first one gives. */
  onLast(): void {
    this.client.abort(INTERRUPTED)
  }

  /** Frees what it holds: files that libcurl writes at the end are written. */
  async close(): Promise<void> {
    await this.client.close()
  }
}
