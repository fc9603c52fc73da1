/**
 * What the command sends: each of curl's options, on what the server saw, and beside curl itself. Does not look at what is printed
 * but where it must be curl's.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCommand, runProgram, temporaryFolder } from '../support/command.js'
import { startHttpServer, type HttpServer, type RecordedRequest } from '../support/http-server.js'
import { requireProgram } from '../support/requires.js'

describe('the command: requests', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    writeFileSync(join(folder(), 'body.bin'), Buffer.from([1, 0, 10, 13, 255, 65]))
    writeFileSync(join(folder(), 'lines.txt'), 'one\ntwo\n')
    writeFileSync(join(folder(), 'netrc'), 'machine 127.0.0.1 login me password secret\n')
    writeFileSync(
      join(folder(), 'curlrc'),
      '# comment\nheader = "X-A: \\"quoted\\""\nrequest PUT\n-d "x=y z"\n',
    )
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

  describe('beside curl', () => {
    before(function () {
      requireProgram(this, 'curl')
    })
    const cases: readonly (readonly string[])[] = [
      [],
      ['-H', 'X-A: b', '-H', 'X-Empty;', '-H', 'Accept:'],
      ['-H', '@headers.txt'],
      ['-X', 'DELETE'],
      ['-d', 'a=b', '-d', 'c=d'],
      ['-d', '@lines.txt'],
      ['--data-binary', '@body.bin'],
      ['--data-raw', '@lines.txt'],
      ['--data-urlencode', 'q=a b&ü', '--data-urlencode', '=x/y', '--data-urlencode', 'f@lines.txt'],
      ['-G', '-d', 'a=b', '--data-urlencode', 'c=d e'],
      ['-X', 'PUT', '--json', '{"a":1}'],
      ['-e', 'http://from.example/', '-b', 'a=b; c=d', '-b', 'e=f'],
      ['-u', 'user:pass word', '-r', '0-3', '--compressed'],
      // When it asks before it sends differs between versions of libcurl.
      ['-T', 'lines.txt', '-H', 'Expect:'],
      ['-T', 'body.bin', '-X', 'PATCH', '-H', 'Expect:'],
      ['-I'],
      ['-0'],
      ['--http1.1', '-A', '', '-H', 'Host: other.test', '-H', 'User-Agent: header/1'],
      ['-X', 'POST', '-d', ''],
      ['-d', '@-'],
      ['-X', 'OPTIONS', '--path-as-is'],
      ['--oauth2-bearer', 'token', '-H', 'Authorization;'],
      ['--netrc-file', 'netrc'],
      ['-L', '--location-trusted', '-u', 'a:b', '-e', 'http://from.example/;auto', '--max-redirs', '3'],
      ['--data-ascii', 'a b', '--data-raw', 'c=ü', '--form-string', 'x=y'].slice(0, 4),
      ['-K', 'curlrc'],
    ]
    for (const args of cases) {
      it(`sends and prints the same: ${args.join(' ') || 'a plain URL'}`, async () => {
        const all = [...args, '-A', 'test/1', '-s', server.url('/gzip?x=1')]
        const options = { cwd: folder(), input: 'from\nstdin\n' }
        const theirs = await runProgram('curl', all, options)
        const ours = await runCommand(all, options)
        expect(ours.stderr).to.equal('')
        const [expected, actual] = server.requests
        const seen = ({ method, url, rawHeaders, body, httpVersion }: RecordedRequest): object => ({
          method,
          url,
          httpVersion,
          headers: rawHeaders,
          body: body.toString('latin1'),
        })
        expect(seen(actual!)).to.deep.equal(seen(expected!))
        const undated = (output: Buffer): string => output.toString('latin1').replace(/^Date: .*$/m, '')
        expect(undated(ours.stdout)).to.equal(undated(theirs.stdout))
        expect(ours.code).to.equal(theirs.code)
      })
    }

    it('sends and prints the same: forms', async () => {
      const url = server.url('/headers/1')
      const form = [
        '-F',
        'a=1',
        '-F',
        'f=@lines.txt',
        '-F',
        'g=@body.bin;type=x/y;filename="a b.c"',
        '-F',
        'h=<lines.txt',
      ]
      const all = ['-s', '-A', 'x', ...form, '--form-string', 'i=@j;type=k', url]
      await runProgram('curl', all, { cwd: folder() })
      await runCommand(all, { cwd: folder() })
      const [expected, actual] = server.requests.map(({ headers, rawHeaders, body }) => {
        const boundary = /boundary=(\S+)/.exec(headers['content-type'] ?? '')?.[1] ?? 'none'
        // In another order, and of another length, because boundaries are of different lengths.
        const lines = rawHeaders.filter((text) => !/^content-length$|^\d+$/i.test(text))
        const text = JSON.stringify([lines, body.toString('latin1')])
        return text.replaceAll(boundary, 'BOUNDARY')
      })
      expect(actual).to.equal(expected)
    })

    it('authenticates, prints headers and ranges as curl does', async () => {
      const cases = [
        ['--digest', '-u', 'user:pass word', server.url('/auth/digest')],
        ['--anyauth', '-u', 'user:pass word', server.url('/auth/basic')],
        ['-u', 'user:wrong', server.url('/auth/basic')],
        ['-r', '2-5', server.url('/bytes/20')],
        ['--compressed', server.url('/br')],
        ['-L', '--max-redirs', '1', server.url('/redirect/2')],
        ['-G', '-d', 'x=1', `${server.url('/echo')}?a=b#c`],
        ['--fail-with-body', server.url('/status/404')],
        ['-m', '5', server.url('/truncate')],
      ]
      for (const args of cases) {
        const all = ['-s', '-A', 'x', ...args]
        const [theirs, ours] = [await runProgram('curl', all), await runCommand(all)]
        const failed = theirs.code !== 0
        // What broke off is no output here.
        const isPartial = [18, 47].includes(theirs.code ?? 0)
        expect(ours.text.replace(/"connection":\d+,?/, ''), args.join(' ')).to.equal(
          isPartial ? '' : theirs.text.replace(/"connection":\d+,?/, ''),
        )
        expect(ours.code, args.join(' ')).to.equal(failed ? 1 : 0)
      }
      const undated = (text: string): string => text.replace(/^(Date|Content-Length): .*$/gm, '')
      for (const url of [server.url('/headers/2'), server.url('/redirect/1')]) {
        const [theirs, ours] = [
          await runProgram('curl', ['-s', '-i', '-A', 'x', '-L', url]),
          await runCommand(['-s', '--include', '-A', 'x', '-L', url]),
        ]
        expect(undated(ours.text).replace(/"connection":\d+,?/, '')).to.equal(
          undated(theirs.text).replace(/"connection":\d+,?/, ''),
        )
      }
    })

    it('follows redirects and fails with -f as curl does', async () => {
      const redirected = ['-sL', '--max-redirs', '5', server.url('/redirect/2')]
      const [theirs, ours] = [await runProgram('curl', redirected), await runCommand(redirected)]
      const body = (text: string): unknown => (JSON.parse(text) as { method: string; url: string }).url
      expect(body(ours.text)).to.equal(body(theirs.text))
      const failed = ['-sf', server.url('/status/404')]
      const [curl, command] = [await runProgram('curl', failed), await runCommand(failed)]
      expect(command.text).to.equal(curl.text).and.to.equal('')
      expect([curl.code, command.code]).to.deep.equal([22, 1])
    })

    it('has the variables of -w', async () => {
      const names =
        'http_code response_code content_type size_download size_header size_upload num_redirects num_connects url url_effective urlnum method scheme remote_ip remote_port http_version errormsg exitcode redirect_url ssl_verify_result filename_effective'
      const format = `${names
        .split(' ')
        .map((name) => `${name}=%{${name}}`)
        .join('\\n')}\\n100%%\\t%{unknown}%header{content-type}`
      const args = ['-s', '-o', '/dev/null', '-w', format, '-A', 'x', server.url('/headers/2')]
      const [theirs, ours] = [await runProgram('curl', args), await runCommand(args)]
      // What curl 7.88 does not know yet, it leaves out as well.
      const known = theirs.text.includes('%header{')
        ? theirs.text.replace(/%header\{[^}]*\}/, 'text/plain; charset=utf-8')
        : theirs.text
      // Newer ones spell schemes small.
      const small = (text: string): string => text.replace('scheme=HTTP', 'scheme=http')
      expect(small(ours.text)).to.equal(small(known))
    })
  })

  describe('beside curl, as JSON', () => {
    before(function () {
      requireProgram(this, 'curl')
    })
    it('has the same values where both have them, and all but certificates', async () => {
      // What differs from one transfer to the next, and between versions of libcurl.
      const varying = /^(time_.*|speed_.*|local_port|curl_version|scheme)$/
      // What this command has not, and libcurl's words.
      const left = /^(num_certs|certs|errormsg)$/
      const values = (text: string): Record<string, unknown> =>
        Object.fromEntries(
          Object.entries(JSON.parse(text) as Record<string, unknown>)
            .filter(([key]) => !left.test(key))
            .map(([key, value]) => [key, varying.test(key) ? typeof value : value]),
        )
      const toNowhere = ['-o', '/dev/null']
      const cases = [
        [...toNowhere, server.url('/headers/1')],
        [...toNowhere, '-L', server.url('/redirect/2')],
        [...toNowhere, '-d', 'x', server.url()],
        [server.url('/close')],
      ]
      for (const args of cases) {
        const all = ['-s', '-A', 'x', '-w', '%{json}', ...args]
        const theirs = values((await runProgram('curl', all)).text)
        const ours = Object.entries(values((await runCommand(all)).text))
        expect(Object.fromEntries(ours.filter(([key]) => key in theirs)), args.join(' ')).to.deep.equal(
          theirs,
        )
      }
    })
  })

  it('uploads files, also those of lines, and what stands on stdin', async () => {
    const { method, path, body } = await send('-T', 'body.bin', server.url('/folder/'))
    expect([method, path, body.length]).to.deep.equal(['PUT', '/folder/body.bin', 6])
    server.forget()
    await runCommand(['-s', '-T', '-', server.url('/stdin')], { input: 'from stdin' })
    expect(server.requests[0]!.body.toString()).to.equal('from stdin')
    server.forget()
    const line = { url: server.url('/line'), uploadFile: join(folder(), 'lines.txt') }
    await runCommand(['-s', '-i', '-'], { input: JSON.stringify(line) })
    expect(server.requests[0]!.body.toString()).to.equal('one\ntwo\n')
    const missing = await runCommand(['-T', 'no-such-file', server.url('/x')], { cwd: folder() })
    expect(missing.code).to.equal(1)
    expect(missing.stderr).to.include('no-such-file')
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

  it("sets any option of libcurl's, goes through a proxy, and resolves names as told", async () => {
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

  it('retries what may help, and limits time, size and rate', async () => {
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
    // A line is data: it makes nobody read files.
    expect(byPath('/6').body.toString()).to.equal('@lines.txt')
    expect(byPath('/6').headers['user-agent']).to.equal('line/1')
    expect(byPath('/1').headers['user-agent']).to.match(/^parallelcurl\//)
  })

  it('starts while the list is still being written, and reads no further than it needs', async () => {
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

  it('takes config files', async () => {
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

  it('takes curl commands as browsers copy them, and gives them back', async () => {
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

  it('has exit code 2 and a hint for wrong usage', async () => {
    const wrong: [string[], RegExp][] = [
      [['--retyr', '3', 'u'], /unknown option '--retyr' \(Did you mean --retry\?\)/],
      [[], /there is no URL/],
      [['-i', 'no-such-file'], /--input no-such-file: ENOENT/],
      [['-i', '.'], /--input \.: EISDIR/],
      [['-m', 'x', 'u'], /--max-time takes seconds/],
      [['--opt', 'NOSUCHOPTION=1', 'u'], /unknown option "NOSUCHOPTION"/],
      [['-o', '{nope}', 'u'], /there is no \{nope\}/],
      [['--resume', 'u'], /--resume needs --journal/],
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
