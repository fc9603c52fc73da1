/**
 * Formats the state of queues as text: counts, rates, workers, and the last failures with their reasons. Does
 * not print it.
 */
import type { Queue } from 'bullmq'
import { oneLine, readable, shownText, shownUrl } from '../../redaction.js'
import type { RequestData } from '../jobs/request-data.js'

const STATES = ['waiting', 'active', 'delayed', 'completed', 'failed'] as const

interface QueueStatus {
  readonly counts: Readonly<Record<string, number>>
  readonly perMinute: readonly [completed: number, failed: number]
  readonly workers: readonly string[]
  readonly failed: readonly string[]
}

/**
 * Returns the text.
 *
 * @param failures the number of last failures to show
 */
export async function statusText(queues: readonly Queue[], failures: number): Promise<string> {
  const all = await Promise.all(queues.map((queue) => statusOf(queue, failures)))
  const sum = (number: (status: QueueStatus) => number): number =>
    all.reduce((to, one) => to + number(one), 0)
  const workers = [...new Set(all.flatMap((one) => one.workers))].sort()
  const failed = all.flatMap((one) => one.failed).slice(0, failures)
  return [
    ...STATES.map((state) => `${state.padEnd(10)} ${sum(({ counts }) => counts[state] ?? 0)}`),
    `per minute ${sum(({ perMinute }) => perMinute[0])} completed, ${sum(({ perMinute }) => perMinute[1])} failed`,
    `workers    ${workers.length}${workers.length === 0 ? '' : `: ${workers.join(', ')}`}`,
    ...(failed.length === 0 ? [] : ['last failures:', ...failed.map((line) => `  ${line}`)]),
    '',
  ].join('\n')
}

async function statusOf(queue: Queue, failures: number): Promise<QueueStatus> {
  const [counts, completed, failed, workers, jobs] = await Promise.all([
    queue.getJobCounts(...STATES, 'prioritized'),
    queue.getMetrics('completed', 0, 0),
    queue.getMetrics('failed', 0, 0),
    queue.getWorkers(),
    failures > 0 ? queue.getFailed(0, failures - 1) : [],
  ])
  const waiting = (counts['waiting'] ?? 0) + (counts['prioritized'] ?? 0)
  return {
    counts: { ...counts, waiting },
    perMinute: [completed.data[0] ?? 0, failed.data[0] ?? 0],
    workers: workers.map((worker) => readable(worker['name'] ?? worker['addr'] ?? 'unknown')),
    failed: jobs.map(({ id, data, failedReason, attemptsMade }) => {
      const { url } = data as Partial<RequestData> & object
      const what = typeof url === 'string' ? shownUrl(url) : 'no URL'
      return oneLine(`${id ?? ''} ${what}: ${shownText(failedReason)} (attempts: ${attemptsMade})`)
    }),
  }
}
