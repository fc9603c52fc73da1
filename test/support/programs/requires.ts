/**
 * Tests that need a program of the system ask for it here: without it they are skipped by name, and in CI
 * they fail. Does not know how it is used, nor installs it: `.ci/run` does.
 */
import { spawnSync } from 'node:child_process'

/**
 * In a `before` hook or a test: `requireProgram(this, 'nginx')`.
 *
 * `debianPackage`: what to install, where it has another name.
 */
export function requireProgram(context: Mocha.Context, program: string, debianPackage = program): void {
  // nginx and other servers are in sbin, which not every user's PATH has.
  const PATH = `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`
  const { status } = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { env: { PATH } })
  if (status === 0) return
  unavailable(context, `${program} is not installed (Debian: ${debianPackage})`)
}

/** The same for anything else that this machine may lack: `unavailable(this, 'no IPv6 on this machine')`. */
export function unavailable(context: Mocha.Context, why: string): never {
  if (process.env['CI'] === 'true') throw new Error(why)
  if (context.test !== undefined) context.test.title += ` [skipped: ${why}]`
  context.skip()
}

/**
 * In an `after` hook: closes, in this order, what the `before` hook has made. Where that was skipped, nothing
 * was.
 */
export async function closeMade(
  ...made: readonly ({ close(): Promise<unknown> } | AsyncDisposable | undefined)[]
): Promise<void> {
  for (const one of made) {
    if (one === undefined) continue
    await ('close' in one ? one.close() : one[Symbol.asyncDispose]())
  }
}
