/**
 * This library through its three methods, as its users would call them. Does not use internals of the class.
 */
import { ParallelCurl, type Transfer } from '../../../src/index.js'
import { lanes, type Client, type Job, type Load } from '../worker/load.js'
import { POST_BODY } from '../scenarios.js'

type Options = NonNullable<ConstructorParameters<typeof ParallelCurl>[1]>
/** The type of a class that can stream. The bench leaves the stream clients out of older versions. */
interface Streaming {
  stream(inputs: Iterable<unknown>, options?: object): AsyncIterable<Transfer<number>>
}

export const canStream = 'stream' in ParallelCurl.prototype

export function create(job: Job): Client {
  const { scenario } = job
  const [way, headers] = job.client.split('+')
  const shared: Options = {}
  if (headers !== undefined) shared.captureHeaders = true
  if (scenario.origin === 'tls') shared.CAINFO = job.caFile
  if (scenario.isGzip) shared.ACCEPT_ENCODING = ''
  const curl = new ParallelCurl(scenario.inFlight, shared)
  if (way === 'request') return byRequest(curl, job)
  return way === 'stream' ? byStream(curl as unknown as Streaming, job) : byStartRequest(curl, job)
}

const ownOptions = (serial: number): Options => ({
  USERAGENT: `agent/${serial}`,
  HTTPHEADER: [`X-Serial: ${serial}`],
  TIMEOUT_MS: 30_000,
})

/** Returns the length of the content. A client that captures headers also reads one. */
function lengthOf(transfer: Transfer<never>, hasHeaders: boolean): number {
  if (hasHeaders && transfer.headers['content-length'] === undefined) throw new Error('no headers')
  return transfer.content?.length ?? -1
}

function byStartRequest(curl: ParallelCurl, job: Job): Client {
  const { isFlaky, isPost, hasOwnOptions } = job.scenario
  const hasHeaders = job.client.endsWith('+headers')
  const isPlain = !isPost && !hasOwnOptions
  let load: Load
  const onDone = (
    content: string | null,
    url: string,
    transfer: Transfer<number>,
    startedAt: number,
  ): void => {
    if (isFlaky && transfer.responseCode === 503) {
      void curl.startRequest(url, onDone, startedAt)
      return
    }
    if (hasHeaders) lengthOf(transfer as Transfer<never>, true)
    load.done(startedAt, transfer.responseCode, content?.length ?? -1)
  }
  return {
    async run(given) {
      load = given
      while (!load.isOver) {
        const url = load.url()
        if (isPlain) await curl.startRequest(url, onDone, performance.now())
        else {
          await curl.startRequest(
            url,
            onDone,
            performance.now(),
            isPost ? POST_BODY : null,
            hasOwnOptions ? ownOptions(load.serial) : undefined,
          )
        }
      }
      await curl.finishAllRequests()
    },
  }
}

function byRequest(curl: ParallelCurl, job: Job): Client {
  const { isPost, hasOwnOptions } = job.scenario
  const hasHeaders = job.client.endsWith('+headers')
  const isPlain = !isPost && !hasOwnOptions
  return lanes(job, async (url, serial) => {
    const transfer = await (isPlain
      ? curl.request(url)
      : curl.request(url, {
          ...(hasOwnOptions ? ownOptions(serial) : {}),
          ...(isPost ? { postFields: POST_BODY } : {}),
        }))
    return { status: transfer.responseCode, length: lengthOf(transfer as Transfer<never>, hasHeaders) }
  })
}

function byStream(curl: Streaming, job: Job): Client {
  const { isFlaky, isPost, hasOwnOptions } = job.scenario
  const hasHeaders = job.client.endsWith('+headers')
  return {
    async run(load) {
      const again: unknown[] = []
      function* inputs(): Generator {
        while (!load.isOver || again.length > 0) {
          if (again.length > 0) yield again.pop()
          else {
            yield {
              url: load.url(),
              userData: performance.now(),
              ...(isPost ? { postFields: POST_BODY } : {}),
              ...(hasOwnOptions ? ownOptions(load.serial) : {}),
            }
          }
        }
      }
      for await (const transfer of curl.stream(inputs())) {
        const { url, userData, responseCode } = transfer
        if (isFlaky && responseCode === 503) again.push({ url, userData })
        else load.done(userData, responseCode, lengthOf(transfer as Transfer<never>, hasHeaders))
      }
    },
  }
}
