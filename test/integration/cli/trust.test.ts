/**
 * Local files and protocols that lines of input may use, and their form in --to-curl. Does not look at output
 * files.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  runCommand,
  runProgram,
  temporaryFolder,
  type CommandResult,
} from '../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

describe('lines of input', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    writeFileSync(join(folder(), 'secret'), 'secret content')
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })
  const run = (lines: readonly object[], ...args: readonly string[]): Promise<CommandResult> =>
    runCommand(['-i', '-', ...args], {
      cwd: folder(),
      input: lines.map((line) => JSON.stringify(line)).join('\n'),
    })

  const local: readonly object[] = [
    { uploadFile: 'secret' },
    { 'upload-file': '-' },
    { unixSocket: '/run/x.sock' },
    { cert: 'secret' },
    { key: 'secret' },
    { cacert: 'secret' },
    { capath: '/' },
    { 'proxy-cacert': 'secret' },
    { netrc: true },
    { netrcFile: 'secret' },
    { pinnedpubkey: 'secret' },
    { proxy: 'socks5h://localhost/run/x.sock' },
    { preproxy: 'socks5h://localhost/run/x.sock' },
    { proto: '=file' },
    { SSLKEY: 'secret' },
    { opts: { CURLOPT_COOKIEJAR: 'jar' } },
    { PROTOCOLS: 1023 },
    { VERBOSE: 1 },
    { RETURNTRANSFER: 0 },
  ]

  it('B3: cannot access local files or other protocols without --trust-input', async () => {
    const lines = local.map((keys) => ({ url: server.url('/echo'), ...keys }))
    const { code, stderr, text } = await run([...lines, { url: server.url('/status/200') }])
    expect([code, text]).to.deep.equal([1, 'status 200'])
    const told = stderr.trimEnd().split('\n')
    expect(told).to.have.length(local.length)
    for (const line of told)
      expect(line).to.match(/: ".+" .+: lines of input may do that only with --trust-input$/)
    expect(server.requests).to.have.length(1)
    server.forget()
    const trusted = await run([lines[0]!], '--trust-input')
    expect([trusted.code, server.requests[0]!.body.toString()]).to.deep.equal([0, 'secret content'])
  })

  it('B3: cannot use protocols that --proto of the command line excludes', async () => {
    const { code, stderr } = await run([{ url: server.url('/echo'), proto: 'http,ftp' }], '--proto', '=http')
    expect(code).to.equal(1)
    expect(stderr).to.include('opens protocols that the command line does not')
  })

  it('B5: are quoted words in a command of --to-curl, whatever they contain', async () => {
    const url = '-K/tmp/x'
    const odd = `http://127.0.0.1/a'\\\u001b[2J\u202e\u0085[1-3]{b}\n`
    const lines = [{ url }, { url: odd, headers: { A: 'x\u0007' } }, { url: 'u', opts: { 'X\nid': 1 } }]
    const { text, code, stderr } = await run(lines, '--to-curl')
    expect([code, stderr]).to.deep.equal([0, ''])
    expect(text.trimEnd().split('\n')).to.have.length(3)
    expect(text).to.not.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    const words = await runProgram('bash', ['-c', `curl() { printf '%s\\0' "$@"; }; ${text}`], {
      env: { LC_ALL: 'C.UTF-8' },
    })
    const said = words.text.split('\0')
    expect(said.slice(0, 2)).to.deep.equal(['--url', url])
    expect(said).to.include.members(['-g', odd, 'A: x\u0007', 'u'])
    expect(words.stderr).to.equal('')
  })

  it('end at --max-body, also of the line itself', async () => {
    const lines = [{ url: server.url('/bytes/3000') }, { url: server.url('/bytes/3000'), maxBody: '3K' }]
    const { code, text, stderr } = await run(lines, '--max-body', '2K', '--jsonl', '--ordered')
    expect(code, stderr).to.equal(1)
    const errnos = text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { errno: number }).errno)
    expect(errnos).to.deep.equal([63, 0])
    expect(stderr).to.include('the body is longer than maxBodySize (2048 bytes)')
  })

  it('E7: the command names what is missing: --next, variables of -w, HTTP/3', async () => {
    writeFileSync(join(folder(), 'config'), `url = ${server.url('/echo')}\nnext\nurl = x\n`)
    const next = await runCommand(['-K', 'config'], { cwd: folder() })
    expect([next.code, next.stderr]).to.deep.equal([
      2,
      'parallelcurl: --next works only inside --from-curl; here, requests with their own options are JSON lines (-i)\n',
    ])
    const format = await runCommand([
      '-o',
      '/dev/null',
      '-w',
      '%{http_cod}%{constructor}|',
      server.url('/echo'),
    ])
    expect([format.code, format.text]).to.deep.equal([0, '|'])
    expect(format.stderr).to.include('-w: there is no %{http_cod} (did you mean %{http_code}?)\n')
    expect(format.stderr).to.include('-w: there is no %{constructor}')
    const { httpVersions } = (await import('../../../src/index.js')).capabilities()
    if (httpVersions.includes('3')) return
    const http3 = await runCommand(['--http3', server.url('/echo')])
    expect(http3.code).to.equal(2)
    expect(http3.stderr).to.include('this libcurl was built without HTTP/3')
  })
})
