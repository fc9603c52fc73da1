/**
 * Clients on node:http whose agent takes its connections from connect(), each with the real package.
 */
import axios from 'axios'
import { expect } from 'chai'
import got from 'got'
import http from 'node:http'
import https from 'node:https'
import { CurlError, ParallelCurl } from '../../../src/index.js'
import { rejectionOf } from '../../support/requests.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { startHttpProxy, type HttpProxy } from '../../support/servers/proxies/http-proxy.js'

for (const scheme of ['http', 'https'] as const) {
  describe(`an agent of node:${scheme} on connections of connect(), through a proxy`, () => {
    let server: HttpServer
    let proxy: HttpProxy
    let curl: ParallelCurl
    let agent: http.Agent
    before(async () => {
      server = await startHttpServer({ tls: scheme === 'https' })
      server.route('/json', ({ method, body }, response) => {
        response.setHeader('Content-Type', 'application/json')
        response.end(JSON.stringify({ method, body: body.toString() }))
      })
      proxy = await startHttpProxy()
      curl = new ParallelCurl(4, { PROXY: proxy.url(), SSL_VERIFYPEER: false, SSL_VERIFYHOST: 0 })
    })
    beforeEach(() => {
      server.forget()
      proxy.forget()
      agent = scheme === 'http' ? new http.Agent({ keepAlive: true }) : new https.Agent({ keepAlive: true })
      agent.createConnection = ({ host, port }, callback) => {
        const connecting = curl.connect(
          `${scheme === 'http' ? 'tcp' : 'tls'}://${String(host)}:${String(port)}`,
        )
        connecting.then(
          (socket) => callback?.(null, socket),
          (error: unknown) => callback?.(error as Error, undefined as never),
        )
        return undefined
      }
    })
    afterEach(() => {
      agent.destroy()
    })
    after(async () => {
      await curl.close()
      await proxy.close()
      await server.close()
    })

    const POSTED = { method: 'POST', body: '{"a":1}' }

    it('carries the requests of got, and is kept alive', async () => {
      const client = got.extend({ agent: { [scheme]: agent }, retry: { limit: 0 } })
      for (let i = 0; i < 3; i++)
        expect(await client.post(server.url('/json'), { json: { a: 1 } }).json()).to.deep.equal(POSTED)
      expect(server.requests).to.have.length(3)
      expect(proxy.tunnels).to.have.length(1)
    })

    it('carries the requests of axios', async () => {
      const options = { proxy: false, [`${scheme}Agent`]: agent } as const
      const { data } = await axios.post<unknown>(server.url('/json'), { a: 1 }, options)
      expect(data).to.deep.equal(POSTED)
      expect(proxy.tunnels).to.have.length(1)
    })

    it('gives the failure of a connection as the cause', async () => {
      proxy.refuse = () => 403
      try {
        const request = got(server.url('/json'), { agent: { [scheme]: agent }, retry: { limit: 0 } })
        const error = await rejectionOf(request)
        expect(error).to.have.property('name', 'RequestError')
        expect(error).to.have.property('cause').that.is.instanceOf(CurlError).with.property('errno', 97)
      } finally {
        proxy.refuse = () => 0
      }
    })
  })
}
