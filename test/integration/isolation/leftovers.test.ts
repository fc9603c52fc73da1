/**
 * State that a handle keeps over its reset reaches no other request: such a handle is not used again. The
 * causes one by one, each at the server; random sequences are in handle-reuse.test.ts.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { OPTION } from '../../../src/engine/node-libcurl/binding.js'
import { remembersCookieHost } from '../../../src/engine/request/reset-leftovers.js'
import { CookieJar, ParallelCurl } from '../../../src/index.js'
import type { Plan } from '../../support/faults/plan.js'
import { startFaultServer } from '../../support/faults/server.js'
import { startHttpProxy } from '../../support/servers/proxies/http-proxy.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { requireProgram } from '../../support/programs/requires.js'
import { optionErrorOf, type OneRequest, type Options, send } from '../../support/requests.js'
import { startVsftpd } from '../../support/programs/ftp-program.js'
import { refusedPort, startTcpServer } from '../../support/servers/tcp-server.js'

const HONEST: Plan = {
  proxy: { kind: 'pass' },
  redirect: null,
  challenge: null,
  cookies: [],
  gzip: false,
  end: { kind: 'answer', status: 200, framing: 'length', version: '1.1', after: 'keep' },
}
const handlesOf = (curl: ParallelCurl): { created: number; idle: number } => curl.inspect()

/** Returns the number of new native handles that the next plain request needs. */
async function newHandles(curl: ParallelCurl, url: string): Promise<number> {
  const { created } = handlesOf(curl)
  const { transfer } = await send(curl, url)
  expect(transfer.error).to.equal('')
  return handlesOf(curl).created - created
}

describe('a handle after a reset', () => {
  let server: HttpServer
  let folder: string
  before(async () => {
    server = await startHttpServer()
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
  })
  after(async () => {
    rmSync(folder, { recursive: true })
    await server.close()
  })
  beforeEach(() => server.forget())

  describe('A1, D26: after a failure', () => {
    const throws = (): never => {
      throw new Error('enough')
    }
    const ways: [name: string, errnos: number[], path: string, request: () => OneRequest][] = [
      ['runs out of TIMEOUT_MS', [28], '/hang', () => ({ options: { TIMEOUT_MS: 30 } })],
      ['runs out of totalTimeoutMs', [28], '/hang', () => ({ options: { totalTimeoutMs: 30 } })],
      ['is aborted', [42], '/hang', () => ({ options: { signal: AbortSignal.timeout(30) } })],
      ['is stopped by a function', [23], '/bytes/20000', () => ({ options: { WRITEFUNCTION: throws } })],
      ['is too large', [63], '/bytes/20000', () => ({ options: { maxBodySize: 10 } })],
      ['is cut', [18], '/truncate', () => ({})],
      ['is reset', [55, 56], '/reset', () => ({ options: { FRESH_CONNECT: true } })],
      ['is a status, with FAILONERROR', [22], '/status/404', () => ({ options: { FAILONERROR: true } })],
      [
        'has a body that fails',
        [26, 42],
        '/echo',
        () => ({ options: { READFUNCTION: throws, UPLOAD: true } }),
      ],
    ]
    for (const [name, errnos, path, request] of ways) {
      it(`is closed after a transfer that ${name}`, async () => {
        await using curl = new ParallelCurl(1)
        await send(curl, server.url('/echo'))
        const { created } = handlesOf(curl)
        expect(await newHandles(curl, server.url('/echo')), 'used again, as long as all goes well').to.equal(
          0,
        )
        const { transfer } = await send(curl, server.url(path), request())
        expect(transfer.errno).to.be.oneOf(errnos)
        expect(handlesOf(curl)).to.include({ created, idle: 0 })
        expect(await newHandles(curl, server.url('/echo'))).to.equal(1)
        expect(handlesOf(curl).idle).to.equal(1)
      })
    }

    it('is closed after a failure with dedupe, before a retry, and in a stream that was left', async () => {
      await using curl = new ParallelCurl(1)
      const deduped = await Promise.all(
        [1, 2].map(async () => curl.request(server.url('/truncate'), { dedupe: true }).catch(String)),
      )
      expect(deduped.map((error) => typeof error)).to.deep.equal(['string', 'string'])
      expect(server.requests).to.have.length(1)
      expect(handlesOf(curl)).to.include({ created: 1, idle: 0 })
      const refused = `http://127.0.0.1:${String(await refusedPort())}/`
      const options = { retry: { limit: 1, backoffMs: 0 } }
      expect((await send(curl, refused, { options })).transfer.attempts).to.have.length(2)
      expect(handlesOf(curl)).to.include({ created: 3, idle: 0 })
      for await (const { errno } of curl.stream([server.url('/echo'), server.url('/hang')])) {
        expect(errno).to.equal(0)
        break
      }
      await curl.finishAllRequests()
      // The one of the loop's first transfer may be used again, and of no other.
      const { created } = handlesOf(curl)
      await send(curl, server.url('/echo'))
      expect(handlesOf(curl).created).to.equal(created)
      expect(created).to.be.within(4, 5)
    })

    it('does not send credentials of an earlier request, not even after a failure in the last moment', async () => {
      const other = await startHttpServer({ host: '127.0.0.2' })
      const proxy = await startHttpProxy()
      try {
        // Nothing can be sent, which libcurl finds out when all the other lines of the head are there.
        const missing = { HTTPPOST: [{ name: 'part', file: join(folder, 'missing') }] }
        const credentials: Options[] = [
          { USERPWD: 'user:secret' },
          { USERNAME: 'user', PASSWORD: 'secret' },
          { XOAUTH2_BEARER: 'secret', HTTPAUTH: 64 },
          { PROXY: proxy.url(), PROXYUSERPWD: 'user:secret' },
          { PROXY: proxy.url().replace('//', '//user:secret@') },
          { HTTPHEADER: ['Authorization: Custom secret'] },
        ]
        for (const options of credentials) {
          await using curl = new ParallelCurl(1)
          const failed = await send(curl, server.url('/echo'), { options: { ...options, ...missing } })
          expect(failed.transfer.errno, JSON.stringify(options)).not.to.equal(0)
          await send(curl, other.url('/echo'))
        }
        await using inUrl = new ParallelCurl(1)
        await send(inUrl, server.url('/echo').replace('//', '//user:secret@'), { options: missing })
        await send(inUrl, other.url('/echo'))
        expect(other.requests).to.have.length(credentials.length + 1)
        for (const { headers } of other.requests) {
          expect(headers.authorization).to.equal(undefined)
          expect(headers['proxy-authorization']).to.equal(undefined)
        }
      } finally {
        await other.close()
        await proxy.close()
      }
    })
  })

  describe('A2: with a Host header and cookies', () => {
    const named = { HTTPHEADER: ['Host: other.test'] }

    it('is closed if the next request has cookies, in a jar or as options', async () => {
      for (const next of [{ COOKIEFILE: '' }, { cookieJar: new CookieJar() }] as Options[]) {
        await using curl = new ParallelCurl(1)
        await send(curl, server.url('/echo'), { options: named })
        const { created } = handlesOf(curl)
        const { read } = await send(curl, server.url('/cookies/set?a=1'), {
          options: { ...next },
          read: (transfer) => transfer.cookies.map((line) => line.split('\t')[0]),
        })
        expect(read).to.deep.equal(['127.0.0.1'])
        expect(handlesOf(curl).created - created).to.equal(remembersCookieHost ? 1 : 0)
      }
    })

    it('is reused if the next request has no cookies', async () => {
      await using curl = new ParallelCurl(1, named)
      for (let i = 0; i < 5; i++) await send(curl, server.url('/echo'))
      expect(handlesOf(curl).created).to.equal(1)
      expect(server.requests.map(({ headers }) => headers.host)).to.deep.equal(Array(5).fill('other.test'))
    })

    it('refuses a Host header with cookies over redirects, because cookies would follow that name to any host', async () => {
      await using curl = new ParallelCurl(1)
      const jars: Options[] = [
        { COOKIEFILE: '' },
        { COOKIELIST: '127.0.0.1\tFALSE\t/\tFALSE\t0\ta\t1' },
        { cookieJar: new CookieJar() },
      ]
      for (const jar of jars) {
        const start = (): unknown =>
          curl.startRequest(server.url('/echo'), null, undefined, null, {
            ...named,
            ...jar,
            FOLLOWLOCATION: true,
          })
        if (remembersCookieHost) expect(optionErrorOf(start).message).to.contain('CONNECT_TO')
        else start()
      }
      await curl.finishAllRequests()
      // One of them alone, or without redirects, is as good as ever.
      for (const options of [
        { ...named, COOKIEFILE: '' },
        { ...named, FOLLOWLOCATION: true },
        { COOKIEFILE: '', FOLLOWLOCATION: true },
      ])
        expect((await send(curl, server.url('/echo'), { options })).transfer.error).to.equal('')
    })
  })

  it('sends Expect: 100-continue again after an upload that was answered with 417', async () => {
    const heads: string[] = []
    await using odd = await startTcpServer(async (connection) => {
      for (;;) {
        connection.received = Buffer.alloc(0)
        await connection.until('\r\n\r\n')
        const head = connection.received.toString('latin1')
        const expects = /^expect:/im.test(head)
        heads.push(expects ? 'expects' : 'does not')
        const isRefused = expects && head.includes('/refused')
        if (expects && !isRefused) connection.send('HTTP/1.1 100 Continue\r\n\r\n')
        const end = /^transfer-encoding:/im.test(head) ? '\r\n0\r\n\r\n' : 'end of body'
        if (!isRefused) await connection.until(end)
        connection.send(`HTTP/1.1 ${isRefused ? '417 No' : '200 OK'}\r\nContent-Length: 0\r\n\r\n`)
      }
    })
    await using curl = new ParallelCurl(1)
    const large = `${'x'.repeat(1_100_000)} end of body`
    const unknown = async function* (): AsyncGenerator<string> {
      yield 'end of body'
    }
    for (const postFields of [large, unknown()]) {
      heads.length = 0
      await send(curl, odd.url('/refused'), { postFields })
      await send(curl, odd.url('/'), { postFields: large })
      expect(heads[0]).to.equal('expects')
      expect(heads.at(-1)).to.equal('expects')
    }
  })

  it('A5: uses another connection for another HAPROXY_CLIENT_IP', async function () {
    if (OPTION['HAPROXY_CLIENT_IP'] === undefined) this.skip()
    const seen: string[] = []
    await using odd = await startTcpServer(async (connection) => {
      await connection.until('\r\n')
      const [, , client = ''] = connection.received.toString('latin1').split(' ')
      for (;;) {
        await connection.until('\r\n\r\n')
        connection.received = Buffer.alloc(0)
        seen.push(client)
        connection.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      }
    })
    await using curl = new ParallelCurl(1, { HAPROXYPROTOCOL: true })
    for (const HAPROXY_CLIENT_IP of ['192.0.2.1', '192.0.2.2', '192.0.2.1'])
      expect((await send(curl, odd.url(), { options: { HAPROXY_CLIENT_IP } })).transfer.error).to.equal('')
    expect(seen).to.deep.equal(['192.0.2.1', '192.0.2.2', '192.0.2.1'])
    expect(odd.connections).to.have.length(2)
  })

  it('A1: sends no .netrc credentials of one host to another host', async () => {
    const NETRC_FILE = join(folder, 'netrc')
    writeFileSync(NETRC_FILE, 'machine 127.0.0.1 login netrc password from-netrc\n')
    const faults = await startFaultServer()
    try {
      await using curl = new ParallelCurl(1)
      const get = async (step: number, host: string, options: Options): Promise<void> => {
        const redirect = step === 1 ? ({ status: 302, to: 'other', times: 1 } as const) : null
        faults.begin(step, { ...HONEST, redirect })
        const url = `http://${host}:${faults.ports.origin}/s${step}/path`
        expect((await send(curl, url, { options })).transfer.error).to.equal('')
      }
      await get(0, '127.0.0.1', { NETRC: 1, NETRC_FILE })
      // To the same port: with another one, libcurl drops them by itself.
      await get(1, '127.0.0.2', { USERPWD: 'user:secret', FOLLOWLOCATION: true })
      const { accepted } = faults
      await get(2, '127.0.0.1', { NETRC: 1, NETRC_FILE })
      expect(faults.accepted, 'those that read the file use its connections again').to.equal(accepted)
      const seen = faults.records.map(({ head }) => /^Authorization: (.*)\r/m.exec(head)?.[1])
      const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`
      const netrc = basic('netrc:from-netrc')
      expect(seen).to.deep.equal([netrc, basic('user:secret'), undefined, netrc])
    } finally {
      await faults.close()
    }
  })

  for (const NETRC of [1, 2])
    it(`A1: credentials of a URL go to no other host of the .netrc file, with NETRC ${String(NETRC)}`, async () => {
      const NETRC_FILE = join(folder, 'netrc')
      const one = 'machine 127.0.0.1 login netrc password from-netrc\n'
      const faults = await startFaultServer()
      try {
        const options = { NETRC, NETRC_FILE, FOLLOWLOCATION: true }
        // On a new connection, and on one that the file has marked.
        const isOpen = [false, true]
        for (const other of ['', 'machine 127.0.0.2 login other password of-other\n']) {
          writeFileSync(NETRC_FILE, one + other)
          await using curl = new ParallelCurl(1)
          for (const step of isOpen.keys()) {
            faults.begin(step, { ...HONEST, redirect: { status: 302, to: 'other', times: 1 } })
            const url = `http://user:secret@127.0.0.2:${faults.ports.origin}/s${step}/path`
            expect((await send(curl, url, { options })).transfer.error).to.equal('')
          }
        }
        const seen = faults.records.map(({ head }) => /^Authorization: Basic (.*)\r/m.exec(head)?.[1] ?? '')
        const logins = ['user:secret', 'netrc:from-netrc']
        expect(seen.map((login) => Buffer.from(login, 'base64').toString())).to.deep.equal(
          Array(4).fill(logins).flat(),
        )
      } finally {
        await faults.close()
      }
    })

  it('does not report the FTP entry path of an earlier transfer', async function () {
    requireProgram(this, 'vsftpd')
    await using ftp = await startVsftpd()
    writeFileSync(join(ftp.folder, 'file'), 'over ftp')
    await using curl = new ParallelCurl(1)
    const entryPath = {
      read: (transfer: { getInfo(name: string): unknown }) => transfer.getInfo('FTP_ENTRY_PATH'),
    }
    const first = await send(curl, ftp.url('file'), entryPath)
    expect(first.content).to.equal('over ftp')
    expect(first.read).to.be.a('string')
    expect((await send(curl, server.url('/echo'), entryPath)).read).to.equal('')
  })
})
