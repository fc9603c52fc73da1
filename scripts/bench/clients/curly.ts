/** The client curly, node-libcurl's own promise API. Does not use easy handles directly. */
import { curly, Multi } from 'node-libcurl'
import { lanes, type Client, type Job } from '../worker/load.js'
import { POST_BODY } from '../scenarios.js'

export function create(job: Job): Client {
  const { scenario } = job
  // node-libcurl 5 passes Node's certificates to libcurl, including NODE_EXTRA_CA_CERTS, and they win over
  // CAINFO.
  const hasOwnCertificates = 'perform' in Multi.prototype
  const shared = {
    ...(scenario.isBinary ? { curlyResponseBodyParser: false as const } : {}),
    ...(scenario.origin === 'tls' && !hasOwnCertificates ? { CAINFO: job.caFile } : {}),
    ...(scenario.isGzip ? { ACCEPT_ENCODING: '' } : {}),
    ...(scenario.isPost ? { POSTFIELDS: POST_BODY } : {}),
  }
  const verb = scenario.isPost ? 'post' : 'get'
  return lanes(job, async (url, serial) => {
    const { statusCode, data } = (await curly[verb](
      url,
      scenario.hasOwnOptions
        ? {
            ...shared,
            USERAGENT: `agent/${serial}`,
            HTTPHEADER: [`X-Serial: ${serial}`],
            TIMEOUT_MS: 30_000,
          }
        : shared,
    )) as { statusCode: number; data: string | Buffer }
    return { status: statusCode, length: data.length }
  })
}
