/** Examples of fetch and undici's dispatcher. Does not know the rest of it. */
import { expect } from 'chai'
import { startHttpProxy } from '../../../support/servers/proxies/http-proxy.js'
import { startSocksProxy } from '../../../support/servers/proxies/socks-proxy.js'
import { seen, type ExampleCase } from './example-case.js'

export const fetchCases: readonly ExampleCase[] = [
  {
    heading: 'fetch and undici / `createFetch()`',
    has: 'createFetch(curl',
    prepare: async (run) => {
      const proxy = run.own(await startSocksProxy())
      run.replace('127.0.0.1:1080', `127.0.0.1:${String(proxy.port)}`)
    },
    check: ({ lines }, run) => {
      expect(lines).to.deep.equal(['200 page of /api'])
      expect(seen(run)).to.deep.equal(['GET /api', 'GET /other'])
      expect(run.server.requests[0]?.headers).to.include({ accept: 'application/json' })
    },
  },
  {
    heading: 'fetch and undici / `CurlDispatcher`',
    has: 'setGlobalDispatcher',
    prepare: async (run) => {
      const proxy = run.own(await startHttpProxy())
      run.replace('http://127.0.0.1:8080', proxy.url())
      run.server.route('/moved', (_request, response) =>
        response.writeHead(301, { Location: '/there' }).end(),
      )
    },
    check: ({ lines }, run) => {
      expect(lines).to.deep.equal(['200 page of /', '200'])
      expect(seen(run)).to.deep.equal(['GET /', 'GET /moved', 'GET /there'])
    },
  },
  {
    heading: 'fetch and undici / crawlee',
    has: 'new HttpCrawler',
    given: "process.env.CRAWLEE_PERSIST_STORAGE = 'false'\n",
    prepare: (run) => {
      run.replace("from '@crawlee/http'", `from '${import.meta.resolve('@crawlee/http')}'`)
      run.server.route('/', (_request, response) =>
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('page of /'),
      )
    },
    check: ({ lines }, run) => {
      expect(lines).to.include('https://example.com/ 9')
      expect(seen(run)).to.deep.equal(['GET /'])
      expect(run.server.requests[0]?.headers).to.include({ 'user-agent': 'me/1.0' })
    },
  },
]
