/**
 * The engines with a transfer in flight, and their end when a worker thread ends. Does not know what they
 * transfer.
 */
import type { MultiHandles } from './connections/multi-handles.js'
import type { EasyPool } from './handle/easy-pool.js'
import { isWorkerThread } from './node-libcurl/worker-thread.js'

interface RunningEngine {
  readonly pool: EasyPool
  readonly multiHandles: MultiHandles
}

/** If the garbage collector frees the multi handles of a running engine, it may crash. */
export const running = new Set<RunningEngine>()

/**
 * Takes everything off the wire and closes the multi handles. Sockets that a worker thread leaves open abort
 * the process: node-libcurl 5 still watches them when the event loop of the worker is closed.
 */
function endAll(): void {
  for (const { pool, multiHandles } of running) {
    try {
      for (const { isAdded, multiHandle, easy } of pool.all.values())
        if (isAdded) multiHandle?.multi?.removeHandle(easy)
    } catch {
      // The worker ends on libcurl's stack, where nothing can be closed.
      continue
    }
    multiHandles.close()
  }
}

// Nothing asynchronous runs from here on. `worker.terminate()` emits no such event.
if (isWorkerThread()) process.once('exit', endAll)
