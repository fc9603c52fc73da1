/**
 * Provokes each failure that docs/errors.md lists, with real servers and proxies on 127.0.0.1. Does not
 * depend on the resulting errno.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http2 from 'node:http2'
import type net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { authorityPem, issueCertificate } from './servers/certificates.js'
import { startHttpProxy } from './servers/proxies/http-proxy.js'
import { startHttpServer } from './servers/http/http-server.js'
import type { Options } from './requests.js'
import { startSocksProxy } from './servers/proxies/socks-proxy.js'
import { answerWith, refusedPort, startTcpServer } from './servers/tcp-server.js'

/** A request that fails. */
export interface FailingRequest {
  readonly url: string
  readonly options?: Options
  /** A pattern for the error message. */
  readonly says?: RegExp
  /** True if the request should be aborted once it has reached the server. */
  readonly aborted?: boolean
}

/** The servers, proxies and files for the failures, and the request for each. */
export class Failures {
  /** Makes the request for each failure. The key is the first column of the table in docs/errors.md. */
  readonly makers = new Map<string, () => FailingRequest>()
  private readonly ends: (() => unknown)[] = []

  async start(): Promise<this> {
    const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    this.ends.push(() => {
      rmSync(folder, { recursive: true })
    })
    const keep = <T extends { close(): Promise<unknown> }>(made: T): T => {
      this.ends.push(() => made.close())
      return made
    }
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const server = keep(await startHttpServer())
    const secure = keep(await startHttpServer({ tls: true }))
    const picky = keep(await startHttpServer({ tls: true, requestCert: 'required' }))
    const refused = String(await refusedPort())
    const proxies: Record<string, string> = {}
    for (const status of [403, 502]) {
      const proxy = keep(await startHttpProxy())
      proxy.refuse = () => status
      proxies[String(status)] = proxy.url()
    }
    for (const reply of [5, 2]) {
      const proxy = keep(await startSocksProxy())
      proxy.refuse = () => reply
      proxies[`socks ${String(reply)}`] = proxy.url('socks5h')
    }
    const raw = async (head: string): Promise<string> => keep(await startTcpServer(answerWith(head))).url()
    const CAINFO = file('ca.pem', authorityPem())
    const SSLCERT = file('a.pem', issueCertificate('a').cert)
    const SSLKEY = file('b.key', issueCertificate('b').key)

    const route = (path: string, headers: Record<string, string>, body: string | Buffer = ''): string => {
      server.route(
        path,
        (_request, response) => void response.writeHead(headers['Location'] ? 302 : 200, headers).end(body),
      )
      return server.url(path)
    }
    const zipped = { 'Content-Encoding': 'gzip' }
    const add = (what: string, url: string, options: Options = {}, says?: RegExp, aborted = false): void => {
      this.makers.set(what, () => ({ url, options, aborted, ...(says !== undefined && { says }) }))
    }
    const FOLLOWLOCATION = true

    add('A protocol that is not allowed', 'file:///etc/passwd', {}, /"file" is not among/)
    add(
      'A redirect to such a protocol',
      route('/to-file', { Location: 'file:///etc/passwd' }),
      { FOLLOWLOCATION },
      /redirect to file:\/\/\/etc\/passwd: "file" is not/,
    )
    add('A response that is not HTTP', await raw('220 this is not HTTP\r\n\r\n'), {}, /response is not HTTP/)
    add('A malformed URL', 'http://a b/', {}, /"http:\/\/a b\/"/)
    add(
      'A redirect to a malformed URL',
      route('/to-bad', { Location: 'http://a b/' }),
      { FOLLOWLOCATION },
      /redirect target of "http:\/\/127.*to-bad" \(status 302\)/,
    )
    add(
      'A proxy whose name is not found',
      server.url(),
      { PROXY: 'http://no-such-proxy.invalid:1' },
      /no-such-proxy\.invalid/,
    )
    add(
      'A host whose name is not found',
      route('/to-nowhere', { Location: 'http://no-such-host.invalid/' }),
      { FOLLOWLOCATION },
      /: no-such-host\.invalid$/,
    )
    add(
      'A server that refuses the connection',
      route('/to-refused', { Location: `http://127.0.0.1:${refused}/` }),
      { FOLLOWLOCATION },
      new RegExp(`127\\.0\\.0\\.1 port ${refused}, ECONNREFUSED`),
    )
    add(
      'A proxy that refuses the connection',
      server.url(),
      { PROXY: `http://127.0.0.2:${refused}` },
      new RegExp(
        `the proxy http://127\\.0\\.0\\.2:${refused}, on the way to 127\\.0\\.0\\.1 port \\d+, ECONNREFUSED`,
      ),
    )
    add(
      'Malformed or contradictory headers',
      await raw('HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n'),
      {},
      /Content-Length lines that differ or are not numbers/,
    )
    // E5.
    add(
      'Two different `Location` lines',
      await raw('HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n'),
      {},
      /Location lines that differ/,
    )
    add('A body that ends early', server.url('/truncate'), {}, /10 of 100 bytes/)
    add('`FAILONERROR` and a status of 400 or more', server.url('/status/404'), { FAILONERROR: true }, /404/)
    add(
      'A function of yours that throws while the body arrives',
      server.url('/echo'),
      {
        WRITEFUNCTION: () => {
          throw new Error('mine')
        },
      },
      /mine/,
    )
    add('A timeout', server.url('/hang'), { TIMEOUT_MS: 100 }, /after \d+ ms with 0 bytes/)
    add('https to a port that does not speak TLS', server.url().replace('http:', 'https:'))
    add('`abort()`, or a `signal`', server.url('/hang'), {}, /enough/, true)
    add('Too many redirects', server.url('/redirect/5'), { FOLLOWLOCATION, MAXREDIRS: 2 }, /2 redirects/)
    add('A connection that ends without a response', server.url('/close'))
    add('A connection that is reset', server.url('/reset'))
    add('A server that wants a client certificate', picky.url(), { CAINFO }, /client certificate, SSLCERT/)
    add('A key that does not fit its certificate', picky.url(), { CAINFO, SSLCERT, SSLKEY }, /do not fit/)
    add(
      'A certificate that cannot be verified',
      secure.url(),
      {},
      /127\.0\.0\.1, (OpenSSL's verify result 20|GnuTLS's status 66) \(its issuer/,
    )
    add('A body that does not fit its `Content-Encoding`', route('/lies', zipped, 'not packed'), {
      ACCEPT_ENCODING: 'gzip',
    })
    // E4.
    add(
      'A body of several gzip members',
      route('/members', zipped, Buffer.concat([gzipSync('one'), gzipSync('two')])),
      { ACCEPT_ENCODING: 'gzip' },
      /several gzip members/,
    )
    add('A body longer than `maxBodySize`', server.url('/bytes/1000'), { maxBodySize: 10 }, /maxBodySize/)
    add('A file of CA certificates that is not there', secure.url(), { CAINFO: join(folder, 'none.pem') })
    add('A stream that the server resets', await this.resetting(), { CAINFO })
    add(
      'A proxy that refuses the tunnel with 403',
      secure.url(),
      { PROXY: proxies['403'] ?? '' },
      /the proxy http:\/\/127\.0\.0\.1:\d+ refused the tunnel to 127\.0\.0\.1: 403/,
    )
    add(
      'A proxy that refuses the tunnel with 502',
      secure.url(),
      { PROXY: proxies['502'] ?? '' },
      /refused the tunnel to 127\.0\.0\.1: 502/,
    )
    add(
      'A SOCKS proxy that cannot reach the server',
      server.url(),
      { PROXY: proxies['socks 5'] ?? '' },
      /the proxy socks5h:.*the server refused its connection/,
    )
    add(
      'A SOCKS proxy that does not allow it',
      server.url(),
      { PROXY: proxies['socks 2'] ?? '' },
      /its rules do not allow/,
    )
    const lines = Array.from({ length: 40 }, (_, i) => `X-${String(i)}: ${'x'.repeat(10_000)}\r\n`).join('')
    add(
      'Headers of more than 300 kB',
      await raw(`HTTP/1.1 200 OK\r\n${lines}\r\n`),
      {},
      /response head, \d+ bytes so far/,
    )
    add(
      'A header line of more than 100 kB',
      await raw(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200_000)}\r\n\r\n`),
      {},
      /response head/,
    )
    add(
      'A request whose URL and headers are too long',
      server.url(),
      { HTTPHEADER: [`X-Long: ${'x'.repeat(1_100_000)}`] },
      /the URL and the headers of the request/,
    )
    return this
  }

  async close(): Promise<void> {
    for (const end of this.ends.reverse()) await end()
  }

  private async resetting(): Promise<string> {
    const server = http2.createSecureServer(issueCertificate('localhost', ['127.0.0.1']))
    const sessions = new Set<http2.ServerHttp2Session>()
    server.on('session', (session) => sessions.add(session))
    server.on('stream', (stream) => {
      stream.on('error', () => undefined)
      stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    this.ends.push(() => {
      for (const session of sessions) session.destroy()
      server.close()
    })
    return `https://127.0.0.1:${String((server.address() as net.AddressInfo).port)}/`
  }
}
