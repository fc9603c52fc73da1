/**
 * Runs an example of the README in a process and a folder of its own, against a server of this machine: what
 * stands for other machines is rewritten, all else is run as it stands there. Does not know which examples
 * there are.
 */
import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import typescript from 'typescript'
import { Changes } from '../changes.js'
import { commandPath } from '../programs/command.js'
import type { Handler } from '../servers/http/http-exchange.js'
import { startHttpServer, type HttpServer } from '../servers/http/http-server.js'

/** What an example did. Addresses of this machine are those of the README again. */
export interface Ran {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** The lines of stdout. */
  readonly lines: readonly string[]
}

/** TypeScript that stands before and after an example. */
export interface Around {
  given?: string | undefined
  then?: string | undefined
}

/** No test measures it: it ends what would never end. */
const KILL_AFTER_MS = 15_000

const page: Handler = (request, response) => void response.end(`page of ${request.path}`)

export class ExampleRun implements AsyncDisposable {
  /** Where the example runs: its files. */
  readonly folder = mkdtempSync(join(tmpdir(), 'parallelcurl-readme-'))
  readonly #replacements: [there: string, here: string][] = []
  readonly #changes = new Changes()
  /** Of what runs, until now. */
  #output = ''
  readonly #disposables: AsyncDisposable[] = []

  private constructor(
    /** Stands for example.com. Answers everything but `/hang`, `/gate/...` and `/echo` with a page. */
    readonly server: HttpServer,
  ) {
    server.route(/^\/(?!hang$|gate\/|echo$)/, page)
    this.replace('https://example.com', server.url('')).own(server)
  }

  static async start(): Promise<ExampleRun> {
    return new ExampleRun(await startHttpServer())
  }

  /** What the README says, and what it is on this machine. Earlier ones come first. */
  replace(there: string, here: string): this {
    this.#replacements.push([there, here])
    return this
  }

  /** Closes it in the end. */
  own<T extends AsyncDisposable>(made: T): T {
    this.#disposables.push(made)
    return made
  }

  /** Makes a file for the example; addresses of the README in it become those of this machine. */
  write(name: string, content: string | Uint8Array): this {
    const path = join(this.folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, typeof content === 'string' ? this.#here(content) : content)
    return this
  }

  /** What an example has written, with the README's addresses. */
  read(name: string): string {
    return this.#there(readFileSync(join(this.folder, name), 'utf8'))
  }

  bytes(name: string): Buffer {
    return readFileSync(join(this.folder, name))
  }

  /** A program that the example finds before any other of that name. */
  program(name: string, script: string): this {
    this.write(`bin/${name}`, `#!/bin/sh\n${script}\n`)
    chmodSync(join(this.folder, 'bin', name), 0o755)
    return this
  }

  /** Resolves as soon as what runs has printed this. */
  printed(text: string): Promise<void> {
    return this.#changes.until(
      () => this.#output.includes(text),
      () => `"${text}" on stdout`,
    )
  }

  /** Resolves as soon as this file of the folder has that in it. */
  async wrote(name: string, what: RegExp): Promise<void> {
    const changes = new Changes()
    const watcher = watch(this.folder, () => changes.notify())
    try {
      await changes.until(
        () => existsSync(join(this.folder, name)) && what.test(this.read(name)),
        () => `${String(what)} in ${name}`,
      )
    } finally {
      watcher.close()
    }
  }

  typescript(text: string, { given = '', then = '' }: Around = {}): Promise<Ran> {
    // An example of one option is part of an object.
    const whole = /^\w+: /.test(text) ? `const options: RequestOptions = {\n${text}}\n` : text
    const names = /\bfrom 'parallelcurl['/]/.test(whole)
      ? ''
      : "import { FormFile, ParallelCurl, type RequestOptions } from 'parallelcurl'\n"
    const source = `${names}${given}\n${whole}\n${then}`
    const { outputText } = typescript.transpileModule(this.#here(source), {
      compilerOptions: {
        module: typescript.ModuleKind.ESNext,
        target: typescript.ScriptTarget.ES2022,
        verbatimModuleSyntax: true,
      },
    })
    const sources = pathToFileURL(resolve(commandPath(), '../..')).href
    const script = outputText
      .replaceAll(/\bfrom 'parallelcurl'/g, `from '${sources}/index.js'`)
      .replaceAll(/\bfrom 'parallelcurl\/(\w+)'/g, `from '${sources}/$1/index.js'`)
    return this.#run(process.execPath, ['--input-type=module', '--eval', script])
  }

  /**
   * A shell runs it. `npx parallelcurl` is the command of these sources.
   *
   * `until`: what runs gets the signal when this has come true; else it ends by itself.
   */
  shell(text: string, until?: Promise<unknown>, signal: NodeJS.Signals = 'SIGTERM'): Promise<Ran> {
    this.program('npx', `shift; exec '${process.execPath}' '${commandPath()}' "$@"`)
    // The shell outlives the signal: the exit code is that of what it runs.
    return this.#run('sh', ['-c', `trap : TERM\n${this.#here(text)}`], until, signal)
  }

  php(text: string): Promise<Ran> {
    this.write('example.php', text)
    return this.#run('php', ['-n', '-d', 'extension=curl', '-d', 'display_errors=stderr', 'example.php'])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#disposables.reverse()) await one[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #here(text: string): string {
    return this.#replacements.reduce((result, [there, here]) => result.replaceAll(there, here), text)
  }

  #there(text: string): string {
    return this.#replacements.reduce((result, [there, here]) => result.replaceAll(here, there), text)
  }

  #run(
    program: string,
    args: readonly string[],
    until?: Promise<unknown>,
    signal: NodeJS.Signals = 'SIGTERM',
  ): Promise<Ran> {
    return new Promise((done, reject) => {
      // Proxies of this machine are none of the tests' business.
      const proxies = { http_proxy: '', https_proxy: '', HTTPS_PROXY: '', all_proxy: '', ALL_PROXY: '' }
      const path = `${join(this.folder, 'bin')}:${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`
      const child = spawn(program, args, {
        cwd: this.folder,
        env: { ...process.env, ...proxies, PATH: path, NO_COLOR: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
        // A group of its own, so that a signal reaches what a shell has started.
        detached: true,
      })
      const end = (signal: NodeJS.Signals): void => {
        const hasEnded = child.exitCode !== null || child.signalCode !== null
        if (child.pid !== undefined && !hasEnded) process.kill(-child.pid, signal)
      }
      const bound = setTimeout(() => end('SIGKILL'), KILL_AFTER_MS)
      until?.then(
        () => end(signal),
        (error: unknown) => {
          end('SIGKILL')
          reject(error instanceof Error ? error : new Error(String(error)))
        },
      )
      const [out, err]: [Buffer[], Buffer[]] = [[], []]
      child.stdout.on('data', (chunk: Buffer) => {
        out.push(chunk)
        this.#output += chunk.toString()
        this.#changes.notify()
      })
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
      child.on('error', reject)
      child.on('close', (code, signal) => {
        clearTimeout(bound)
        const [stdout = '', stderr = ''] = [out, err].map((chunks) =>
          this.#there(Buffer.concat(chunks).toString('utf8')),
        )
        done({ code, signal, stdout, stderr, lines: stdout.split('\n').slice(0, -1) })
      })
    })
  }
}
