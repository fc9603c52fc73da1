/**
 * Signals that end a run: what is in flight gets a time to end well, a second signal ends everything, and a
 * third one the process. Does not know what is in flight.
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

/** How long what was fetched may wait for whoever reads it, once everything has been ended. */
const DELIVERY_MS = 2000
/** How long the process may stay after the run: a pipe that is being opened holds it for ever. */
const LEAVING_MS = 1000

/** Whom signals tell. */
export interface Interrupted {
  /** Nothing new begins; what is in flight may end. */
  onFirst(): void
  /** Everything ends now. */
  onLast(): void
}

/** What people are told at the first signal. */
export function graceText(graceMs: number): string {
  return `finishing what is in flight, for at most ${String(graceMs / 1000)} s; once more stops at once`
}

/** The signals of one run. */
export class Interruption {
  private first: Ending | null = null
  private timer: NodeJS.Timeout | null = null
  private readonly stopping = new AbortController()
  private readonly leaving = new AbortController()
  private who: Interrupted | null = null

  /** @param graceMs how long what is in flight may take after the first signal */
  constructor(private readonly graceMs: number) {}

  /** Aborted when everything ends. */
  get stopped(): AbortSignal {
    return this.stopping.signal
  }

  /** Aborted a while after that: nobody has taken what there was to deliver. */
  get left(): AbortSignal {
    return this.leaving.signal
  }

  /** null where no signal has come. */
  get exitCode(): number | null {
    return this.first === null ? null : CODES[this.first]
  }

  listen(who: Interrupted): void {
    this.who = who
    for (const signal of SIGNALS) process.on(signal, this.onSignal)
  }

  /** The run is over: the next signal ends the process, and so does what holds it longer than it may. */
  end(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    for (const signal of SIGNALS) process.off(signal, this.onSignal)
    const { first } = this
    if (first === null) return
    // process.exit() would wait for the thread that opens a pipe.
    setTimeout(() => process.kill(process.pid, first), LEAVING_MS).unref()
  }

  private readonly onSignal = (signal: NodeJS.Signals): void => {
    if (this.first === null) {
      this.first = signal as Ending
      this.timer = setTimeout(this.stop, this.graceMs)
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
