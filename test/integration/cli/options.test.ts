/**
 * Options of the command that need more than one request, a server of another kind, or time: asserted at the
 * servers. Does not look at bodies and headers of single requests: they are compared with curl's elsewhere.
 */
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { authorityPem, issueCertificate } from '../../support/servers/certificates.js'
import { runCommand, temporaryFolder, type CommandResult } from '../../support/programs/command.js'
import { patternBytes } from '../../support/servers/http/http-handlers.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { serveFile } from '../../support/servers/http/served-file.js'
import { startTcpServer } from '../../support/servers/tcp-server.js'

describe('the command: options', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    writeFileSync(join(folder(), 'ca.pem'), authorityPem())
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })
  const at = (name: string): string => join(folder(), name)
  const run = (...args: readonly string[]): Promise<CommandResult> => runCommand(args, { cwd: folder() })
  const records = (text: string): Record<string, unknown>[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)

  describe('in parallel', () => {
    const gated = (count: number, name: string): string[] =>
      Array.from({ length: count }, (_, i) => `${server.url(`/gate/${name}`)}?${i}`)

    it('limits the transfers at once, and those to one host', async () => {
      const gate = server.gate('max')
      const all = run('-s', '--parallel-max', '3', '-o', '/dev/null', ...gated(7, 'max'))
      await gate.waiting(3)
      gate.open()
      expect((await all).code).to.equal(0)
      expect(server.requests).to.have.length(7)
      expect(server.peakInFlight).to.equal(3)
      server.forget()
      const other = await startHttpServer()
      try {
        const [ours, theirs] = [server.gate('host'), other.gate('host')]
        const urls = [...gated(5, 'host'), other.url('/gate/host'), other.url('/gate/host')]
        const both = run('-s', '--parallel-max-host', '2', '-o', '/dev/null', ...urls)
        await Promise.all([ours.waiting(2), theirs.waiting(2)])
        ours.open()
        theirs.open()
        await both
        expect([server.peakInFlight, server.requests.length]).to.deep.equal([2, 5])
      } finally {
        await other.close()
      }
    })

    it('begins with two at once with --adaptive, and shares equal GETs with --dedupe', async () => {
      const gate = server.gate('adaptive')
      const adapting = run('-s', '--adaptive', '-o', '/dev/null', ...gated(6, 'adaptive'))
      await gate.waiting(2)
      expect(server.inFlight).to.equal(2)
      gate.open()
      expect((await adapting).code).to.equal(0)
      server.forget()
      const same = server.gate('same')
      const shared = run('-s', '--dedupe', ...Array.from({ length: 5 }, () => server.url('/gate/same')))
      await same.waiting(1)
      same.open()
      expect((await shared).text).to.equal('passed same'.repeat(5))
      expect(server.requests).to.have.length(1)
    })

    it('keeps to rates, rates of a host, and delays', async () => {
      for (const option of ['--rate=2/s', '--rate-host=2/s', '--delay-host=0.5']) {
        const urls = Array.from({ length: 3 }, (_, i) => server.url(`/bytes/${i}`))
        const { text } = await run('-s', '--jsonl', option, ...urls)
        const starts = records(text).map(
          ({ attempts }) => (attempts as { startedAt: number }[])[0]!.startedAt,
        )
        expect(Math.max(...starts) - Math.min(...starts), option).to.be.at.least(990)
      }
      const wrong = await run('--rate', 'fast', server.url())
      expect([wrong.code, wrong.stderr.includes('--rate takes a number for a time')]).to.deep.equal([2, true])
    })

    it('keeps to the memory budget of --buffer', async () => {
      const urls = Array.from({ length: 5 }, (_, i) => server.url(`/bytes/${1000 + i}`))
      const { code, stdout } = await run('-s', '--buffer', '1', ...urls)
      expect([code, stdout.length]).to.deep.equal([0, 5010])
      expect((await run('--buffer', 'much', server.url())).code).to.equal(2)
    })
  })

  describe('retries', () => {
    const statuses = (): number => server.requests.length

    it('repeat any failure with --retry-all-errors, by --retry-methods, within --retry-max-time', async () => {
      const quick = ['-s', '-o', '/dev/null', '--retry', '2', '--retry-delay', '0.001']
      await run(...quick, server.url('/status/404'))
      expect(statuses(), '404 is no reason').to.equal(1)
      await run(...quick, '--retry-all-errors', server.url('/status/404'))
      expect(statuses()).to.equal(1 + 3)
      await run(...quick, '-d', 'x', server.url('/status/503'))
      expect(statuses(), 'no POST again').to.equal(1 + 3 + 1)
      await run(...quick, '-d', 'x', '--retry-methods', 'GET,POST', server.url('/status/503'))
      expect(statuses()).to.equal(1 + 3 + 1 + 3)
      const { code, stderr } = await run(
        '--retry',
        '1000',
        '--retry-delay',
        '30',
        '--retry-max-time',
        '0.2',
        '-f',
        server.url('/status/503'),
      )
      expect(code).to.equal(1)
      expect(stderr).to.match(/\((22|28)\)/)
    })
  })

  describe('connections', () => {
    let secure: HttpServer
    before(async () => {
      secure = await startHttpServer({ tls: true })
    })
    after(() => secure.close())

    it('checks certificates: -k, --cacert, --pinnedpubkey', async () => {
      const url = secure.url()
      const checked = await run(url)
      expect([checked.code, /\(60\)/.test(checked.stderr)]).to.deep.equal([1, true])
      expect((await run('-s', '-k', url)).code).to.equal(0)
      expect((await run('-s', '--cacert', 'ca.pem', url)).code).to.equal(0)
      const pinned = await run('-k', '--pinnedpubkey', `sha256//${'A'.repeat(43)}=`, url)
      expect(pinned.stderr).to.include('(90)')
      expect(secure.requests).to.have.length(2)
    })

    it('sends a client certificate: -E, --key', async () => {
      const asking = await startHttpServer({ tls: true, requestCert: 'required' })
      const { cert, key } = issueCertificate('a client')
      writeFileSync(at('client.pem'), cert)
      writeFileSync(at('client.key'), key)
      try {
        const args = ['-s', '--cacert', 'ca.pem']
        expect((await run(...args, asking.url())).code).to.equal(1)
        expect((await run(...args, '-E', 'client.pem', '--key', 'client.key', asking.url())).code).to.equal(0)
      } finally {
        await asking.close()
      }
    })

    it('uses the HTTP version of the option', async () => {
      const { cert, key } = issueCertificate('localhost', ['localhost', '127.0.0.1'])
      const both = http2.createSecureServer({ cert, key, allowHTTP1: true }, (request, response) => {
        response.end(request.httpVersion)
      })
      await new Promise<void>((resolve) => both.listen(0, '127.0.0.1', resolve))
      try {
        const url = `https://127.0.0.1:${(both.address() as AddressInfo).port}/`
        for (const [option, version] of [
          ['--http2', '2.0 2'],
          ['--http1.1', '1.1 1.1'],
        ] as const)
          expect((await run('-s', '-k', option, '-w', ' %{http_version}', url)).text).to.equal(version)
      } finally {
        both.close()
      }
    })

    it('keeps to --connect-timeout, --limit-rate and --proto', async () => {
      await using silent = await startTcpServer(() => undefined)
      const late = await run('--connect-timeout', '0.05', `https://127.0.0.1:${silent.port}/`)
      expect([late.code, /\(28\)/.test(late.stderr)]).to.deep.equal([1, true])
      // libcurl 7.88 reads all that is there before it looks at the rate. So the server sends little at a
      // time.
      let sent = 0
      server.route('/paced', (_request, response) => {
        const timer = setInterval(() => response.write(Buffer.alloc(1024), () => (sent += 1024)), 5)
        response.on('close', () => clearInterval(timer))
      })
      const paced = ['-s', '-m', '1', '-o', '/dev/null', '-w', '%{size_download}', server.url('/paced')]
      const cut = await run('--limit-rate', '1K', ...paced)
      expect([cut.code, Number(cut.text) > 0, Number(cut.text) < sent / 2]).to.deep.equal([1, true, true])
      const refused = await run('--proto', '=https', server.url())
      expect(refused.stderr).to.include('(1)')
      expect(server.requests).to.have.length(1)
    })

    it('connects to the address of the option', async () => {
      const path = at('socket')
      const local = http.createServer((request, response) => response.end(request.headers.host))
      await new Promise<void>((resolve) => local.listen(path, resolve))
      try {
        expect((await run('-s', '--unix-socket', 'socket', 'http://any.test/')).text).to.equal('any.test')
      } finally {
        local.close()
      }
      const { port } = server
      await run(
        '-s',
        '--connect-to',
        `any.test:80:127.0.0.1:${port}`,
        '-4',
        '--interface',
        '127.0.0.1',
        'http://any.test/x',
      )
      expect(server.requests[0]!.headers.host).to.equal('any.test')
    })
  })

  it('continues a file that was cut with -C -', async () => {
    const body = Buffer.from('0123456789abcdefghij')
    const ranges: (string | undefined)[] = []
    server.route('/cut', (request, response) => {
      const { range } = request.headers
      ranges.push(range)
      response.setHeader('ETag', '"1"')
      response.setHeader('Accept-Ranges', 'bytes')
      if (range === undefined) {
        response.setHeader('Content-Length', body.length)
        response.write(body.subarray(0, 10), () => response.socket?.end())
        return
      }
      response.statusCode = 206
      response.setHeader('Content-Range', 'bytes 10-19/20')
      response.end(body.subarray(10))
    })
    const args = ['-C', '-', '-o', 'cut.txt', server.url('/cut')]
    expect((await run('-s', ...args)).code).to.equal(1)
    expect(readdirSync(folder())).to.not.include('cut.txt')
    const { code, stderr } = await run(...args)
    expect([code, stderr]).to.deep.equal([0, ''])
    expect(ranges).to.deep.equal([undefined, 'bytes=10-'])
    expect(readFileSync(at('cut.txt'), 'utf8')).to.equal(body.toString())
    expect((await run('-C', '5', '-o', 'x', server.url())).code).to.equal(2)
  })

  it('fetches a file in segments', async () => {
    const bytes = patternBytes(3_000_000)
    server.route('/large', (request, response) => serveFile({ bytes, etag: '"1"' }, request, response, 0))
    server.forget()
    const { code, stderr } = await run('-s', '-S', '--segments', '4', '-o', 'large-{n}', server.url('/large'))
    expect([code, stderr]).to.deep.equal([0, ''])
    expect(readFileSync(at('large-1')).equals(bytes)).to.equal(true)
    expect(server.requests.map(({ headers }) => headers.range).sort()).to.deep.equal([
      'bytes=0-1048575',
      'bytes=1048576-2024287',
      'bytes=2024288-2999999',
    ])
    const wrong: [string[], RegExp][] = [
      [['--segments', '0', '-o', 'x'], /--segments takes a whole number from 1 to 64; got "0"/],
      [['--segments', '65', '-o', 'x'], /--segments takes a whole number from 1 to 64/],
      [['--segments', '4'], /--segments is about files: it goes with -o or -O/],
    ]
    for (const [args, message] of wrong) {
      const refused = await run(...args, server.url('/large'))
      expect([refused.code, refused.stderr]).to.deep.equal([2, refused.stderr])
      expect(refused.stderr).to.match(message)
    }
  })

  it('starts at once with a list of 10 GB, and ends as fast', async () => {
    writeFileSync(at('huge.txt'), `${server.url('/gate/huge')}\n`.repeat(2000))
    // Sparse: what follows is there, but on no disk.
    truncateSync(at('huge.txt'), 10 * 1024 ** 3)
    const { code, stderr } = await runCommand(['-i', 'huge.txt', '-o', '/dev/null'], {
      cwd: folder(),
      onStart: (child) => {
        void server
          .gate('huge')
          .waiting(50)
          .then(() => child.kill('SIGINT'))
      },
    })
    expect(code).to.equal(130)
    expect(stderr).to.match(/interrupted: 0 done, \d+ dropped\n$/)
  })

  it('writes the format of a file with -w, to stdout and stderr, or only for errors', async () => {
    writeFileSync(at('format'), '%{stderr}to people %{urlnum}%{stdout}\\tto data\\n%{onerror}%{exitcode}\\n')
    const good = await run('-s', '-o', '/dev/null', '-w', '@format', server.url())
    expect([good.stderr, good.text]).to.deep.equal(['to people 0', '\tto data\n'])
    const bad = await run('-s', '-w', '%{onerror}%{exitcode} %{json}', server.url('/close'))
    expect(bad.text).to.match(/^52 \{.*"exitcode":52.*"url":"http.*\}$/)
  })

  it('writes to the files of %output{}, replacing or appending', async () => {
    writeFileSync(at('log'), 'before\n')
    writeFileSync(at('last'), 'before\n')
    const format =
      'a%output{>>log}%{urlnum}\\n%output{last}last %{urlnum}%output{}b%output{missing/file}c%{stdout}d\\n%output{touched}'
    const { text, stderr, code } = await run(
      ...['-s', '-o', '/dev/null', '-w', format, '--parallel-max', '1', server.url(), server.url()],
    )
    expect([code, stderr, text]).to.deep.equal([0, '', 'ad\nad\n'])
    const read = (name: string): string => readFileSync(at(name), 'utf8')
    expect(read('log')).to.equal('before\n0\n1\n')
    expect(read('last')).to.equal('last 1bc')
    expect(read('touched')).to.equal('')
  })
})
