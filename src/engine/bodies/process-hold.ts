/**
 * Keeps the process alive while something waits that Node's event loop does not see. Does not know what
 * waits.
 */

/** The longest delay of a timer in Node. */
const LONG = 2 ** 31 - 1

let holders = 0
let timer: NodeJS.Timeout | null = null

/** Adds one reason to stay alive. */
export function hold(): void {
  holders++
  timer ??= setInterval(() => undefined, LONG)
}

/** Takes one reason back. After the last one the process may exit. */
export function letGo(): void {
  if (--holders > 0 || timer === null) return
  clearInterval(timer)
  timer = null
}
