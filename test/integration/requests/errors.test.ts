/** Each kind of failure with libcurl's number and a message that helps, and that carries no credentials. */
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { usesGnuTls } from '../../../src/engine/node-libcurl/binding.js'
import { CurlError, ParallelCurl } from '../../../src/index.js'
import { authorityPem } from '../../support/servers/certificates.js'
import type { Handler } from '../../support/servers/http/http-exchange.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { type Options, rejectionOf, send, sendAlone } from '../../support/requests.js'
import { answerWith, refusedPort, startTcpServer } from '../../support/servers/tcp-server.js'

/** docs/builds.md. */
const OF_GNUTLS = usesGnuTls ? 35 : null

describe('errors', () => {
  let server: HttpServer
  let secure: HttpServer
  let refused: string
  let folder: string
  before(async () => {
    server = await startHttpServer()
    secure = await startHttpServer({ tls: true })
    refused = `http://127.0.0.1:${await refusedPort()}/`
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    writeFileSync(join(folder, 'ca.pem'), authorityPem())
  })
  after(async () => {
    rmSync(folder, { recursive: true })
    await server.close()
    await secure.close()
  })

  type Case = [
    errno: number | number[],
    what: string,
    url: () => string,
    options?: Options | (() => Options),
    says?: RegExp,
  ]
  const at = (path: string) => (): string => server.url(path)
  const cases: Case[] = [
    [1, 'an unknown protocol', () => 'nonsense://host/', {}, /nonsense/],
    [1, 'a protocol that is not allowed', () => 'file:///etc/passwd', {}, /file/],
    [3, 'an empty URL', () => '', {}, /empty/],
    [3, 'no host', () => 'http://'],
    [3, 'a space', () => 'http://a b/'],
    [3, 'a bad port', () => 'http://127.0.0.1:99999/'],
    [5, 'a proxy that is not found', at('/echo'), { PROXY: 'http://no-such-proxy.invalid:1' }],
    [6, 'a host that is not found', () => 'http://no-such-host.invalid/', {}, /no-such-host\.invalid/],
    [7, 'a refused connection', () => refused, {}, /127\.0\.0\.1.*ECONNREFUSED/s],
    [18, 'a body that ends early', at('/truncate'), {}, /10 of 100/],
    [22, 'FAILONERROR', at('/status/503'), { FAILONERROR: true }, /503/],
    [23, 'a write function that takes less', at('/echo'), { WRITEFUNCTION: () => 0 }],
    [28, 'a timeout', at('/hang'), { TIMEOUT_MS: 100 }, /after \d+ ms/],
    [33, 'a server that cannot resume', at('/status/200'), { RESUME_FROM: 5 }],
    [35, 'TLS where none is spoken', () => server.url('/echo').replace('http:', 'https:')],
    [37, 'a file that is not there', () => 'file:///no/such/file', { PROTOCOLS_STR: 'file' }],
    [42, 'a progress function that ends it', at('/hang'), { NOPROGRESS: false, XFERINFOFUNCTION: () => 1 }],
    [45, 'an interface that is not there', at('/echo'), { INTERFACE: 'if!no-such-if' }],
    [47, 'too many redirects', at('/redirect/5'), { FOLLOWLOCATION: true, MAXREDIRS: 2 }, /2/],
    [52, 'no answer', at('/close'), {}],
    [[55, 56], 'a reset connection', at('/reset'), {}],
    [56, 'a chunk that is none', at('/bad-chunk'), {}],
    [
      OF_GNUTLS ?? 58,
      'a client certificate that is not there',
      () => secure.url(),
      { SSLCERT: '/no/such/cert.pem' },
    ],
    [OF_GNUTLS ?? 59, 'a cipher that is none', () => secure.url(), { SSL_CIPHER_LIST: 'NO-SUCH-CIPHER' }],
    [60, 'a certificate that nobody vouches for', () => secure.url(), {}],
    [61, 'a body that is not packed as it says', at('/lies'), { ACCEPT_ENCODING: 'gzip' }],
    [63, 'a body that is too large', at('/bytes/1000'), { MAXFILESIZE: 10 }],
    [
      67,
      'a user in the URL that is not wanted',
      () => server.url().replace('//', '//a:b@'),
      { DISALLOW_USERNAME_IN_URL: true },
    ],
    [77, 'a CA file that is not there', () => secure.url(), { CAINFO: '/no/such/ca.pem' }],
    [
      90,
      'another public key than the pinned one',
      () => secure.url(),
      () => ({
        CAINFO: join(folder, 'ca.pem'),
        PINNEDPUBLICKEY: 'sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
      }),
    ],
    [
      97,
      'a SOCKS proxy that speaks nonsense',
      at('/echo'),
      () => ({ PROXY: server.url('').replace('http', 'socks5') }),
    ],
  ]

  for (const [errno, what, url, options = {}, says] of cases) {
    it(`${String(errno)}: ${what}`, async () => {
      server.route('/lies', (_request, response) => {
        response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('not packed')
      })
      const { content, transfer } = await sendAlone(url(), {
        options: typeof options === 'function' ? options() : options,
      })
      expect(errno, transfer.error).to.satisfy((expected: unknown) =>
        [expected].flat().includes(transfer.errno),
      )
      expect(content).to.equal(null)
      expect(transfer.error).to.be.a('string').that.is.not.equal('')
      if (says) expect(transfer.error).to.match(says)
    })
  }

  it('67 or 401: wrong credentials are a status, not a failure', async () => {
    const { transfer } = await sendAlone(server.url('/auth/basic'), { options: { USERPWD: 'wrong:one' } })
    expect(transfer).to.include({ errno: 0, responseCode: 401 })
  })

  it('1: an answer that is not HTTP', async () => {
    await using nonsense = await startTcpServer(answerWith('this is not HTTP\r\n\r\n'))
    expect((await sendAlone(nonsense.url())).transfer.errno).to.equal(1)
  })

  it('27 or 100: headers without end', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => `X-${i}: ${'x'.repeat(10_000)}\r\n`).join('')
    await using endless = await startTcpServer(answerWith(`HTTP/1.1 200 OK\r\n${lines}\r\n`))
    expect([27, 56, 100]).to.include((await sendAlone(endless.url())).transfer.errno)
  })

  it('belong to their own transfer in a run of many', async () => {
    await using curl = new ParallelCurl(3)
    const outcomes = await Promise.all(
      [refused, server.url('/status/200'), server.url('/truncate'), 'nonsense://x', server.url('/close')].map(
        (url) => send(curl, url),
      ),
    )
    expect(outcomes.map(({ transfer }) => transfer.errno)).to.deep.equal([7, 0, 18, 1, 52])
    expect(outcomes.map(({ transfer }) => transfer.error === '')).to.deep.equal([
      false,
      true,
      false,
      false,
      false,
    ])
  })

  it('are CurlErrors with code, errno and url', async () => {
    const { transfer } = await sendAlone(refused)
    const error = transfer.toError()
    expect(error).to.be.instanceOf(CurlError)
    expect(error).to.include({
      errno: 7,
      code: 'CURLE_COULDNT_CONNECT',
      url: refused,
      message: transfer.error,
      name: 'CurlError',
    })
    expect((await sendAlone(server.url())).transfer.toError()).to.equal(null)
  })

  it('reject request()', async () => {
    await using curl = new ParallelCurl(1)
    const error = (await rejectionOf(curl.request(refused))) as CurlError
    expect(error).to.be.instanceOf(CurlError)
    expect(error.errno).to.equal(7)
    expect((await curl.request(server.url('/status/404'))).responseCode).to.equal(404)
  })

  describe('contain no credentials', () => {
    const secret = 'sEcReT'
    const withUser = (url: string): string => url.replace('//', `//user:${secret}@`)
    const places: [string, () => [url: string, options?: Options]][] = [
      ['refused', () => [withUser(refused)]],
      ['not found', () => [withUser('http://no-such-host.invalid/')]],
      ['malformed', () => [`http://user:${secret}@a b/`]],
      ['malformed by the password', () => [`http://user:${secret}/x@127.0.0.1:1/`]],
      ['unknown protocol', () => [`nonsense://user:${secret}@host/`]],
      ['without a scheme', () => [`user:${secret}@127.0.0.1:1/`]],
      ['truncated', () => [withUser(server.url('/truncate'))]],
      ['timed out', () => [withUser(server.url('/hang')), { TIMEOUT_MS: 50 }]],
      ['USERPWD', () => [refused, { USERPWD: `user:${secret}` }]],
      ['a proxy', () => [server.url(), { PROXY: withUser(refused) }]],
      [
        'a proxy that is not found',
        () => [server.url(), { PROXY: `http://user:${secret}@no-such-proxy.invalid:1` }],
      ],
      ['redirected', () => [server.url('/to-refused'), { FOLLOWLOCATION: true }]],
      ['redirected to another protocol', () => [server.url('/to-nonsense'), { FOLLOWLOCATION: true }]],
      [
        'a function that throws',
        () => [
          server.url(),
          {
            WRITEFUNCTION: () => {
              throw new Error(`at ${withUser('http://host/')}`)
            },
          },
        ],
      ],
    ]
    before(() => {
      const to =
        (Location: string): Handler =>
        (_request, response) =>
          void response.writeHead(302, { Location }).end()
      server.route('/to-refused', to(withUser(refused)))
      server.route('/to-nonsense', to(withUser('nonsense://host/')))
    })

    for (const captureErrorText of [false, true]) {
      for (const [name, make] of places) {
        it(`${name}${captureErrorText ? ', with libcurl’s own text' : ''}`, async () => {
          const [url, options = {}] = make()
          const { transfer } = await sendAlone(url, { options: { ...options, captureErrorText } })
          expect(transfer.errno).not.to.equal(0)
          expect(transfer.error).not.to.equal('')
          const error = transfer.toError()
          for (const text of [
            transfer.error,
            error?.message,
            error?.url,
            error?.stack,
            JSON.stringify(transfer),
          ]) {
            expect(text).not.to.contain(secret)
          }
        })
      }
    }
  })
})
