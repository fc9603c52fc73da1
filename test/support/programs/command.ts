/**
 * Runs the command as people do: as a process of its own. Compiles it once for all tests, because loading it
 * through ts-node would take ten times as long as most of them. Does not know what it is asked to do.
 */
import { spawn, type ChildProcess } from 'node:child_process'
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
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/**
 * The compiled command, in a folder with all the sources compiled. Beside the packages that it imports, and
 * its own package.json.
 */
export function commandPath(): string {
  return (built ??= build())
}
let built: string | undefined

function build(): string {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort()
  const sources = files.map((file) => readFileSync(join(root, 'src', file), 'utf8'))
  const hash = createHash('sha256').update(process.version)
  for (const source of sources) hash.update(source)
  const cache = join(root, 'node_modules/.cache/parallelcurl-command')
  const folder = join(cache, hash.digest('hex').slice(0, 16))
  const main = join(folder, 'dist/cli/main.js')
  if (existsSync(main)) return main
  mkdirSync(cache, { recursive: true })
  const draft = mkdtempSync(join(cache, 'draft-'))
  const compilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2022,
    verbatimModuleSyntax: true,
  }
  files.forEach((file, i) => {
    const target = join(draft, 'dist', file.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(
      target,
      ts.transpileModule(sources[i]!, { compilerOptions, fileName: join(root, 'src', file) }).outputText,
    )
  })
  writeFileSync(join(draft, 'package.json'), readFileSync(join(root, 'package.json')))
  try {
    renameSync(draft, folder)
  } catch (error) {
    // Another run of the tests was quicker.
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
  /** Leaves stdin open after `input`. */
  keepsInput?: boolean
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** Gets the process as soon as it runs. */
  onStart?: (child: ChildProcess) => void
}

/** Any program, for comparison. */
export function runProgram(
  program: string,
  args: readonly string[],
  { input, keepsInput, cwd, env, onStart }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    // Proxies of this machine are none of the tests' business.
    const proxies = { http_proxy: '', https_proxy: '', HTTPS_PROXY: '', all_proxy: '', ALL_PROXY: '' }
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...proxies, NO_COLOR: '1', ...env },
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

/** The command. */
export function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return runProgram(process.execPath, [commandPath(), ...args], options)
}

/** A folder that is gone after the tests of a suite: call it in `describe`. */
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
