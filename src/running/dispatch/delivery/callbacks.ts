/**
 * Runs the callbacks of one instance: each exactly once, whatever the others do. Keeps what they threw, and
 * knows when all have settled. Does not know where transfers come from.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { CurlError } from '../../../errors.js'
import type { RequestCallback, Transfer } from '../../../transfer/transfer.js'
import type { TransferRecord } from '../../record/transfer-record.js'

/**
 * How many errors are kept: a server that never asks for them must not drown in them. The rest is counted.
 */
const MAX_ERRORS = 1000

const AsyncFunction = (async () => {
  /* its constructor tells async functions apart */
}).constructor

/** One run of a callback that somebody has to know about: it returned a promise, or waits for the others. */
interface Delivery {
  /** How many `finishAllRequests()` it is waiting in. */
  waits: number
  isUnsettled: boolean
}

interface Waiter {
  /** The callback that it was called in; null: called from outside. */
  readonly delivery: Delivery | null
  resolve(): void
  reject(error: unknown): void
}

/** Those with errors that nobody has asked for yet. */
const unclaimed = new Set<Callbacks>()

function surfaceAtExit(): void {
  const errors = [...unclaimed].flatMap((callbacks) => callbacks.claim())
  if (errors.length > 0) throw combined(errors, 0)
}

function combined(errors: unknown[], lost: number): unknown {
  if (errors.length === 1 && lost === 0) return errors[0]
  const total = errors.length + lost
  const rest = lost === 0 ? '' : `; the first ${String(errors.length)} are in "errors"`
  return new AggregateError(errors, `${String(total)} callbacks threw${rest}`)
}

/** The callbacks of one instance. */
export class Callbacks {
  private errors: unknown[] = []
  private lostErrors = 0
  private waiters: Waiter[] = []
  private unsettled = 0
  /**
   * Of the unsettled ones, those that wait for the others themselves: two of them must not wait for each
   * other.
   */
  private unsettledWaiting = 0
  private isRunning = false
  private current: Delivery | null = null
  private context: AsyncLocalStorage<Delivery> | null = null

  /**
   * @param isIdle whether nothing is outstanding
   * @param release what is to be done once a callback has settled: its transfer is no longer held
   * @param unreadable hears that a transfer has failed after all: its body cannot be given as a string
   */
  constructor(
    private readonly isIdle: () => boolean,
    private readonly release: (transfer: Transfer) => void,
    private readonly unreadable: () => void,
  ) {}

  /** Whether the caller is one of the callbacks. */
  get isInside(): boolean {
    return this.isRunning || this.context?.getStore() !== undefined
  }

  /** Calls the callback of a transfer. Nothing that it does or throws gets out of here. */
  run(done: TransferRecord): void {
    const callback = done.callback as RequestCallback | null
    if (callback === null) {
      this.release(done)
      return
    }
    const transfer = done.handOut()
    const content = this.contentOf(transfer)
    this.isRunning = true
    let result: unknown
    let isPending = false
    try {
      if (this.context !== null || callback instanceof AsyncFunction) {
        // Only there a later `await finishAllRequests()` can be told to come from inside: see `wait`.
        this.current = { waits: 0, isUnsettled: false }
        this.context ??= new AsyncLocalStorage()
        result = this.context.run(this.current, callback, content, transfer.url, transfer, transfer.userData)
      } else result = callback(content, transfer.url, transfer, transfer.userData)
      isPending = isThenable(result)
    } catch (error) {
      this.keep(error)
    }
    const delivery = this.current
    this.isRunning = false
    this.current = null
    if (isPending) this.follow(result as PromiseLike<unknown>, transfer, delivery)
    else this.release(transfer)
  }

  /** Resolves when nothing is outstanding and all callbacks have settled; rejects with what they threw. */
  wait(): Promise<void> {
    const delivery = this.isRunning
      ? (this.current ??= { waits: 0, isUnsettled: false })
      : this.context?.getStore()
    return new Promise((resolve, reject) => {
      this.waiters.push({ delivery: delivery ?? null, resolve, reject })
      if (delivery !== undefined && delivery.waits++ === 0 && delivery.isUnsettled) this.unsettledWaiting++
      // Nothing may be about to happen: look, but never while a callback of the same batch has yet to be
      // called.
      setImmediate(this.check)
    })
  }

  /** Resolves whoever waits, if there is nothing left to wait for. */
  readonly check = (): void => {
    if (this.waiters.length === 0 || this.isRunning || !this.isIdle()) return
    const others = this.unsettled - this.unsettledWaiting
    if (others > 0) return
    const ready = this.waiters.filter((waiter) => waiter.delivery !== null || this.unsettled === 0)
    this.waiters = this.waiters.filter((waiter) => !ready.includes(waiter))
    const outside = ready.filter((waiter) => waiter.delivery === null)
    const lost = this.lostErrors
    // Errors are for those outside: a callback that waits for the others has not failed with them.
    const errors = outside.length > 0 ? this.claim() : []
    for (const waiter of ready) {
      if (waiter.delivery !== null) this.stopWaiting(waiter.delivery)
      if (waiter.delivery === null && errors.length > 0) waiter.reject(combined(errors, lost))
      else waiter.resolve()
    }
  }

  /** Takes the errors that were kept. */
  claim(): unknown[] {
    const { errors } = this
    this.errors = []
    this.lostErrors = 0
    unclaimed.delete(this)
    return errors
  }

  private contentOf(transfer: Transfer): string | null {
    try {
      return transfer.content
    } catch (error) {
      const { errno, message, cause } = error as CurlError
      if (transfer.errno !== 0) return null
      transfer.fail(errno, message, cause)
      this.unreadable()
      return null
    }
  }

  private follow(result: PromiseLike<unknown>, transfer: Transfer, given: Delivery | null): void {
    const delivery = given ?? { waits: 0, isUnsettled: false }
    // From now on plain functions may be promise-returning ones, too.
    this.context ??= new AsyncLocalStorage()
    delivery.isUnsettled = true
    this.unsettled++
    if (delivery.waits > 0) this.unsettledWaiting++
    const settle = (): void => {
      delivery.isUnsettled = false
      this.unsettled--
      if (delivery.waits > 0) this.unsettledWaiting--
      this.release(transfer)
      this.check()
    }
    Promise.resolve(result).then(settle, (error: unknown) => {
      this.keep(error)
      settle()
    })
  }

  private stopWaiting(delivery: Delivery): void {
    if (--delivery.waits === 0 && delivery.isUnsettled) this.unsettledWaiting--
  }

  private keep(error: unknown): void {
    if (this.errors.length >= MAX_ERRORS) {
      this.lostErrors++
      return
    }
    this.errors.push(error)
    if (unclaimed.size === 0) process.off('beforeExit', surfaceAtExit).once('beforeExit', surfaceAtExit)
    unclaimed.add(this)
  }
}

function isThenable(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  )
}
