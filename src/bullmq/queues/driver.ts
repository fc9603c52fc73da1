/** Loads BullMQ, an optional package that users install themselves. Does not use it. */
import type * as BullMQ from 'bullmq'
import { ownRequire } from '../../own-require.js'

/**
 * The installed BullMQ. Loaded with `require`, because BullMQ is CommonJS, and because a failed `import`
 * could not be replaced by a helpful message.
 */
export const { DelayedError, Queue, UnrecoverableError, WaitingError, Worker } = load()

function load(): typeof BullMQ {
  try {
    return ownRequire()('bullmq') as typeof BullMQ
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    throw new Error('parallelcurl/bullmq needs BullMQ and its driver for Redis: npm install bullmq ioredis', {
      cause: error,
    })
  }
}
