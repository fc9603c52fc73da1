/**
 * CurlMultiHandle: handles that run together on one instance of the main class, and the messages about those
 * that have ended. Does not know PHP's functions.
 */
import { BAD_FUNCTION_ARGUMENT, OK } from '../../curl-codes.js'
import { inspect, type InspectOptions } from 'node:util'
import { messageOf, OptionError } from '../../errors.js'
import { ParallelCurl } from '../../parallel-curl.js'
import { FOR_HANDLES, forgetRun, startRun, type EndedRun } from '../easy/run.js'
import type { CurlHandle } from '../handles/curl-handle.js'
import { CURLM_ADDED_ALREADY, CURLM_BAD_EASY_HANDLE, CURLM_OK } from '../values/constants.js'

/** The right to make a multi handle. */
const MAKE = Symbol('make')

interface Message {
  readonly handle: CurlHandle
  readonly errno: number
  readonly error: string
}

/** A handle of `curl_multi_init()`. */
export class CurlMultiHandle {
  /** @internal */ errno = 0
  /** @internal */ readonly handles = new Set<CurlHandle>()
  /** @internal The number of transfers in flight. */
  running = 0

  private curl: ParallelCurl | null = null
  private multiOptions: Readonly<Record<string, number>> = {}
  /** Handles that were added since the last call of `curl_multi_exec()`. */
  private waiting = new Set<CurlHandle>()
  private queue: Message[] = []
  private thrown: { readonly error: unknown }[] = []
  /** The transfers that have ended since the last call of `curl_multi_exec()`. */
  private ended = 0
  /** The calls of {@link wait} that wait for the end of a transfer. */
  private readonly waiters = new Set<() => void>()

  /** @internal */
  constructor(key: symbol) {
    if (key !== MAKE)
      throw new OptionError('Cannot directly construct CurlMultiHandle, use curl_multi_init() instead')
  }

  /** Returns the text for `console.log()`: numbers, without the handles. */
  [inspect.custom](depth: number, options: InspectOptions): string {
    if (depth < 0) return '[CurlMultiHandle]'
    const { handles, running, messages, errno } = this
    return `CurlMultiHandle ${inspect({ handles: handles.size, running, messages, errno }, options)}`
  }

  /** @internal */
  get messages(): number {
    return this.queue.length
  }

  /** @internal */
  add(handle: CurlHandle): number {
    if (handle.multi !== null || handle.run !== null) return CURLM_ADDED_ALREADY
    handle.multi = this
    this.handles.add(handle)
    this.waiting.add(handle)
    return CURLM_OK
  }

  /** @internal */
  remove(handle: CurlHandle): number {
    if (handle.multi === null) return CURLM_OK
    if (handle.multi !== this) return CURLM_BAD_EASY_HANDLE
    handle.multi = null
    this.handles.delete(handle)
    this.waiting.delete(handle)
    this.queue = this.queue.filter((message) => message.handle !== handle)
    if (handle.run !== null) {
      forgetRun(handle)
      this.running--
    }
    return CURLM_OK
  }

  /** @internal Starts what was added, and lets a turn of the event loop pass. */
  async advance(): Promise<void> {
    const { waiting } = this
    this.waiting = new Set()
    this.ended = 0
    for (const handle of waiting) this.start(handle)
    await nextTurn()
  }

  /** @internal Waits for the end of a transfer. Returns the number of those that have ended. */
  async wait(milliseconds: number): Promise<number> {
    if (this.ended === 0 && this.running > 0 && this.waiting.size === 0) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer)
          this.waiters.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, milliseconds)
        this.waiters.add(wake)
      })
    }
    // Else a loop that never waits would keep everything else of the process from running.
    else await nextTurn()
    return this.ended
  }

  /** @internal Takes the next message: the handle has its error number from now on. */
  nextMessage(): CurlHandle | null {
    const message = this.queue.shift()
    if (message === undefined) return null
    message.handle.settle(message)
    return message.handle
  }

  /** @internal Takes the first exception of a handle's function. */
  takeThrown(): { readonly error: unknown } | null {
    return this.thrown.shift() ?? null
  }

  /** @internal */
  setOption(name: string, value: number): void {
    this.multiOptions = { ...this.multiOptions, [name]: value }
    this.curl?.setOptions({ ...FOR_HANDLES, multi: this.multiOptions })
  }

  /** @internal */
  keepUp(intervalMs: number): number {
    return this.curl?.keepUp(intervalMs) ?? OK
  }

  /** @internal */
  close(): void {
    for (const handle of [...this.handles]) this.remove(handle)
    // Rejects for exceptions of callbacks only: those of handles have none.
    void this.curl?.close()
    this.curl = null
  }

  private start(handle: CurlHandle): void {
    this.curl ??= new ParallelCurl(0, { ...FOR_HANDLES, multi: this.multiOptions })
    this.running++
    try {
      startRun(handle, this.curl, 'curl_multi_exec()', this.onEnded)
    } catch (error) {
      this.thrown.push({ error })
      this.note({ handle, errno: BAD_FUNCTION_ARGUMENT, error: messageOf(error) })
    }
  }

  private readonly onEnded = ({ handle, transfer, thrown }: EndedRun): void => {
    if (thrown !== null) this.thrown.push(thrown)
    const { errno, error } = transfer
    this.note({ handle, errno, error: errno === OK ? '' : error })
  }

  private note(message: Message): void {
    this.running--
    this.ended++
    this.queue.push(message)
    for (const wake of this.waiters) wake()
  }
}

/** Makes a multi handle without handles. */
export function makeMultiHandle(): CurlMultiHandle {
  return new CurlMultiHandle(MAKE)
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
