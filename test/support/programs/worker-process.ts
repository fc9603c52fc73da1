/**
 * Runs workers of a queue in a process of its own, which tests can kill. Does not depend on the queue's
 * content.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { compiledSources } from './child.js'

const source = `
  import { ParallelCurl } from './src/index.js'
  import { createWorkers } from './src/bullmq/index.js'
  const { queue, maxRequests, options } = JSON.parse(process.argv[1])
  const curl = new ParallelCurl(maxRequests)
  const workers = await createWorkers(queue, curl, options)
  for (const worker of workers) worker.on('error', () => undefined)
  await Promise.all(workers.map((worker) => worker.waitUntilReady()))
  process.once('SIGTERM', async () => {
    await Promise.all(workers.map((worker) => worker.close()))
    await curl.close()
  })
  process.send('ready')
  process.disconnect()`

export interface WorkerProcessOptions {
  queue: string
  maxRequests: number
  /** The options of createWorkers. */
  options: Record<string, unknown>
}

export class WorkerProcess {
  readonly #child: ChildProcess

  constructor(options: WorkerProcessOptions) {
    const args = ['--input-type=module', '--eval', source, '--', JSON.stringify(options)]
    this.#child = spawn(process.execPath, args, {
      cwd: compiledSources(),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
  }

  /** Resolves when the workers accept jobs. */
  async ready(): Promise<this> {
    const early = once(this.#child, 'exit').then(() => {
      throw new Error('a worker has ended before it was ready')
    })
    await Promise.race([once(this.#child, 'message'), early])
    early.catch(() => undefined)
    return this
  }

  /** Sends a signal. Resolves with the exit code when the process has ended; null if the signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child
    if (child.exitCode === null && child.signalCode === null) {
      const exit = once(child, 'exit')
      child.kill(signal)
      await exit
    }
    return child.exitCode
  }
}
