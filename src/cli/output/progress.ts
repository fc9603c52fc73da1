/**
 * How a run is going, for people: a bar that is redrawn in place on a terminal, else a plain line every few
 * seconds. Does not know what is fetched: it is told.
 */
import type { createLogUpdate } from 'log-update'
import type { Stats, Transfer } from '../../index.js'
import { readable } from '../../redaction.js'
import { authorityOf } from '../../url/url-parts.js'
import type { Settings } from '../settings/settings.js'

/** What there is to show. */
export interface Situation {
  readonly stats: Stats
  readonly done: number
  readonly failed: number
  /** How many there will be in all; undefined: nobody knows. */
  readonly total: number | undefined
  /** Whether that follows from how much of the input has been read. */
  readonly isGuess: boolean
}

const REDRAW_MS = 100
const BAR = 24
/** Below, the bar is half as long, that there is room for numbers. */
const WIDE = 80
/** Of so many hosts the slowest one is known; the rest is not told apart. */
const MAX_HOSTS = 1000

/** Draws lines over those that it drew before. */
export type Redraw = ReturnType<typeof createLogUpdate>

/** Which way the progress is shown: a bar, lines, or not at all. */
export type ProgressKind = Redraw | 'lines' | 'none'

/** The way that suits a run and the terminal that it has. */
export async function progressKind(settings: Settings): Promise<ProgressKind> {
  const { silent, jsonl, writeOut, verbose, templates, remoteName } = settings
  if (silent) return 'none'
  const writesData = jsonl || writeOut !== undefined || (templates.length === 0 && !remoteName)
  // On one terminal with the data a bar would be drawn over it.
  if (process.stdout.isTTY && writesData) return 'none'
  if (!process.stderr.isTTY || verbose) return 'lines'
  const { createLogUpdate } = await import('log-update')
  return createLogUpdate(process.stderr)
}

/** Shows progress on stderr, and lets messages pass without tearing it. */
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
    if (this.update !== null) process.stderr.on('resize', draw)
    this.onEnd = () => process.stderr.off('resize', draw)
  }

  private readonly onEnd: () => void

  /** Counts a transfer that is done. */
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

  /** A message of its own line. */
  say(message: string): void {
    this.update?.clear()
    process.stderr.write(`${message}\n`)
    this.update?.(this.bar())
  }

  /** Leaves a clean last line. */
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
    // A line that is longer than the terminal is wide would be two, and the bar would crawl down the screen.
    const width = Math.max(10, (process.stderr.columns || 80) - 1)
    let line = graph(situation, width)
    for (const field of this.fields(situation)) {
      const longer = line === '' ? field : `${line}  ${field}`
      if (longer.length <= width) line = longer
    }
    return readable(line)
  }

  /** What there is to say, the most important first. */
  private fields({ stats, done, failed, total, isGuess }: Situation): string[] {
    this.measure(stats)
    const { requestsPerSecond: rate } = stats
    const left = total === undefined ? undefined : total - done
    const slowest = this.slowest()
    return [
      total === undefined
        ? `${String(done)} done`
        : `${String(done)} of ${isGuess ? '~' : ''}${String(total)} done`,
      `${String(failed)} failed`,
      `${String(stats.inFlight)} in flight`,
      `${rate.toFixed(rate < 10 ? 1 : 0)}/s`,
      left === undefined || rate === 0 ? '' : `ETA ${duration(left / rate)}`,
      `${String(stats.retried)} retried`,
      `${size(this.bytesPerSecond)}/s`,
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

  private slowest(): string | undefined {
    if (this.hosts.size < 2) return undefined
    let worst: readonly [string, number] | undefined
    for (const [host, { count, ms }] of this.hosts) {
      if (worst === undefined || ms / count > worst[1]) worst = [host, ms / count]
    }
    return worst === undefined ? undefined : `${worst[0]} ${(worst[1] / 1000).toFixed(2)} s`
  }
}

function graph({ done, total }: Situation, width: number): string {
  if (total === undefined || total === 0) return ''
  const part = Math.min(1, done / total)
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
