/** Runs scripts in a real PHP, so that tests can compare with PHP itself. Does not make the comparison. */
import { spawnSync } from 'node:child_process'
import { unavailable } from './requires.js'

const php = ['-n', '-d', 'extension=curl', '-d', 'memory_limit=-1']

/**
 * Skips the test, with the reason in its title, if PHP with ext-curl is missing. In CI, a missing PHP is a
 * failure.
 */
export function requirePhp(context: Mocha.Context): void {
  const { status } = spawnSync('php', [...php, '-r', 'exit(function_exists("curl_init") ? 0 : 1);'])
  if (status !== 0) unavailable(context, 'no php with its curl extension (Debian: php-cli php-curl)')
}

/**
 * Runs a script in one process for many cases. `input` arrives as JSON on the script's stdin; the output is
 * parsed as JSON.
 */
export function runPhp(scriptPath: string, input: unknown): unknown {
  const run = spawnSync('php', [...php, '-d', 'display_errors=stderr', scriptPath], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  })
  if (run.error !== undefined) throw run.error
  if (run.status !== 0 || run.stderr !== '') throw new Error(`php ${scriptPath}: ${run.stderr}`)
  return JSON.parse(run.stdout)
}
