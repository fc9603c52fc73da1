/**
 * Runs an example of the documentation in its own process and folder, against a server of this machine.
 * Addresses of other machines are replaced; everything else runs as it stands in the page. Does not depend on
 * the list of examples.
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

/** The result of an example. Addresses of this machine are replaced by those of the documentation again. */
export interface Ran {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** stdout, split into lines. */
  readonly lines: readonly string[]
}

/** TypeScript code to run before and after an example. */
export interface Around {
  given?: string | undefined
  then?: string | undefined
}

/** Kills an example that would never end. No test depends on this time. */
const KILL_AFTER_MS = 45_000

const page: Handler = (request, response) => void response.end(`page of ${request.path}`)

export class ExampleRun implements AsyncDisposable {
  /** The working directory of the example. */
  readonly folder = mkdtempSync(join(tmpdir(), 'parallelcurl-readme-'))
  readonly #replacements: [there: string, here: string][] = []
  readonly #changes = new Changes()
  /** The stdout of the running example so far. */
  #output = ''
  readonly #disposables: AsyncDisposable[] = []

  private constructor(
    /**
     * The server that replaces example.com. It answers everything but `/hang`, `/gate/...` and `/echo` with a
     * page.
     */
    readonly server: HttpServer,
  ) {
    server.route(/^\/(?!hang$|gate\/|echo$)/, page)
    this.replace('https://example.com', server.url('')).own(server)
  }

  static async start(): Promise<ExampleRun> {
    return new ExampleRun(await startHttpServer())
  }

  /**
   * Replaces `there` in the example by `here`, and in its output the other way round. Replacements apply in
   * the order in which they were added.
   */
  replace(there: string, here: string): this {
    this.#replacements.push([there, here])
    return this
  }

  /** Closes `made` at the end. */
  own<T extends AsyncDisposable>(made: T): T {
    this.#disposables.push(made)
    return made
  }

  /**
   * Writes a file for the example. Addresses of the documentation in it are replaced by those of this
   * machine.
   */
  write(name: string, content: string | Uint8Array): this {
    const path = join(this.folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, typeof content === 'string' ? this.#here(content) : content)
    return this
  }

  /**
   * Reads a file that the example has written. Addresses of this machine are replaced by those of the
   * documentation.
   */
  read(name: string): string {
    return this.#there(readFileSync(join(this.folder, name), 'utf8'))
  }

  bytes(name: string): Buffer {
    return readFileSync(join(this.folder, name))
  }

  /** Adds a program that the example finds before any other of that name. */
  program(name: string, script: string): this {
    this.write(`bin/${name}`, `#!/bin/sh\n${script}\n`)
    chmodSync(join(this.folder, 'bin', name), 0o755)
    return this
  }

  /** Resolves as soon as the running example has printed `text`. */
  printed(text: string): Promise<void> {
    return this.#changes.until(
      () => this.#output.includes(text),
      () => `"${text}" on stdout`,
    )
  }

  /** Resolves as soon as the file in the folder contains `what`. */
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

  typescript(text: string, around: Around = {}): Promise<Ran> {
    return this.#run(process.execPath, ['--input-type=module', '--eval', this.#module(text, around)])
  }

  /** Runs examples one after the other in one process, which prints `between` after each. */
  async typescripts(texts: readonly string[], between: string): Promise<Ran> {
    texts.forEach((text, index) => this.write(`example-${index}.mjs`, this.#module(text)))
    const lines = texts.map(
      (_text, index) => `await import('./example-${index}.mjs')\nconsole.log('${between}')`,
    )
    // The imports of --eval are looked up from its folder.
    return this.#run(process.execPath, ['--input-type=module', '--eval', lines.join('\n')])
  }

  /** Returns an example as a module in JavaScript, with the addresses of this machine. */
  #module(text: string, { given = '', then = '' }: Around = {}): string {
    // An example of a single option is part of an object.
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
    return outputText
      .replaceAll(/\bfrom 'parallelcurl'/g, `from '${sources}/index.js'`)
      .replaceAll(/\bfrom 'parallelcurl\/(\w+)'/g, `from '${sources}/$1/index.js'`)
      .replaceAll(
        /\bfrom '(undici|@opentelemetry\/[\w-]+)'/g,
        (_all, name: string) => `from '${import.meta.resolve(name)}'`,
      )
  }

  /**
   * Runs a shell command. `npx parallelcurl` runs the command from these sources.
   *
   * @param until when it resolves, the running program gets the signal; without it, the program ends by
   * itself
   */
  shell(text: string, until?: Promise<unknown>, signal: NodeJS.Signals = 'SIGTERM'): Promise<Ran> {
    this.program('npx', `shift; exec '${process.execPath}' '${commandPath()}' "$@"`)
    // The shell ignores SIGTERM, so the exit code is that of the program it runs.
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
      // The examples must not use proxies from the environment.
      const proxies = { http_proxy: '', https_proxy: '', HTTPS_PROXY: '', all_proxy: '', ALL_PROXY: '' }
      const path = `${join(this.folder, 'bin')}:${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`
      const child = spawn(program, args, {
        cwd: this.folder,
        env: { ...process.env, ...proxies, PATH: path, NO_COLOR: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
        // A process group of its own, so that a signal reaches the programs that a shell has started.
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
