/**
 * Crawlers of the real crawlee with CurlHttpClient: their requests run through libcurl.
 */
import {
  Configuration,
  FileDownload,
  HttpCrawler,
  ProxyConfiguration,
  log,
  type BaseHttpClient,
  type HttpCrawlerOptions,
  type HttpCrawlingContext,
} from '@crawlee/http'
import { expect } from 'chai'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { ParallelCurl } from '../../../src/index.js'
import { CurlHttpClient } from '../../../src/crawlee/index.js'
import { startHttpProxy, type HttpProxy } from '../../support/servers/proxies/http-proxy.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

describe('a crawler of crawlee with CurlHttpClient', () => {
  let server: HttpServer
  let proxy: HttpProxy
  let curl: ParallelCurl
  let client: BaseHttpClient
  before(async () => {
    log.setLevel(log.LEVELS.OFF)
    // A FileDownload takes no configuration of its own.
    Configuration.getGlobalConfig().set('persistStorage', false)
    server = await startHttpServer()
    proxy = await startHttpProxy({ users: { one: 'secret', two: 'secret' } })
    curl = new ParallelCurl(4)
    client = new CurlHttpClient(curl)
    const html = { 'Content-Type': 'text/html' }
    server.route('/start', (_request, response) => {
      response.writeHead(200, { ...html, 'Set-Cookie': 'sid=first; Path=/' }).end('start')
    })
    server.route('/moved', (_request, response) => {
      response.writeHead(302, { Location: '/end', 'Set-Cookie': 'sid=second; Path=/' }).end()
    })
    server.route('/end', (_request, response) => {
      response.writeHead(200, { ...html, 'Content-Encoding': 'gzip' }).end(gzipSync('end'))
    })
    server.route('/data', ({ method, body }, response) => {
      const answer = JSON.stringify({ method, body: body.toString() })
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(answer)
    })
    server.route('/cut', (_request, response) => {
      response.writeHead(200, { ...html, 'Content-Length': 100 })
      response.write('a part', () => response.socket?.destroy())
    })
    server.route('/image', (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'image/png' }).end('an image')
    })
  })
  beforeEach(() => {
    server.forget()
    proxy.forget()
  })
  after(async () => {
    await curl.close()
    await proxy.close()
    await server.close()
  })

  const crawler = (options: HttpCrawlerOptions<HttpCrawlingContext>): HttpCrawler<HttpCrawlingContext> =>
    new HttpCrawler<HttpCrawlingContext>({
      httpClient: client,
      maxRequestRetries: 0,
      sessionPoolOptions: { maxPoolSize: 1 },
      ...options,
    })
  const seen = (): unknown[] => server.requests.map(({ path, headers }) => [path, headers.cookie])

  it('loads pages, and keeps the cookies of its session over pages and redirects', async () => {
    const pages: unknown[] = []
    await crawler({
      maxConcurrency: 1,
      requestHandler: ({ request, body, response }) => {
        pages.push([request.loadedUrl, response.statusCode, response.statusMessage, body.toString()])
      },
    }).run([server.url('/start'), server.url('/moved')])
    expect(pages).to.deep.equal([
      [server.url('/start'), 200, 'OK', 'start'],
      [server.url('/end'), 200, 'OK', 'end'],
    ])
    expect(seen()).to.deep.equal([
      ['/start', undefined],
      ['/moved', 'sid=first'],
      ['/end', 'sid=second'],
    ])
  })

  it('sends payloads, and requests of the handler with the cookies of the session', async () => {
    const answers: unknown[] = []
    await crawler({
      requestHandler: async ({ json, sendRequest }) => {
        answers.push(json, (await sendRequest({ url: server.url('/start') })).statusCode)
        answers.push((await sendRequest({ url: server.url('/data'), responseType: 'json' })).body)
      },
    }).run([{ url: server.url('/data'), method: 'POST', payload: '{"a":1}', useExtendedUniqueKey: true }])
    expect(answers).to.deep.equal([
      { method: 'POST', body: '{"a":1}' },
      200,
      // sendRequest() begins with the method and payload of the page.
      { method: 'POST', body: '{"a":1}' },
    ])
    expect(seen().at(-1)).to.deep.equal(['/data', 'sid=first'])
  })

  it('goes through the proxies of its configuration, and to another one after a refusal', async () => {
    const secure = await startHttpServer({ tls: true })
    proxy.refuse = ({ user }) => (user === 'one' ? 403 : 0)
    const pages: unknown[] = []
    try {
      await crawler({
        proxyConfiguration: new ProxyConfiguration({ proxyUrls: [proxy.url('one'), proxy.url('two')] }),
        maxSessionRotations: 3,
        additionalMimeTypes: ['*/*'],
        requestHandler: ({ response }) => void pages.push(response.statusCode),
      }).run([secure.url('/echo')])
      // The certificate is the tests' own: a crawler ignores that unless ignoreSslErrors is false.
      expect(pages).to.deep.equal([200])
      expect(new Set(proxy.requests.map(({ user, status }) => `${user} ${String(status)}`))).to.deep.equal(
        new Set(['one 403', 'two 200']),
      )
    } finally {
      proxy.refuse = () => 0
      await secure.close()
    }
  })

  it('checks certificates with ignoreSslErrors: false', async () => {
    const secure = await startHttpServer({ tls: true })
    const errors: string[] = []
    try {
      await crawler({
        ignoreSslErrors: false,
        requestHandler: () => undefined,
        failedRequestHandler: (_context, { message }) => void errors.push(message),
      }).run([secure.url('/echo')])
      expect(errors[0]).to.match(/certificate/)
      expect(secure.requests).to.have.length(0)
    } finally {
      await secure.close()
    }
  })

  it('fails for a page that breaks off, for one that it does not want, and goes on', async () => {
    const outcomes: Record<string, string> = {}
    await crawler({
      requestHandler: ({ request, body }) => void (outcomes[new URL(request.url).pathname] = body.toString()),
      failedRequestHandler: ({ request }, { message }) => {
        outcomes[new URL(request.url).pathname] = message.slice(0, 60)
      },
    }).run(['/cut', '/image', '/end'].map((path) => server.url(path)))
    expect(outcomes['/cut']).to.match(/partial file: 6 of 100/)
    expect(outcomes['/image']).to.match(/Content-Type/)
    expect(outcomes['/end']).to.equal('end')
    await server.waitForIdle()
  })

  it('downloads files by a FileDownload', async () => {
    const bodies: string[] = []
    const download = new FileDownload({
      httpClient: client,
      streamHandler: async ({ stream }: { stream: Readable }) => void bodies.push(await text(stream)),
    } as never)
    await download.run([server.url('/image?of=download')])
    expect(bodies).to.deep.equal(['an image'])
  })
})
