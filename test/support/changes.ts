/**
 * Waiting for a state instead of for a time: whoever changes the state says so, whoever waits is asked again.
 * Does not know what the state is.
 */

/**
 * A wait that never comes true is a failed test: this is when it says so, and no test's outcome depends on
 * it.
 */
const deadlineMs = 15_000

export class Changes {
  readonly #waiting = new Set<() => void>()

  /** Something has changed: look again. */
  notify(): void {
    for (const look of [...this.#waiting]) look()
  }

  /** Resolves as soon as `condition` holds. Rejects, saying `what` it waited for, when it never does. */
  until(condition: () => boolean, what: () => string): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(deadline)
        this.#waiting.delete(look)
      }
      const look = (): void => {
        if (!condition()) return
        done()
        resolve()
      }
      const deadline = setTimeout(() => {
        done()
        reject(new Error(`waited in vain for ${what()}`))
      }, deadlineMs)
      this.#waiting.add(look)
      look()
    })
  }
}
