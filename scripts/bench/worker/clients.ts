/** The module of each client. Does not depend on how clients work. */
import type { Client, ClientFactory, Job } from './load.js'

interface ClientModule {
  readonly create: ClientFactory
}

const MODULES: Readonly<Record<string, () => Promise<ClientModule>>> = {
  startRequest: () => import('../clients/parallelcurl.js'),
  request: () => import('../clients/parallelcurl.js'),
  stream: () => import('../clients/parallelcurl.js'),
  'node-libcurl floor': () => import('../clients/floor.js'),
  undici: () => import('../clients/undici.js'),
  'undici Agent': () => import('../clients/undici.js'),
  fetch: () => import('../clients/fetch.js'),
  'undici fetch': () => import('../clients/fetch.js'),
  createFetch: () => import('../clients/fetch.js'),
  got: () => import('../clients/got.js'),
  axios: () => import('../clients/axios.js'),
  curly: () => import('../clients/curly.js'),
  'node:http': () => import('../clients/node-http.js'),
}

/** Makes the client of a job. `name+headers` is the client `name` with headers captured. */
export async function loadClient(job: Job): Promise<Client> {
  const load = MODULES[job.client.replace(/\+headers$/, '')]
  if (load === undefined) throw new Error(`no such client: ${job.client}`)
  return (await load()).create(job)
}
