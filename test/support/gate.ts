/**
 * A gate holds requests until the test opens it, so that the test decides when a response is sent. Does not
 * depend on HTTP.
 */
import { Changes } from './changes.js'

export class Gate {
  readonly #changes = new Changes()
  readonly #held: (() => void)[] = []
  #credit = 0

  constructor(readonly name = 'gate') {}

  /** The number of waiting entries. */
  get held(): number {
    return this.#held.length
  }

  /** Resolves as soon as `count` entries wait at the same time. */
  waiting(count: number): Promise<void> {
    return this.#changes.until(
      () => this.held >= count,
      () => `${count} at gate "${this.name}" (${this.held} there)`,
    )
  }

  /** Lets `count` entries pass, in order of arrival: first those that wait, then those that arrive later. */
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
   * Calls `then` once the entry may pass. Returns a function that gives the place up if it still waits (the
   * client has left).
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
