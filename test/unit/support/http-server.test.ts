import http from 'node:http'
import https from 'node:https'
import { expect } from 'chai'
import { authorityPem, issueCertificate } from '../../support/servers/certificates.js'
import { patternBytes } from '../../support/servers/http/http-handlers.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'

interface Answer {
  status: number
  headers: http.IncomingHttpHeaders
  body: Buffer
}

function send(url: string, options: https.RequestOptions = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = (url.startsWith('https') ? https : http).request(
      url,
      { agent: false, ...options },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        )
      },
    )
    request.on('error', reject).end(body)
  })
}

async function failure(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => undefined,
    (error: unknown) => (error as NodeJS.ErrnoException).code,
  )
}

describe('support: http server', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  it('records requests as they were sent', async () => {
    const headers = ['X-One', '1', 'x-ONE', '2'] as unknown as http.OutgoingHttpHeaders
    const answer = await send(server.url('/echo?a=b'), { method: 'PUT', headers }, 'body')
    expect(JSON.parse(answer.body.toString())).to.include({ method: 'PUT', url: '/echo?a=b', body: 'body' })
    await server.waitForRequests(1)
    const [request] = server.requests
    expect(request).to.include({ path: '/echo', connection: 1, complete: true, httpVersion: '1.1' })
    expect(request?.rawHeaders.slice(0, 4)).to.deep.equal(['X-One', '1', 'x-ONE', '2'])
    expect(request?.body.toString()).to.equal('body')
  })

  it('counts connections, and knows on which one a request came', async () => {
    const agent = new http.Agent({ keepAlive: true })
    await send(server.url(), { agent })
    await send(server.url(), { agent })
    await send(server.url())
    agent.destroy()
    expect(server.requests.map((request) => request.connection)).to.deep.equal([1, 1, 2])
    expect(server.connections).to.equal(2)
    await server.waitForOpenSockets(0)
  })

  it('holds requests at a gate until it is released, and counts what is in flight', async () => {
    const gate = server.gate('a')
    const answers = [1, 2, 3].map(() => send(server.url('/gate/a')))
    await gate.waiting(3)
    expect(server.inFlight).to.equal(3)
    gate.release(2)
    await Promise.race(answers)
    expect(gate.held).to.equal(1)
    gate.open()
    expect((await Promise.all(answers)).map((answer) => answer.body.toString())).to.include('passed a')
    await send(server.url('/gate/a'))
    expect(server.peakInFlight).to.equal(3)
    await server.waitForIdle()
  })

  it('lets go of a gate whose client went away', async () => {
    const aborted = new AbortController()
    const answer = send(server.url('/gate/a'), { signal: aborted.signal })
    await server.gate('a').waiting(1)
    aborted.abort()
    expect(await failure(answer)).to.equal('ABORT_ERR')
    await server.waitForIdle()
    expect(server.gate('a').held).to.equal(0)
  })

  it('checks digest and basic credentials', async () => {
    const basic = { auth: 'user:pass word' }
    expect((await send(server.url('/auth/basic'))).status).to.equal(401)
    expect((await send(server.url('/auth/basic'), basic)).status).to.equal(200)
    const wrong = { headers: { authorization: 'Digest username="user", nonce="x", response="y"' } }
    expect((await send(server.url('/auth/digest'), wrong)).headers['www-authenticate']).to.match(/^Digest/)
  })

  it('sends parts, redirects, cookies, and routes of the test', async () => {
    const part = await send(server.url('/bytes/100'), { headers: { range: 'bytes=10-19' } })
    expect(part.status).to.equal(206)
    expect(part.body.equals(patternBytes(100).subarray(10, 20))).to.equal(true)
    expect((await send(server.url('/redirect/2?code=307'))).headers.location).to.equal('/redirect/1?code=307')
    expect((await send(server.url('/cookies/set?a=b'))).headers['set-cookie']).to.deep.equal(['a=b; Path=/'])
    server.route(/^\/mine/, (request, response) => void response.end(request.path))
    expect((await send(server.url('/mine/x'))).body.toString()).to.equal('/mine/x')
    expect((await send(server.url('/nowhere'))).status).to.equal(404)
  })

  for (const path of ['/close', '/reset', '/truncate']) {
    it(`breaks off at ${path}`, async () => {
      expect(await failure(send(server.url(path)))).to.equal('ECONNRESET')
    })
  }
})

describe('support: https server', () => {
  it('is trusted by those who trust the authority, and by nobody else', async () => {
    await using server = await startHttpServer({ tls: true })
    expect((await send(server.url(), { ca: authorityPem() })).status).to.equal(200)
    expect(await failure(send(server.url()))).to.match(/SIGNATURE|ISSUER/)
  })

  it('asks for a certificate, and says whose it was', async () => {
    await using server = await startHttpServer({ tls: true, requestCert: 'required' })
    await send(server.url(), { ca: authorityPem(), ...issueCertificate('the client') })
    expect(server.requests[0]?.clientCertificate).to.equal('the client')
    expect(await failure(send(server.url(), { ca: authorityPem() }))).to.be.a('string')
    expect(server.requests).to.have.length(1)
  })
})
