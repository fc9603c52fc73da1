/** Works off a queue of the rolling classes. Does not know what a request is. */
import type { ParallelCurl } from './parallel-curl.js'

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
