/** The client axios, with keep-alive connections and unparsed bodies. Does not use node:http directly. */
import http from 'node:http'
import https from 'node:https'
import axios from 'axios'
import { lanes, type Client, type Job } from '../worker/load.js'
import { POST_BODY } from '../scenarios.js'

export function create(job: Job): Client {
  const { scenario } = job
  const limits = { keepAlive: true, maxSockets: scenario.inFlight, maxFreeSockets: 4096 }
  const client = axios.create({
    httpAgent: new http.Agent(limits),
    httpsAgent: new https.Agent(limits),
    responseType: scenario.isBinary ? 'arraybuffer' : 'text',
    transformResponse: (body: unknown) => body,
    validateStatus: null,
    proxy: false,
    decompress: scenario.isGzip,
  })
  return lanes(job, async (url, serial) => {
    const { status, data } = await client.request<string | Buffer>({
      url,
      ...(scenario.isPost ? { method: 'POST', data: POST_BODY } : {}),
      ...(scenario.hasOwnOptions
        ? { headers: { 'User-Agent': `agent/${serial}`, 'X-Serial': String(serial) }, timeout: 30_000 }
        : {}),
    })
    return { status, length: data.length }
  })
}
