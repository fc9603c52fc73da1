/** HEAD by name, and methods that are none: CUSTOMREQUEST. Does not look at bodies that are sent. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { OptionError, ParallelCurl } from '../../../src/index.js'
import { runCommand } from '../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

describe('CUSTOMREQUEST', () => {
  let server: HttpServer
  let folder: string
  before(async () => {
    server = await startHttpServer()
    server.route('/length', (_request, response) => {
      response.setHeader('Content-Length', 4).setHeader('Connection', 'keep-alive')
      response.end('body')
    })
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-head-'))
  })
  after(async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(() => {
    server.forget()
  })
  const methods = (): (string | undefined)[] => server.requests.map(({ method }) => method)

  it("D15: 'HEAD' waits for no body, and does not affect the next request on the handle", async () => {
    await using curl = new ParallelCurl(1)
    const url = server.url('/length')
    for (const [options, content] of [
      [{ CUSTOMREQUEST: 'HEAD' }, ''],
      [{}, 'body'],
      [{ CUSTOMREQUEST: 'HEAD' }, ''],
      [{ CUSTOMREQUEST: 'OPTIONS' }, 'body'],
    ] as const) {
      const { responseCode, content: got } = await curl.request(url, options)
      expect([responseCode, got]).to.deep.equal([200, content])
    }
    expect(methods()).to.deep.equal(['HEAD', 'GET', 'HEAD', 'OPTIONS'])
  })

  it('D15: null and another method replace a shared HEAD, and the case of letters counts', async () => {
    await using curl = new ParallelCurl(1, { CUSTOMREQUEST: 'HEAD' })
    const url = server.url('/length')
    for (const [options, content] of [
      [{}, ''],
      [{ CUSTOMREQUEST: null }, 'body'],
      [{ CUSTOMREQUEST: 'DELETE' }, 'body'],
      [{}, ''],
    ] as const)
      expect((await curl.request(url, options)).content).to.equal(content)
    expect(methods()).to.deep.equal(['HEAD', 'GET', 'DELETE', 'HEAD'])
  })

  it('D3: a response without a body creates no file, and an unmet condition does not change it', async () => {
    const output = join(folder, 'keep')
    writeFileSync(output, 'kept')
    server.route('/old', (_request, response) => {
      response.setHeader('Last-Modified', 'Mon, 01 Jan 2024 00:00:00 GMT').end('old')
    })
    server.route('/304', (_request, response) => {
      response.statusCode = 304
      response.end()
    })
    await using curl = new ParallelCurl(1)
    for (const [path, options] of [
      ['/length', { NOBODY: true }],
      ['/length', { CUSTOMREQUEST: 'HEAD' }],
      ['/old', { TIMECONDITION: 1, TIMEVALUE: 1800000000 }],
      ['/304', { HTTPHEADER: ['If-None-Match: "v"'] }],
      ['/304', { HTTPHEADER: ['If-None-Match: "v"'], resume: true }],
    ] as const) {
      const transfer = await curl.request(server.url(path), { ...options, output })
      expect([transfer.errno, transfer.output], path).to.deep.equal([0, null])
      expect(readFileSync(output, 'utf8')).to.equal('kept')
    }
  })

  it('B8: a method must be a token, in shared options and in those of a request', async () => {
    const odd = ['GET /other HTTP/1.1', 'G\tT', 'GET,POST', 'GÉT', 'GET(']
    for (const CUSTOMREQUEST of odd) {
      await using curl = new ParallelCurl(1)
      expect(() => curl.startRequest(server.url(), null, [], null, { CUSTOMREQUEST })).to.throw(
        OptionError,
        'CUSTOMREQUEST must be a method',
      )
      await using shared = new ParallelCurl(1, { CUSTOMREQUEST })
      expect(() => shared.startRequest(server.url())).to.throw(OptionError, 'CUSTOMREQUEST must be a method')
    }
    await using curl = new ParallelCurl(1)
    await curl.request(server.url(), { CUSTOMREQUEST: 'M-SEARCH' })
    expect(methods()).to.deep.equal(['M-SEARCH'])
  })

  it('B8, D15: in lines of the command HEAD completes, an invalid method is a bad line, and case is kept', async () => {
    const url = server.url('/length')
    const input = [
      { url, method: 'HEAD' },
      { url, method: 'GET /other HTTP/1.1' },
      { url, method: 'HEAD', data: 'x' },
      { url, method: 'OPTIONS' },
    ]
      .map((line) => JSON.stringify(line))
      .join('\n')
    const { code, stderr } = await runCommand(['-i', '-', '--jsonl', '--parallel-max', '1'], { input })
    expect(code).to.equal(1)
    expect(stderr)
      .to.match(/stdin:2: .*CUSTOMREQUEST must be a method/)
      .and.match(/stdin:3: HEAD cannot have a body/)
    expect(methods()).to.deep.equal(['HEAD', 'OPTIONS'])
    server.forget()
    const copied = await runCommand(['--from-curl', `curl -X HEAD ${url}`])
    expect([copied.code, copied.text, methods()]).to.deep.equal([0, '', ['HEAD']])
  })
})
