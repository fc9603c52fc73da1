/** Works off a queue of the rolling classes. Does not know what a request is. */
import { OptionError } from '../../errors.js'
import type { ParallelCurl } from './parallel-curl.js'

/** Lets one `execute()` run at a time. */
export class SingleRun {
  private isRunning = false

  /**
   * Does the work, and resolves or rejects as it does. Rejects with `OptionError` if other work is not done
   * yet: a callback that awaited it would wait for itself.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.isRunning)
      throw new OptionError('execute: it is running already: await it before the next execute()')
    this.isRunning = true
    try {
      return await work()
    } finally {
      this.isRunning = false
    }
  }
}

/**
 * Starts one request after the other until `next` returns undefined, also after the callbacks of all have
 * settled. Rejects then if some of them threw or could not be started (more than one error: an
 * `AggregateError`).
 *
 * @param next - takes the next request out of the queue
 * @param start - starts it; resolves when it is launched
 */
export async function workOff<T>(
  curl: ParallelCurl,
  next: () => T | undefined,
  start: (request: T) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = []
  let request = next()
  while (request !== undefined) {
    for (; request !== undefined; request = next()) {
      await start(request).catch((error: unknown) => errors.push(error))
    }
    await curl.finishAllRequests().catch((error: unknown) => errors.push(error))
    request = next()
  }
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) throw new AggregateError(errors, `${String(errors.length)} requests went wrong`)
}
