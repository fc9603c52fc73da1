/**
 * The output of the command: files, JSON lines, order, exit codes, and the secrets that are in none of them.
 * Does not look at what is sent.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  commandPath,
  runCommand,
  runProgram,
  temporaryFolder,
  type CommandResult,
  withoutProgress,
} from '../../../support/programs/command.js'
import { patternBytes } from '../../../support/servers/http/http-handlers.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'
import { answerWith, startTcpServer } from '../../../support/servers/tcp-server.js'
import { unavailable } from '../../../support/programs/requires.js'

describe('the command: output', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    server.route(/^\/page/, (request, response) => response.end(request.path))
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })
  const run = (...args: readonly string[]): Promise<CommandResult> => runCommand(args, { cwd: folder() })
  const read = (name: string): string => readFileSync(join(folder(), name), 'utf8')

  it('prints header lines with the line ends that they came with', async () => {
    const parts = ['HTTP/1.1 200 OK\nX-One: 1\r\nContent-Length: 2\n\n', 'hi']
    await using raw = await startTcpServer(answerWith(parts.join('')))
    const { code, stdout } = await run('-s', '--include', raw.url())
    expect([code, stdout.toString('latin1')]).to.deep.equal([0, parts.join('')])
  })

  it('names files by templates, and no URL leads out of the folder', async () => {
    const evil = `${server.url('')}/page/..%2f..%2fevil`
    const { code, stderr } = await run(
      '-s',
      '-S',
      '-o',
      'tree/{host}/{n}-{name}-{status}{ext}',
      server.url('/page/a.html'),
      evil,
    )
    expect(stderr).to.equal('')
    expect(code).to.equal(0)
    expect(readdirSync(join(folder(), 'tree/127.0.0.1')).sort()).to.deep.equal([
      '1-a.html-200html',
      '2-..%2f..%2fevil-200%2fevil',
    ])
    expect(read('tree/127.0.0.1/1-a.html-200html')).to.equal('/page/a.html')
  })

  it('accepts -O, --output-dir and one -o for each URL; one name for many is wrong usage', async () => {
    await run(
      '-s',
      '-O',
      '--output-dir',
      'new/dir',
      '--create-dirs',
      server.url('/page/one.txt?x'),
      server.url('/page/'),
    )
    expect(readdirSync(join(folder(), 'new/dir')).sort()).to.deep.equal(['curl_response', 'one.txt'])
    await run('-s', '-o', 'a.out', '-o', 'b.out', server.url('/page/a'), server.url('/page/b'))
    expect([read('a.out'), read('b.out')]).to.deep.equal(['/page/a', '/page/b'])
    const wrong = await run('-s', '-o', 'one.out', server.url('/page/a'), server.url('/page/b'))
    expect(wrong.code).to.equal(2)
  })

  it('keeps the output of a line below its folder, also with symbolic links', async () => {
    mkdirSync(join(folder(), 'inside'), { recursive: true })
    symlinkSync('/tmp', join(folder(), 'inside/link'))
    const lines = [
      'sub/ok.txt',
      'link/parallelcurl-evil.txt',
      '/tmp/parallelcurl-evil.txt',
      '../parallelcurl-evil.txt',
    ]
    const input = lines.map((output) => JSON.stringify({ url: server.url('/page/x'), output })).join('\n')
    const { code } = await runCommand(['-i', '-', '--output-dir', 'inside'], { cwd: folder(), input })
    expect(code).to.equal(1)
    expect(read('inside/sub/ok.txt')).to.equal('/page/x')
    expect(existsSync('/tmp/parallelcurl-evil.txt')).to.be.false
    expect(existsSync(join(folder(), 'parallelcurl-evil.txt'))).to.be.false
  })

  it('prints one JSON line for each transfer, without credentials', async () => {
    const url = server.url('/page/1').replace('//', '//user:secret@')
    const args = [
      '--jsonl',
      '--with-headers',
      '--body',
      'auto',
      url,
      server.url('/bytes/300'),
      server.url('/reset'),
    ]
    const { text, code, stderr } = await run('--ordered', ...args)
    const [page, bytes, failed] = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(text + stderr).to.not.include('secret')
    expect(page).to.include({ n: 1, ok: true, status: 200, errno: 0, body: '/page/1', method: 'GET' })
    expect(page!['attempts']).to.have.length(1)
    expect(page!['timings']).to.include.all.keys(
      'queueMs',
      'nameLookupMs',
      'connectMs',
      'startTransferMs',
      'totalMs',
    )
    expect(page!['headers']).to.have.property('content-length', '7')
    expect(bytes!['bodyEncoding']).to.equal('base64')
    expect(Buffer.from(bytes!['body'] as string, 'base64')).to.deep.equal(patternBytes(300))
    expect(failed).to.include({ n: 3, ok: false, status: 0 })
    expect(failed!['errno']).to.be.oneOf([52, 55, 56])
    expect(code).to.equal(1)
  })

  it('prints whole bodies in order of completion, or of the input', async () => {
    const urls = [server.url('/gate/slow'), server.url('/page/quick')]
    const gate = server.gate('slow')
    const first = runCommand(urls, {
      onStart: (child) => child.stdout?.once('data', () => gate.open()),
    })
    expect((await first).text).to.equal('/page/quickpassed slow')
    const ordered = await run('--ordered', '--parallel-max', '2', ...urls)
    expect(ordered.text).to.equal('passed slow/page/quick')
  })

  it('counts statuses as failures only with -f or --fail-with-body', async () => {
    const urls = [server.url('/status/404'), server.url('/page/ok')]
    const plain = await run('--ordered', ...urls)
    expect([plain.code, plain.text, plain.stderr]).to.deep.equal([0, 'status 404/page/ok', ''])
    const failing = await run('-f', ...urls)
    expect([failing.code, failing.text]).to.deep.equal([1, '/page/ok'])
    expect(failing.stderr).to.match(/^parallelcurl: http:\S+\/status\/404: \(22\) .*404\n$/)
    const withBody = await run('--fail-with-body', '--ordered', ...urls)
    expect([withBody.code, withBody.text]).to.deep.equal([1, 'status 404/page/ok'])
    const silent = await run('-s', '-f', urls[0]!)
    expect([silent.code, silent.stderr]).to.deep.equal([1, ''])
  })

  it('stops at the first failure with --fail-early', async () => {
    const input = [
      server.url('/close'),
      ...Array.from({ length: 200 }, (_, i) => server.url(`/page/${i}`)),
    ].join('\n')
    const { code } = await runCommand(['-i', '-', '--fail-early', '--parallel-max', '1', '-s'], { input })
    expect(code).to.equal(1)
    expect(server.requests.length).to.be.below(10)
  })

  it('prints the wire log with -v, without credentials', async () => {
    const url = server.url('/cookies/set?token=hidden')
    const { stderr, text } = await run(
      '-v',
      '-u',
      'me:password1',
      '-b',
      'c=cookie1',
      '-H',
      'X-Api-Key: key1',
      url,
    )
    expect(text).to.equal('cookies set')
    expect(stderr).to.include('> GET /cookies/set').and.include('< HTTP/1.1 200 OK')
    expect(stderr)
      .to.match(/> Authorization: \*\*\*/)
      .and.match(/< Set-Cookie: \*\*\*/i)
    for (const secret of ['password1', 'bWU6cGFzc3dvcmQx', 'cookie1', 'key1', 'token=hidden;'])
      expect(stderr).to.not.include(secret)
  })

  it('ends with one line if the reader is gone or nothing can be written', async () => {
    const urls = Array.from({ length: 300 }, (_, i) => server.url(`/bytes/${20_000 + i}`)).join('\n')
    const piped = await runCommand(['-i', '-', '--journal', 'pipe.journal'], {
      input: urls,
      cwd: folder(),
      onStart: (child) => child.stdout?.once('data', () => child.stdout?.destroy()),
    })
    expect(piped.stderr).to.equal('parallelcurl: stdout: its reader has closed it (EPIPE)\n')
    expect(piped.code).to.equal(1)
    const lines = read('pipe.journal').split('\n')
    expect(lines.pop()).to.equal('')
    for (const line of lines) expect(() => JSON.parse(line) as unknown).to.not.throw()
    writeFileSync(join(folder(), 'file'), '')
    const unwritable = await run('-o', 'file/{n}', server.url('/page/1'))
    expect(unwritable.code).to.equal(1)
    expect(unwritable.stderr.trimEnd().split('\n')).to.have.length(1)
    const full = await run('-o', '/dev/full', server.url('/page/1'))
    expect(full.stderr).to.equal('parallelcurl: /dev/full: the disk is full (ENOSPC)\n')
  })

  it('ends with one line if a report, a line or stdout cannot be written', async () => {
    const url = server.url('/page/1')
    const shell = (redirection: string, ...args: readonly string[]): Promise<CommandResult> =>
      runProgram(
        'sh',
        ['-c', `"$0" "$@" ${redirection}`, process.execPath, commandPath(), ...withoutProgress(args)],
        { cwd: folder() },
      )
    const full = 'the disk is full (ENOSPC)'
    const cases: [Promise<CommandResult>, code: number, message: string][] = [
      [shell('> /dev/full', url), 1, `stdout: ${full}`],
      [shell('> /dev/full', '--jsonl', url), 1, `stdout: ${full}`],
      [shell('> /dev/full', '-o', '/dev/null', '-w', 'x', url), 1, `stdout: ${full}`],
      [shell('> /dev/full', '--help'), 1, `stdout: ${full}`],
      [shell('> /dev/full', '--to-curl', url), 1, `stdout: ${full}`],
      [run('--har', '/dev/full', url), 1, `/dev/full: ${full}`],
      [run('--report', '/dev/full', '-o', '/dev/null', url), 1, `/dev/full: ${full}`],
      [run('--journal', '/dev/full', '-o', '/dev/null', url), 2, `--journal /dev/full: ${full}`],
      [run('--har', 'none/run.har', url), 2, '--har none/run.har: ENOENT'],
      [run('--report', 'none/run.html', url), 2, '--report none/run.html: ENOENT'],
      [run('--journal', 'none/run', url), 2, '--journal none/run: ENOENT'],
    ]
    for (const [result, code, message] of cases) {
      const { stderr, code: actual } = await result
      expect(stderr.split('\n')).to.have.length(2)
      expect(stderr).to.include(`parallelcurl: ${message}`)
      expect(actual, message).to.equal(code)
    }
  })

  it('keeps journal and files whole on a full disk, and continues later', async function () {
    const disk = join(folder(), 'disk')
    mkdirSync(disk)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', disk])
    if (mounted.status !== 0) unavailable(this, 'no file system may be mounted')
    try {
      const urls = Array.from({ length: 40 }, (_, i) => server.url(`/bytes/${20_000 + i}`))
      const args = ['-o', 'disk/{n}', '--journal', 'disk/journal', '--resume', ...urls]
      const { code, stderr } = await run(...args)
      expect(code).to.equal(1)
      expect(stderr).to.match(/^parallelcurl: disk\/\S+: the disk is full \(ENOSPC\)\n$/)
      const done = read('disk/journal').trimEnd().split('\n').length - 1
      expect(done).to.be.within(1, 13)
      const files = readdirSync(disk).filter((name) => /^\d+$/.test(name))
      expect(files.length).to.be.at.least(done)
      for (const name of files)
        expect(read(`disk/${name}`).length, 'a whole file').to.equal(
          patternBytes(19_999 + Number(name)).toString('utf8').length,
        )
      expect(readdirSync(disk).filter((name) => name.includes('part'))).to.deep.equal([])
      spawnSync('mount', ['-o', 'remount,size=4m', disk])
      expect((await run('-A', 'second run', ...args)).code).to.equal(0)
      // Requests of the first run may still reach the server after its end.
      const again = server.requests.filter(({ headers }) => headers['user-agent'] === 'second run')
      expect(again).to.have.length(40 - done)
      expect(readdirSync(disk)).to.have.length(41)
    } finally {
      spawnSync('umount', [disk])
    }
  })

  it('writes archive and report, whatever ends the run', async () => {
    // Most are never answered: the run cannot be over, nor get to the last ones, before it hears that its
    // reader has gone.
    const urls = Array.from({ length: 100 }, (_, i) => server.url(i < 20 ? '/bytes/20000' : '/gate/report'))
    const { stderr } = await runCommand(['--har', 'cut.har', '--report', 'cut.html', ...urls], {
      cwd: folder(),
      onStart: (child) => child.stdout?.once('data', () => child.stdout?.destroy()),
    })
    expect(stderr).to.equal('parallelcurl: stdout: its reader has closed it (EPIPE)\n')
    const { log } = JSON.parse(read('cut.har')) as { log: { entries: unknown[] } }
    expect(log.entries.length).to.be.within(1, 99)
    expect(read('cut.html')).to.match(/<\/html>\s*$/)
    expect(readdirSync(folder()).filter((name) => name.endsWith('.part'))).to.deep.equal([])
  })

  it('writes to devices without replacing them', async () => {
    const command = [process.execPath, commandPath(), '-s', '-o', '/dev/stdout', server.url('/page/device')]
    // Of Node's pipes, which are sockets, there is no file to open.
    const { text } = await runProgram('sh', ['-c', '"$0" "$@" | cat', ...command])
    expect(text).to.equal('/page/device')
    expect(lstatSync('/dev/stdout').isSymbolicLink()).to.be.true
  })

  it('keeps no body in memory that is not needed', async () => {
    const MIB = 1 << 20
    const parts = 128
    const part = Buffer.alloc(MIB, 'x')
    server.route('/large', (_request, response) => {
      response.writeHead(200, { 'Content-Length': parts * MIB })
      let left = parts
      const pour = (): void => {
        while (left > 0 && !response.destroyed) {
          left--
          if (!response.write(part)) return void response.once('drain', pour)
        }
        response.end()
      }
      pour()
    })
    // The most that buffers have taken in the whole run.
    const watch = `let most = 0
      const look = () => (most = Math.max(most, process.memoryUsage().arrayBuffers))
      setInterval(look, 5).unref()
      process.on('exit', () => { look(); process._rawDebug('most: ' + most) })`
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(watch)}` }
    const mostOf = async (...args: readonly string[]): Promise<number> => {
      const { code, stderr } = await runCommand([...args, server.url('/large')], { cwd: folder(), env })
      expect(code, stderr).to.equal(0)
      return Number(/^most: (\d+)$/m.exec(stderr)?.[1]) / MIB
    }
    // Node 20 leaves 64 MiB to the collector before it collects.
    for (const args of [
      ['--jsonl', '--har', 'x.har'],
      ['-o', '/dev/null'],
      // The only body is printed as it arrives.
      [],
    ])
      expect(await mostOf(...args), args.join(' ')).to.be.below(0.8 * parts)
    expect(JSON.parse(read('x.har'))).to.have.nested.property(
      'log.entries[0].response.content.size',
      parts * MIB,
    )
    expect(await mostOf(server.url('/bytes/1'))).to.be.at.least(parts)
  }).timeout(120_000)
})
