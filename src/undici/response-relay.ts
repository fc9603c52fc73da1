/**
 * One request between the engine and undici's handler: brings head, data and end to the handler, aborts and
 * pauses to the engine, and watches the two time limits. Does not know the options.
 */
import { errors } from 'undici'
import type { ResponseReceiver } from '../bodies/streams/response-handover.js'
import type { StartedRequest } from '../running/entry/responses.js'
import type { Clock } from '../scheduling/time/clock.js'
import type { Transfer } from '../transfer/transfer.js'
import { undiciError } from './dispatch-errors.js'
import { Controller, type ResponseHandler } from './handlers.js'
import { rawResponses, rawTrailers } from './raw-headers.js'

/** The time limits of one request. Milliseconds; 0: none. */
export interface TimeLimits {
  readonly headersTimeout: number
  readonly bodyTimeout: number
}

/** One request of a dispatcher. */
export class ResponseRelay implements ResponseReceiver {
  readonly controller: Controller
  /** The error that the request ended with; null after a success, undefined before the end. */
  private failure: Error | null | undefined = undefined
  private hasHead = false
  private started: StartedRequest | null = null
  private timer: unknown = undefined
  /** The time of the last thing that happened. */
  private lastAt = 0

  /**
   * @param onOver called once, before the handler gets the end or the error
   * @param isFetch true if the handler is that of `fetch`, which changes no header
   */
  constructor(
    private readonly handler: ResponseHandler,
    private readonly limits: TimeLimits,
    private readonly clock: Clock,
    private readonly onOver: (failure: Error | null) => void,
    private readonly isFetch: boolean,
  ) {
    this.controller = new Controller(
      (reason) => {
        this.abort(reason)
      },
      () => {
        this.touch()
        this.started?.continue()
      },
    )
  }

  /** A chunk that `fetch` gets costs more than joining chunks does. */
  get joinsChunks(): boolean {
    return this.isFetch
  }

  get isOver(): boolean {
    return this.failure !== undefined
  }

  get isPaused(): boolean {
    return this.controller.paused || this.isOver
  }

  /** Gives the controller to the handler. Returns false if the handler has aborted at once. */
  offer(): boolean {
    try {
      this.handler.start(this.controller)
    } catch (error) {
      this.controller.abort(error as Error)
    }
    return !this.isOver
  }

  /** Called with the request that the engine has started. */
  startedAs(started: StartedRequest): void {
    this.started = started
    if (this.failure) started.abort(this.failure)
  }

  /** Ends the request with an error that is not of the transfer. */
  abort(reason: Error): void {
    if (this.isOver) return
    this.fail(reason)
    this.started?.abort(reason)
  }

  /** Notes that something has happened: a time limit begins anew. */
  touch(): void {
    this.lastAt = this.clock.now()
  }

  onAttempt(): void {
    if (this.isOver) return
    this.touch()
    this.watch()
  }

  onHead(transfer: Transfer): void {
    if (this.isOver) return
    this.hasHead = true
    this.touch()
    const { headersTimeout, bodyTimeout } = this.limits
    // Otherwise the running timer comes first, and finds what is left.
    if (bodyTimeout < headersTimeout || headersTimeout === 0) this.watch()
    for (const { status, headers, text } of rawResponses(transfer, this.isFetch))
      // The handler may end the request at an informational response.
      if (this.failure === undefined) this.handler.head(this.controller, status, headers, text)
  }

  onChunk(chunk: Buffer): void {
    if (this.isOver) return
    this.touch()
    this.handler.data(this.controller, chunk)
  }

  onEnd(transfer: Transfer): void {
    if (this.isOver) return
    if (transfer.errno !== 0) {
      this.fail(undiciError(transfer, this.hasHead))
      return
    }
    this.finish(null)
    try {
      this.handler.end(this.controller, rawTrailers(transfer))
    } catch (error) {
      this.tell(error as Error)
    }
  }

  private fail(error: Error): void {
    this.finish(error)
    this.tell(error)
  }

  /** An exception of the handler's last function has nobody who could handle it. */
  private tell(error: Error): void {
    try {
      this.handler.fail(this.controller, error)
    } catch (thrown) {
      throwLater(thrown)
    }
  }

  private finish(failure: Error | null): void {
    this.failure = failure
    this.clearTimer()
    try {
      this.onOver(failure)
    } catch (thrown) {
      // The handler gets the end in any case, and the other transfers theirs.
      throwLater(thrown)
    }
  }

  private watch(): void {
    this.clearTimer()
    const limit = this.limit()
    if (limit > 0) this.setTimer(limit)
  }

  private limit(): number {
    return this.hasHead ? this.limits.bodyTimeout : this.limits.headersTimeout
  }

  private setTimer(delay: number): void {
    this.timer = this.clock.setTimer(() => {
      this.timer = undefined
      this.check()
    }, delay)
  }

  private clearTimer(): void {
    if (this.timer !== undefined) this.clock.clearTimer(this.timer)
    this.timer = undefined
  }

  private check(): void {
    const launchedAt = this.started?.launchedAt ?? null
    // Between two attempts nothing is late. The next one begins anew.
    if (launchedAt === null) return
    const limit = this.limit()
    if (limit === 0) return
    const left = Math.max(this.lastAt, launchedAt) + limit - this.clock.now()
    if (left > 0) this.setTimer(left)
    // A handler that has paused is what the time is spent with.
    else if (this.controller.paused) this.setTimer(limit)
    else if (this.hasHead) this.abort(new errors.BodyTimeoutError())
    else this.abort(new errors.HeadersTimeoutError())
  }
}

/** Makes it an uncaught exception: there is nobody who could handle it. */
function throwLater(thrown: unknown): void {
  queueMicrotask(() => {
    throw thrown
  })
}
