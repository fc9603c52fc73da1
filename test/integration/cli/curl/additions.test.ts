/**
 * `parallelcurl curl` with the options of the plain command: JSON lines, archive, page, proxies, sessions,
 * limits. The journal has a file of its own. Does not repeat what the plain command's tests show of each.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Har } from '../../../../src/report/index.js'
import { runCommand, temporaryFolder, type CommandResult } from '../../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'
import { startHttpProxy } from '../../../support/servers/proxies/http-proxy.js'
import { refusedPort } from '../../../support/servers/tcp-server.js'

describe('parallelcurl curl: options of the plain command', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  let isBusy = false
  before(async () => {
    server = await startHttpServer()
    server.route(/^\/page/, (request, response) => {
      response.setHeader('Set-Cookie', 'token=hidden-cookie; Path=/')
      response.end(`${request.path}\n`)
    })
    server.route('/missing', (_request, response) => {
      response.statusCode = 404
      response.end('not here\n')
    })
    server.route('/busy', (_request, response) => {
      isBusy = !isBusy
      response.statusCode = isBusy ? 503 : 200
      response.end(isBusy ? 'busy' : 'done')
    })
    let visitors = 0
    server.route('/visit', (request, response) => {
      if (request.headers.cookie === undefined)
        response.setHeader('Set-Cookie', `v=${String(++visitors)}; Path=/`)
      response.end()
    })
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })
  const at = (name: string): string => join(folder(), name)
  const read = (name: string): string => readFileSync(at(name), 'utf8')
  const run = (...args: readonly string[]): Promise<CommandResult> =>
    runCommand(['curl', '-q', ...args], { cwd: folder() })
  const secret = (path: string): string => server.url(path).replace('//', '//user:hidden-password@')
  const linesOf = (text: string): Record<string, unknown>[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)

  describe('--jsonl', () => {
    it('prints one line for each transfer, and no body; -o gets bodies, and no line has a secret', async () => {
      const args = ['-s', '--jsonl', '-H', 'Authorization: hidden-header', '-i', '-o', 'body']
      const { code, text } = await run(...args, secret('/page/1'), secret('/page/2'))
      expect(code).to.equal(0)
      expect(text).to.not.include('hidden')
      const [first, second, ...rest] = linesOf(text)
      expect(rest).to.deep.equal([])
      expect(first).to.include({ n: 1, status: 200, ok: true, errno: 0, method: 'GET', output: 'body' })
      expect(first!['url']).to.equal(server.url('/page/1').replace('//', '//***@'))
      expect(second).to.include({ n: 2, status: 200 }).and.not.have.any.keys('output', 'body', 'headers')
      expect(read('body')).to.match(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n\/page\/1\n$/)
    })

    it('has the bodies that go to no file with --body, and the headers with --with-headers', async () => {
      server.route('/bytes', (_request, response) => response.end(Buffer.from([0xff, 0])))
      const args = ['-s', '--jsonl', '--body', 'auto', '--with-headers', '-w', '%{size_download}\n']
      const next = ['--next', '-s', '-I', server.url('/bytes'), '--next', '-s', server.url('/bytes')]
      const got = await run(...args, '-o', 'file', server.url('/page/b'), server.url('/page/a'), ...next)
      const [file, , page, , head, bytes] = got.text.trimEnd().split('\n')
      expect(JSON.parse(file!)).to.include({ output: 'file' }).and.not.have.any.keys('body')
      expect(JSON.parse(page!)).to.include({ body: '/page/a\n' })
      expect((JSON.parse(page!) as { headers: object }).headers).to.have.property('set-cookie')
      expect(got.text.split('\n').slice(1, 4)).to.include('8')
      expect(JSON.parse(head!)).to.include({ method: 'HEAD', body: '' })
      expect(JSON.parse(bytes!)).to.include({ body: '/wA=', bodyEncoding: 'base64' })
    })

    it('tells failures: of the server, of the connection, of a file, and of a transfer that is not sent', async () => {
      const nobody = `http://127.0.0.1:${String(await refusedPort())}/`
      const good = server.url('/page/1')
      const args = ['-Z', '-s', '--parallel-max', '1', '--jsonl', '-f', server.url('/missing'), nobody]
      const { code, text } = await run(...args, '-o', '/dev/null', '-o', '/dev/null', '-o', 'no/file', good)
      expect(code).to.equal(22)
      const lines = linesOf(text)
      expect(lines.map(({ n, errno, ok }) => [n, errno, ok])).to.deep.equal([
        [1, 22, false],
        [2, 7, false],
        [3, 23, false],
      ])
      const withBody = await run('-s', '--jsonl', '--fail-with-body', server.url('/missing'))
      expect(withBody.code).to.equal(22)
      expect(linesOf(withBody.text)[0]).to.include({ status: 404, errno: 0, ok: false })
      const unsent = await run('-s', '--jsonl', '-T', 'none', secret('/page'))
      expect(unsent.code).to.equal(26)
      expect(linesOf(unsent.text)).to.have.length(1)
      expect(linesOf(unsent.text)[0]).to.include({ n: 1, ok: false, status: 0, errno: 26 })
      expect(unsent.text).to.not.include('hidden')
    })

    it('counts the attempts of --retry, which repeats only --retry-methods', async () => {
      isBusy = false
      const args = ['-s', '--jsonl', '--retry', '2', '--retry-delay', '0.01', '--har', 'retry.har']
      const { text } = await run(...args, server.url('/busy'))
      const [line] = linesOf(text)
      expect(line).to.include({ status: 200 })
      const attempts = line!['attempts'] as { responseCode: number }[]
      expect(attempts.map(({ responseCode }) => responseCode)).to.deep.equal([503, 200])
      const { log } = JSON.parse(read('retry.har')) as Har
      expect(log.entries.map(({ comment }) => comment)).to.deep.equal(['2 attempts'])
      expect(log.entries[0]!.timings.blocked).to.be.at.least(10)
      isBusy = false
      server.forget()
      await run(...args, '--retry-methods', 'GET,PUT', '-d', 'x', server.url('/busy'))
      expect(server.requests).to.have.length(1)
    })

    for (const [what, args] of [
      ['-o', ['-o', '-']],
      ['-D', ['-D', '-']],
      ['-c', ['-c', '-']],
      ['--etag-save', ['--etag-save', '-']],
      ['--trace', ['--trace-ascii', '-']],
      ['--stderr', ['--stderr', '-']],
    ] as const) {
      it(`is refused beside ${what} -, which writes to stdout, too`, async () => {
        const { code, text, stderr } = await run('--jsonl', ...args, server.url('/page'))
        expect(code).to.equal(2)
        expect(text + stderr).to.equal(
          `curl: --jsonl has stdout: ${what} - cannot write to it, too (name a file)\n`,
        )
        expect(server.requests).to.have.length(0)
      })
    }

    it('ends the run with 23 where nobody reads the lines', async () => {
      const { code } = await runCommand(
        ['curl', '-q', '-s', '--jsonl', server.url('/page/[1-500]'), '--journal', 'pipe.journal'],
        {
          cwd: folder(),
          onStart: (child) => child.stdout?.destroy(),
        },
      )
      expect(code).to.equal(23)
      expect(server.requests.length).to.be.lessThan(500)
      expect(read('pipe.journal').trimEnd().split('\n')).to.have.length(1)
    })
  })

  describe('--har and --report', () => {
    it('have all transfers of a run, of every operation, with sizes and without secrets', async () => {
      const args = ['-s', '-Z', '--har', 'run.har', '--report', 'run.html', '-H', 'X-Api-Key: hidden-key']
      const second = ['--next', '-s', '-u', 'u:hidden-user', '-d', 'x=1', '-o', 'b', server.url('/page/22')]
      const { code, text } = await run(...args, secret('/page/1'), ...second)
      expect([code, text]).to.deep.equal([0, '/page/1\n'])
      const har = read('run.har')
      expect(har + read('run.html')).to.not.include('hidden-')
      const { log } = JSON.parse(har) as Har
      const entries = log.entries.sort((a, b) => b.request.url.length - a.request.url.length)
      expect(entries.map(({ request }) => request.method)).to.deep.equal(['POST', 'GET'])
      expect(entries.map(({ response }) => response.content.size)).to.deep.equal([9, 8])
      const names = entries[1]!.request.headers.map(({ name }) => name)
      expect(names).to.include.members(['X-Api-Key', 'Authorization'])
      expect(entries[1]!.response.headers.map(({ name }) => name)).to.not.include('Set-Cookie')
      expect(read('run.html')).to.include('/page/22').and.include('</html>')
    })

    it('show the wire beside -v, and secrets with --har-secrets', async () => {
      const { stderr } = await run('-sv', '--har', 'v.har', '--har-secrets', '-u', 'a:b', server.url('/page'))
      expect(stderr).to.include('> GET /page HTTP/1.1')
      expect(read('v.har')).to.include(`Basic ${Buffer.from('a:b').toString('base64')}`)
    })
  })

  describe('--proxies and --sessions', () => {
    it('use proxies in turn, pass by one that fails or refuses, and write only the answer', async () => {
      await using good = await startHttpProxy({ users: { anna: 'pass' } })
      await using bad = await startHttpProxy()
      bad.refuse = () => 403
      const down = `http://127.0.0.1:${String(await refusedPort())}`
      writeFileSync(at('proxies'), `${down}\n${bad.url()}\n${good.url('anna')}\n`)
      const args = ['-s', '-S', '--proxies', 'proxies', '--proxy-bad-status', '403']
      const { code, text, stderr } = await run(...args, server.url('/page/[1-4]'), '-o', 'p#1')
      expect([code, text, stderr]).to.deep.equal([0, '', ''])
      for (const n of [1, 2, 3, 4]) expect(read(`p${String(n)}`)).to.equal(`/page/${String(n)}\n`)
      expect(bad.requests.length).to.be.greaterThan(0)
      const out = await run(...args, server.url('/page/[1-3]'))
      expect(out.text).to.equal('/page/1\n/page/2\n/page/3\n')
      writeFileSync(at('sent'), 'the whole body')
      server.forget()
      await run(...args, '-T', 'sent', server.url('/page/[1-3]'))
      expect(server.requests.map(({ body }) => body.toString())).to.deep.equal(
        Array<string>(3).fill('the whole body'),
      )
    })

    it('leave an operation its own -x, and are refused where each has one', async () => {
      await using pool = await startHttpProxy()
      await using own = await startHttpProxy()
      writeFileSync(at('pool'), `${pool.url()}\n`)
      const ofOwn = ['-s', '-x', own.url(), server.url('/page/own')]
      await run('-s', '--proxies', 'pool', server.url('/page/pool'), '--next', ...ofOwn)
      expect(pool.requests.map(({ target }) => target)).to.deep.equal([server.url('/page/pool')])
      expect(own.requests.map(({ target }) => target)).to.deep.equal([server.url('/page/own')])
      const { code, stderr } = await run('--proxies', 'pool', ...ofOwn)
      expect([code, stderr]).to.deep.equal([2, 'curl: -x and --proxies name proxies: use one of them\n'])
    })

    it('make visitors with cookies of their own, which a file keeps', async () => {
      writeFileSync(at('seed'), '127.0.0.1\tFALSE\t/sub\tFALSE\t0\tseed\t1\n')
      const args = ['-s', '--jsonl', '--sessions', '2', '--sessions-file', 'sessions.json', '-b', 'seed']
      const { text, code } = await run(...args, ...Array<string>(6).fill(server.url('/visit')))
      expect(code).to.equal(0)
      expect(new Set(linesOf(text).map(({ session }) => session)).size).to.equal(2)
      expect(server.requests.map(({ headers }) => headers.cookie)).to.deep.equal([
        undefined,
        undefined,
        'v=1',
        'v=2',
        'v=1',
        'v=2',
      ])
      server.forget()
      await run(...args, server.url('/visit'), server.url('/sub'))
      expect(server.requests[0]!.headers.cookie).to.match(/^v=[12]$/)
      expect(server.requests[1]!.headers.cookie).to.include('seed=1')
      const jar = await run('--sessions', '2', '-c', 'jar', server.url('/visit'))
      expect([jar.code, jar.stderr]).to.deep.equal([
        2,
        'curl: -c cannot be combined with --sessions: each session has its own cookies (--sessions-file saves them)\n',
      ])
    })
  })

  describe('limits per host', () => {
    it('hold one host back with -Z, and none of the others', async () => {
      await using other = await startHttpServer()
      other.route('/free', (_request, response) => response.end())
      const args = ['-s', '-Z', '--parallel-max', '2', '--rate-host', '1/h', '--fail-early']
      const { code } = await runCommand(
        ['curl', '-q', ...args, server.url('/page/[1-5]'), other.url('/free')],
        {
          cwd: folder(),
          onStart: (child) => void other.waitForRequests(1).then(() => child.kill('SIGTERM')),
        },
      )
      expect(code).to.equal(null)
      expect(server.requests).to.have.length(1)
      expect(other.requests).to.have.length(1)
    })

    it('keep --parallel-max, and adapt to a host with --adaptive', async () => {
      const gate = server.gate('adaptive')
      const going = run('-s', '-Z', '--parallel-max', '8', '--adaptive', server.url('/gate/adaptive?[1-6]'))
      await gate.waiting(2)
      expect(server.requests).to.have.length(2)
      gate.open()
      expect((await going).code).to.equal(0)
      expect(server.requests).to.have.length(6)
    })
  })

  for (const [what, args, message] of [
    ['an option without the one that it needs', ['--resume'], /^curl: --resume goes with --journal FILE$/],
    ['a wrong value', ['--rate-host', 'x'], /^curl: --rate-host takes a number for a time/],
    ['a file that is not there', ['--proxies', 'nowhere'], /^curl: --proxies nowhere: ENOENT/],
    ['an option that has no meaning here', ['--dedupe'], /^curl: option --dedupe: belongs to parallelcurl/],
    ['lists of the plain command', ['--input', 'x'], /^curl: option --input: .*--url @FILE and -K/],
  ] as const) {
    it(`refuse ${what} with one line and code 2`, async () => {
      const { code, stderr } = await run(...args, server.url('/page'))
      expect(stderr.split('\n')[0]).to.match(message)
      expect(code).to.equal(2)
      expect(server.requests).to.have.length(0)
    })
  }

  it('are listed by --help, and none of curl’s is', async () => {
    const { code, text } = await run('--help')
    expect(code).to.equal(0)
    for (const long of [
      'journal FILE',
      'jsonl',
      'har FILE',
      'proxies FILE',
      'rate-host RATE',
      'grace SECONDS',
    ])
      expect(text).to.match(new RegExp(`^ {6}--${long} `, 'm'))
    expect(text).to.not.match(/--(location|retry|dedupe|input) /)
  })

  it('can be switched off again, and stand in a config file', async () => {
    writeFileSync(at('config'), 'har = "config.har"\nsilent\njsonl\n')
    const { text } = await run('-K', 'config', '--no-jsonl', server.url('/page/x'))
    expect(text).to.equal('/page/x\n')
    expect(existsSync(at('config.har'))).to.equal(true)
  })
})
