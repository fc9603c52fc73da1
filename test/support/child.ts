/**
 * Runs a script in a process of its own, for promises about whole processes: that they exit by themselves, how they fail, that
 * nothing aborts them. Does not know what the script does.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

export interface ChildResult {
  readonly code: number | null
  /** Set where a signal ended it: SIGSEGV and SIGABRT are what libcurl does when it is driven wrongly. */
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** It had to be killed. */
  readonly hung: boolean
}

export interface ChildOptions {
  /** What the script finds in `process.argv` from index 1 on. */
  args?: readonly string[]
  nodeArgs?: readonly string[]
  env?: NodeJS.ProcessEnv
  /** Bound for a process that never ends; no test measures it. */
  killAfterMs?: number
}

/**
 * Runs JavaScript (a module: `import` and top-level `await` work) as if it stood in the project's root folder:
 * `import { ParallelCurl } from './src/index.js'`.
 */
export function runChild(source: string, options: ChildOptions = {}): Promise<ChildResult> {
  const { args = [], nodeArgs = [], env = {}, killAfterMs = 30_000 } = options
  // ts-node calls a deprecated constructor, which Node 24 says on stderr.
  const loader = [
    '--disable-warning=DEP0180',
    '--import',
    './scripts/register-ts-node.mjs',
    '--input-type=module',
  ]
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...nodeArgs, ...loader, '--eval', source, '--', ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stdout, stderr, hung] = ['', '', false]
    const bound = setTimeout(() => {
      hung = true
      child.kill('SIGKILL')
    }, killAfterMs)
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(bound)
      resolve({ code, signal, stdout, stderr, hung })
    })
  })
}
