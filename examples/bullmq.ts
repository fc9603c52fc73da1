// Puts requests into a queue on Redis, and works on it. Any number of machines may do either: bullmq.ts URL...
import { ParallelCurl } from 'parallelcurl'
import { createWorker, enqueue, folderStore, openQueues } from 'parallelcurl/bullmq'

const connection = { host: '127.0.0.1', port: Number(process.env['REDIS_PORT'] ?? 6379) }
const queues = openQueues('pages', { connection })
const requests = process.argv.slice(2).map((url) => ({ url }))
await enqueue(queues, requests, { attempts: 5 })

const curl = new ParallelCurl(50)
const worker = createWorker('pages', curl, { connection, store: folderStore('bodies') })
worker.on('completed', (_job, { url, status, output }) => console.log(url, status, output))
worker.on('failed', (job, error) => console.error(job?.data.url, error.message))
worker.on('error', console.error)

// Ctrl-C finishes what is in flight, and leaves the rest of the queue to other machines.
process.once('SIGINT', () => {
  void worker.close().then(() => Promise.all([curl.close(), ...queues.map((queue) => queue.close())]))
})
