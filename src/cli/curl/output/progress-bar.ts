/**
 * `-#`: one line that grows while a transfer goes on, or a ship that sails where the size is not known. Does
 * not know what is transferred.
 */
import { tryWrite } from './descriptors.js'

const MAX_WIDTH = 400
const MIN_WIDTH = 20
const SHIP = '-=O=-'
const UPDATE_MS = 100
/** The number of steps until the waves are back where they were. */
const WAVE_STEPS = 200

/** The bar of one transfer. */
export class ProgressBar {
  private calls = 0
  private last = 0
  private lastAt = 0
  private tick = 150
  private ship = 0
  private direction = 1

  /**
   * @param fd where it is drawn
   * @param columns how wide the terminal is
   * @param before bytes that are there already; -1: whoever sends it will say
   */
  constructor(
    private readonly fd: number,
    private readonly columns: () => number,
    private readonly before: number,
  ) {}

  private get width(): number {
    return Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, this.columns()))
  }

  /** Takes what libcurl's XFERINFOFUNCTION gets. */
  update(downTotal: number, down: number, upTotal: number, up: number): void {
    const now = performance.now()
    const isOpen = this.before < 0 && downTotal === 0 && upTotal === 0
    const total = isOpen ? Infinity : downTotal + upTotal + Math.max(0, this.before)
    const point = isOpen ? Infinity : down + up + Math.max(0, this.before)
    const isEarly = now - this.lastAt < UPDATE_MS
    if (this.calls > 0) {
      if (total > 0 ? this.last === point || (isEarly && point < total) : isEarly) return
      if (total <= 0) this.sail(point !== this.last)
    }
    this.calls++
    if (total > 0 && point !== this.last) this.draw(Math.min(1, isOpen ? 1 : point / total))
    this.last = point
    this.lastAt = now
  }

  /** The transfer is over. */
  end(): void {
    if (this.calls > 0) tryWrite(this.fd, '\n')
  }

  private draw(share: number): void {
    const room = this.width - 7
    const bar = '#'.repeat(Math.floor(room * share)).padEnd(room)
    tryWrite(this.fd, `\r${bar} ${(share * 100).toFixed(1).padStart(5)}%`)
  }

  private sail(hasMoved: boolean): void {
    const { width } = this
    const cells = Array.from<string>({ length: width }).fill(' ')
    for (let i = 0; i < SHIP.length; i++) cells[this.ship + i] = SHIP[i] as string
    for (const lead of [0, 5, 10, 15]) {
      const angle = ((this.tick + lead + 1) / WAVE_STEPS) * 2 * Math.PI
      cells[Math.floor(((Math.sin(angle) + 1) / 2) * (width - 3))] = '#'
    }
    tryWrite(this.fd, `\r${cells.join('').slice(0, width)}`)
    this.tick = (this.tick + 2) % WAVE_STEPS
    if (hasMoved) this.ship += this.direction
    if (this.ship >= width - 6) {
      this.direction = -1
      this.ship = width - 6
    } else if (this.ship < 0) {
      this.direction = 1
      this.ship = 0
    }
  }
}
