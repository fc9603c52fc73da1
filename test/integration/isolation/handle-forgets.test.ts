/**
 * State that a handle forgets before its next request, one by one. Random sequences are in
 * handle-reuse.test.ts.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { ParallelCurl } from '../../../src/index.js'
import { authorityPem, issueCertificate } from '../../support/servers/certificates.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { type Outcome, send } from '../../support/requests.js'
import { refusedPort } from '../../support/servers/tcp-server.js'

type Options = Record<string, unknown>

describe('a reused handle', () => {
  let server: HttpServer
  let folder: string
  before(async () => {
    server = await startHttpServer()
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    writeFileSync(join(folder, 'netrc'), 'machine 127.0.0.1 login netrc password from-netrc\n')
    writeFileSync(join(folder, 'cookies'), '127.0.0.1\tFALSE\t/\tFALSE\t0\tfrom\tfile\n')
  })
  after(async () => {
    rmSync(folder, { recursive: true })
    await server.close()
  })

  it('forgets a body that waits for a challenge, from every kind of source', async () => {
    const sent: Options[] = [
      { HTTPPOST: [{ name: 'part', contents: 'value' }] },
      { POST: true, POSTFIELDSIZE: 3, READFUNCTION: (buffer: Buffer) => buffer.write('abc') },
      { UPLOAD: true, INFILESIZE: 3, READFUNCTION: (buffer: Buffer) => buffer.write('abc') },
      { POSTFIELDS: 'abc' },
    ]
    for (const given of sent) {
      await using pool = new ParallelCurl(1)
      const own = { ...given, USERPWD: 'user:pass word', HTTPAUTH: 2 }
      // The server sends no challenge.
      await send(pool, server.url('/status/404'), { options: own })
      await send(pool, server.url('/echo'))
      server.forget()
      await send(pool, server.url('/echo'), { postFields: 'text=1' })
      expect(
        server.requests.map(({ body }) => body.toString()),
        Object.keys(given).join(),
      ).to.deep.equal(['text=1'])
    }
  })

  it('forgets credentials in the URL', async () => {
    await using pool = new ParallelCurl(1)
    const url = server.url('/echo')
    server.forget()
    await send(pool, url.replace('//', '//user:pass%20word@'))
    await send(pool, url)
    expect(server.requests.map(({ headers }) => headers.authorization)).to.deep.equal([
      `Basic ${Buffer.from('user:pass word').toString('base64')}`,
      undefined,
    ])
    expect(server.connections, 'the same handle and connection').to.be.greaterThan(0)
  })

  it('forgets a request that failed before it was sent', async () => {
    await using pool = new ParallelCurl(1)
    const refused = `http://127.0.0.1:${await refusedPort()}/`
    server.forget()
    for (const url of [refused, '', 'nonsense://x', 'http://a b/']) {
      const failed = await send(pool, url, {
        postFields: 'secret',
        options: { USERPWD: 'a:b', COOKIE: 'c=d' },
      })
      expect(failed.transfer.errno).not.to.equal(0)
      await send(pool, server.url('/echo'))
    }
    for (const request of server.requests) expect(request.rawHeaders).to.have.length(4)
  })

  it('forgets client certificates, and their identity', async () => {
    await using tls = await startHttpServer({ tls: true, requestCert: 'optional' })
    const { cert, key } = issueCertificate('the client')
    writeFileSync(join(folder, 'ca.pem'), authorityPem())
    writeFileSync(join(folder, 'client.pem'), cert + key)
    await using pool = new ParallelCurl(1, { CAINFO: join(folder, 'ca.pem') })
    const certificate = { SSLCERT: join(folder, 'client.pem'), SSLKEY: join(folder, 'client.pem') }
    const outcomes: Outcome[] = []
    for (const options of [certificate, {}, certificate, {}])
      outcomes.push(await send(pool, tls.url('/echo'), { options }))
    expect(outcomes.map(({ transfer }) => transfer.error)).to.deep.equal(['', '', '', ''])
    expect(tls.requests.map((request) => request.clientCertificate)).to.deep.equal([
      'the client',
      undefined,
      'the client',
      undefined,
    ])
  })

  it('forgets the bytes of a transfer that was cut', async () => {
    await using pool = new ParallelCurl(1)
    const cut = await send(pool, server.url('/drip/never'), { options: { TIMEOUT_MS: 200 } })
    expect(cut.transfer).to.include({ errno: 28 })
    const next = await send(pool, server.url('/status/200'))
    expect(next.content).to.equal('status 200')
    expect(cut.transfer.body.toString()).to.equal('chunk 1\n')
  })

  it('keeps its connections', async () => {
    await using pool = new ParallelCurl(1)
    const before = server.connections
    for (let i = 0; i < 20; i++)
      await send(pool, server.url('/echo'), i % 2 ? { options: { USERAGENT: 'x' } } : {})
    expect(server.connections - before).to.equal(1)
  })
})
