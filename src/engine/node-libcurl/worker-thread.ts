/** The question whether this code runs in a worker thread. Does not know why it is asked. */
import { soleUser } from './sole-user.js'

/** True in a worker thread of Node.js. */
export function isWorkerThread(): boolean {
  // The command is no worker. Loading `node:worker_threads` takes longer than the question.
  return !soleUser.isDeclared && !process.getBuiltinModule('node:worker_threads').isMainThread
}
