/**
 * Runs the callbacks of one instance, each exactly once, whatever other callbacks do. Keeps their errors, and
 * reports when all have settled. Does not depend on the source of the transfers.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { CurlError } from '../../../errors.js'
import type { RequestCallback, Transfer } from '../../../transfer/transfer.js'
import type { TransferRecord, TransferSink } from '../../record/transfer-record.js'

/**
 * The number of errors that are kept. Further ones are only counted, because a program that never calls
 * finishAllRequests() must not run out of memory.
 */
const MAX_ERRORS = 1000

const AsyncFunction = (async () => {
  /* used to recognize async functions */
}).constructor

/** A run of a callback that has returned a promise or waits in finishAllRequests(). */
interface Delivery {
  /** The number of `finishAllRequests()` calls that the callback waits in. */
  waits: number
  isUnsettled: boolean
}

interface Waiter {
  /** The callback that called finishAllRequests(); null if it was called from outside. */
  readonly delivery: Delivery | null
  resolve(): void
  reject(error: unknown): void
}

/** The instances with errors that were not reported yet. */
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
   * The number of unsettled callbacks that wait for the others in finishAllRequests(). Two of them must not
   * wait for each other.
   */
  private unsettledWaiting = 0
  private isRunning = false
  private current: Delivery | null = null
  private context: AsyncLocalStorage<Delivery> | null = null

  /**
   * @param isIdle returns true if no transfer is outstanding
   * @param release called when a callback has settled: releases the transfer's handle
   * @param unreadable called when a transfer fails late because its body cannot be converted to a string
   */
  constructor(
    private readonly isIdle: () => boolean,
    private readonly release: (transfer: Transfer) => void,
    private readonly unreadable: () => void,
  ) {}

  /** True if the caller is inside a callback. */
  get isInside(): boolean {
    return this.isRunning || this.context?.getStore() !== undefined
  }

  /** Calls the callback of a transfer. Never throws. */
  deliver(done: TransferRecord): void {
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
        // Only inside an AsyncLocalStorage can a later `await finishAllRequests()` be recognized as coming
        // from this callback (see `wait`).
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

  /** Resolves when no transfer is outstanding and all callbacks have settled. Rejects with their errors. */
  wait(): Promise<void> {
    const delivery = this.isRunning
      ? (this.current ??= { waits: 0, isUnsettled: false })
      : this.context?.getStore()
    return new Promise((resolve, reject) => {
      this.waiters.push({ delivery: delivery ?? null, resolve, reject })
      if (delivery !== undefined && delivery.waits++ === 0 && delivery.isUnsettled) this.unsettledWaiting++
      // Checks once in case nothing else is going to happen, but not before all callbacks of the current
      // batch were called.
      setImmediate(this.check)
    })
  }

  /** Makes finishAllRequests() wait until the function that it returns is called: more requests will follow. */
  hold(): () => void {
    this.unsettled++
    return () => {
      this.unsettled--
      this.check()
    }
  }

  /** Resolves the waiting finishAllRequests() calls if nothing is left to wait for. */
  readonly check = (): void => {
    if (this.waiters.length === 0 || this.isRunning || !this.isIdle()) return
    const others = this.unsettled - this.unsettledWaiting
    if (others > 0) return
    const ready = this.waiters.filter((waiter) => waiter.delivery !== null || this.unsettled === 0)
    this.waiters = this.waiters.filter((waiter) => !ready.includes(waiter))
    const outside = ready.filter((waiter) => waiter.delivery === null)
    const lost = this.lostErrors
    // Errors go to the calls from outside: a callback that waits for the others has not failed with them.
    const errors = outside.length > 0 ? this.claim() : []
    for (const waiter of ready) {
      if (waiter.delivery !== null) this.stopWaiting(waiter.delivery)
      if (waiter.delivery === null && errors.length > 0) waiter.reject(combined(errors, lost))
      else waiter.resolve()
    }
  }

  /** Removes and returns the kept errors. */
  claim(): unknown[] {
    const { errors } = this
    this.errors = []
    this.lostErrors = 0
    unclaimed.delete(this)
    return errors
  }

  /** Returns the content for a callback; fails the transfer if there is none because it is too long. */
  contentOf(transfer: Transfer): string | null {
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
    // From now on, plain functions may return promises, too.
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

/** Delivers a transfer, as a function for a call in the context of somebody else. */
export function deliverTo(this: TransferSink, transfer: TransferRecord): void {
  this.deliver(transfer)
}
