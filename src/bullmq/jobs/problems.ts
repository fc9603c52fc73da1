/** Errors about queues and jobs, each with a message of one line. Does not depend on the command. */

/**
 * A problem with Redis or a queue: no Redis, a wrong password, a queue that belongs to another program.
 * Nothing was changed.
 */
export class QueueProblem extends Error {
  override readonly name = 'QueueProblem'
}

/** The data of a job is not a valid request. */
export class BrokenJob extends Error {
  override readonly name = 'BrokenJob'
}
