/**
 * The async iterator behind `stream()`. It pulls inputs only as far as the window allows, so the loop body
 * slows everything down. Does not make or run transfers.
 */
import { inspect, type InspectOptions } from 'node:util'
import { takeFirst } from '../../memory/take-first.js'
import { callerContext, inContext } from '../../transfer/caller-context.js'
import type { Transfer } from '../../transfer/transfer.js'
import type { TransferRecord, TransferSink } from '../record/transfer-record.js'

/** The inputs of a stream. */
export type InputSource<T> = Iterable<T> | AsyncIterable<T>

/** The services that a stream needs to run its transfers. */
export interface RequestStreamOwner<T> {
  /** Makes a transfer of an input. Throws if the input is invalid. */
  make(input: T): TransferRecord
  submit(transfer: TransferRecord): void
  abort(transfer: TransferRecord, reason: unknown): void
  /**
   * Exempts the transfer from the limit of unread bytes: nothing is consumed before this transfer is done.
   */
  hurry(transfer: TransferRecord): void
  /** Gives the transfer's handle back. */
  release(transfer: Transfer): void
}

/** Settings of a stream. */
export interface StreamSettings {
  /** The most inputs that may be pulled and not yet yielded. */
  readonly window: number
  /** True to yield in the order of the inputs instead of the order of completion. */
  readonly ordered: boolean
  readonly signal: AbortSignal | undefined
}

interface Waiter {
  resolve(result: IteratorResult<Transfer, undefined>): void
  reject(error: unknown): void
}

/** The `streamPlace` of transfers that are done. */
const DELIVERED = -1
const DONE: IteratorResult<Transfer, undefined> = { done: true, value: undefined }

/**
 * The result of `stream()`. Each transfer holds its handle until the next one is requested. If `next()` is
 * called several times at once, each call releases the oldest transfer yielded.
 */
export class RequestStream<T> implements AsyncIterableIterator<Transfer> {
  private readonly source: Iterator<T> | AsyncIterator<T>
  private readonly isAsync: boolean
  /**
   * The transfers that are not done, in no order; each has its index in `streamPlace`. An array and not a
   * Set: the tables of a Set move to the old generation and keep the bodies of finished transfers alive until
   * the next full collection (measured with bodies of 100 KiB: 262 against 146 µs of CPU each).
   */
  private readonly outstanding: TransferRecord[] = []
  /**
   * The transfers to yield, starting at `head`: in order of completion, or with `ordered` all transfers in
   * the order of the inputs, done or not.
   */
  private line: (TransferRecord | undefined)[] = []
  private head = 0
  /** The number of transfers that are done and not yielded. */
  private readyCount = 0
  private isPulling = false
  private isInputOver = false
  private isClosed = false
  private failure: { readonly error: unknown } | null = null
  private waiters: Waiter[] = []
  /** The transfers that were yielded and still hold their handle, the oldest one first. */
  private readonly held: Transfer[] = []
  private closing: Promise<void> | null = null
  private isListening = false
  private onDrained: (() => void) | null = null
  /** Inputs are read in it, and requests made: whatever ends a transfer may make room for the next. */
  private readonly caller = callerContext()
  private readonly sink: TransferSink = {
    deliver: (transfer) => {
      this.onDone(transfer)
    },
  }

  constructor(
    inputs: InputSource<T>,
    private readonly owner: RequestStreamOwner<T>,
    private readonly settings: StreamSettings,
  ) {
    this.isAsync = Symbol.asyncIterator in inputs
    this.source = this.isAsync
      ? (inputs as AsyncIterable<T>)[Symbol.asyncIterator]()
      : (inputs as Iterable<T>)[Symbol.iterator]()
  }

  /**
   * Resolves with the next transfer that is done, also if it failed. Releases the handle of the one before.
   */
  next(): Promise<IteratorResult<Transfer, undefined>> {
    this.letGoOfOne()
    this.listen()
    this.fill()
    const transfer = this.take()
    if (transfer !== undefined) return Promise.resolve({ done: false, value: transfer })
    return new Promise((resolve, reject) => {
      this.waiters.push({ resolve, reject })
      this.hurryNext()
      this.endWaiters()
    })
  }

  /**
   * Aborts all unfinished transfers and closes the input. Resolves when no transfer of this stream is
   * outstanding. Called when a loop is left with `break`.
   */
  async return(): Promise<IteratorResult<Transfer, undefined>> {
    await this.close()
    return DONE
  }

  /** Like {@link return}, then throws the error. */
  async throw(error?: unknown): Promise<IteratorResult<Transfer, undefined>> {
    await this.close()
    throw error
  }

  /** The output of `console.log()`. */
  [inspect.custom](depth: number, options: InspectOptions): string {
    if (depth < 0) return '[RequestStream]'
    return `RequestStream ${inspect({ outstanding: this.outstanding.length, ready: this.readyCount }, options)}`
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Ends the stream at the end of an `await using` block, like leaving the loop. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Called when a transfer of this stream is done. */
  private onDone(transfer: TransferRecord): void {
    this.takeFromOutstanding(transfer)
    if (this.isClosed) {
      this.owner.release(transfer)
      if (this.outstanding.length === 0) this.onDrained?.()
      return
    }
    if (!this.settings.ordered) this.line.push(transfer)
    this.readyCount++
    this.serveWaiters()
  }

  private takeFromOutstanding(transfer: TransferRecord): void {
    const last = this.outstanding.pop() as TransferRecord
    if (last !== transfer) {
      this.outstanding[transfer.streamPlace] = last
      last.streamPlace = transfer.streamPlace
    }
    transfer.streamPlace = DELIVERED
  }

  private take(): Transfer | undefined {
    const done = this.line[this.head]
    if (done?.streamPlace !== DELIVERED) return undefined
    const transfer = done.handOut()
    this.line[this.head++] = undefined
    this.readyCount--
    if (this.head >= 256 || this.head === this.line.length) {
      this.line = this.line.slice(this.head)
      this.head = 0
    }
    this.held.push(transfer)
    return transfer
  }

  private serveWaiters(): void {
    while (this.waiters.length > 0) {
      const transfer = this.take()
      if (transfer === undefined) break
      takeFirst(this.waiters)?.resolve({ done: false, value: transfer })
    }
    // More calls of next() may wait than the window has places: the ones that are served make room.
    if (this.waiters.length > 0) this.fill()
    this.hurryNext()
    this.endWaiters()
  }

  /**
   * Exempts the next transfer from the limit of unread bytes, if bytes that count may wait for it: in an
   * ordered stream those of transfers that are done early; if next() was called several times at once, those
   * of the transfers that have been yielded.
   */
  private hurryNext(): void {
    if (this.waiters.length === 0) return
    const { ordered } = this.settings
    const next = ordered ? this.line[this.head] : this.held.length > 0 ? this.outstanding[0] : undefined
    if (next !== undefined) this.owner.hurry(next)
  }

  /** Ends the waiting calls of next() if nothing more will come. */
  private endWaiters(): void {
    const isOver =
      this.isInputOver && !this.isPulling && this.outstanding.length === 0 && this.readyCount === 0
    if (!isOver && !this.isClosed) return
    this.settings.signal?.removeEventListener('abort', this.onSignal)
    if (this.waiters.length === 0) return
    // If next() was called several times at once, no other call may follow to release these. The caller may
    // read them together with the end.
    if (this.held.length > 0) setImmediate(this.releaseHeld)
    for (const waiter of this.waiters.splice(0)) {
      const { failure } = this
      this.failure = null
      if (failure === null) waiter.resolve(DONE)
      else waiter.reject(failure.error)
    }
  }

  private get hasRoom(): boolean {
    const open = this.outstanding.length + this.readyCount
    return !this.isInputOver && !this.isClosed && !this.isPulling && open < this.settings.window
  }

  private fill(): void {
    if (this.hasRoom) inContext(this.caller, this.isAsync ? this.pull : this.takeInputs, this)
  }

  private readonly takeInputs = (): void => {
    while (this.hasRoom) {
      try {
        const result = (this.source as Iterator<T>).next()
        if (result.done) this.isInputOver = true
        else this.start(result.value)
      } catch (error) {
        this.failInput(error)
      }
    }
  }

  private readonly pull = (): void => {
    this.isPulling = true
    new Promise<IteratorResult<T>>((resolve) => {
      resolve((this.source as AsyncIterator<T>).next())
    })
      .then((result) => {
        this.isPulling = false
        if (result.done) this.isInputOver = true
        else if (!this.isInputOver && !this.isClosed) this.start(result.value)
      })
      .catch((error: unknown) => {
        this.isPulling = false
        if (!this.isInputOver) this.failInput(error)
      })
      .then(() => {
        this.fill()
        this.serveWaiters()
      })
      .catch(() => undefined)
  }

  private start(input: T): void {
    let transfer: TransferRecord
    try {
      transfer = this.owner.make(input)
    } catch (error) {
      this.failInput(error)
      this.dropSource()
      return
    }
    transfer.sink = this.sink
    if (this.settings.ordered) this.line.push(transfer)
    transfer.streamPlace = this.outstanding.push(transfer) - 1
    this.owner.submit(transfer)
  }

  /** Ends the input. The error is reported after the transfers in flight. */
  private failInput(error: unknown): void {
    this.isInputOver = true
    this.failure ??= { error }
  }

  private listen(): void {
    const { signal } = this.settings
    if (this.isListening || this.isClosed || signal === undefined) return
    this.isListening = true
    if (signal.aborted) this.onSignal()
    else signal.addEventListener('abort', this.onSignal, { once: true })
  }

  private readonly onSignal = (): void => {
    const reason: unknown = this.settings.signal?.reason
    const wasOver = this.isInputOver
    this.failInput(reason)
    // The result of a pending pull is ignored.
    this.isPulling = false
    // abort() never delivers synchronously, so the list does not change in this loop.
    for (const transfer of this.outstanding) this.owner.abort(transfer, reason)
    if (!wasOver) this.dropSource()
    this.serveWaiters()
  }

  private close(): Promise<void> {
    return (this.closing ??= this.leave())
  }

  private async leave(): Promise<void> {
    const { isPulling, isInputOver } = this
    this.isClosed = this.isInputOver = true
    this.failure = null
    for (const transfer of this.held.splice(0)) this.owner.release(transfer)
    for (const transfer of this.line) {
      if (transfer?.streamPlace === DELIVERED) this.owner.release(transfer)
    }
    this.line = []
    this.head = this.readyCount = 0
    for (const transfer of this.outstanding) this.owner.abort(transfer, new Error('the stream was left'))
    this.endWaiters()
    const sourceClosed = isInputOver ? Promise.resolve() : this.closeSource()
    // The error of the source is thrown below, when no transfer is outstanding; until then it must not count
    // as unhandled.
    sourceClosed.catch(() => undefined)
    if (this.outstanding.length > 0) {
      await new Promise<void>((resolve) => {
        this.onDrained = resolve
      })
    }
    // A generator cannot be closed while it waits for its next input. Waiting for it could take forever.
    if (!isPulling) await sourceClosed
  }

  private async closeSource(): Promise<void> {
    await inContext(this.caller, () => this.source.return?.(), undefined)
  }

  /** Closes the source without waiting for it, because the stream has an error of its own to report. */
  private dropSource(): void {
    this.closeSource().catch(() => undefined)
  }

  private readonly releaseHeld = (): void => {
    for (const transfer of this.held.splice(0)) this.owner.release(transfer)
  }

  private letGoOfOne(): void {
    const first = takeFirst(this.held)
    if (first !== undefined) this.owner.release(first)
  }
}
