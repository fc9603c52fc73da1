/**
 * The requests of the command: each of curl's options, asserted at the server. Does not look at what is
 * printed, nor at curl.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCommand, runProgram, temporaryFolder } from '../../support/programs/command.js'
import {
  startHttpServer,
  type HttpServer,
  type RecordedRequest,
} from '../../support/servers/http/http-server.js'

describe('the command: requests', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    writeFileSync(join(folder(), 'body.bin'), Buffer.from([1, 0, 10, 13, 255, 65]))
    writeFileSync(join(folder(), 'lines.txt'), 'one\ntwo\n')
    writeFileSync(join(folder(), 'headers.txt'), 'X-One: 1\nX-Two: 2\n')
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })

  async function send(...args: readonly string[]): Promise<RecordedRequest> {
    const { code, stderr } = await runCommand(args, { cwd: folder() })
    expect(code, stderr).to.equal(0)
    return server.requests[0]!
  }

  it('uploads files, also those of lines, and stdin', async () => {
    const { method, path, body } = await send('-T', 'body.bin', server.url('/folder/'))
    expect([method, path, body.length]).to.deep.equal(['PUT', '/folder/body.bin', 6])
    server.forget()
    await runCommand(['-s', '-T', '-', server.url('/stdin')], { input: 'from stdin' })
    expect(server.requests[0]!.body.toString()).to.equal('from stdin')
    server.forget()
    const line = { url: server.url('/line'), uploadFile: join(folder(), 'lines.txt') }
    await runCommand(['-s', '-i', '-', '--trust-input'], { input: JSON.stringify(line) })
    expect(server.requests[0]!.body.toString()).to.equal('one\ntwo\n')
    const missing = await runCommand(['-T', 'no-such-file', server.url('/x')], { cwd: folder() })
    expect(missing.code).to.equal(1)
    expect(missing.stderr).to.include('no-such-file')
  })

  it('joins the cookies of several -b as browsers do', async () => {
    const { headers } = await send('-s', '-b', 'a=b; c=d', '-b', 'e=f', server.url('/echo'))
    expect(headers.cookie).to.equal('a=b; c=d; e=f')
  })

  it('sends forms with files', async () => {
    const { method, headers, body } = await send(
      ...['-F', 'a=1', '-F', 'file=@lines.txt;type=text/x-lines;filename=other.txt', '-F', 'text=<lines.txt'],
      ...['--form-string', 'raw=@no;type=x', server.url()],
    )
    expect(method).to.equal('POST')
    expect(headers['content-type']).to.match(/^multipart\/form-data; boundary=/)
    const parts = body.toString('utf8').split(/\r?\n?--[^\r\n]+\r?\n/)
    expect(parts[1]).to.equal('Content-Disposition: form-data; name="a"\r\n\r\n1')
    expect(parts[2]).to.include('filename="other.txt"').and.include('Content-Type: text/x-lines')
    expect(parts[2]).to.match(/\r\n\r\none\ntwo\n$/)
    expect(parts[3]).to.include('name="text"').and.not.include('filename')
    expect(parts[4]).to.include('\r\n\r\n@no;type=x')
  })

  it('sets any option of libcurl, uses a proxy, and resolves names by --resolve', async () => {
    const { port } = server
    const all = await send(
      '--opt',
      'REFERER=http://opt.example/',
      '--opt',
      'HTTPHEADER=X-Opt: 1',
      server.url(),
    )
    expect(all.headers.referer).to.equal('http://opt.example/')
    expect(all.headers['x-opt']).to.equal('1')
    server.forget()
    const proxied = await send('-x', `http://127.0.0.1:${port}`, '-U', 'p:q', 'http://site.test/path')
    expect(proxied.url).to.equal('http://site.test/path')
    expect(proxied.headers['proxy-authorization']).to.equal(`Basic ${Buffer.from('p:q').toString('base64')}`)
    server.forget()
    const resolved = await send('--resolve', `site.test:${port}:127.0.0.1`, `http://site.test:${port}/r`)
    expect(resolved.headers.host).to.equal(`site.test:${port}`)
  })

  it('retries temporary failures, and limits time, size and rate', async () => {
    let count = 0
    server.route('/flaky', (_request, response) => {
      response.statusCode = ++count < 3 ? 503 : 200
      response.end('done')
    })
    const retried = await runCommand([
      '--retry',
      '5',
      '--retry-delay',
      '0.01',
      '-w',
      ' %{num_retries}',
      server.url('/flaky'),
    ])
    expect(retried.text).to.equal('done 2')
    const late = await runCommand(['-m', '0.05', server.url('/hang')])
    expect(late.code).to.equal(1)
    expect(late.stderr).to.include('(28)')
    const large = await runCommand(['--max-filesize', '1K', server.url('/bytes/5000')])
    expect(large.stderr).to.include('(63)')
  })

  it('reads URLs from lines, CSV and JSON lines, each with options of its own', async () => {
    const at = (path: string): string => server.url(path)
    mkdirSync(join(folder(), 'in'), { recursive: true })
    writeFileSync(join(folder(), 'in/list.txt'), `\ufeff${at('/1')}\r\n\n# no URL\n  ${at('/2')}`)
    writeFileSync(join(folder(), 'in/list.csv'), `link,id\n"${at('/3?a=1,2')}",three\n`)
    const lines = [
      {
        url: at('/4'),
        method: 'PUT',
        headers: { 'X-A': 'line', 'X-List': ['1', '2'] },
        data: { a: 'b c' },
        user: 'u:p',
      },
      { url: at('/5'), json: { x: [1] }, REFERER: 'http://line.example/', opt: { TCP_KEEPALIVE: 1 } },
      { url: at('/6'), data: '@lines.txt', userAgent: 'line/1' },
    ]
    const input = lines.map((line) => JSON.stringify(line)).join('\n')
    const { code, stderr } = await runCommand(
      ...[
        [
          '-i',
          'in/list.txt',
          '-i',
          'in/list.csv',
          '--url-column',
          'link',
          '-i',
          '-',
          '-s',
          '-S',
          '-H',
          'X-A: shared',
          '-H',
          'X-B: b',
          '-o',
          'in/{n}.out',
          at('/0'),
        ] as const,
      ],
      { cwd: folder(), input },
    )
    expect(stderr).to.equal('')
    expect(code).to.equal(0)
    const byPath = (path: string): RecordedRequest =>
      server.requests.find((request) => request.path === path)!
    expect(server.requests.map(({ url }) => url).sort()).to.deep.equal([
      '/0',
      '/1',
      '/2',
      '/3?a=1,2',
      '/4',
      '/5',
      '/6',
    ])
    const { method, headers, rawHeaders, body } = byPath('/4')
    expect([method, headers['x-a'], headers['x-b'], body.toString()]).to.deep.equal([
      'PUT',
      'line',
      'b',
      'a=b+c',
    ])
    expect(rawHeaders.filter((item) => item === 'X-List')).to.have.length(2)
    expect(headers.authorization).to.equal(`Basic ${Buffer.from('u:p').toString('base64')}`)
    expect(byPath('/5').headers).to.include({
      'content-type': 'application/json',
      referer: 'http://line.example/',
    })
    expect(byPath('/5').body.toString()).to.equal('{"x":[1]}')
    // A line is data, and reads no file.
    expect(byPath('/6').body.toString()).to.equal('@lines.txt')
    expect(byPath('/6').headers['user-agent']).to.equal('line/1')
    expect(byPath('/1').headers['user-agent']).to.match(/^parallelcurl\//)
  })

  it('starts while the list is being written, and reads no further than needed', async () => {
    const { code, text } = await runCommand(['-i', '-', '-s'], {
      input: `${server.url('/page')}\n`,
      keepsInput: true,
      onStart: (child) => void server.waitForRequests(1).then(() => child.stdin?.end(server.url('/page'))),
    })
    expect([code, text]).to.deep.equal([0, 'not herenot here'])
    // Ten megabytes of URLs, of which the first one fails.
    const input = `${server.url('/close')}\n`.repeat(250_000)
    const early = await runCommand(['-i', '-', '-s', '--fail-early', '--parallel-max', '2'], { input })
    expect(early.code).to.equal(1)
    expect(server.requests.length).to.be.below(20)
  })

  it('reports bad lines with their number and goes on; --strict stops', async () => {
    const input = [
      '{"url": 1}',
      '{"url":"x',
      `{"url":"${server.url()}","mehtod":"GET"}`,
      `{"url":"${server.url()}","NOSUCH":1}`,
      '{"url":"u","output":"../x"}',
      server.url(),
    ].join('\n')
    const { code, stderr } = await runCommand(['-i', '-', '-o', '{n}.out'], { input, cwd: folder() })
    expect(code).to.equal(1)
    expect(stderr.match(/stdin:\d+/g)).to.deep.equal(['stdin:1', 'stdin:2', 'stdin:3', 'stdin:4', 'stdin:5'])
    expect(stderr).to.include('did you mean "method"?')
    expect(server.requests).to.have.length(1)
    const strict = await runCommand(['-i', '-', '--strict'], { input })
    expect(strict.code).to.equal(2)
    expect(server.requests).to.have.length(1)
  })

  it('reads config files', async () => {
    const config = `# all of it\nurl = "${server.url('/config')}"\n-H "X-Quoted: a \\"b\\""\nuser-agent: config/1\nrequest POST\ndata=x\n`
    writeFileSync(join(folder(), 'config'), config)
    const { method, path, headers } = await send('-K', 'config', '-A', 'line/2')
    expect([method, path, headers['x-quoted'], headers['user-agent']]).to.deep.equal([
      'POST',
      '/config',
      'a "b"',
      'line/2',
    ])
  })

  it('accepts curl commands as browsers copy them, and prints them', async () => {
    const url = server.url('/browser?a=1&b=2')
    const copied = `curl '${url}' \\\n  -H 'accept: */*' \\\n  -H 'x-quote: it'\\''s' \\\n  -b 'a=b' \\\n  --data-raw $'{"a":"\\u00fc\\'"}' \\\n  --compressed --insecure --next '${server.url('/second')}' -sSL`
    const { code, stderr } = await runCommand(['--from-curl', copied, '-s', '-S'])
    expect(stderr).to.equal('')
    expect(code).to.equal(0)
    const first = server.requests.find(({ path }) => path === '/browser')!
    expect(first.method).to.equal('POST')
    expect(first.body.toString()).to.equal('{"a":"ü\'"}')
    expect(first.headers).to.include({ 'x-quote': "it's", cookie: 'a=b' })
    server.forget()
    const printed = await runCommand(['--from-curl', copied, '--to-curl', '-A', 'same/1'])
    expect(server.requests).to.have.length(0)
    for (const line of printed.text.trimEnd().split('\n')) await runProgram('sh', ['-c', line])
    expect(server.requests.map(({ path, method }) => [path, method])).to.deep.equal([
      ['/browser', 'POST'],
      ['/second', 'GET'],
    ])
    expect(server.requests[0]!.body.toString()).to.equal('{"a":"ü\'"}')
    expect(server.requests[0]!.headers['user-agent']).to.equal('same/1')
  })

  it('ends with exit code 2 and a hint for wrong usage', async () => {
    const wrong: [string[], RegExp][] = [
      [['--retyr', '3', 'u'], /unknown option '--retyr' \(Did you mean --retry\?\)/],
      [[], /there is no URL/],
      [['-i', 'no-such-file'], /--input no-such-file: ENOENT/],
      [['-i', '.'], /--input \.: EISDIR/],
      [['-m', 'x', 'u'], /--max-time takes seconds/],
      [['--opt', 'NOSUCHOPTION=1', 'u'], /unknown option "NOSUCHOPTION"/],
      [['-o', '{nope}', 'u'], /there is no \{nope\}/],
      [['--resume', 'u'], /--resume goes with --journal/],
      [['--from-curl', 'wget x'], /begins with curl/],
    ]
    const results = await Promise.all(wrong.map(([args]) => runCommand(args, { cwd: folder() })))
    for (const [i, { code, stderr, text }] of results.entries()) {
      const [, message] = wrong[i]!
      expect(stderr).to.match(message)
      expect(stderr.trimEnd().split('\n')).to.have.length(1)
      expect([code, text]).to.deep.equal([2, ''])
    }
    expect(server.requests).to.have.length(0)
  })
})
