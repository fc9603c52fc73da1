/** Node's built-in fetch with its defaults. Does not use undici's other APIs. */
import { lanes, type Client, type Job } from '../worker/load.js'
import { POST_BODY } from '../scenarios.js'

export function create(job: Job): Client {
  const { scenario } = job
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
