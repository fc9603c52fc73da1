/**
 * Checks that a program of the system is installed. Without it, a test is skipped with the reason in its
 * title; in CI it fails. Does not install programs (`.ci/run` does).
 */
import { spawnSync } from 'node:child_process'

/**
 * Call it in a `before` hook or a test: `requireProgram(this, 'nginx')`.
 *
 * @param debianPackage the package to install, if its name differs from the program's
 */
export function requireProgram(context: Mocha.Context, program: string, debianPackage = program): void {
  // nginx and other servers are in sbin, which is not in every user's PATH.
  const PATH = `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`
  const { status } = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { env: { PATH } })
  if (status === 0) return
  unavailable(context, `${program} is not installed (Debian: ${debianPackage})`)
}

/** The same for anything else that a machine may lack: `unavailable(this, 'no IPv6 on this machine')`. */
export function unavailable(context: Mocha.Context, why: string): never {
  if (process.env['CI'] === 'true') throw new Error(why)
  if (context.test !== undefined) context.test.title += ` [skipped: ${why}]`
  context.skip()
}

/**
 * Closes, in this order, what a `before` hook has made. Call it in an `after` hook. Accepts undefined, for a
 * skipped `before` hook.
 */
export async function closeMade(
  ...made: readonly ({ close(): Promise<unknown> } | AsyncDisposable | undefined)[]
): Promise<void> {
  for (const one of made) {
    if (one === undefined) continue
    await ('close' in one ? one.close() : one[Symbol.asyncDispose]())
  }
}
