/**
 * What is said about one example of the documentation: what the text around it stands for, and what has to
 * come of it. Does not know how it is run.
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
  /** What it prints there. Default: nothing, of TypeScript; the shell's programs may talk. */
  readonly stderr?: RegExp
  /** The exit code. Default: 0. */
  readonly code?: number
  /** Why it is not run. `check` is called all the same, with nothing that ran. */
  readonly notRun?: string
  /** What the server saw, what was printed and written. The exit code has been seen to be right. */
  readonly check: (ran: Ran, run: ExampleRun, text: string) => unknown
}

/**
 * For `given` where something is tried again: after a random part of the backoff, which is a short one then.
 */
export const QUICK_RETRIES = 'Math.random = () => 0.001\n'

/** What the server saw: `GET /about`, in order of arrival. */
export function seen({ server }: ExampleRun): string[] {
  return server.requests.map(({ method, url }) => `${method} ${url}`)
}
