/**
 * Listens to what libcurl says of a transfer while it works, where somebody wants to hear it:
 * `captureErrorText`, `onSocketEvent`, and the user's own `DEBUGFUNCTION` and `PREREQFUNCTION` beside them.
 * Does not know what the words mean.
 */
import type { EffectiveOptions } from '../request/effective-options.js'
import { kindOfLine } from '../outcome/error-words.js'
import type { SocketEvent, SocketListener } from '../../options/values/socket-event.js'
import type { Transfer } from '../../transfer/transfer.js'
import { OPTION, setOption, type NativeEasy } from '../node-libcurl/binding.js'
import { SocketEvents } from './socket-events.js'
import { guard, type Guarded } from './user-callbacks.js'

/** Whose words it hears. */
export interface Tapped extends Guarded {
  readonly easy: NativeEasy
  /** The last error that libcurl said. */
  lastInfoText: string
  /** Hears of the connection, in any case. */
  onConnected(): void
}

const TEXT = 0
/** How libcurl marks what it writes to stderr: text, headers in, headers out. */
const MARKS = ['* ', '< ', '> ']

/** Sets what is needed on a handle; null where nobody wants to hear anything. */
export function tapWire(tapped: Tapped, options: EffectiveOptions): WireTap | null {
  const listener = options.setting('onSocketEvent') ?? null
  const wantsText = options.setting('captureErrorText') ?? false
  return wantsText || listener !== null ? new WireTap(tapped, wantsText, listener, options) : null
}

/** Listens to one attempt. */
export class WireTap {
  private readonly startedAt = performance.now()
  private readonly events: SocketEvents | null
  private queue: SocketEvent[] = []
  private isScheduled = false
  private isSettled = false
  /** Its handle may be somebody else's when it is told of the end of a connection. */
  private readonly transfer: Transfer

  constructor(
    private readonly tapped: Tapped,
    wantsText: boolean,
    private listener: SocketListener | null,
    options: EffectiveOptions,
  ) {
    const { easy } = tapped
    this.transfer = tapped.transfer as Transfer
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
    const theirs = debug === null ? null : guard(debug, tapped)
    setOption(easy, verbose, 1)
    setOption(easy, OPTION['DEBUGFUNCTION'] as number, (type: number, data: Buffer): unknown => {
      if (type === TEXT) this.hear(data.toString('utf8').trimEnd(), wantsText)
      if (theirs !== null) return theirs(type, data)
      const mark = MARKS[type]
      if (isVerbose && mark !== undefined) process.stderr.write(mark + data.toString('latin1'))
      return 0
    })
    if (this.events !== null) this.tapRequests(options)
  }

  /** Whether it hears of each connection that is made. */
  get hearsOfConnections(): boolean {
    return this.events !== null
  }

  /** The outcome is about to be known: what is thrown later cannot change it. Outside of libcurl's stack. */
  settle(): void {
    this.flush()
    this.isSettled = true
  }

  /** Tells what has not been told yet. */
  private flush(): void {
    const { queue } = this
    this.queue = []
    for (const event of queue) {
      if (this.listener === null) return
      try {
        this.transfer.isKnown = true
        this.listener(event, this.transfer)
      } catch (error) {
        this.listener = null
        this.onThrown(error)
      }
    }
  }

  private onThrown(error: unknown): void {
    if (!this.isSettled) this.tapped.onThrown(error, false)
    else {
      // Of an open socket: as with any listener of one, nobody is there to hear of it.
      setImmediate(() => {
        throw error
      })
    }
  }

  private hear(text: string, wantsText: boolean): void {
    if (wantsText) {
      const kind = kindOfLine(text)
      if (kind === 'error') this.tapped.lastInfoText = text
      else if (kind === 'start') this.tapped.lastInfoText = ''
    }
    this.events?.read(text)
  }

  private tapRequests(options: EffectiveOptions): void {
    const { tapped, events } = this
    const prereq = options.function('PREREQFUNCTION')
    const theirs = prereq === null ? null : guard(prereq, tapped)
    const ours = (ip: string, ownIp: string, port: number, ownPort: number): unknown => {
      events?.send(ip, ownIp, port, ownPort)
      tapped.onConnected()
      return theirs === null ? 0 : theirs(ip, ownIp, port, ownPort)
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
