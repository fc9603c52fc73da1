/**
 * What is wrong around a queue, in one line each. Does not know who asked.
 */

/** Nothing has been changed: no Redis, a wrong password, a queue that belongs to somebody else. */
export class QueueProblem extends Error {
  override readonly name = 'QueueProblem'
}

/** A job holds no request of ours. */
export class BrokenJob extends Error {
  override readonly name = 'BrokenJob'
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
