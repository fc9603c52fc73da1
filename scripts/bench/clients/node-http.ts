/**
 * Plain node:http and node:https, as one would write it without a library. Does not handle redirects, or
 * errors after the headers.
 */
import http from 'node:http'
import https from 'node:https'
import { gunzipSync } from 'node:zlib'
import { lanes, type Answer, type Client, type Job } from '../worker/load.js'
import { POST_BODY } from '../scenarios.js'

export function create(job: Job): Client {
  const { scenario } = job
  const { request, Agent } = scenario.origin === 'tls' ? https : http
  const agent = new Agent({ keepAlive: true, maxSockets: scenario.inFlight, maxFreeSockets: 4096 })
  const plain = {
    agent,
    ...(scenario.isPost ? { method: 'POST' } : {}),
    ...(scenario.isGzip ? { headers: { 'accept-encoding': 'gzip' } } : {}),
  }
  const finish = (body: Buffer): number => {
    if (scenario.isBinary) return body.length
    return (scenario.isGzip ? gunzipSync(body) : body).toString().length
  }
  return lanes(
    job,
    (url, serial) =>
      new Promise<Answer>((resolve, reject) => {
        const options = scenario.hasOwnOptions
          ? {
              agent,
              headers: { 'user-agent': `agent/${serial}`, 'x-serial': String(serial) },
              timeout: 30_000,
            }
          : plain
        request(url, options, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, length: finish(Buffer.concat(chunks)) }),
          )
          response.on('error', reject)
        })
          .on('error', reject)
          .end(scenario.isPost ? POST_BODY : undefined)
      }),
  )
}
