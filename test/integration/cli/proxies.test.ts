/**
 * As whom the command goes out: proxies of a file, and sessions with their own. Does not know how proxies are
 * chosen.
 */
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCommand, temporaryFolder, type CommandResult } from '../../support/programs/command.js'
import { startHttpProxy, type HttpProxy } from '../../support/servers/proxies/http-proxy.js'
import {
  startHttpServer,
  type HttpServer,
  type RecordedRequest,
} from '../../support/servers/http/http-server.js'
import { startSocksProxy } from '../../support/servers/proxies/socks-proxy.js'
import { refusedPort } from '../../support/servers/tcp-server.js'

// Newer ones keep no cookie for longer than 400 days.
const LATER = new Date(Date.now() + 30 * 86_400_000).toUTCString()

describe('the command: proxies and sessions', () => {
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
  const cookieSent = (request: RecordedRequest | undefined): string[] =>
    (request?.headers.cookie ?? '').split('; ').sort()

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
        // As sellers of proxies give them.
        `  127.0.0.1:${second}:bert:pass2\r`,
        ...more,
      ]
      writeFileSync(at('proxies.txt'), `\ufeff${lines.join('\n')}\n`)
    }

    it('uses the proxies of a file in turn, and skips one that is down', async () => {
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

    it('reads files as editors write them: any line ends, comments before them, UTF-16', async () => {
      const [first, second] = proxies.map(({ port }) => `127.0.0.1:${port}`)
      const text = `# two proxies\n${first}:anna:p@ss/1 # the first\n\n${second}:bert:pass2\n`
      const files: [name: string, content: Buffer][] = [
        ['crlf.txt', Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`)],
        ['cr.txt', Buffer.from(text.replaceAll('\n', '\r'))],
        ['utf16.txt', Buffer.from(`\ufeff${text}`, 'utf16le')],
      ]
      for (const [name, content] of files) {
        writeFileSync(at(name), content)
        for (const proxy of proxies) proxy.forget()
        const { code, stderr } = await run('-s', '-S', '-o', '/dev/null', '--proxies', name, ...urls(4))
        expect([code, stderr, counts()], name).to.deep.equal([0, '', [2, 2]])
      }
    })

    it('keeps to the limits of proxies, and to the rotation', async () => {
      writeList()
      const args = ['-s', '-o', '/dev/null', '--proxies', 'proxies.txt']
      await run(...args, '--proxy-rotation', 'random', '--rate-proxy', '1/h', ...urls(2))
      expect(counts()).to.deep.equal([1, 1])
      for (const proxy of proxies) proxy.forget()
      await run(...args, '--proxy-rotation', 'sticky', ...urls(12))
      expect(counts().sort()).to.deep.equal([0, 12])
      for (const proxy of proxies) proxy.forget()
      // Requests that one proxy answers with 403 go to the other one: at the second try, as with any retry.
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

    it('limits the transfers through each proxy, and tries no other proxy with --proxy-retries 0', async () => {
      await using one = await startHttpProxy()
      const down = await refusedPort()
      writeFileSync(at('half.txt'), `http://127.0.0.1:${one.port}\nhttp://127.0.0.1:${down}\n`)
      const args = ['-s', '-o', '/dev/null', '--proxies', 'half.txt', '--parallel-max-proxy', '1']
      expect((await run(...args, ...urls(8))).code).to.equal(0)
      expect(one.peakOpen).to.equal(1)
      expect(server.requests).to.have.length(8)
      expect((await run(...args, '--proxy-retries', '0', ...urls(8))).code).to.equal(1)
    })

    it('uses the proxy of a line, and none if it is empty', async () => {
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
      writeFileSync(at('odd.txt'), `10.0.0.1:80800:me:h@hidden2\n`)
      writeFileSync(at('empty.txt'), `# none\n`)
      writeList()
      const wrong: [string[], RegExp][] = [
        [
          ['--proxies', 'bad.txt'],
          /--proxies bad\.txt, line 3: "http:\/\/\*\*\*@host:99999" is not the URL of a proxy: its port/,
        ],
        [['--proxies', 'odd.txt'], /--proxies odd\.txt, line 1: "\*\*\*"/],
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

    it('are separate visitors with their own cookies, kept in a file', async () => {
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

    it('are replaced after --session-max-uses, and begin with the cookies of -b', async () => {
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

    it('are replaced after --session-max-age', async () => {
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

    it('refuse options that contradict each other', async () => {
      writeFileSync(at('damaged.json'), '{"version":1,"sessions":[{"cookies":"hidden"}]}')
      const wrong: [string[], RegExp][] = [
        [['--sessions', '0'], /--sessions takes a whole number of at least 1/],
        [['--sessions', '2', '--dedupe'], /--dedupe cannot be combined with --sessions/],
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
