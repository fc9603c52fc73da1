/**
 * The client got, with keep-alive connections and without retries, which would wait. Does not use node:http
 * directly.
 */
import http from 'node:http'
import https from 'node:https'
import got from 'got'
import { lanes, type Client, type Job } from '../worker/load.js'
import { POST_BODY } from '../scenarios.js'

export function create(job: Job): Client {
  const { scenario } = job
  const limits = { keepAlive: true, maxSockets: scenario.inFlight, maxFreeSockets: 4096 }
  const client = got.extend({
    agent: { http: new http.Agent(limits), https: new https.Agent(limits) },
    retry: { limit: 0 },
    throwHttpErrors: false,
    decompress: scenario.isGzip,
  })
  return lanes(job, async (url, serial) => {
    const options = {
      ...(scenario.isPost ? { method: 'POST' as const, body: POST_BODY } : {}),
      ...(scenario.hasOwnOptions
        ? {
            headers: { 'user-agent': `agent/${serial}`, 'x-serial': String(serial) },
            timeout: { request: 30_000 },
          }
        : {}),
    }
    const response = scenario.isBinary
      ? await client(url, { ...options, responseType: 'buffer' })
      : await client(url, options)
    return { status: response.statusCode, length: response.body.length }
  })
}
