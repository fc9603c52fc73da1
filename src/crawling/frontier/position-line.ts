/** A first-in, first-out line of positions in a file, eight bytes for each. Does not know what is there. */

const PLACES = 1024

/** A line of numbers. Blocks that were read are let go of. */
export class PositionLine {
  private blocks: Float64Array[] = []
  private head = 0
  private tail = PLACES

  get length(): number {
    return this.blocks.length === 0 ? 0 : (this.blocks.length - 1) * PLACES + this.tail - this.head
  }

  push(position: number): void {
    if (this.tail === PLACES) {
      // The first block is short: most lines stay short.
      this.blocks.push(new Float64Array(PLACES))
      this.tail = 0
    }
    ;(this.blocks.at(-1) as Float64Array)[this.tail++] = position
  }

  shift(): number | undefined {
    if (this.length === 0) return undefined
    const position = this.blocks[0]?.[this.head++]
    if (this.head === PLACES) {
      this.blocks.shift()
      this.head = 0
    }
    if (this.length === 0) {
      this.blocks = []
      this.head = 0
      this.tail = PLACES
    }
    return position
  }
}
