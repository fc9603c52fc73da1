/**
 * Runs a script in a process of its own, for tests of whole processes: that they exit, how they fail, that
 * they do not crash. Does not depend on the script.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import typescript from 'typescript'

const root = fileURLToPath(new URL('../../../', import.meta.url))
let compiled: string | undefined

/**
 * Returns a folder with the sources compiled to JavaScript. Compiled once, because compiling in each child
 * would take most of the suite's time. The folder is inside `node_modules`, so that packages are found from
 * there.
 */
export function compiledSources(): string {
  if (compiled !== undefined) return compiled
  const parent = join(root, 'node_modules', '.cache')
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, 'parallelcurl-'))
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true })
  })
  const { ModuleKind, ScriptTarget } = typescript
  const compilerOptions = {
    module: ModuleKind.ESNext,
    target: ScriptTarget.ES2022,
    verbatimModuleSyntax: true,
  }
  for (const name of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue
    const file = join(folder, 'src', name.replace(/\.ts$/, '.js'))
    const { outputText } = typescript.transpileModule(readFileSync(join(root, 'src', name), 'utf8'), {
      compilerOptions,
    })
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, outputText)
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  return (compiled = folder)
}

export interface ChildResult {
  readonly code: number | null
  /** The signal that ended the process. SIGSEGV and SIGABRT show that libcurl was used wrongly. */
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** True if the process had to be killed. */
  readonly hung: boolean
}

export interface ChildOptions {
  /** The arguments, in `process.argv` from index 1 on. */
  args?: readonly string[]
  nodeArgs?: readonly string[]
  env?: NodeJS.ProcessEnv
  /** The time after which a process that does not end is killed. No test depends on it. Milliseconds. */
  killAfterMs?: number
}

/**
 * Runs a JavaScript module (with `import` and top-level `await`) as if it were in the project's root folder:
 * `import { ParallelCurl } from './src/index.js'`.
 */
export function runChild(source: string, options: ChildOptions = {}): Promise<ChildResult> {
  const { args = [], nodeArgs = [], env = {}, killAfterMs = 55_000 } = options
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [...nodeArgs, '--input-type=module', '--eval', source, '--', ...args],
      {
        cwd: compiledSources(),
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
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
