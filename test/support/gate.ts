/**
 * A gate holds what comes to it until it is opened: tests decide when an answer goes out, instead of waiting
 * for a time. Does not know HTTP.
 */
import { Changes } from './changes.js'

export class Gate {
  readonly #changes = new Changes()
  readonly #held: (() => void)[] = []
  #credit = 0

  constructor(readonly name = 'gate') {}

  /** How many wait here now. */
  get held(): number {
    return this.#held.length
  }

  /** Resolves as soon as `count` wait here at the same time. */
  waiting(count: number): Promise<void> {
    return this.#changes.until(
      () => this.held >= count,
      () => `${count} at gate "${this.name}" (${this.held} there)`,
    )
  }

  /** Lets `count` pass, in order of arrival: those waiting first, then those still to come. */
  release(count = 1): void {
    for (this.#credit += count; this.#credit > 0; this.#credit--) {
      const pass = this.#held.shift()
      if (!pass) break
      pass()
    }
    this.#changes.notify()
  }

  /** Lets everything pass, now and later. */
  open(): void {
    this.release(Infinity)
  }

  /**
   * Calls `then` once it may pass. The function it returns gives the place up (a client that went away), if
   * it is still held.
   */
  enter(then: () => void): () => void {
    if (this.#credit > 0) {
      this.#credit--
      then()
      return () => undefined
    }
    this.#held.push(then)
    this.#changes.notify()
    return () => {
      const place = this.#held.indexOf(then)
      if (place >= 0) this.#held.splice(place, 1)
      this.#changes.notify()
    }
  }
}
