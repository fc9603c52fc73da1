/**
 * Waits for a condition instead of for a time: the code that changes the state calls `notify()`, which checks
 * all conditions again. Does not depend on the state.
 */

/**
 * A condition that never becomes true fails the test after this time. The outcome of a passing test does not
 * depend on it. Milliseconds.
 */
const deadlineMs = 50_000

export class Changes {
  readonly #waiting = new Set<() => void>()

  /** Call it after a change: checks all conditions that are waited for. */
  notify(): void {
    for (const look of [...this.#waiting]) look()
  }

  /**
   * Resolves as soon as `condition` is true. Rejects if that never happens; the error says `what` was waited
   * for.
   */
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
