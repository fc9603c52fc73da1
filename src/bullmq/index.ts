/**
 * `parallelcurl/bullmq`: the same requests on many machines, through BullMQ's queues. Exports, nothing else.
 */
export {
  enqueue,
  JOB_NAME,
  openQueues,
  type EnqueueOptions,
  type IdConflict,
  type OpenQueuesOptions,
} from './enqueue.js'
export { folderStore, type Store, type StoredJob } from './folder-store.js'
export type { Outcome } from './outcome.js'
export type { WorkerRetryOptions } from './perform.js'
export { QueueProblem } from './problems.js'
export type { QueuedRequest, RequestData } from './request-data.js'
export {
  createWorker,
  createWorkers,
  type CreateWorkerOptions,
  type CreateWorkersOptions,
  type RequestWorker,
} from './worker.js'
