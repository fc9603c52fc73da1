/** https: verified by default, with the user's certificates before all others. */
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Easy, getInfo, INFO, usesGnuTls } from '../../../src/engine/node-libcurl/binding.js'
import { ParallelCurl } from '../../../src/index.js'
import { authorityPem, issueCertificate } from '../../support/servers/certificates.js'
import { runChild } from '../../support/programs/child.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { optionErrorOf, type Options, send, sendAlone } from '../../support/requests.js'

describe('https', () => {
  let server: HttpServer
  let folder: string
  let CAINFO: string
  before(async () => {
    server = await startHttpServer({ tls: true })
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    CAINFO = join(folder, 'ca.pem')
    writeFileSync(CAINFO, authorityPem())
  })
  after(async () => {
    rmSync(folder, { recursive: true })
    await server.close()
  })

  const errnoOf = async (options: Options, url = server.url()): Promise<number> =>
    (await sendAlone(url, { options })).transfer.errno

  it('refuses a certificate without a known authority, and sends nothing', async () => {
    server.forget()
    expect(await errnoOf({ USERPWD: 'a:b' })).to.equal(60)
    expect(server.requests).to.have.length(0)
  })

  it('trusts a CAINFO of the user’s, of an instance and of a request', async () => {
    expect(await errnoOf({ CAINFO })).to.equal(0)
    expect((await sendAlone(server.url(), {}, { CAINFO })).transfer.errno).to.equal(0)
  })

  it('trusts a CAINFO_BLOB of the user’s', async () => {
    expect(await errnoOf({ CAINFO_BLOB: Buffer.from(authorityPem()) })).to.equal(0)
  })

  it('trusts no other authority where the user names one', async () => {
    const other = join(folder, 'other.pem')
    writeFileSync(other, issueCertificate('somebody else').cert)
    expect(await errnoOf({ CAINFO: other })).to.equal(60)
    expect(await errnoOf({ CAINFO: '/no/such/file' })).to.equal(77)
  })

  it('goes back to the default with the next request', async () => {
    await using curl = new ParallelCurl(1)
    const outcomes: number[] = []
    const again = { FRESH_CONNECT: true }
    for (const options of [{ CAINFO }, again, { CAINFO_BLOB: Buffer.from(authorityPem()) }, again]) {
      outcomes.push((await send(curl, server.url(), { options })).transfer.errno)
    }
    expect(outcomes).to.deep.equal([0, 60, 0, 60])
  })

  it('does not reuse a connection that was made without verification', async () => {
    await using curl = new ParallelCurl(1)
    expect((await send(curl, server.url(), { options: { SSL_VERIFYPEER: false } })).transfer.errno).to.equal(
      0,
    )
    expect((await send(curl, server.url())).transfer.errno).to.equal(60)
  })

  for (const [name, off] of Object.entries({ false: false, '0': 0, "'0'": '0' })) {
    it(`goes on without verification when it is told to: SSL_VERIFYPEER ${name}`, async () => {
      expect(await errnoOf({ SSL_VERIFYPEER: off as boolean })).to.equal(0)
    })
  }

  it('does not take mistakes for an order to switch verification off', () => {
    for (const value of [undefined, null, NaN, '', 'no', 'true', {}, [], Symbol('x')]) {
      optionErrorOf(() => new ParallelCurl(1, { SSL_VERIFYPEER: value as number }))
      optionErrorOf(() => new ParallelCurl(1, { SSL_VERIFYHOST: value as number }))
    }
  })

  it('looks at the name, too, unless SSL_VERIFYHOST is 0', async () => {
    await using elsewhere = await startHttpServer({
      tls: true,
      certificate: issueCertificate('x', ['elsewhere.example']),
    })
    expect(await errnoOf({ CAINFO }, elsewhere.url())).to.equal(60)
    expect(await errnoOf({ CAINFO, SSL_VERIFYHOST: 0 }, elsewhere.url())).to.equal(0)
    const RESOLVE = [`elsewhere.example:${elsewhere.port}:127.0.0.1`]
    expect(await errnoOf({ CAINFO, RESOLVE }, `https://elsewhere.example:${elsewhere.port}/echo`)).to.equal(0)
  })

  it('shows a certificate of the client’s', async () => {
    await using strict = await startHttpServer({ tls: true, requestCert: 'required' })
    const { cert, key } = issueCertificate('the client')
    const files = { SSLCERT: join(folder, 'cert.pem'), SSLKEY: join(folder, 'key.pem') }
    writeFileSync(files.SSLCERT, cert)
    writeFileSync(files.SSLKEY, key)
    expect(await errnoOf({ CAINFO, ...files }, strict.url())).to.equal(0)
    const seen = (): unknown => strict.requests.map((request) => request.clientCertificate)
    expect(seen()).to.deep.equal(['the client'])
    const blobs = { SSLCERT_BLOB: Buffer.from(cert), SSLKEY_BLOB: Buffer.from(key) }
    // docs/builds.md: GnuTLS would send none.
    if (usesGnuTls)
      expect(optionErrorOf(() => new ParallelCurl(1, blobs)).message).to.match(/it was built without it/)
    else {
      expect(await errnoOf({ CAINFO, ...blobs }, strict.url())).to.equal(0)
      expect(seen()).to.deep.equal(['the client', 'the client'])
    }
    expect(await errnoOf({ CAINFO }, strict.url())).not.to.equal(0)
  })

  it('keeps its connection from request to request', async () => {
    const before = server.connections
    await using curl = new ParallelCurl(1, { CAINFO })
    for (let i = 0; i < 10; i++) await send(curl, server.url(), { postFields: i % 2 ? 'x' : null })
    expect(server.connections - before).to.equal(1)
  })

  it('verifies with what NODE_EXTRA_CA_CERTS adds, as Node does', async () => {
    const source = `import { ParallelCurl } from './src/index.js'
      const curl = new ParallelCurl(1)
      curl.startRequest(process.argv[1], (content, url, transfer) => console.log(transfer.errno, transfer.error))
      await curl.close()`
    const trusting = await runChild(source, { args: [server.url()], env: { NODE_EXTRA_CA_CERTS: CAINFO } })
    expect(trusting).to.deep.include({ stdout: '0 \n', code: 0 })
    const other = await runChild(source, { args: [server.url()], env: { NODE_EXTRA_CA_CERTS: '' } })
    expect(other.stdout).to.match(/^60 /)
    const missing = await runChild(source, {
      args: [server.url()],
      env: { NODE_EXTRA_CA_CERTS: '/no/such/file' },
    })
    expect(missing.stdout).to.match(/^60 /)
  })

  it('needs no bundle where NODE_EXTRA_CA_CERTS names what libcurl has anyway', async function () {
    const easy = new Easy()
    const builtIn = INFO['CAINFO'] === undefined ? null : getInfo(easy, INFO['CAINFO'])
    easy.close()
    // Some builds have none.
    if (typeof builtIn !== 'string' || !existsSync(builtIn)) return void this.skip()
    const source = `import { readdirSync } from 'node:fs'
      import { ParallelCurl } from './src/index.js'
      const curl = new ParallelCurl(1)
      curl.startRequest(process.argv[1])
      await curl.finishAllRequests()
      console.log(readdirSync(process.env.TMPDIR).filter((name) => name.startsWith('parallelcurl-ca-')).length)
      await curl.close()`
    const same = join(folder, 'same.pem')
    symlinkSync(builtIn, same)
    for (const [NODE_EXTRA_CA_CERTS, bundles] of [
      [builtIn, 0],
      [same, 0],
      [CAINFO, 1],
    ] as const) {
      const { stdout } = await runChild(source, {
        args: [server.url()],
        env: { NODE_EXTRA_CA_CERTS, TMPDIR: folder },
      })
      expect(Number(stdout)).to.equal(bundles)
    }
  })
})
