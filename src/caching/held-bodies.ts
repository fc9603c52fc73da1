/**
 * The bodies that this process has handed out and that nobody has read yet: pruning by itself leaves their entries.
 * Does not keep them alive.
 */
import type { KeptBody } from './kept-body.js'

/** Bodies that nobody holds any more are forgotten when there are so many. */
const SWEEP_AT = 1024

/** Bodies by the paths of their files. */
export class HeldBodies {
  private readonly byPath = new Map<string, WeakRef<KeptBody>[]>()
  private sweepAt = SWEEP_AT

  add(body: KeptBody): void {
    const known = this.byPath.get(body.path)
    if (known === undefined) this.byPath.set(body.path, [new WeakRef(body)])
    else known.push(new WeakRef(body))
    if (this.byPath.size < this.sweepAt) return
    for (const path of this.byPath.keys()) this.has(path)
    this.sweepAt = Math.max(SWEEP_AT, 2 * this.byPath.size)
  }

  /** True if somebody may still read the body of this file. */
  has(path: string): boolean {
    const left = this.byPath.get(path)?.filter((body) => body.deref()?.isRead === false) ?? []
    if (left.length > 0) this.byPath.set(path, left)
    else this.byPath.delete(path)
    return left.length > 0
  }
}
