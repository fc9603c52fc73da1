/**
 * The command and curl, given the same: what both send and print, byte by byte. Does not know which options
 * there are besides.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { usesGnuTls } from '../../../../src/engine/node-libcurl/binding.js'
import { runCommand, runProgram, temporaryFolder } from '../../../support/programs/command.js'
import {
  startHttpServer,
  type HttpServer,
  type RecordedRequest,
} from '../../../support/servers/http/http-server.js'
import { requireProgram } from '../../../support/programs/requires.js'

describe('the command beside curl', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  let tls: HttpServer
  before(async () => {
    server = await startHttpServer()
    tls = await startHttpServer({ tls: true })
    writeFileSync(join(folder(), 'body.bin'), Buffer.from([1, 0, 10, 13, 255, 65]))
    writeFileSync(join(folder(), 'lines.txt'), 'one\ntwo\n')
    writeFileSync(join(folder(), 'netrc'), 'machine 127.0.0.1 login me password secret\n')
    writeFileSync(
      join(folder(), 'curlrc'),
      '# comment\nheader = "X-A: \\"quoted\\""\nrequest PUT\n-d "x=y z"\n',
    )
    writeFileSync(join(folder(), 'headers.txt'), 'X-One: 1\nX-Two: 2\n')
  })
  after(async () => {
    await server.close()
    await tls.close()
  })
  beforeEach(() => {
    server.forget()
  })

  describe('with one URL', () => {
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
      ['-e', 'http://from.example/', '-b', 'a=b; c=d'],
      ['-u', 'user:pass word', '-r', '0-3', '--compressed'],
      // Versions of libcurl differ in when they send Expect: 100-continue.
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

    it('F17: sends the same: what -F can say of a part, forms by other methods, -T by POST', async function () {
      this.timeout(120_000)
      writeFileSync(join(folder(), 'part-headers'), 'X-One: 1\nX-Two: 2\n')
      const cases: readonly (readonly string[])[] = [
        ['-F', 'f=@lines.txt;filename="a\\"b"'],
        ['-F', 'f=@-'],
        ['-F', 'f=@lines.txt;headers=X-A: 1'],
        ['-F', 'f=@lines.txt;headers=@part-headers'],
        ['-F', 'f=@body.bin;encoder=base64'],
        ['-F', 'meta={"a":1};type=application/json', '-F', 'f=@lines.txt'],
        ['-F', 'f=@lines.txt,body.bin'],
        ['-F', 'a=b', '-X', 'PUT'],
        ['-F', 'a=b;type=x/y', '-X', 'PUT'],
        ['-F', 'a=b;type=x/y', '-H', 'Content-Type: multipart/related'],
        ['-T', 'lines.txt', '-X', 'POST'],
        ['-T', '-', '-X', 'POST'],
        ['-T', 'lines.txt', '-X', 'POST', '-H', 'Content-Type: a/b'],
      ]
      for (const args of cases) {
        server.forget()
        const all = ['-s', '-S', '-A', 'x', ...args, server.url('/headers/1')]
        const options = { cwd: folder(), input: 'from stdin' }
        await runProgram('curl', all, options)
        const { stderr } = await runCommand(all, options)
        expect(stderr).to.equal('')
        const [expected, actual] = server.requests.map(({ method, rawHeaders, body }) => {
          const lines = rawHeaders.flatMap((name, i) =>
            i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]!}`] : [],
          )
          // When it asks before it sends, and how long boundaries are, differs between versions of libcurl.
          const sent = lines.filter((line) => !/^(content-length|expect):/i.test(line)).sort()
          const text = JSON.stringify([method, sent, body.toString('latin1')])
          return text.replace(/-{24}[A-Za-z0-9]{16,22}/g, 'BOUNDARY')
        })
        expect(actual, args.join(' ')).to.equal(expected)
      }
      const wrong = await runCommand(['-F', 'a=b;c', server.url()])
      expect([wrong.code, wrong.stderr]).to.deep.equal([
        2,
        'parallelcurl: -F a=b;c: skip unknown form field: c (--form-string takes text as it is)\n',
      ])
    })

    it('authenticates, prints headers and ranges as curl does', async function () {
      this.timeout(120_000)
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
        expect(ours.text.replace(/"connection":\d+,?/, ''), args.join(' ')).to.equal(
          theirs.text.replace(/"connection":\d+,?/, ''),
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

    it('prints the same for each variable of -w', async () => {
      const names =
        'http_code response_code content_type size_download size_header size_upload num_redirects num_connects url url_effective urlnum method scheme remote_ip remote_port http_version errormsg exitcode redirect_url ssl_verify_result filename_effective'
      const format = `${names
        .split(' ')
        .map((name) => `${name}=%{${name}}`)
        .join('\\n')}\\n100%%\\t%{unknown}%header{content-type}`
      const args = ['-s', '-o', '/dev/null', '-w', format, '-A', 'x', server.url('/headers/2')]
      const [theirs, ours] = [await runProgram('curl', args), await runCommand(args)]
      // curl 7.88 leaves variables out that it does not have yet.
      const known = theirs.text.includes('%header{')
        ? theirs.text.replace(/%header\{[^}]*\}/, 'text/plain; charset=utf-8')
        : theirs.text
      // Newer ones spell schemes small.
      const small = (text: string): string => text.replace('scheme=HTTP', 'scheme=http')
      expect(small(ours.text)).to.equal(small(known))
    })

    it('prints the same certificates', async () => {
      const all = ['-sk', '-o', '/dev/null', '-w', '%{num_certs}\n%{certs}', tls.url()]
      const [theirs, ours] = [await runProgram('curl', all), await runCommand(all)]
      expect(theirs.text).to.match(/^[12]\nSubject:[\s\S]*\nIssuer:[\s\S]*-----END CERTIFICATE-----\n$/)
      // docs/builds.md: GnuTLS has other names.
      const shown = ({ text }: { text: string }): string =>
        usesGnuTls ? text.replace(/^Subject:[^]*?(?=-----BEGIN)/m, '') : text
      expect(shown(ours)).to.equal(shown(theirs))
    })
  })

  describe('with -w %{json}', () => {
    before(function () {
      requireProgram(this, 'curl')
    })
    it('prints the same values for the keys that both have', async () => {
      // Variables that differ from one transfer to the next, and between versions of libcurl.
      const varying = /^(time_.*|speed_.*|local_port|curl_version|scheme)$/
      // libcurl's words.
      const left = usesGnuTls ? /^(errormsg|certs|ssl_verify_result)$/ : /^errormsg$/
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
        ['-k', ...toNowhere, tls.url('/headers/1')],
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
})
