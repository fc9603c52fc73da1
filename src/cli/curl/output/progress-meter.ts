/**
 * The meter of `-Z`: one line for all transfers together, on stderr, twice a second. Does not know how they
 * are run. (Of a single transfer, libcurl draws its own.)
 */
import { tryWrite } from './descriptors.js'

const TITLE = 'DL% UL%  Dled  Uled  Xfers  Live Total     Current  Left    Speed\n'
const EVERY_MS = 500
/** The speed is that of so many updates. */
const SAMPLES = 10
const UNITS = ['k', 'M', 'G', 'T', 'P', 'E']

/** The progress of one transfer, in bytes. Totals: 0 where they are not known. */
export interface Amounts {
  downTotal: number
  down: number
  upTotal: number
  up: number
}

interface Sample {
  readonly down: number
  readonly up: number
  readonly at: number
}

/** A number of bytes in five columns. */
export function fiveColumns(bytes: number): string {
  if (bytes < 100_000) return String(bytes).padStart(5)
  let rest = bytes
  for (const unit of UNITS) {
    const next = Math.floor(rest / 1024)
    if (next < 100)
      return `${String(next).padStart(2)}.${String(Math.floor(((rest % 1024) * 10) / 1024))}${unit}`
    if (next < 10_000 || unit === 'E') return `${String(next).padStart(4)}${unit}`
    rest = next
  }
  return ''
}

/** A time in eight columns. */
export function eightColumns(seconds: number): string {
  if (seconds <= 0) return '        '
  const hours = Math.floor(seconds / 3600)
  const two = (number: number): string => String(number).padStart(2, '0')
  if (hours <= 99) return [hours, Math.floor((seconds % 3600) / 60), seconds % 60].map(two).join(':')
  const days = Math.floor(seconds / 86_400)
  if (days <= 999) return `${String(days).padStart(3)}d ${two(Math.floor((seconds % 86_400) / 3600))}h`
  const months = Math.floor(days / 30)
  if (months <= 999) return `${String(months).padStart(3)}m ${two(days % 30)}d`
  const years = Math.floor(days / 365)
  return years <= 99_999 ? `${String(years).padStart(7)}y` : ' >99999y'
}

/** Draws it. */
export class ProgressMeter {
  private readonly startedAt = performance.now()
  private readonly running = new Set<Amounts>()
  private readonly samples: Sample[] = []
  private readonly done = { downTotal: 0, down: 0, upTotal: 0, up: 0 }
  private added = 0
  private timer: NodeJS.Timeout | null = null

  /** @param fd where it is drawn */
  constructor(private readonly fd: number) {
    tryWrite(fd, TITLE)
    this.timer = setInterval(() => {
      this.draw('')
    }, EVERY_MS)
    this.timer.unref()
  }

  begin(amounts: Amounts): void {
    this.added++
    this.running.add(amounts)
  }

  finish(amounts: Amounts): void {
    if (!this.running.delete(amounts)) return
    for (const key of Object.keys(this.done) as (keyof Amounts)[]) this.done[key] += amounts[key]
  }

  /** Everything is over. */
  end(): void {
    if (this.timer !== null) clearInterval(this.timer)
    this.timer = null
    this.draw('\n')
  }

  private draw(end: string): void {
    const now = performance.now()
    const sum = { ...this.done }
    let knowsDown = true
    let knowsUp = true
    for (const amounts of this.running) {
      for (const key of Object.keys(sum) as (keyof Amounts)[]) sum[key] += amounts[key]
      if (amounts.downTotal === 0) knowsDown = false
      if (amounts.upTotal === 0) knowsUp = false
    }
    const speed = this.speed(sum, now)
    const isKnown = knowsDown && speed > 0
    const percent = (part: number, total: number, knows: boolean): string =>
      knows && total > 0 ? String(Math.floor((part * 100) / total)).padStart(3) : '-- '
    const time = (bytes: number): string => eightColumns(isKnown ? Math.floor(bytes / speed) : 0)
    const columns = [
      percent(sum.down, sum.downTotal, knowsDown),
      percent(sum.up, sum.upTotal, knowsUp),
      fiveColumns(sum.down),
      fiveColumns(sum.up),
      String(this.added).padStart(5),
      String(this.running.size).padStart(5),
      ` ${time(sum.downTotal)}`,
      eightColumns(Math.floor((now - this.startedAt) / 1000)),
      time(sum.downTotal - sum.down),
      fiveColumns(speed),
      end.padStart(5),
    ]
    tryWrite(this.fd, `\r${columns.join(' ')}`)
  }

  private speed({ down, up }: Amounts, now: number): number {
    const { samples } = this
    const since =
      samples.length < SAMPLES ? { down: 0, up: 0, at: this.startedAt } : (samples.shift() as Sample)
    samples.push({ down, up, at: now })
    const seconds = Math.max(1, now - since.at) / 1000
    return Math.floor(Math.max(down - since.down, up - since.up) / seconds)
  }
}
