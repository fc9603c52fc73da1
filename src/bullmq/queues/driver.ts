/**
 * BullMQ, which those who need many machines install beside this library. Does not know what it is used for.
 */
import { createRequire } from 'node:module'
import type * as BullMQ from 'bullmq'

/** BullMQ as it is installed. BullMQ is CommonJS, and an `import` that fails could not be explained. */
export const { DelayedError, Queue, UnrecoverableError, WaitingError, Worker } = load()

function load(): typeof BullMQ {
  try {
    return createRequire(import.meta.url)('bullmq') as typeof BullMQ
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    throw new Error('parallelcurl/bullmq needs BullMQ and its driver for Redis: npm install bullmq ioredis', {
      cause: error,
    })
  }
}
