/** Prints what is wrong, and not bad enough to end a run. Does not depend on the run. */
import { oneLine } from '../../redaction.js'

/** Returns a function that prints a message on a line of stderr, unless failures are not to be shown. */
export function warner({ showErrors }: { readonly showErrors: boolean }): (message: string) => void {
  return (message) => {
    if (showErrors) process.stderr.write(`parallelcurl: ${oneLine(message)}\n`)
  }
}
