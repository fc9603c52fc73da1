/**
 * The command's cookies: what is sent, what is kept, and in which files. Does not know how libcurl stores
 * cookies; curl itself says whether what is written is a jar.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  runCommand,
  runProgram,
  temporaryFolder,
  type CommandResult,
} from '../../support/programs/command.js'
import {
  startHttpServer,
  type HttpServer,
  type RecordedRequest,
} from '../../support/servers/http/http-server.js'
import { requireProgram } from '../../support/programs/requires.js'

// Newer ones keep no cookie for longer than 400 days.
const LATER = new Date(Date.now() + 30 * 86_400_000).toUTCString()

describe('the command: cookies', () => {
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

  it('writes a jar that curl reads, and reads a jar of curl', async function () {
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
    for (const request of server.requests) expect(cookieSent(request)).to.deep.equal(['kept=1', 'session=2'])
    expect(server.requests).to.have.length(2)
    await run('-s', '-j', '-b', 'curl.jar', server.url('/sub/x'))
    expect(cookieSent(server.requests[2])).to.deep.equal(['kept=1'])
  })

  it('shares cookies among all transfers of a run, and does not change the file of -b', async () => {
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

  it('continues with its own jar, also for lines with options of their own', async () => {
    const both = ['-s', '-b', 'both.jar', '-c', 'both.jar']
    await run(...both, server.url('/login'))
    server.forget()
    const line = JSON.stringify({ url: server.url('/sub/line'), headers: { 'X-A': '1' } })
    await runCommand([...both, '-i', '-'], { cwd: folder(), input: line })
    expect(cookieSent(server.requests[0])).to.deep.equal(['kept=1', 'session=2'])
    await run('-s', '-b', '', '--parallel-max', '1', server.url('/login'), server.url('/x'))
    expect(cookieSent(server.requests[2])).to.deep.equal(['kept=1'])
  })

  it('writes the jar if the run fails, is interrupted, or its output is not read', async () => {
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
        child.stdout?.once('data', () => child.kill('SIGINT'))
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
    expect(piped.stderr).to.equal('parallelcurl: stdout: its reader has closed it (EPIPE)\n')
    for (const name of ['failed.jar', 'stopped.jar', 'piped.jar'])
      expect(cookiesIn(readFileSync(at(name), 'utf8')), name).to.have.length(2)
  })

  it('writes the jar during the run, so that a kill loses only seconds', async function () {
    this.timeout(60_000)
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

  it('reports files that cannot be read or written at once, without cookie values', async () => {
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
      [['-c', 'x.jar', '--sessions', '2'], /--sessions-file saves them/],
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

  it('F16: a bad line of -b is said and skipped, and ends the run with --strict', async () => {
    const line = (name: string): string => `127.0.0.1\tFALSE\t/\tFALSE\t0\t${name}\ts3cret`
    writeFileSync(
      at('mixed.jar'),
      [line('a'), 'no s3cret cookie', `${line('b')}\t`, ' # note', ''].join('\n'),
    )
    server.forget()
    const { code, stderr } = await run('-b', 'mixed.jar', server.url())
    expect(code).to.equal(0)
    expect(stderr).to.match(/^parallelcurl: cookie file mixed\.jar, line 2: .*; the line is skipped\n$/)
    expect(stderr).to.not.include('s3cret')
    expect(cookieSent(server.requests[0])).to.deep.equal(['a=s3cret', 'b=s3cret'])
    const strict = await run('-b', 'mixed.jar', '--strict', server.url())
    expect([strict.code, strict.stderr.includes('line 2')]).to.deep.equal([2, true])
    expect(server.requests).to.have.length(1)
  })

  it('F17: -b reads the JSON that browser extensions export', async () => {
    const cookies = [
      {
        name: 'a',
        value: '1',
        domain: '127.0.0.1',
        hostOnly: true,
        path: '/',
        session: true,
        sameSite: 'lax',
      },
      { name: 'b', value: '2', domain: '127.0.0.1', expirationDate: 4_000_000_000.5 },
      { name: 'secure', value: '3', domain: 'other.example', secure: true, expires: -1 },
      { name: 'old', value: '4', domain: '127.0.0.1', expires: 1_000_000_000 },
    ]
    for (const content of [cookies, { cookies, origins: [] }]) {
      server.forget()
      writeFileSync(at('export.json'), JSON.stringify(content))
      const { code, stderr } = await run('-b', 'export.json', '-c', 'export.jar', server.url())
      expect([code, stderr]).to.deep.equal([0, ''])
      expect(cookieSent(server.requests[0])).to.deep.equal(['a=1', 'b=2'])
      const names = cookiesIn(readFileSync(at('export.jar'), 'utf8')).map((line) => line.split('\t')[5])
      expect(names).to.have.members(['a', 'b', 'secure'])
    }
    for (const [text, said] of [
      ['[{"name":"a"}]', 'cookie 0 needs a "name"'],
      ['{"a":"s3cret"}', 'a list of "cookies"'],
      ['{"a":"s3cret', 'not JSON'],
    ] as const) {
      writeFileSync(at('export.json'), text)
      const { code, stderr } = await run('-b', 'export.json', server.url())
      expect([code, stderr.includes(said)], stderr).to.deep.equal([2, true])
      expect(stderr).to.not.include('s3cret')
    }
  })
})
