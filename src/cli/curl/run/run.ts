/**
 * Runs the transfers of a command line: one after the other, or side by side (`-Z`). Does not know how the
 * command line was read, nor what a transfer does with what arrives.
 */
import { ABORTED_BY_CALLBACK, BAD_FUNCTION_ARGUMENT, OK, READ_ERROR } from '../../../curl-codes.js'
import { OptionError } from '../../../errors.js'
import type { RequestOptions } from '../../../running/options/run-options.js'
import { CookieJar } from '../../../sessions/cookies/cookie-jar.js'
import { ParallelCurl } from '../../../parallel-curl.js'
import type { Transfer } from '../../../transfer/transfer.js'
import { graceText, type Interrupted } from '../../errors/interruption.js'
import { textOrBytes } from '../arguments/values/files.js'
import { CurlError, type CurlContext, type Invocation, type TransferPlan } from '../invocation.js'
import { STDERR } from '../output/descriptors.js'
import { RunMessages, type Messages } from '../output/messages.js'
import { ProgressMeter } from '../output/progress-meter.js'
import { TraceLog } from '../output/trace.js'
import { CProgram } from '../program/c-program.js'
import { writeProgram } from '../program/write-program.js'
import type { Additions } from './additions.js'
import { isFatal, SetupError } from './exit-codes.js'
import { finishJob, type Ending } from './finish-job.js'
import { makeJobs, type MadeJob } from './jobs.js'
import type { Job } from './job.js'
import { SENDING, sharedOptions } from './library-options.js'

/** So many transfers more than may run are begun, where limits hold some of them back in the library. */
const AHEAD = 1000
const INTERRUPTED = new Error('interrupted')

/** Runs one command line. */
export class CurlRun implements Interrupted {
  private readonly messages: RunMessages
  private readonly trace: TraceLog
  private readonly client: ParallelCurl
  private jar: CookieJar | null = null
  private given: object | null = null
  private wanted = ''
  private meter: ProgressMeter | null = null
  /** The transfers as C, for `--libcurl`. */
  private readonly program: CProgram | null
  private isOnTerminal = false

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
    this.program = global.libcurl === undefined ? null : new CProgram(global)
    this.messages = new RunMessages(messages, global)
    this.trace = new TraceLog(global.trace, this.messages, () => this.isOnTerminal)
    // This class decides the order, and how many run at once, unless the library's limits do.
    const isLimited = ours?.hasLimits === true && global.parallel
    this.client = new ParallelCurl(isLimited ? global.parallelMax : null, {})
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
    const { failEarly, msPerTransfer } = this.invocation.global
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
      if (isFatal(code) || (code !== OK && failEarly)) break
      if (this.ours?.isBroken === true) break
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

  /** A signal ends it. */
  private async sleep(ms: number): Promise<void> {
    const signal = this.ours?.stopped
    const { setTimeout: sleep } = process.getBuiltinModule('node:timers/promises')
    await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
  }

  /** True if nothing new may begin. */
  private get isOver(): boolean {
    return this.ours?.stopped.aborted === true || this.ours?.isBroken === true
  }

  /** The next one; null: there is none. A number: it cannot be made, and nothing comes after it. */
  private pull(jobs: Generator<MadeJob, void>): Job | number | null {
    if (this.isOver) return null
    try {
      const { value } = jobs.next()
      if (!value) return null
      return value.problem === undefined ? value.job : this.abandon(value.job, value.problem)
    } catch (error) {
      return this.codeOf(error)
    }
  }

  /** A transfer that was set up in part: it counts as one that failed. */
  private abandon(job: Job, problem: unknown): number {
    const code = this.codeOf(problem)
    job.isTold ||= !(problem instanceof SetupError)
    finishJob(job, this.messages, { code, error: '', transfer: null })
    return code
  }

  private codeOf(error: unknown): number {
    if (error instanceof CurlError) {
      for (const line of error.lines) this.messages.messages.write(`${line}\n`)
      return error.exitCode
    }
    if (error instanceof SetupError) return error.exitCode
    if (error instanceof OptionError) {
      this.messages.failure(
        BAD_FUNCTION_ARGUMENT,
        error.message.replace(/^(startRequest|ParallelCurl): /, ''),
      )
      return BAD_FUNCTION_ARGUMENT
    }
    throw error
  }

  /** One transfer with all its attempts. Returns its exit code. */
  private async runOne(job: Job): Promise<number> {
    if (job.isSkipped) return finishJob(job, this.messages, { code: OK, error: '', transfer: null }).code
    this.isOnTerminal = job.isOnTerminal
    if (job.amounts !== null) this.meter?.begin(job.amounts)
    for (;;) {
      let ending: Ending
      try {
        job.begin()
        if (job.retries.count === 0) this.program?.add(job)
        ending = await this.attempt(job)
      } catch (error) {
        return this.abandon(job, error)
      }
      if (ending.retryMs === null) {
        if (job.amounts !== null) this.meter?.finish(job.amounts)
        return ending.code
      }
      await this.sleep(ending.retryMs)
      if (this.isOver) {
        const end = { code: ABORTED_BY_CALLBACK, error: '', transfer: null }
        return finishJob(job, this.messages, end).code
      }
    }
  }

  /** Rejects with what is wrong with its options. */
  private attempt(job: Job): Promise<Ending> {
    return new Promise((resolve, reject) => {
      const callback = (_content: string | null, _url: string, transfer: Transfer<Job>): void => {
        // Infos can be read until this returns.
        try {
          job.closeSent()
          const { errno: code, error } = transfer
          resolve(finishJob(job, this.messages, { code, error, transfer }))
        } catch (thrown) {
          reject(thrown instanceof Error ? thrown : new Error(String(thrown)))
        }
      }
      this.give(job)
      const { body } = job.plan
      const posted = body.kind === 'data' ? textOrBytes(body.bytes) : null
      this.client.startRequest(job.url, callback, job, posted, this.ownOptions(job)).catch(reject)
    })
  }

  /** Shared options are compiled once for all transfers that have the same. */
  private give(job: Job): void {
    const { options } = job.plan
    const wanted = `${String(job.headers.isWanted)} ${String(job.showsProgress)} ${String(job.keepsBody)}`
    if (options === this.given && wanted === this.wanted) return
    this.wanted = wanted
    const { global } = this.invocation
    const { ours } = this
    const cookies = (): CookieJar => (this.jar ??= new CookieJar())
    const canDrawMeter = this.messages.fd === STDERR
    const shared = sharedOptions(options, job.operation, job, { global, cookies, canDrawMeter, ours })
    if (global.parallelMaxHost > 0) shared['multi'] = { MAX_HOST_CONNECTIONS: global.parallelMaxHost }
    this.client.setOptions(shared)
    this.given = options
  }

  private ownOptions(job: Job): RequestOptions {
    const { plan, sent, resumeFrom } = job
    const { body, options } = plan
    const own: Record<string, unknown> = {}
    if (resumeFrom !== 0) own['RESUME_FROM_LARGE'] = resumeFrom
    if (sent !== null) {
      Object.assign(own, SENDING)
      if (body.kind === 'form') {
        own['POST'] = 1
        const size = body.hasLength ? sent.size : undefined
        own['POSTFIELDSIZE_LARGE'] = size ?? -1
        own['HTTPHEADER'] = formHeaders(options, body.contentType, size)
      } else if (body.kind === 'upload') {
        own['UPLOAD'] = 1
        if (sent.size !== undefined) own['INFILESIZE_LARGE'] = sent.size
      }
    }
    return own
  }

  private async runSideBySide(jobs: Generator<MadeJob, void>): Promise<number> {
    const { parallelMax, failEarly, silent, progressMeter } = this.invocation.global
    if (!silent && progressMeter) this.meter = new ProgressMeter(this.messages.fd)
    const most = parallelMax + (this.ours?.hasLimits === true ? AHEAD : 0)
    const inFlight = new Set<Promise<void>>()
    let code = OK
    let isOver = false as boolean
    const failWith = (failure: number): void => {
      if (code === OK) code = failure
    }
    const stop = (): void => {
      isOver = true
      this.ours?.giveUp()
      this.client.abort(new Error('Transfer aborted due to critical error in another transfer'))
    }
    const start = (job: Job): void => {
      const running = this.runOne(job)
        .then((ended) => {
          if (this.ours?.isBroken === true && !isOver) stop()
          if (ended === OK) return
          failWith(ended)
          if ((failEarly || isFatal(ended)) && !isOver) stop()
        })
        .finally(() => inFlight.delete(running))
      inFlight.add(running)
    }
    for (;;) {
      while (!isOver && inFlight.size < most) {
        const next = this.pull(jobs)
        if (next === null) break
        if (typeof next === 'number') {
          failWith(next)
          stop()
        } else start(next)
      }
      if (inFlight.size === 0) break
      await Promise.race(inFlight)
    }
    this.meter?.end()
    return code
  }

  /** The first signal: transfers in flight go on, and nothing else begins. */
  onFirst(): void {
    const graceMs = this.ours?.graceMs ?? 0
    if (graceMs > 0) this.messages.inform(graceText(graceMs))
    this.client.abort(INTERRUPTED, ({ state }) => state !== 'inFlight')
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

/**
 * The headers of a form that is laid out here. libcurl puts the type of its own forms behind their length;
 * a type that is given as a header would stand before it. Where there may be redirects the length is left to
 * libcurl: it would send a given one even with a GET.
 */
function formHeaders(
  options: TransferPlan['options'],
  contentType: string,
  size: number | undefined,
): string[] {
  const given = (options['HTTPHEADER'] as readonly string[] | undefined) ?? []
  const others = given.filter((line) => !/^content-type\s*[:;]/i.test(line))
  const isLeft = size === undefined || options['FOLLOWLOCATION'] !== undefined
  const hasLength = given.some((line) => /^(content-length|transfer-encoding)\s*[:;]/i.test(line))
  const length = isLeft || hasLength ? [] : [`Content-Length: ${String(size)}`]
  return [...others, ...length, `Content-Type: ${contentType}`]
}
