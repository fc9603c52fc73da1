/**
 * The signals that end a run. The first signal gives transfers in flight time to finish, the second one ends
 * everything, the third one ends the process. Does not depend on transfers.
 */
import { EXIT } from './errors.js'

const CODES = {
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
  SIGHUP: EXIT.terminated,
  SIGQUIT: EXIT.terminated,
} as const
type Ending = keyof typeof CODES
const SIGNALS = Object.keys(CODES) as Ending[]

/** The time that finished output may wait for its reader after everything was ended. Milliseconds. */
const DELIVERY_MS = 2000
/**
 * The time that the process may still run after the end of the run. A pipe that is being opened could block
 * it forever. Milliseconds.
 */
const LEAVING_MS = 1000

/** The callbacks for signals. */
export interface Interrupted {
  /** Starts nothing new; transfers in flight may finish. */
  onFirst(): void
  /** Ends everything now. */
  onLast(): void
  /** The time that transfers in flight have after the first signal, if it depends on them. Milliseconds. */
  readonly graceMs?: number
}

/** The default of `--grace`. Milliseconds. */
export const GRACE_MS = 5000

/** Returns the message for the first signal. */
export function graceText(graceMs: number): string {
  return `waiting at most ${String(graceMs / 1000)} s for transfers in flight; a second signal stops at once`
}

/** The signal handlers of one run. */
export class Interruption {
  private first: Ending | null = null
  private timer: NodeJS.Timeout | null = null
  private readonly stopping = new AbortController()
  private readonly leaving = new AbortController()
  private who: Interrupted | null = null

  /** @param graceMs the time that transfers in flight have after the first signal, in milliseconds */
  constructor(private readonly graceMs: number) {}

  /** Aborted when everything must end. */
  get stopped(): AbortSignal {
    return this.stopping.signal
  }

  /** Aborted some time after {@link stopped}, when nobody has read the remaining output. */
  get left(): AbortSignal {
    return this.leaving.signal
  }

  /** The exit code for the signal that ended the run; null if there was none. */
  get exitCode(): number | null {
    return this.first === null ? null : CODES[this.first]
  }

  listen(who: Interrupted): void {
    this.who = who
    for (const signal of SIGNALS) process.on(signal, this.onSignal)
  }

  /**
   * Removes the handlers at the end of the run: the next signal ends the process. If a signal ended the run,
   * the process is killed when it does not exit in time.
   */
  end(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    for (const signal of SIGNALS) process.off(signal, this.onSignal)
    const { first } = this
    if (first === null) return
    // process.exit() would wait for the thread that opens a pipe, so the process sends the signal to itself.
    setTimeout(() => process.kill(process.pid, first), LEAVING_MS).unref()
  }

  private readonly onSignal = (signal: NodeJS.Signals): void => {
    if (this.first === null) {
      this.first = signal as Ending
      // Even without grace, what has arrived is taken: the timer runs in the next turn of the event loop.
      this.timer = setTimeout(this.stop, this.who?.graceMs ?? this.graceMs)
      this.who?.onFirst()
    } else this.stop()
  }

  private readonly stop = (): void => {
    if (this.stopped.aborted) {
      this.leaving.abort()
      return
    }
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.leaving.abort()
    }, DELIVERY_MS)
    this.stopping.abort()
    this.who?.onLast()
  }
}
