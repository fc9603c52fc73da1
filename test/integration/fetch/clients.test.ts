/**
 * Clients that take a `fetch` or a dispatcher, each with the real package: their requests run through
 * libcurl.
 */
import axios from 'axios'
import { expect } from 'chai'
import ky from 'ky'
import { ofetch, createFetch as createOfetch } from 'ofetch'
import createClient from 'openapi-fetch'
import { ParallelCurl } from '../../../src/index.js'
import { createFetch, type CurlFetch } from '../../../src/fetch/index.js'
import { CurlDispatcher } from '../../../src/undici/index.js'
import { runChild } from '../../support/programs/child.js'
import { startHttpProxy, type HttpProxy } from '../../support/servers/proxies/http-proxy.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { rejectionOf } from '../../support/requests.js'

describe('through libcurl, and with it through a proxy that only libcurl knows, run the requests of', () => {
  let server: HttpServer
  let proxy: HttpProxy
  let curl: ParallelCurl
  let fetch: CurlFetch
  before(async () => {
    server = await startHttpServer()
    server.route('/json', (request, response) => {
      const answer = {
        method: request.method,
        body: request.body.toString(),
        type: request.headers['content-type'],
      }
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer))
    })
    server.route('/missing', (_request, response) => response.writeHead(404).end('nothing here'))
    proxy = await startHttpProxy()
    curl = new ParallelCurl(4, { PROXY: proxy.url() })
    fetch = createFetch(curl)
  })
  beforeEach(() => {
    server.forget()
    proxy.forget()
  })
  afterEach(() => {
    expect(proxy.requests.length, 'requests at the proxy').to.equal(server.requests.length).and.to.be.above(0)
  })
  after(async () => {
    await curl.close()
    await proxy.close()
    await server.close()
  })

  const POSTED = { method: 'POST', body: '{"a":1}', type: 'application/json' }

  it('ky', async () => {
    const client = ky.create({ fetch: fetch, retry: 0 })
    expect(await client.post(server.url('/json'), { json: { a: 1 } }).json()).to.deep.equal(POSTED)
    expect(await rejectionOf(client.get(server.url('/missing')))).to.have.property('name', 'HTTPError')
    expect(await rejectionOf(client.get(server.url('/hang'), { timeout: 50 }))).to.have.property(
      'name',
      'TimeoutError',
    )
    await server.waitForIdle()
  })

  it('ofetch', async () => {
    const client = createOfetch({ fetch: fetch, Headers, AbortController })
    const reply: unknown = await client(server.url('/json'), { method: 'POST', body: { a: 1 } })
    expect(reply).to.deep.equal(POSTED)
    expect(await rejectionOf(client(server.url('/missing'), { retry: 0 }))).to.have.property('status', 404)
    const dispatcher = new CurlDispatcher(curl)
    const other: unknown = await ofetch(server.url('/json'), { dispatcher } as never)
    expect(other).to.include({ method: 'GET' })
    await dispatcher.close()
  })

  it('axios with its fetch adapter', async () => {
    const client = axios.create({ adapter: 'fetch', env: { fetch: fetch as never }, proxy: false } as never)
    const { data, status, headers } = await client.post<unknown>(server.url('/json'), { a: 1 })
    expect([data, status, headers['content-type']]).to.deep.equal([POSTED, 200, 'application/json'])
    expect(await rejectionOf(client.get(server.url('/missing')))).to.have.nested.property(
      'response.status',
      404,
    )
  })

  it('openapi-fetch', async () => {
    interface Paths {
      '/json': {
        post: {
          requestBody: { content: { 'application/json': { a: number } } }
          responses: { 200: { content: { 'application/json': object } } }
        }
      }
    }
    const client = createClient<Paths>({ baseUrl: server.url('').replace(/\/$/, ''), fetch: fetch })
    const { data, response } = await client.POST('/json', { body: { a: 1 } })
    expect([data, response.status]).to.deep.equal([POSTED, 200])
  })

  it('the fetch of this Node.js, by its dispatcher and by setGlobalDispatcher()', async () => {
    const script = `
      import { setGlobalDispatcher } from 'undici'
      import { ParallelCurl } from './src/index.js'
      import { CurlDispatcher } from './src/undici/index.js'
      const curl = new ParallelCurl(4, { PROXY: '${proxy.url()}' })
      const dispatcher = new CurlDispatcher(curl)
      const one = await fetch('${server.url('/json')}', { dispatcher, method: 'PUT', body: 'one' })
      console.log((await one.json()).body)
      setGlobalDispatcher(dispatcher)
      const two = await fetch('${server.url('/json')}', { method: 'PUT', body: 'two' })
      console.log((await two.json()).body)
      await curl.close()`
    const { stdout } = await runChild(script)
    expect(stdout.trim().split('\n')).to.deep.equal(['one', 'two'])
  })
})
