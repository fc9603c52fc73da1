/**
 * `parallelcurl curl`: files and their names, header lines, `-w`, traces and messages, as curl has them. Does
 * not look at what is sent.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCommand, temporaryFolder, type CommandResult } from '../../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'
import { answerWith, startTcpServer } from '../../../support/servers/tcp-server.js'

describe('parallelcurl curl: output', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    server.route(/^\/page/, (request, response) => {
      response.setHeader('X-Twice', ['one', 'two'])
      response.end(`${request.path}\n`)
    })
    server.route('/named', (_request, response) => {
      response.setHeader('Content-Disposition', 'attachment; filename="../../of-the-server.txt"')
      response.end('named\n')
    })
    server.route('/ranged', (request, response) => {
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
      if (start > 0) {
        response.statusCode = 206
        response.setHeader('Content-Range', `bytes ${String(start)}-9/10`)
      }
      response.end('0123456789'.slice(start))
    })
    server.route('/tagged', (request, response) => {
      response.setHeader('ETag', '"v1"')
      if (request.headers['if-none-match'] === '"v1"') response.statusCode = 304
      response.end(response.statusCode === 304 ? undefined : 'tagged\n')
    })
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })
  const run = (...args: readonly string[]): Promise<CommandResult> =>
    runCommand(['curl', '-q', '-s', ...args], { cwd: folder() })
  const read = (name: string): string => readFileSync(join(folder(), name), 'utf8')

  it('has header lines as they came, LF as LF', async () => {
    const raw = 'HTTP/1.1 200 OK\nContent-Length: 3\nX: y\n\nhi\n'
    await using lines = await startTcpServer(answerWith(raw))
    const { text } = await run('-i', '-D', 'head.txt', lines.url())
    expect(text).to.equal(raw)
    expect(read('head.txt')).to.equal(raw.slice(0, -3))
  })

  it('goes to files that -o and -O name', async () => {
    await run('--create-dirs', '--output-dir', 'deep/er', '-o', 'g-#1.txt', server.url('/page/{a,b}'))
    expect(readdirSync(join(folder(), 'deep/er')).sort()).to.deep.equal(['g-a.txt', 'g-b.txt'])
    await run('-O', server.url('/page/last.txt?query'))
    expect(read('last.txt')).to.equal('/page/last.txt\n')
  })

  it('counts what goes to /dev/null, side by side with files, and leaves that what it is', async () => {
    const format = '%{urlnum} %{size_download} %{filename_effective}\n'
    const words = ['a', 'b', 'c'].flatMap((name, i) => [
      '-o',
      i === 1 ? 'beside.txt' : '/dev/null',
      server.url(`/page/${name}`),
    ])
    const { text, code } = await run('-Z', '-w', format, ...words)
    expect(code).to.equal(0)
    expect(text.split('\n').sort()).to.deep.equal(['', '0 8 /dev/null', '1 8 beside.txt', '2 8 /dev/null'])
    expect(read('beside.txt')).to.equal('/page/b\n')
    expect(statSync('/dev/null').isCharacterDevice()).to.equal(true)
  })

  it('goes where the server says with -J: in this folder, and over nothing that is there', async () => {
    const first = await run('-O', '-J', '-w', '%{filename_effective}', server.url('/named'))
    expect(first.text).to.equal('of-the-server.txt')
    expect(read('of-the-server.txt')).to.equal('named\n')
    expect((await run('-O', '-J', server.url('/named'))).code).to.equal(23)
  })

  it('overwrites nothing with --no-clobber, and asks for nothing with --skip-existing', async () => {
    writeFileSync(join(folder(), 'there'), 'old')
    await run('--no-clobber', '-o', 'there', server.url('/page'))
    expect(read('there')).to.equal('old')
    expect(read('there.1')).to.equal('/page\n')
    server.forget()
    expect((await run('--skip-existing', '-o', 'there', server.url('/page'))).code).to.equal(0)
    expect(server.requests).to.have.length(0)
  })

  it('leaves what is there where nothing came, unless that is all', async () => {
    writeFileSync(join(folder(), 'kept'), 'old')
    expect((await run('-o', 'kept', 'http://127.0.0.1:1/')).code).to.equal(7)
    expect(read('kept')).to.equal('old')
    server.route('/empty', (_request, response) => response.end())
    await run('-o', 'kept', server.url('/empty'))
    expect(read('kept')).to.equal('')
  })

  it('takes away with --remove-on-error what it has begun', async () => {
    await using short = await startTcpServer(answerWith('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabcd'))
    expect((await run('-o', 'begun', short.url())).code).to.equal(18)
    expect(read('begun')).to.equal('abcd')
    expect((await run('--remove-on-error', '-o', 'begun', short.url())).code).to.equal(18)
    expect(existsSync(join(folder(), 'begun'))).to.equal(false)
  })

  it('goes on where a file ends', async () => {
    writeFileSync(join(folder(), 'part'), '0123')
    expect((await run('-C', '-', '-o', 'part', server.url('/ranged'))).code).to.equal(0)
    expect(server.requests[0]?.headers.range).to.equal('bytes=4-')
    expect(read('part')).to.equal('0123456789')
  })

  it('is not fetched anew where its ETag is the same', async () => {
    const args = ['--etag-save', 'tag', '--etag-compare', 'tag', '-o', 'tagged']
    await run(...args, server.url('/tagged'))
    expect(read('tag')).to.equal('"v1"\n')
    await run(...args, server.url('/tagged'))
    expect(server.requests[1]?.headers['if-none-match']).to.equal('"v1"')
    expect(read('tagged')).to.equal('tagged\n')
  })

  it('gets the time of the server’s file with -R', async () => {
    server.route('/old', (_request, response) => {
      response.setHeader('Last-Modified', 'Tue, 13 Jun 2000 12:10:00 GMT')
      response.end('old')
    })
    await run('-R', '-o', 'old', server.url('/old'))
    expect(statSync(join(folder(), 'old')).mtime.toISOString()).to.equal('2000-06-13T12:10:00.000Z')
  })

  it('is described by -w', async () => {
    const template =
      '%{http_code} %{method} %{size_download} %{exitcode} %{url.path} %header{x-twice} %header{x-twice:all:+} %%\\n%{nothing}'
    const { text, stderr } = await run('-o', 'w', '-w', template, server.url('/page/w'))
    expect(text).to.equal('200 GET 8 0 /page/w one one+two %\n')
    expect(stderr).to.equal("curl: unknown --write-out variable: 'nothing'\n")
    const json = await run('-o', 'w', '-w', '%{json}', server.url('/page/w'))
    expect(JSON.parse(json.text)).to.include({ http_code: 200, exitcode: 0, num_retries: 0, errormsg: null })
    const headers = await run('-o', 'w', '-w', '%{header_json}', server.url('/page/w'))
    expect(JSON.parse(headers.text)).to.deep.include({ 'x-twice': ['one', 'two'] })
    await run('-o', 'w', '-w', '%output{facts}%{http_code}%{stderr}never', server.url('/page/w'))
    expect(read('facts')).to.equal('200')
  })

  it('is traced on stderr with -v, and to a file with --trace-ascii', async () => {
    const { stderr, text } = await run('-v', server.url('/page'))
    expect(text).to.equal('/page\n')
    expect(stderr).to.match(/^> GET \/page HTTP\/1\.1\r$/m)
    expect(stderr).to.match(/^< HTTP\/1\.1 200 OK\r$/m)
    expect(stderr).to.match(/^\{ \[\d+ bytes data\]$/m)
    await run('--trace-ascii', 'trace', '--trace-time', server.url('/page'))
    const trace = read('trace')
    expect(trace).to.match(
      /^\d\d:\d\d:\d\d\.\d{6} => Send header, \d+ bytes \(0x[\da-f]+\)\n0000: GET \/page HTTP\/1\.1$/m,
    )
    expect(trace).to.match(/<= Recv data, 6 bytes \(0x6\)\n0000: \/page\./)
    await run('--trace', 'bytes', server.url('/page'))
    expect(read('bytes')).to.match(/^0000: 2f 70 61 67 65 0a {31}\/page\.$/m)
  })

  it('tells errors in curl’s form, where --stderr leads, and not with -s alone', async () => {
    const silent = await run('http://127.0.0.1:1/')
    expect(silent.stderr).to.equal('')
    const shown = await run('-S', '--stderr', 'errors', 'http://127.0.0.1:1/')
    expect(shown.stderr).to.equal('')
    expect(read('errors')).to.match(/^curl: \(7\) .+\n$/)
  })

  it('goes where --stderr leads for -D %, too', async () => {
    const { stderr } = await run('-D', '%', '--stderr', 'heads', server.url('/page'), server.url('/page'))
    expect(stderr).to.equal('')
    expect(read('heads').match(/^HTTP\/1\.1 200 OK/gm)).to.have.length(2)
  })

  it('of --version is what scripts read', async () => {
    const { code, text } = await runCommand(['curl', '--version'])
    expect(code).to.equal(0)
    expect(text).to.match(
      /^curl 8\.22\.0 \(parallelcurl [\d.]+\) libcurl\/\S+.*\nProtocols: .*\bhttp\b.*\nFeatures: .+\n/s,
    )
  })

  it('of --libcurl is a program of the transfers, beside what they do', async () => {
    const { text, code } = await run('--libcurl', 'program.c', server.url('/page'))
    expect([text, code]).to.deep.equal(['/page\n', 0])
    expect(read('program.c')).to.include(`curl_easy_setopt(curl, CURLOPT_URL, "${server.url('/page')}");`)
    const failed = await run('-S', '--libcurl', 'none/program.c', server.url('/page'))
    expect([failed.text, failed.code]).to.deep.equal(['/page\n', 0])
  })
})
