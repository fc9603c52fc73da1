/**
 * A PHP process that runs cases one by one. Does not know what they are compared with.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Case } from './case.js'
import type { Script } from './scripts/script.js'

/** The observations of a case, on either side. */
export type Seen = Record<string, unknown>

export class RealPhp {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>
  #complaints = ''

  /** @param runner - the PHP file that runs cases */
  constructor(runner = './run-cases.php') {
    const script = fileURLToPath(new URL(runner, import.meta.url))
    this.#child = spawn('php', ['-n', '-d', 'extension=curl', '-d', 'display_errors=stderr', script])
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#complaints += chunk.toString()))
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  async run(test: Case | Script): Promise<Seen> {
    this.#child.stdin.write(`${JSON.stringify(test)}\n`)
    const { value, done } = (await this.#lines.next()) as { value: string; done?: boolean }
    if (done) throw new Error(`php ended: ${this.#complaints}`)
    return JSON.parse(value) as Seen
  }

  async libcurlVersion(): Promise<string> {
    const { libcurl } = await this.run({ name: '', url: '' })
    return libcurl as string
  }

  close(): void {
    this.#child.stdin.end()
  }
}
