/**
 * Reads libcurl's verbose lines while a transfer runs, for `captureErrorText` and `onSocketEvent`. The user's
 * own `DEBUGFUNCTION` and `PREREQFUNCTION` are still called. Does not know what the lines mean.
 */
import type { EffectiveOptions } from '../request/effective-options.js'
import type { ErrorLines } from '../outcome/error-words.js'
import type { SocketEvent, SocketListener } from '../../options/values/socket-event.js'
import { inContext, type CallerContext } from '../../transfer/caller-context.js'
import type { Transfer } from '../../transfer/transfer.js'
import { OPTION, setOption, type NativeEasy } from '../node-libcurl/binding.js'
import { SocketEvents } from './socket-events.js'
import { guard, type Guarded } from './user-callbacks.js'

/** The handle whose lines are read. */
export interface Tapped extends Guarded {
  readonly easy: NativeEasy
  readonly errorLines: ErrorLines
  /** Called for every connection that is about to send a request. */
  onConnected(): void
}

const TEXT = 0
/** The prefixes that libcurl writes to stderr: for text, incoming headers, outgoing headers. */
const MARKS = ['* ', '< ', '> ']

/** Receives all that libcurl logs of a transfer: a type of CURLOPT_DEBUGFUNCTION(3), and the data. */
export type WireListener = (type: number, data: Buffer) => void

/** Sets the callbacks on a handle. Returns null if nobody listens. */
export function tapWire(
  tapped: Tapped,
  options: EffectiveOptions,
  hear: WireListener | null = null,
): WireTap | null {
  const listener = options.setting('onSocketEvent') ?? null
  const wantsText = options.setting('captureErrorText') ?? false
  const isHeard = wantsText || listener !== null || hear !== null
  return isHeard ? new WireTap(tapped, wantsText, listener, options, hear) : null
}

/** Reads the lines of one attempt. */
export class WireTap {
  private readonly startedAt = performance.now()
  private readonly events: SocketEvents | null
  private queue: SocketEvent[] = []
  private isScheduled = false
  private isSettled = false
  /**
   * Kept here because the handle may already belong to another transfer when the end of a connection is
   * reported.
   */
  private readonly transfer: Transfer
  private readonly caller: CallerContext

  constructor(
    private readonly tapped: Tapped,
    wantsText: boolean,
    private listener: SocketListener | null,
    options: EffectiveOptions,
    hear: WireListener | null,
  ) {
    const { easy } = tapped
    this.transfer = tapped.transfer as Transfer
    this.caller = this.transfer.caller
    this.events =
      listener === null
        ? null
        : new SocketEvents(easy, (event, at) => {
            this.queue.push({ ...event, timeMs: at - this.startedAt })
            this.schedule()
          })
    const verbose = OPTION['VERBOSE'] as number
    const isVerbose = options.isOn(verbose)
    const debug = options.function('DEBUGFUNCTION')
    const usersFunction = debug === null ? null : guard(debug, tapped)
    setOption(easy, verbose, 1)
    setOption(easy, OPTION['DEBUGFUNCTION'] as number, (type: number, data: Buffer): unknown => {
      hear?.(type, data)
      if (type === TEXT) this.read(data.toString('utf8').trimEnd(), wantsText)
      if (usersFunction !== null) return usersFunction(type, data)
      const mark = MARKS[type]
      if (isVerbose && mark !== undefined) process.stderr.write(mark + data.toString('latin1'))
      return 0
    })
    if (this.events !== null) this.tapRequests(options)
  }

  /** True if every connection is reported to the handle. */
  get hearsOfConnections(): boolean {
    return this.events !== null
  }

  /**
   * Delivers the pending events. After this call an exception of a listener can no longer change the outcome.
   * Outside of libcurl's stack.
   */
  settle(): void {
    this.flush()
    this.isSettled = true
  }

  /** Delivers the pending events. */
  private flush(): void {
    const { queue } = this
    this.queue = []
    for (const event of queue) {
      if (this.listener === null) return
      try {
        this.transfer.isKnown = true
        inContext(this.caller, this.listener, undefined, event, this.transfer)
      } catch (error) {
        this.listener = null
        this.onThrown(error)
      }
    }
  }

  private onThrown(error: unknown): void {
    if (!this.isSettled) this.tapped.onThrown(error, false)
    else {
      // The event is of a socket that is still open after its transfer has settled: nobody can catch the
      // exception, so it is thrown as that of any event listener.
      setImmediate(() => {
        throw error
      })
    }
  }

  private read(text: string, wantsText: boolean): void {
    if (wantsText) this.tapped.errorLines.add(text)
    this.events?.read(text)
  }

  private tapRequests(options: EffectiveOptions): void {
    const { tapped, events } = this
    const prereq = options.function('PREREQFUNCTION')
    const usersFunction = prereq === null ? null : guard(prereq, tapped)
    const ours = (ip: string, ownIp: string, port: number, ownPort: number): unknown => {
      events?.send(ip, ownIp, port, ownPort)
      tapped.onConnected()
      return usersFunction === null ? 0 : usersFunction(ip, ownIp, port, ownPort)
    }
    setOption(tapped.easy, OPTION['PREREQFUNCTION'] as number, ours)
  }

  private schedule(): void {
    if (this.isScheduled) return
    this.isScheduled = true
    setImmediate(() => {
      this.isScheduled = false
      this.flush()
    })
  }
}
