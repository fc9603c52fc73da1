/**
 * The case of one example of the documentation: the names that the text around it declares, and the result
 * that it must have. Does not know how it is run.
 */
import type { ExampleRun, Ran } from '../../../support/documents/example-run.js'

export interface ExampleCase {
  /** The headings above it: `Downloads and uploads / Downloads`. */
  readonly heading: string
  /** Words that no other example under this heading has. */
  readonly has: string
  /** Skips it where this machine lacks something: requireProgram and the like. */
  readonly needs?: (context: Mocha.Context) => void
  /** TypeScript before the example: names that the text around it stands for. */
  readonly given?: string
  /** TypeScript after it: requests that use what it has made, what is to be printed of it. */
  readonly then?: string
  /** Files, answers of the server, other servers. */
  readonly prepare?: (run: ExampleRun) => unknown
  /** An example that ends by a signal only gets it then. */
  readonly until?: (run: ExampleRun) => Promise<unknown>
  /** The text that it prints there. Default: nothing for TypeScript, anything for programs of the shell. */
  readonly stderr?: RegExp
  /** The exit code. Default: 0. */
  readonly code?: number
  /** The reason if it is not run. `check` is called all the same, without a run. */
  readonly notRun?: string
  /** Asserts on the requests at the server, the output and the files. The exit code was right. */
  readonly check: (ran: Ran, run: ExampleRun, text: string) => unknown
}

/**
 * For `given` where something is tried again: after a random part of the backoff, which is a short one then.
 */
export const QUICK_RETRIES = 'Math.random = () => 0.001\n'

/** Returns the requests at the server: `GET /about`, in order of arrival. */
export function seen({ server }: ExampleRun): string[] {
  return server.requests.map(({ method, url }) => `${method} ${url}`)
}
