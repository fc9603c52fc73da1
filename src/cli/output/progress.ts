/**
 * The progress display for people: a bar that is redrawn on a terminal, otherwise a line every few seconds.
 * Does not depend on what is fetched.
 */
import type { createLogUpdate } from 'log-update'
import type { Stats, Transfer } from '../../index.js'
import { readable } from '../../redaction.js'
import { authorityOf } from '../../url/url-parts.js'
import type { Settings } from '../settings/settings.js'
import { isTerminal, STDERR, STDOUT } from '../curl/output/descriptors.js'

/** The data that the display shows. */
export interface Situation {
  readonly stats: Stats
  readonly done: number
  readonly failed: number
  /** The total number of requests; undefined if unknown. */
  readonly total: number | undefined
  /** True if the total is an estimate from how much of the input has been read. */
  readonly isGuess: boolean
}

const REDRAW_MS = 100
const BAR = 24
/** Below this width, the bar is half as long, to leave room for numbers. */
const WIDE = 80
/** The number of hosts that are measured to find the slowest one. Further hosts are ignored. */
const MAX_HOSTS = 1000

/** Replaces the lines that it drew before. */
export type Redraw = ReturnType<typeof createLogUpdate>

/** The form of the display: a bar, lines, or nothing. */
export type ProgressKind = Redraw | 'lines' | 'none'

/** Returns the form that suits the settings and the terminal. */
export async function progressKind(settings: Settings): Promise<ProgressKind> {
  const { silent, jsonl, writeOut, verbose, templates, remoteName } = settings
  if (silent) return 'none'
  const writesData = jsonl || writeOut !== undefined || (templates.length === 0 && !remoteName)
  // If the data go to the same terminal, a bar would overwrite them.
  if (isTerminal(STDOUT) && writesData) return 'none'
  if (!isTerminal(STDERR) || verbose) return 'lines'
  const { createLogUpdate } = await import('log-update')
  return createLogUpdate(process.stderr)
}

/** Shows progress on stderr, and prints messages without breaking the bar. */
export class Progress {
  private readonly update: Redraw | null
  private readonly timer: NodeJS.Timeout | null
  private readonly hosts = new Map<string, { count: number; ms: number }>()
  private readonly startedAt = performance.now()
  private lastBytes = 0
  private lastAt = this.startedAt
  private bytesPerSecond = 0
  private hasSpoken = false

  constructor(
    kind: ProgressKind,
    intervalMs: number,
    private readonly situation: () => Situation,
  ) {
    this.update = typeof kind === 'string' ? null : kind
    const draw = (): void => {
      if (this.update === null) this.line()
      else this.update(this.bar())
    }
    this.timer = kind === 'none' ? null : setInterval(draw, kind === 'lines' ? intervalMs : REDRAW_MS).unref()
    if (this.update !== null) {
      process.stderr.on('resize', draw)
      this.onEnd = () => process.stderr.off('resize', draw)
    }
  }

  private readonly onEnd: () => unknown = () => undefined

  /** Counts a finished transfer. */
  add(transfer: Transfer): void {
    if (this.timer === null) return
    const host = authorityOf(transfer.url)
    let known = this.hosts.get(host)
    if (known === undefined) {
      if (this.hosts.size >= MAX_HOSTS) return
      this.hosts.set(host, (known = { count: 0, ms: 0 }))
    }
    known.count++
    known.ms += transfer.attempts.at(-1)?.durationMs ?? 0
  }

  /** Prints a message on a line of its own. */
  say(message: string): void {
    this.update?.clear()
    process.stderr.write(`${message}\n`)
    this.update?.(this.bar())
  }

  /** Removes the bar and prints a last line. */
  end(): void {
    if (this.timer !== null) clearInterval(this.timer)
    this.onEnd()
    if (this.update !== null) {
      this.update.clear()
      this.update.done()
      process.stderr.write(`${this.summary()}\n`)
    } else if (this.hasSpoken) process.stderr.write(`${this.summary()}\n`)
  }

  private line(): void {
    this.hasSpoken = true
    process.stderr.write(`${this.fields(this.situation()).join('  ')}\n`)
  }

  private bar(): string {
    const situation = this.situation()
    // A line longer than the terminal would wrap, and each redraw would leave a line behind.
    const width = Math.max(10, (process.stderr.columns || 80) - 1)
    let line = graph(situation, width)
    for (const field of this.fields(situation)) {
      const longer = line === '' ? field : `${line}  ${field}`
      if (longer.length <= width) line = longer
    }
    return readable(line)
  }

  /** Returns the fields of the display, the most important one first. */
  private fields({ stats, done, failed, total, isGuess }: Situation): string[] {
    this.measure(stats)
    const { requestsPerSecond: rate } = stats
    const extent = extentOf({ stats, done, failed, total, isGuess })
    const left = this.secondsLeft(extent, stats)
    const slowest = this.slowest()
    return [
      total === undefined
        ? `${String(done)} done`
        : `${String(done)} of ${isGuess ? '~' : ''}${String(total)} done`,
      `${String(failed)} failed`,
      `${String(stats.inFlight)} in flight`,
      extent.bytes === undefined
        ? size(stats.receivedBytes)
        : `${size(stats.receivedBytes)} of ${size(extent.bytes)}`,
      `${size(this.bytesPerSecond)}/s`,
      this.update === null && extent.part !== undefined ? percent(extent.part).trim() : '',
      left === undefined ? '' : `ETA ${duration(left)}`,
      `${rate.toFixed(rate < 10 ? 1 : 0)}/s`,
      `${String(stats.retried)} retried`,
      slowest === undefined ? '' : `slowest ${slowest}`,
    ].filter(Boolean)
  }

  private summary(): string {
    const { stats, done, failed } = this.situation()
    const seconds = (performance.now() - this.startedAt) / 1000
    return `${String(done)} done, ${String(failed)} failed, ${String(stats.retried)} retried, ${size(stats.receivedBytes)} in ${duration(seconds)}`
  }

  private measure(stats: Stats): void {
    const now = performance.now()
    const span = (now - this.lastAt) / 1000
    if (span < 0.5) return
    this.bytesPerSecond = (stats.receivedBytes - this.lastBytes) / span
    this.lastBytes = stats.receivedBytes
    this.lastAt = now
  }

  /** Estimates the time left: by bytes if all sizes are known, else by the requests of the last seconds. */
  private secondsLeft({ part, bytes, left }: Extent, stats: Stats): number | undefined {
    if (bytes !== undefined)
      return this.bytesPerSecond > 0 ? (bytes - stats.receivedBytes) / this.bytesPerSecond : undefined
    if (part === undefined || left === undefined) return undefined
    if (stats.requestsPerSecond > 0) return left / stats.requestsPerSecond
    const seconds = (performance.now() - this.startedAt) / 1000
    return part > 0 ? (seconds * (1 - part)) / part : undefined
  }

  private slowest(): string | undefined {
    if (this.hosts.size < 2) return undefined
    let worst: readonly [string, number] | undefined
    for (const [host, { count, ms }] of this.hosts) {
      if (worst === undefined || ms / count > worst[1]) worst = [host, ms / count]
    }
    return worst === undefined ? undefined : `${worst[0]} ${(worst[1] / 1000).toFixed(2)} s`
  }
}

/** How much of a run is done. */
interface Extent {
  /** From 0 to 1; undefined if the total is not known. */
  readonly part: number | undefined
  /** The bytes of all bodies, if all sizes are known. */
  readonly bytes: number | undefined
  /** The requests that are left, with the parts of those in flight subtracted. */
  readonly left: number | undefined
}

const UNKNOWN: Extent = { part: undefined, bytes: undefined, left: undefined }

/**
 * Bytes count if everything that is left is in flight, and of known size; else requests, and parts of them.
 */
function extentOf({ stats, done, total, isGuess }: Situation): Extent {
  if (total === undefined || total === 0) return UNKNOWN
  const { receivedBytes, expectedBytes, unknown } = stats.bodies ?? NO_BODIES
  const { inFlight } = stats
  if (!isGuess && inFlight > 0 && total - done === inFlight && unknown === 0) {
    const bytes = stats.receivedBytes - receivedBytes + expectedBytes
    return { part: Math.min(1, stats.receivedBytes / bytes), bytes, left: undefined }
  }
  const ofBodies = expectedBytes > 0 ? Math.min(1, receivedBytes / expectedBytes) : 0
  const parts = done + ofBodies * Math.max(0, inFlight - unknown)
  return { part: Math.min(1, parts / total), bytes: undefined, left: Math.max(0, total - parts) }
}

const NO_BODIES = { receivedBytes: 0, expectedBytes: 0, unknown: 0 } as const

function graph(situation: Situation, width: number): string {
  const { part } = extentOf(situation)
  if (part === undefined) return ''
  const cells = width < WIDE - 1 ? BAR / 2 : BAR
  const filled = Math.round(part * cells)
  return `[${'#'.repeat(filled)}${'-'.repeat(cells - filled)}] ${percent(part)}`
}

function percent(part: number): string {
  return `${String(Math.floor(part * 100)).padStart(3)} %`
}

function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = Math.max(0, bytes)
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value.toFixed(unit === 0 || value >= 100 ? 0 : 1)} ${units[unit] ?? ''}`
}

function duration(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return seconds < 10 ? `${seconds.toFixed(1)} s` : `${String(whole)} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${String(minutes)} min ${String(whole % 60)} s`
  return `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`
}
