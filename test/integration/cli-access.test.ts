/**
 * As whom the command goes out: cookies, proxies, sessions, and the files that they are kept in. Does not know how libcurl stores
 * cookies; curl itself says whether what is written is a jar.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCommand, runProgram, temporaryFolder, type CommandResult } from '../support/command.js'
import { startHttpProxy, type HttpProxy } from '../support/http-proxy.js'
import { startHttpServer, type HttpServer, type RecordedRequest } from '../support/http-server.js'
import { requireProgram } from '../support/requires.js'
import { startSocksProxy } from '../support/socks-proxy.js'
import { refusedPort } from '../support/tcp-server.js'

// Newer ones keep no cookie for longer than 400 days.
const LATER = new Date(Date.now() + 30 * 86_400_000).toUTCString()

describe('the command: cookies, proxies, sessions', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    server.route('/login', (_request, response) => {
      response.setHeader('Set-Cookie', [
        `kept=1; Path=/; Expires=${LATER}`,
        'session=2; Path=/sub; HttpOnly',
        `gone=; Path=/; Expires=Thu, 01 Jan 1970 00:00:01 GMT`,
      ])
      response.end('logged in')
    })
    // Each visitor gets a number at its first visit.
    let visitors = 0
    server.route('/visit', (request, response) => {
      if (request.headers.cookie === undefined) response.setHeader('Set-Cookie', `v=${++visitors}; Path=/`)
      response.end()
    })
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })
  const run = (...args: readonly string[]): Promise<CommandResult> => runCommand(args, { cwd: folder() })
  const at = (name: string): string => join(folder(), name)
  const cookiesIn = (text: string): string[] =>
    text
      .split('\n')
      .filter((line) => line !== '' && !/^#(?!HttpOnly_)/.test(line))
      .sort()
  const cookieSent = (request: RecordedRequest | undefined): string[] =>
    (request?.headers.cookie ?? '').split('; ').sort()

  describe('cookies', () => {
    it('writes the jar that curl writes, which curl reads, and reads that of curl', async function () {
      requireProgram(this, 'curl')
      await runProgram('curl', ['-s', '-c', at('curl.jar'), server.url('/login')])
      const { code, stderr } = await run('-s', '-S', '-c', 'our.jar', server.url('/login'))
      expect([code, stderr]).to.deep.equal([0, ''])
      const text = readFileSync(at('our.jar'), 'utf8')
      expect(text.split('\n')[0]).to.equal('# Netscape HTTP Cookie File')
      expect(cookiesIn(text)).to.deep.equal(cookiesIn(readFileSync(at('curl.jar'), 'utf8')))
      expect(statSync(at('our.jar')).mode & 0o077).to.equal(0)
      server.forget()
      await runProgram('curl', ['-s', '-b', at('our.jar'), server.url('/sub/x')])
      await run('-s', '-b', 'curl.jar', server.url('/sub/x'))
      for (const request of server.requests)
        expect(cookieSent(request)).to.deep.equal(['kept=1', 'session=2'])
      expect(server.requests).to.have.length(2)
      await run('-s', '-j', '-b', 'curl.jar', server.url('/sub/x'))
      expect(cookieSent(server.requests[2])).to.deep.equal(['kept=1'])
    })

    it('shares them among all transfers while they run, and leaves the file of -b alone', async () => {
      writeFileSync(at('in.jar'), '127.0.0.1\tFALSE\t/\tFALSE\t0\tfirst\t0\n')
      const before = readFileSync(at('in.jar'), 'utf8')
      const urls = [server.url('/login'), server.url('/sub/a'), server.url('/sub/b')]
      const { text, code } = await run(
        '-b',
        'in.jar',
        '-b',
        'x=y',
        '--parallel-max',
        '1',
        '-o',
        '/dev/null',
        '-c',
        '-',
        ...urls,
      )
      expect(code).to.equal(0)
      expect(server.requests.map(cookieSent)).to.deep.equal([
        ['first=0', 'x=y'],
        ['first=0', 'kept=1', 'session=2', 'x=y'],
        ['first=0', 'kept=1', 'session=2', 'x=y'],
      ])
      expect(readFileSync(at('in.jar'), 'utf8')).to.equal(before)
      expect(cookiesIn(text).map((line) => line.split('\t')[5])).to.have.members(['first', 'kept', 'session'])
    })

    it('goes on with a jar that it makes itself, also for lines with options of their own', async () => {
      const both = ['-s', '-b', 'both.jar', '-c', 'both.jar']
      await run(...both, server.url('/login'))
      server.forget()
      const line = JSON.stringify({ url: server.url('/sub/line'), headers: { 'X-A': '1' } })
      await runCommand([...both, '-i', '-'], { cwd: folder(), input: line })
      expect(cookieSent(server.requests[0])).to.deep.equal(['kept=1', 'session=2'])
      await run('-s', '-b', '', '--parallel-max', '1', server.url('/login'), server.url('/x'))
      expect(cookieSent(server.requests[2])).to.deep.equal(['kept=1'])
    })

    it('writes the jar when it fails, is interrupted, or nobody reads its output', async () => {
      await run(
        '-s',
        '-c',
        'failed.jar',
        '--fail-early',
        '--parallel-max',
        '1',
        server.url('/login'),
        server.url('/close'),
      )
      const stopped = await runCommand(['-c', 'stopped.jar', server.url('/login'), server.url('/hang')], {
        cwd: folder(),
        onStart: (child) => {
          child.stdout?.once('data', () => {
            child.stderr?.once('data', () => child.kill('SIGINT'))
            child.kill('SIGINT')
          })
        },
      })
      expect(stopped.code).to.equal(130)
      const args = ['-c', 'piped.jar', '--parallel-max', '1', server.url('/login')]
      const piped = await runCommand(
        [...args, ...Array.from({ length: 100 }, () => server.url('/bytes/20000'))],
        {
          cwd: folder(),
          onStart: (child) => child.stdout?.once('data', () => child.stdout?.destroy()),
        },
      )
      expect(piped.stderr).to.equal('parallelcurl: stdout: whoever read it has gone (EPIPE)\n')
      for (const name of ['failed.jar', 'stopped.jar', 'piped.jar'])
        expect(cookiesIn(readFileSync(at(name), 'utf8')), name).to.have.length(2)
    })

    it('writes the jar also while it runs: what a kill costs is seconds', async function () {
      this.timeout(30_000)
      const killed = await runCommand(['-s', '-c', 'killed.jar', server.url('/login'), server.url('/hang')], {
        cwd: folder(),
        onStart: (child) => {
          const watcher = watch(folder(), (_event, name) => {
            if (name !== 'killed.jar' || !existsSync(at(name))) return
            watcher.close()
            child.kill('SIGKILL')
          })
        },
      })
      expect(killed.signal).to.equal('SIGKILL')
      expect(cookiesIn(readFileSync(at('killed.jar'), 'utf8'))).to.have.length(2)
    })

    it('says at once what cannot be read or written, and never a value', async () => {
      mkdirSync(at('dir'), { recursive: true })
      writeFileSync(at('bad.jar'), '# Netscape\n\nhost\tTRUE\t/\tsecret1\n')
      const wrong: [string[], RegExp][] = [
        [
          ['-b', 'sessionid'],
          /^parallelcurl: --cookie sessionid: there is no such file \(cookies themselves are name=value\)\n$/,
        ],
        [['-b', 'bad.jar'], /cookie file bad\.jar, line 3: expected 7 fields/],
        [['-b', 'dir'], /--cookie dir: EISDIR/],
        [['-c', 'none/jar'], /--cookie-jar none\/jar: ENOENT/],
        [['-c', 'dir'], /--cookie-jar dir: it is a folder/],
        [['-j'], /-j goes with -b FILE/],
        [['-c', 'x.jar', '--sessions', '2'], /--sessions-file keeps them/],
      ]
      for (const [args, message] of wrong) {
        const { code, stderr } = await run(...args, server.url())
        expect(stderr).to.match(message).and.not.include('secret1')
        expect([code, stderr.trimEnd().split('\n').length]).to.deep.equal([2, 1])
      }
      expect(server.requests).to.have.length(0)
      expect(readdirSync(at('dir'))).to.deep.equal([])
      const full = await run('-s', '-S', '-c', '/dev/full', server.url('/login'))
      expect([full.code, full.stderr]).to.deep.equal([
        1,
        'parallelcurl: /dev/full: the disk is full (ENOSPC)\n',
      ])
    })
  })

  describe('proxies', () => {
    const proxies: HttpProxy[] = []
    before(async () => {
      for (const [user, password] of [
        ['anna', 'p@ss/1'],
        ['bert', 'pass2'],
      ] as const)
        proxies.push(await startHttpProxy({ users: { [user]: password } }))
    })
    after(() => Promise.all(proxies.map((proxy) => proxy.close())))
    beforeEach(() => {
      for (const proxy of proxies) proxy.forget()
    })
    const urls = (count: number): string[] =>
      Array.from({ length: count }, (_, i) => server.url(`/bytes/${i}`))
    const counts = (): number[] =>
      proxies.map(({ requests }) => requests.filter(({ status }) => status === 200).length)
    const writeList = (...more: readonly string[]): void => {
      const [first, second] = proxies.map(({ port }) => port)
      const lines = [
        '# ours',
        '',
        `http://anna:p%40ss%2F1@127.0.0.1:${first}  # the first one`,
        `  bert:pass2@127.0.0.1:${second}\r`,
        ...more,
      ]
      writeFileSync(at('proxies.txt'), `\ufeff${lines.join('\n')}\n`)
    }

    it('goes through those of a file in turn, and around one that is down', async () => {
      writeList()
      const args = ['-s', '-S', '-o', '/dev/null', '--proxies', 'proxies.txt']
      const { code, stderr } = await run(...args, ...urls(20))
      expect([code, stderr]).to.deep.equal([0, ''])
      expect(counts()).to.deep.equal([10, 10])
      expect(new Set(proxies[0]!.requests.map(({ user }) => user))).to.deep.equal(new Set(['anna']))
      await using socks = await startSocksProxy()
      writeList(`http://127.0.0.1:${await refusedPort()}`, `socks5h://127.0.0.1:${socks.port}`)
      server.forget()
      const around = await run(...args, ...urls(30))
      expect([around.code, around.stderr]).to.deep.equal([0, ''])
      expect(server.requests).to.have.length(30)
      expect(socks.requests.length).to.be.greaterThan(0)
      const given = await run(...args.slice(0, -1), '-', '--parallel-max', '1', server.url('/x'))
      expect(given.code, 'an empty list on stdin').to.equal(2)
    })

    it('keeps to their limits, and to a kind of rotation', async () => {
      writeList()
      const args = ['-s', '-o', '/dev/null', '--proxies', 'proxies.txt']
      await run(...args, '--proxy-rotation', 'random', '--rate-proxy', '1/h', ...urls(2))
      expect(counts()).to.deep.equal([1, 1])
      for (const proxy of proxies) proxy.forget()
      await run(...args, '--proxy-rotation', 'sticky', ...urls(12))
      expect(counts().sort()).to.deep.equal([0, 12])
      for (const proxy of proxies) proxy.forget()
      // What one of them answers with 403, the other one gets: at the second try, as with any retry.
      proxies[0]!.refuse = () => 403
      const statuses = await run(
        ...args,
        ...['--proxy-bad-status', '403', '--retry', '3', '--retry-all-errors', '-f', '--retry-delay', '0.01'],
        ...urls(6),
      )
      proxies[0]!.refuse = () => 0
      expect(statuses.code).to.equal(0)
      expect(counts()).to.deep.equal([0, 6])
    })

    it('has so many in flight through each, and tries no other one when told so', async () => {
      await using one = await startHttpProxy()
      const down = await refusedPort()
      writeFileSync(at('half.txt'), `http://127.0.0.1:${one.port}\nhttp://127.0.0.1:${down}\n`)
      const args = ['-s', '-o', '/dev/null', '--proxies', 'half.txt', '--parallel-max-proxy', '1']
      expect((await run(...args, ...urls(8))).code).to.equal(0)
      expect(one.peakOpen).to.equal(1)
      expect(server.requests).to.have.length(8)
      expect((await run(...args, '--proxy-retries', '0', ...urls(8))).code).to.equal(1)
    })

    it('lets a line have its own, and none with an empty one', async () => {
      writeList()
      const lines = [
        { url: server.url('/own'), proxy: `http://bert:pass2@127.0.0.1:${proxies[1]!.port}` },
        { url: server.url('/none'), proxy: '' },
      ]
      const input = lines.map((line) => JSON.stringify(line)).join('\n')
      const { code } = await runCommand(['-s', '-o', '/dev/null', '--proxies', 'proxies.txt', '-i', '-'], {
        cwd: folder(),
        input,
      })
      expect(code).to.equal(0)
      expect(counts()).to.deep.equal([0, 1])
      expect(server.requests).to.have.length(2)
    })

    it('names a bad line by its number, without credentials', async () => {
      writeFileSync(at('bad.txt'), `http://ok:1\n\nhttp://me:hidden1@host:99999\n`)
      writeFileSync(at('odd.txt'), `10.0.0.1:8080:me:hidden2\n`)
      writeFileSync(at('empty.txt'), `# none\n`)
      writeList()
      const wrong: [string[], RegExp][] = [
        [
          ['--proxies', 'bad.txt'],
          /--proxies bad\.txt, line 3: "http:\/\/\*\*\*@host:99999" is not the URL of a proxy: its port/,
        ],
        [['--proxies', 'odd.txt'], /--proxies odd\.txt, line 1: "10\.0\.0\.1:8080:\*\*\*"/],
        [['--proxies', 'empty.txt'], /--proxies empty\.txt: there is no proxy in it/],
        [['--proxies', 'none.txt'], /--proxies none\.txt: ENOENT/],
        [['--proxies', 'proxies.txt', '-x', 'http://h:1'], /-x and --proxies/],
        [
          ['--proxies', 'proxies.txt', '--proxy-rotation', 'nope'],
          /--proxy-rotation is one of round-robin, random, least-used, sticky/,
        ],
        [['--proxies', 'proxies.txt', '--proxy-bad-status', '40x'], /--proxy-bad-status takes/],
        [['--proxy-rotation', 'random'], /--proxy-rotation goes with --proxies/],
      ]
      for (const [args, message] of wrong) {
        const { code, stderr } = await run(...args, server.url())
        expect(stderr).to.match(message).and.not.include('hidden')
        expect([code, stderr.trimEnd().split('\n').length]).to.deep.equal([2, 1])
      }
      expect(server.requests).to.have.length(0)
      writeFileSync(at('down.txt'), `http://me:hidden3@127.0.0.1:${await refusedPort()}\n`)
      const down = await run('--jsonl', '--proxies', 'down.txt', server.url())
      expect(down.code).to.equal(1)
      expect(down.stderr + down.text).to.not.include('hidden')
      expect(JSON.parse(down.text)).to.include({ ok: false, status: 0 })
    })
  })

  describe('sessions', () => {
    const visits = (count: number): string[] => Array.from({ length: count }, () => server.url('/visit'))
    const namesIn = (text: string): string[] =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { session: string }).session)

    it('are as many visitors, each with its own cookies, kept in a file', async () => {
      const args = [
        '-s',
        '-S',
        '--jsonl',
        '--sessions',
        '3',
        '--sessions-file',
        'sessions.json',
        '--parallel-max',
        '1',
      ]
      const { text, code, stderr } = await run(...args, ...visits(9))
      expect([code, stderr]).to.deep.equal([0, ''])
      expect(new Set(namesIn(text))).to.deep.equal(new Set(['session-1', 'session-2', 'session-3']))
      const seen = server.requests.map(({ headers }) => headers.cookie)
      expect(seen.slice(0, 3)).to.deep.equal([undefined, undefined, undefined])
      expect(new Set(seen.slice(3)).size).to.equal(3)
      expect(statSync(at('sessions.json')).mode & 0o077).to.equal(0)
      server.forget()
      await run(...args, ...visits(3))
      expect(new Set(server.requests.map(({ headers }) => headers.cookie))).to.deep.equal(
        new Set(seen.slice(3)),
      )
    })

    it('have had their time after so many requests, and begin with the cookies of -b', async () => {
      writeFileSync(at('seed.jar'), '127.0.0.1\tFALSE\t/\tFALSE\t0\tseed\t1\n')
      const { text } = await run(
        ...[
          '-s',
          '--jsonl',
          '--sessions',
          '1',
          '--session-max-uses',
          '2',
          '-b',
          'seed.jar',
          '--parallel-max',
          '1',
        ],
        ...Array.from({ length: 5 }, () => server.url('/login')),
      )
      expect(namesIn(text)).to.deep.equal(['session-1', 'session-1', 'session-2', 'session-2', 'session-3'])
      expect(server.requests.map(cookieSent)).to.deep.equal([
        ['seed=1'],
        ['kept=1', 'seed=1'],
        ['seed=1'],
        ['kept=1', 'seed=1'],
        ['seed=1'],
      ])
    })

    it('have had their time after so long', async () => {
      server.route('/later', (_request, response) => void setTimeout(() => response.end(), 5))
      const args = ['-s', '--jsonl', '--sessions', '1', '--session-max-age', '0.001', '--parallel-max', '1']
      const { text } = await run(...args, server.url('/later'), server.url('/later'))
      expect(new Set(namesIn(text)).size).to.equal(2)
    })

    it('keep their proxy', async () => {
      await using one = await startHttpProxy()
      await using other = await startHttpProxy()
      writeFileSync(at('two.txt'), `http://127.0.0.1:${one.port}\nhttp://127.0.0.1:${other.port}\n`)
      await run(
        '-s',
        '-o',
        '/dev/null',
        '--sessions',
        '4',
        '--proxies',
        'two.txt',
        '--parallel-max',
        '1',
        ...visits(16),
      )
      const bySession = new Map<string, Set<number>>()
      for (const [i, proxy] of [one, other].entries())
        for (const { headers } of proxy.requests) {
          const cookie = headers.cookie ?? ''
          if (cookie !== '') bySession.set(cookie, (bySession.get(cookie) ?? new Set()).add(i))
        }
      expect(bySession.size).to.equal(4)
      for (const [cookie, through] of bySession) expect(through.size, cookie).to.equal(1)
      expect(one.requests.length + other.requests.length).to.equal(16)
    })

    it('refuse what makes no sense', async () => {
      writeFileSync(at('damaged.json'), '{"version":1,"sessions":[{"cookies":"hidden"}]}')
      const wrong: [string[], RegExp][] = [
        [['--sessions', '0'], /--sessions takes a whole number of at least 1/],
        [['--sessions', '2', '--dedupe'], /--dedupe .* goes without --sessions/],
        [['--sessions-file', 'x.json'], /--sessions-file goes with --sessions/],
        [['--sessions', '2', '--sessions-file', 'damaged.json'], /session file damaged\.json: sessions\[0\]/],
        [['--sessions', '2', '--sessions-file', 'none/x.json'], /--sessions-file none\/x\.json: ENOENT/],
      ]
      for (const [args, message] of wrong) {
        const { code, stderr } = await run(...args, server.url())
        expect(stderr).to.match(message).and.not.include('hidden')
        expect([code, stderr.trimEnd().split('\n').length]).to.deep.equal([2, 1])
      }
      expect(server.requests).to.have.length(0)
      expect(existsSync(at('none'))).to.be.false
    })
  })
})
