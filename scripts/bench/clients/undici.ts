/**
 * The client undici (`request`), in the newest major that this Node can run. Does not use fetch, which is
 * built into Node.
 */
import { gunzipSync } from 'node:zlib'
import type { Agent, request } from 'undici8'
import { lanes, type Client, type Job } from '../worker/load.js'
import { POST_BODY } from '../scenarios.js'

interface Undici {
  Agent: typeof Agent
  request: typeof request
}

/** Returns the package to use: undici 8 needs features of Node 22.19. */
export function packageName(): 'undici' | 'undici8' {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 19) ? 'undici8' : 'undici'
}

export async function create(job: Job): Promise<Client> {
  const { Agent, request } = (await import(packageName())) as unknown as Undici
  const { scenario } = job
  // `undici` uses the default dispatcher, `undici Agent` the one that its documentation recommends.
  const own =
    job.client === 'undici Agent' ? { dispatcher: new Agent({ connections: scenario.inFlight }) } : {}
  const plain = {
    ...own,
    ...(scenario.isPost ? { method: 'POST' as const, body: POST_BODY } : {}),
    ...(scenario.isGzip ? { headers: { 'accept-encoding': 'gzip' } } : {}),
  }
  return lanes(job, async (url, serial) => {
    const options = scenario.hasOwnOptions
      ? {
          ...own,
          headers: { 'user-agent': `agent/${serial}`, 'x-serial': String(serial) },
          headersTimeout: 30_000,
        }
      : plain
    const { statusCode: status, body } = await request(url, options)
    if (scenario.isGzip) return { status, length: gunzipSync(await body.arrayBuffer()).toString().length }
    const length = scenario.isBinary ? (await body.arrayBuffer()).byteLength : (await body.text()).length
    return { status, length }
  })
}
