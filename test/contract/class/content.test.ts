/**
 * The content of a body, and the defaults of a handle: as in PHP, with the differences of
 * docs/differences-of-classes.md.
 */
import { expect } from 'chai'
import { ParallelCurl } from '../../../src/index.js'
import { runChild } from '../../support/programs/child.js'
import { patternBytes } from '../../support/servers/http/http-handlers.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { sendAlone } from '../../support/requests.js'

describe('content', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  it('is the body, whatever the status says', async () => {
    for (const status of [200, 404, 500]) {
      const { content, transfer } = await sendAlone(server.url(`/status/${status}`))
      expect(content).to.equal(`status ${status}`)
      expect(transfer).to.include({ errno: 0, error: '', responseCode: status })
    }
  })

  it('is null with FAILONERROR, errno 22', async () => {
    const { content, transfer } = await sendAlone(server.url('/status/404'), {
      options: { FAILONERROR: true },
    })
    expect(content).to.equal(null)
    expect(transfer).to.include({ errno: 22, responseCode: 404 })
  })

  it('is an empty string if the response has no body', async () => {
    for (const [path, options] of [
      ['/no-content', {}],
      ['/bytes/0', {}],
      ['/echo', { NOBODY: true }],
      ['/status/304', {}],
    ] as const) {
      const { content, transfer } = await sendAlone(server.url(path), { options })
      expect(transfer.errno, transfer.error).to.equal(0)
      expect(content).to.equal('')
    }
  })

  it('is null if the transfer failed; transfer.body contains what had arrived', async () => {
    for (const [path, errnos, body] of [
      ['/truncate', [18], '0123456789'],
      ['/bad-chunk', [56], 'hello'],
      ['/close', [52], ''],
      ['/reset', [55, 56], ''],
    ] as const) {
      const { content, transfer } = await sendAlone(server.url(path))
      expect(content).to.equal(null)
      expect(errnos).to.include(transfer.errno)
      expect(transfer.body.toString()).to.equal(body)
      expect(transfer.error).not.to.equal('')
    }
  })

  it('leaves the bytes that arrived before a timeout in transfer.body', async () => {
    const { content, transfer } = await sendAlone(server.url('/drip/never'), { options: { TIMEOUT_MS: 300 } })
    expect(content).to.equal(null)
    expect(transfer.errno).to.equal(28)
    expect(transfer.body.toString()).to.equal('chunk 1\n')
  })

  it('begins with the headers with HEADER, also those of redirects', async () => {
    const { content } = await sendAlone(server.url('/redirect/1'), {
      options: { HEADER: true, FOLLOWLOCATION: true },
    })
    expect(content).to.match(
      /^HTTP\/1\.1 302 Found\r\n[^{]*\r\n\r\nHTTP\/1\.1 200 OK\r\n[^{]*\r\n\r\n\{.*\}$/s,
    )
  })

  it('keeps every byte: a binary body has one character for each byte', async () => {
    const { content, transfer } = await sendAlone(server.url('/bytes/100000'))
    expect(Buffer.from(String(content), 'latin1').equals(patternBytes(100_000))).to.equal(true)
    expect(transfer.body.equals(patternBytes(100_000))).to.equal(true)
  })

  it('is null with RETURNTRANSFER false, and the body goes to stdout', async () => {
    const child = await runChild(
      `import { ParallelCurl } from './src/index.js'
      const curl = new ParallelCurl(1, { RETURNTRANSFER: false })
      const callback = (content, url, transfer) => console.error(content, transfer.errno, transfer.body.length)
      await curl.startRequest(process.argv[1], callback)
      await curl.startRequest(process.argv[1], callback, [], null, { RETURNTRANSFER: 1 })
      await curl.finishAllRequests()`,
      { args: [server.url('/status/404')] },
    )
    expect(child).to.deep.include({ code: 0, stdout: 'status 404', stderr: 'null 0 0\nstatus 404 0 10\n' })
  })

  it('is null with RETURNTRANSFER false for each request on the same handle', async () => {
    const child = await runChild(
      `import { ParallelCurl } from './src/index.js'
      const curl = new ParallelCurl(1, { RETURNTRANSFER: false })
      const contents = []
      for (const options of [undefined, undefined, { USERAGENT: 'a' }, { USERAGENT: 'b' }, undefined]) {
        void curl.startRequest(process.argv[1], (content) => contents.push(content), [], null, options)
        await curl.finishAllRequests()
      }
      console.error(JSON.stringify(contents))`,
      { args: [server.url('/status/404')] },
    )
    expect(child).to.deep.include({
      code: 0,
      stdout: 'status 404'.repeat(5),
      stderr: '[null,null,null,null,null]\n',
    })
  })

  it('depends on the last one of WRITEFUNCTION and RETURNTRANSFER, as in PHP', async () => {
    const got: string[] = []
    const WRITEFUNCTION = (data: Buffer): number => got.push(data.toString()) && data.length
    const url = server.url('/status/200')
    const first = await sendAlone(url, { options: { RETURNTRANSFER: true, WRITEFUNCTION } })
    expect(first.content).to.equal(null)
    const second = await sendAlone(url, { options: { WRITEFUNCTION, RETURNTRANSFER: true } })
    expect(second.content).to.equal('status 200')
    const third = await sendAlone(url, { options: { RETURNTRANSFER: true } }, { WRITEFUNCTION })
    expect(third.content).to.equal('status 200')
    expect(got).to.deep.equal(['status 200'])
  })
})

describe('a handle without options', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  it('sends Host and Accept, no user agent, and no Accept-Encoding', async () => {
    await sendAlone(server.url('/echo'))
    const host = `${server.host}:${server.port}`
    expect(server.requests[0]?.rawHeaders).to.deep.equal(['Host', host, 'Accept', '*/*'])
  })

  for (const USERAGENT of ['', null]) {
    it(`sends no user agent with ${JSON.stringify(USERAGENT)} either`, async () => {
      await sendAlone(server.url('/echo'), { options: { USERAGENT } })
      expect(server.requests[0]?.headers).not.to.have.property('user-agent')
    })
  }

  it('does not follow redirects', async () => {
    const { content, transfer } = await sendAlone(server.url('/redirect/1'))
    expect(content).to.equal('redirect 1')
    expect(transfer.responseCode).to.equal(302)
  })

  it('follows 20 redirects, and fails at the 21st with errno 47, unless MAXREDIRS is -1', async () => {
    await using curl = new ParallelCurl(1, { FOLLOWLOCATION: true })
    await curl.close()
    const follow = { FOLLOWLOCATION: true }
    expect((await sendAlone(server.url('/redirect/20'), {}, follow)).transfer).to.include({
      errno: 0,
      responseCode: 200,
    })
    expect((await sendAlone(server.url('/redirect/21'), {}, follow)).transfer).to.include({
      errno: 47,
      responseCode: 302,
    })
    const lifted = await sendAlone(server.url('/redirect/35'), {}, { ...follow, MAXREDIRS: -1 })
    expect(lifted.transfer).to.include({ errno: 0, responseCode: 200 })
  })

  it('sends no cookies, and keeps none', async () => {
    const curl = new ParallelCurl(1)
    await sendAlone(server.url('/cookies/set?a=b'))
    await sendAlone(server.url('/echo'))
    await curl.close()
    expect(server.requests[1]?.headers).not.to.have.property('cookie')
  })
})
