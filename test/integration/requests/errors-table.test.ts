/**
 * docs/errors.md against what is seen: each row's failure is made with real servers and proxies, and its
 * errno, its name and whether it is repeated are compared.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { usesGnuTls } from '../../../src/engine/node-libcurl/binding.js'
import { capabilities, ParallelCurl, type Transfer } from '../../../src/index.js'
import { writeCertificate } from '../../support/programs/certificate-files.js'
import { Failures, type FailingRequest } from '../../support/failures.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { refusedPort } from '../../support/servers/tcp-server.js'

/** docs/builds.md. */
const OPENSSL_WORDS = {
  'A server that wants a client certificate': /certificate required/,
  'A key that does not fit its certificate': /^unable to set private key/,
  'A certificate that cannot be verified': /unable to get local issuer certificate/,
}
const GNUTLS_WORDS = {
  'A server that wants a client certificate': /^GnuTLS recv error \(-12\)/,
  'A key that does not fit its certificate': /key/,
  'A certificate that cannot be verified':
    /^SSL certificate verification failed: certificate signer not trusted/,
}
const ROOT = resolve(import.meta.dirname, '../../..')
const isNew = Number(capabilities().versions['libcurl']?.split('.')[0]) >= 8

interface Row {
  readonly what: string
  /** Of this leg; null: no failure. */
  readonly errno: number | null
  readonly names: readonly string[]
  readonly repeated: string
}

const [, table = ''] =
  /\n## Table\n([^]*?)\n## /.exec(readFileSync(join(ROOT, 'docs/errors.md'), 'utf8')) ?? []
const rows: Row[] = table
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| What') && !line.startsWith('| ---'))
  .map((line) => {
    const [, what = '', old = '', now = '', names = '', , repeated = ''] = line
      .split('|')
      .map((cell) => cell.trim())
    const errno = isNew ? now : old
    return { what, errno: errno === '-' ? null : Number(errno), names: names.match(/\w+/g) ?? [], repeated }
  })

/** With `retry`, and its transfer as the callback gets it. */
async function outcomeOf(
  server: FailingRequest,
): Promise<{ transfer: Transfer; attempts: number; code: string | undefined }> {
  await using curl = new ParallelCurl(1, { retry: { limit: 1, backoffMs: 0 } })
  return await new Promise((done) => {
    const { url, options, aborted } = server
    void curl
      .startRequest(
        url,
        (_content, _url, transfer) => {
          done({ transfer, attempts: transfer.attempts.length, code: transfer.toError()?.code })
        },
        undefined,
        null,
        options,
      )
      .then(() => {
        if (aborted) curl.abort(new Error('enough'))
      })
  })
}

describe('docs/errors.md', () => {
  const failures = new Failures()
  before(() => failures.start())
  after(() => failures.close())

  const MADE_BELOW = ['Too many open files']

  it('lists exactly the failures that this test makes', () => {
    expect(rows.map(({ what }) => what).sort()).to.deep.equal(
      [...failures.makers.keys(), ...MADE_BELOW].sort(),
    )
  })

  for (const { what, errno, names, repeated } of rows.filter((row) => !MADE_BELOW.includes(row.what))) {
    it(`${errno === null ? 'no failure' : String(errno)}: ${what}`, async function () {
      // It is 35 there: builds.test.ts.
      if (usesGnuTls && what === 'A key that does not fit its certificate') this.skip()
      const request = failures.makers.get(what)?.() as FailingRequest
      const { transfer, attempts, code } = await outcomeOf(request)
      expect(transfer.errno, transfer.error).to.equal(errno ?? 0)
      if (errno === null) return
      expect(names).to.include(code?.replace('CURLE_', ''))
      if (request.says !== undefined) expect(transfer.error).to.match(request.says)
      // An aborted request may not have been sent yet.
      expect(request.aborted === true ? 1 : attempts, transfer.error).to.equal(repeated === 'yes' ? 2 : 1)
    })
  }

  it('says that a status with FAILONERROR is retried by the status', async () => {
    await using server = await startHttpServer()
    const url = server.url('/status/503')
    expect(await outcomeOf({ url, options: { FAILONERROR: true } })).to.deep.include({ attempts: 2 })
  })

  it('E2: FAILONERROR does not change the errno of a refused tunnel', async () => {
    const request = failures.makers.get('A proxy that refuses the tunnel with 403')?.() as FailingRequest
    const { transfer } = await outcomeOf({ ...request, options: { ...request.options, FAILONERROR: true } })
    expect(transfer.errno).to.equal(97)
    expect(transfer.error).to.match(/refused the tunnel to 127\.0\.0\.1: 403$/)
  })

  describe('E1: the message names the proxy', () => {
    let server: HttpServer
    let refused: string
    before(async () => {
      server = await startHttpServer()
      refused = `127.0.0.2:${String(await refusedPort())}`
    })
    after(() => server.close())

    for (const scheme of ['http', 'socks5', 'socks4a']) {
      it(`${scheme}, without its credentials`, async () => {
        const PROXY = `${scheme}://user:sEcReT@${refused}`
        for (const options of [
          { PROXY },
          { proxies: [PROXY] },
          { PRE_PROXY: PROXY.replace('http', 'socks5'), PROXY: 'http://127.0.0.3:1' },
        ]) {
          const { transfer } = await outcomeOf({ url: server.url(), options })
          expect(transfer.errno).to.equal(7)
          expect(transfer.error).to.match(
            /the proxy \w+:\/\/\*\*\*@127\.0\.0\.2:\d+, on the way to 127\.0\.0\.1 port \d+, ECONNREFUSED$/,
          )
        }
      })
    }

    it('of the environment, and not for hosts that NO_PROXY excepts', async () => {
      const { http_proxy, no_proxy } = process.env
      try {
        process.env['http_proxy'] = `http://${refused}`
        process.env['no_proxy'] = 'other.example'
        const { transfer } = await outcomeOf({ url: server.url() })
        expect(transfer.error).to.contain(`the proxy http://${refused}, on the way to`)
        process.env['no_proxy'] = 'other.example, 127.0.0.0/8'
        const direct = await outcomeOf({ url: `http://127.0.0.1:${refused.split(':')[1] ?? ''}/` })
        expect(direct.transfer.errno).to.equal(7)
        expect(direct.transfer.error).not.to.contain('proxy')
      } finally {
        for (const [name, value] of Object.entries({ http_proxy, no_proxy })) {
          if (value === undefined) Reflect.deleteProperty(process.env, name)
          else process.env[name] = value
        }
      }
    })
  })

  it('E10: the message does not mention an address that refused before another one answered', async () => {
    await using server = await startHttpServer()
    await using secure = await startHttpServer({ tls: true })
    for (const { port, errno } of [
      { port: new URL(server.url()).port, errno: 35 },
      { port: new URL(secure.url()).port, errno: 60 },
    ]) {
      const url = `https://both.test:${port}/`
      const { transfer } = await outcomeOf({
        url,
        options: { RESOLVE: [`both.test:${port}:127.0.0.3,127.0.0.1`], keepInfo: ['OS_ERRNO'] },
      })
      expect(transfer.getInfo('OS_ERRNO'), 'what the first address left').to.be.greaterThan(0)
      expect(transfer.errno).to.equal(errno)
      expect(transfer.error).not.to.contain('ECONNREFUSED')
    }
  })

  it("E10: captureErrorText contains libcurl's error text, and never its progress messages", async () => {
    const said: Record<string, RegExp> = {
      'A proxy that refuses the tunnel with 403': /^CONNECT tunnel failed, response 403$/,
      'A redirect to such a protocol': /^Protocol "file" .*disabled/,
      ...(usesGnuTls ? GNUTLS_WORDS : OPENSSL_WORDS),
      'Malformed or contradictory headers': /^Invalid Content-Length/,
      'A body of several gzip members': isNew ? /^Multi-member gzip/ : /several gzip members/,
      'A header line of more than 100 kB': /response head/,
      'A stream that the server resets': /^HTTP\/2 stream \d+ .*INTERNAL_ERROR/,
      'A function of yours that throws while the body arrives': /: mine$/,
    }
    for (const [what, says] of Object.entries(said)) {
      const request = failures.makers.get(what)?.() as FailingRequest
      const { transfer } = await outcomeOf({
        ...request,
        options: { ...request.options, captureErrorText: true },
      })
      expect(transfer.error, what).to.match(says)
    }
  })

  it('7: names too many open files as the cause', async function () {
    this.timeout(60_000)
    await using server = await startHttpServer()
    await using secure = await startHttpServer({ tls: true })
    const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-files-'))
    after(() => {
      rmSync(folder, { recursive: true })
    })
    const script = join(ROOT, 'test/support/children/open-files.ts')
    const args = [
      '--import',
      './scripts/register-ts-node.mjs',
      script,
      // Trusted: a connection that files are left for hangs, as one without TLS does.
      writeCertificate(folder).CAINFO,
      server.url('/hang'),
      secure.url('/hang'),
    ]
    const child = spawn('bash', ['-c', 'exec "$@"', 'bash', process.execPath, ...args], {
      cwd: ROOT,
    })
    let text = ''
    let complaints = ''
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    expect([code, signal], complaints).to.deep.equal([0, null])
    const outcomes = JSON.parse(text) as { errno: number; error: string; attempts: number }[]
    const refused = outcomes.filter(({ errno }) => errno !== 28)
    expect(refused.length).to.be.greaterThan(20)
    for (const { errno, error, attempts } of refused) {
      expect(errno, error).to.equal(7)
      expect(error).to.match(/: too many open files: this process may have 64 \(ulimit -n\)/)
      expect(attempts).to.equal(2)
    }
  })
})
