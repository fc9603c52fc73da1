/**
 * Keeps the process alive while something waits that Node does not know of. Does not know what waits.
 */

/** The longest delay that a timer of Node's takes. */
const LONG = 2 ** 31 - 1

let holders = 0
let timer: NodeJS.Timeout | null = null

/** One more that waits. */
export function hold(): void {
  holders++
  timer ??= setInterval(() => undefined, LONG)
}

/** One less. */
export function letGo(): void {
  if (--holders > 0 || timer === null) return
  clearInterval(timer)
  timer = null
}
