/**
 * `fetch` with its defaults: that of Node, that of the package undici, and undici's on this library. Does not
 * use undici's other APIs.
 */
import { lanes, type Client, type Job } from '../worker/load.js'
import { POST_BODY } from '../scenarios.js'

type Fetch = (
  url: string,
  init?: { method?: string; body?: string; headers?: Record<string, string>; signal?: AbortSignal },
) => Promise<Pick<Response, 'status' | 'text' | 'arrayBuffer'>>

async function fetchOf({ client, scenario, caFile }: Job): Promise<Fetch> {
  if (client === 'fetch') return fetch
  if (client === 'undici fetch') return (await import('undici')).fetch
  // Here, so that the other clients do not load it: their memory is measured, too.
  const [{ ParallelCurl }, { createFetch }] = await Promise.all([
    import('../../../src/index.js'),
    import('../../../src/fetch/index.js'),
  ])
  const trust = scenario.origin === 'tls' ? { CAINFO: caFile } : {}
  return createFetch(new ParallelCurl(scenario.inFlight, trust))
}

export async function create(job: Job): Promise<Client> {
  const { scenario } = job
  const fetch = await fetchOf(job)
  const plain = scenario.isPost ? { method: 'POST', body: POST_BODY } : undefined
  return lanes(job, async (url, serial) => {
    const response = await fetch(
      url,
      scenario.hasOwnOptions
        ? {
            headers: { 'user-agent': `agent/${serial}`, 'x-serial': String(serial) },
            signal: AbortSignal.timeout(30_000),
          }
        : plain,
    )
    const length = scenario.isBinary
      ? (await response.arrayBuffer()).byteLength
      : (await response.text()).length
    return { status: response.status, length }
  })
}
