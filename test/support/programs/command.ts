/**
 * Runs the command as users do: in a process of its own, built as it is published. It is built once for all
 * tests. Does not depend on the arguments.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { QUEUE_COMMANDS } from '../../../src/cli/arguments/flags/queue-flags.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** Not in the cache of who runs the tests. */
const compiledCode = join(root, 'node_modules/.cache')

/**
 * Returns the path of the command, built as it is published. Its folder contains all that is published, and
 * the package.json, and is placed where the packages are found.
 */
export function commandPath(): string {
  return (built ??= build())
}
let built: string | undefined

function build(): string {
  const builder = join(root, 'scripts/package/build.mjs')
  const inputs = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => join(root, 'src', file))
  const hash = createHash('sha256').update(process.version)
  for (const file of [...inputs, builder, join(root, 'package.json')]) hash.update(readFileSync(file))
  const cache = join(root, 'node_modules/.cache/parallelcurl-command')
  const folder = join(cache, hash.digest('hex').slice(0, 16))
  const main = join(folder, 'dist/cli/main.cjs')
  if (existsSync(main)) return main
  mkdirSync(cache, { recursive: true })
  const draft = mkdtempSync(join(cache, 'draft-'))
  execFileSync(process.execPath, [builder, join(draft, 'dist')], { stdio: ['ignore', 'inherit', 'inherit'] })
  writeFileSync(join(draft, 'package.json'), readFileSync(join(root, 'package.json')))
  try {
    renameSync(draft, folder)
  } catch (error) {
    // Another test run has created the folder meanwhile.
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(main)) throw error
  }
  return main
}

export interface CommandResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: Buffer
  readonly text: string
  readonly stderr: string
}

export interface CommandOptions {
  input?: string | Buffer
  /** True to leave stdin open after `input`. */
  keepsInput?: boolean
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** Called with the process as soon as it runs. */
  onStart?: (child: ChildProcess) => void
}

/** Runs any program, for comparison. */
export function runProgram(
  program: string,
  args: readonly string[],
  { input, keepsInput, cwd, env, onStart }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    // The tests must not use proxies from the environment.
    const proxies = { http_proxy: '', https_proxy: '', HTTPS_PROXY: '', all_proxy: '', ALL_PROXY: '' }
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...proxies, NO_COLOR: '1', XDG_CACHE_HOME: compiledCode, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    const out: Buffer[] = []
    let stderr = ''
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.stdin?.on('error', () => undefined)
    if (keepsInput) child.stdin?.write(input)
    else child.stdin?.end(input)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      const stdout = Buffer.concat(out)
      resolve({ code, signal, stdout, text: stdout.toString('utf8'), stderr })
    })
    onStart?.(child)
  })
}

/**
 * Returns arguments with which the plain command prints no lines of progress while it runs, unless they ask
 * for them: on a busy machine a run may take longer than the five seconds after which it would print one.
 */
export function withoutProgress(args: readonly string[]): readonly string[] {
  const [first = 'completion'] = args
  const isPlain = !['curl', 'completion'].includes(first) && !QUEUE_COMMANDS.has(first)
  return isPlain && !args.includes('--progress-interval') ? ['--progress-interval', '3600', ...args] : args
}

/** Runs the command. */
export function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return runProgram(process.execPath, [commandPath(), ...withoutProgress(args)], options)
}

/** Makes a temporary folder for a suite and removes it afterwards. Call it in `describe`. */
export function temporaryFolder(): () => string {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-command-'))
  })
  after(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return () => folder
}
