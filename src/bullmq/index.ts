/** `parallelcurl/bullmq`: distributes requests over many machines with BullMQ's queues. Only exports. */
export { crawlPages, type CrawlPagesOptions } from './queues/crawl-pages.js'
export {
  enqueue,
  JOB_NAME,
  openQueues,
  type EnqueueOptions,
  type IdConflict,
  type OpenQueuesOptions,
} from './queues/enqueue.js'
export { folderStore, type Store, type StoredJob } from './jobs/folder-store.js'
export type { Outcome } from './jobs/outcome.js'
export type { WorkerRetryOptions } from './queues/perform.js'
export { QueueProblem } from './jobs/problems.js'
export type { QueuedRequest, RequestData } from './jobs/request-data.js'
export {
  createWorker,
  createWorkers,
  type CreateWorkerOptions,
  type CreateWorkersOptions,
  type RequestWorker,
} from './queues/worker.js'
