/**
 * Files of the command: what data may not name, what stays as it was, links, pipes and devices. Does not look
 * at what is sent.
 */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  runCommand,
  runProgram,
  temporaryFolder,
  type CommandResult,
} from '../../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'

describe('files of the command', () => {
  const folder = temporaryFolder()
  const at = (name: string): string => join(folder(), name)
  const read = (name: string): string => readFileSync(at(name), 'utf8')
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    server.route(/^\/page/, (request, response) => response.end(request.path))
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })
  const run = (...args: readonly string[]): Promise<CommandResult> =>
    runCommand(['-s', '-S', ...args], { cwd: folder() })

  describe('files whose names are data', () => {
    it('B1: an empty column becomes _, and does not leave the folder', async () => {
      const elsewhere = mkdtempSync(join(tmpdir(), 'parallelcurl-elsewhere-'))
      try {
        const [, first, second] = elsewhere.split('/')
        writeFileSync(
          at('empty.csv'),
          `url,a,b,c,d\n${server.url('/page/x')},,${first!},${second!},escaped.txt\n`,
        )
        const { code, stderr } = await run('-i', 'empty.csv', '-o', '{a}/{b}/{c}/{d}')
        expect([code, stderr]).to.deep.equal([0, ''])
        expect(readdirSync(elsewhere)).to.deep.equal([])
        expect(read(`_/${first!}/${second!}/escaped.txt`)).to.equal('/page/x')
      } finally {
        rmSync(elsewhere, { recursive: true, force: true })
      }
    })

    it('a line of input that names a file or a pipe gets it although -o /dev/null drops the other bodies', async () => {
      expect(spawnSync('mkfifo', [at('dropped.pipe')]).status).to.equal(0)
      const lines = [
        { url: server.url('/page/1') },
        { url: server.url('/page/2'), output: 'dropped.file' },
        { url: server.url('/page/3'), output: 'dropped.pipe' },
        { url: server.url('/page/4') },
      ]
      writeFileSync(at('dropped.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'))
      const reader = runProgram('cat', [at('dropped.pipe')])
      const args = ['-i', 'dropped.jsonl', '-o', '/dev/null', '--parallel-max', '1']
      expect((await run(...args)).code).to.equal(0)
      expect(read('dropped.file')).to.equal('/page/2')
      expect((await reader).stdout.toString()).to.equal('/page/3')
      expect(server.requests).to.have.length(4)
      expect(lstatSync('/dev/null').isCharacterDevice()).to.equal(true)
    })

    it('B2: a name that is impossible fails only its own request, with or without --output-dir', async () => {
      const page = (n: number): string => server.url(`/page/${n}`)
      const long = 'x'.repeat(199)
      writeFileSync(
        at('names.jsonl'),
        [
          { url: page(1), output: '.' },
          { url: page(2), output: 'a/b' },
          // A file is where its folder would have to be, and no system takes so long a name.
          { url: page(3), output: 'a/b/c' },
          { url: page(4), output: `${long}${long}` },
          { url: page(5), output: 'last' },
        ]
          .map((line) => JSON.stringify(line))
          .join('\n'),
      )
      for (const args of [
        ['--output-dir', 'names'],
        ['--output-dir', 'names2', '--include'],
      ]) {
        const { code, stderr } = await run(
          ...['-i', 'names.jsonl', '--create-dirs', '--parallel-max', '1', ...args],
        )
        expect(code, stderr).to.equal(1)
        expect(stderr.trimEnd().split('\n'), stderr).to.have.length(3)
        expect(readdirSync(at(args[1]!)).sort()).to.deep.equal(['a', 'last'])
      }
    })

    it('B8: templates have their own variables only, and no members of objects', async () => {
      const wrong = await run('-o', '{constructor}-{n}', server.url('/page/1'))
      expect(wrong.code).to.equal(2)
      expect(wrong.stderr).to.match(/there is no \{constructor\}: there are \{n\} /)
      writeFileSync(at('columns.csv'), `url,a\n${server.url('/page/1')},b\n`)
      const line = await run('-i', 'columns.csv', '-o', '{constructor}-{n}')
      expect([line.code, server.requests.length]).to.deep.equal([1, 0])
      expect(line.stderr).to.match(/columns\.csv:\d: -o: there is no \{constructor\}.* \{a\}\n$/)
      const column = await run('-i', 'columns.csv', '--url-column', 'constructor')
      expect(column.code).to.equal(2)
      expect(column.stderr).to.include('there is no column "constructor"')
    })
  })

  it('B7: temporary names are not predictable ways to other files', async () => {
    mkdirSync(at('links'))
    writeFileSync(at('links/victim'), 'precious')
    for (const name of ['r.html', 'a.har', 'body', 'kept'])
      symlinkSync(at('links/victim'), at(`links/${name}.part`))
    const { code, stderr } = await run(
      ...['--report', 'links/r.html', '--har', 'links/a.har', '--include', '-o', 'links/body'],
      server.url('/page/1'),
    )
    expect([code, stderr]).to.deep.equal([0, ''])
    // A file to continue has a predictable name: a link there is refused.
    const kept = await run('-C', '-', '-o', 'links/kept', server.url('/page/1'))
    expect(kept.code).to.equal(1)
    expect(kept.stderr).to.include('ELOOP')
    expect(read('links/victim')).to.equal('precious')
    for (const name of ['r.html', 'a.har'])
      expect(lstatSync(at(`links/${name}`)).mode & 0o777).to.equal(0o600)
    expect(read('links/body')).to.include('/page/1')
    const left = readdirSync(at('links')).filter((name) => /^\..*\.part$/.test(name))
    expect(left).to.deep.equal([])
  })

  it('B7: a symbolic link that data name is replaced, also one to a device', async () => {
    mkdirSync(at('named'))
    symlinkSync('/dev/null', at('named/null'))
    writeFileSync(at('null.jsonl'), JSON.stringify({ url: server.url('/page/n'), output: 'null' }))
    const { code, stderr } = await run('-i', 'null.jsonl', '--output-dir', 'named')
    expect([code, stderr]).to.deep.equal([0, ''])
    expect(lstatSync(at('named/null')).isFile()).to.be.true
    expect(read('named/null')).to.equal('/page/n')
  })

  it('writes to /dev/stdout and /dev/fd without replacing them, also if they are plain files', async () => {
    const { code, stderr } = await runProgram(
      'sh',
      [
        '-c',
        'parallelcurl() { "$@"; }; parallelcurl "$@" -o /dev/stdout "$URL" -o /dev/fd/3 "$URL" > out 3> three',
        'sh',
        process.execPath,
        (await import('../../../support/programs/command.js')).commandPath(),
        '-s',
        '-S',
      ],
      { cwd: folder(), env: { URL: server.url('/page/file') } },
    )
    expect([code, stderr]).to.deep.equal([0, ''])
    expect([read('out'), read('three')]).to.deep.equal(['/page/file', '/page/file'])
    expect(lstatSync('/dev/stdout').isSymbolicLink()).to.be.true
  })

  describe('D3: a response without a body does not change a file', () => {
    before(() => {
      server.route('/etag', (request, response) => {
        const { 'if-none-match': none, 'if-match': match, 'if-modified-since': since } = request.headers
        response.setHeader('ETag', '"v"').setHeader('Last-Modified', 'Mon, 01 Jan 2024 00:00:00 GMT')
        if (none === '"v"' || since !== undefined) response.statusCode = 304
        else if (match === '"other"') response.statusCode = 412
        response.end(response.statusCode === 200 ? 'new' : undefined)
      })
      server.route('/error', (request, response) => {
        response.statusCode = Number(request.query.get('code'))
        response.end(request.query.get('body') ?? '')
      })
    })
    const etag = ['-H', 'If-None-Match: "v"']
    const cases: readonly (readonly [title: string, path: string, args: readonly string[]])[] = [
      ['304', '/etag', etag],
      ['304 with -C -', '/etag', ['-C', '-', ...etag]],
      ['304 with a name by status', '/etag', [...etag, '-o', 'keep.html{status}']],
      ['304 with --include', '/etag', ['--include', ...etag]],
      ['304 by a time', '/etag', ['--opt', 'TIMECONDITION=1', '--opt', 'TIMEVALUE=1800000000']],
      ['412', '/etag', ['-H', 'If-Match: "other"']],
      ['500 without a body', '/error?code=500', []],
      ['404 without a body', '/error?code=404', ['--fail-with-body']],
      ['404 and -f', '/error?code=404&body=gone', ['-f']],
    ]
    for (const [title, path, args] of cases) {
      it(title, async () => {
        for (const name of ['keep.html', 'keep.html304']) writeFileSync(at(name), 'kept')
        const named = args.includes('-o') ? [] : ['-o', 'keep.html']
        const { text } = await run(...args, ...named, '--jsonl', server.url(path))
        expect([read('keep.html'), read('keep.html304')]).to.deep.equal(['kept', 'kept'])
        expect(JSON.parse(text)).to.not.have.property('output')
      })
    }

    it('a 304 and an empty error create no file', async () => {
      await run(...etag, '-o', 'none-{n}', server.url('/etag'), server.url('/error?code=500'))
      expect(existsSync(at('none-1')) || existsSync(at('none-2'))).to.be.false
    })

    it('an error with a body is output, as with curl, and a 200 or 204 without one is an empty file', async () => {
      for (const name of ['error', 'empty', 'no-content']) writeFileSync(at(name), 'before')
      const { code, stderr } = await run(
        ...[
          '-o',
          'error',
          server.url('/error?code=404&body=gone'),
          '-o',
          'empty',
          server.url('/error?code=200'),
        ],
        ...['-o', 'no-content', server.url('/error?code=204')],
      )
      expect([code, stderr]).to.deep.equal([0, ''])
      expect([read('error'), read('empty'), read('no-content')]).to.deep.equal(['gone', '', ''])
    })
  })

  describe('D14: a pipe without a reader', () => {
    const fifo = (name: string): string => {
      expect(spawnSync('mkfifo', [at(name)]).status).to.equal(0)
      return name
    }

    it('is waited for while other transfers continue, and gets the body later', async () => {
      const pipe = fifo('pipe')
      server.route('/after', (_request, response) => response.end('x'.repeat(300_000)))
      let reading: Promise<CommandResult> | undefined
      const { code, stderr } = await runCommand(['-s', '-S', '-o', pipe, server.url('/after')], {
        cwd: folder(),
        onStart: () => {
          void server.waitForRequests(1).then(() => {
            reading = runProgram('cat', [at(pipe)])
          })
        },
      })
      expect([code, stderr]).to.deep.equal([0, ''])
      expect((await reading!).text).to.equal('x'.repeat(300_000))
    })

    for (const [option, args] of [
      ['-o', ['-o', 'FIFO']],
      ['--har', ['-o', '/dev/null', '--har', 'FIFO']],
      ['-c', ['-o', '/dev/null', '-c', 'FIFO']],
      ['-w %output', ['-o', '/dev/null', '-w', '%output{FIFO}text']],
    ] as const) {
      it(`is given up at a signal: ${option}`, async () => {
        const pipe = fifo(`unread${option.replace(/\W/g, '')}`)
        const { code, signal, stderr } = await runCommand(
          ['-S', '--grace', '0', ...args.map((word) => word.replace('FIFO', pipe)), server.url('/page/1')],
          {
            cwd: folder(),
            onStart: (child) => {
              // The answer is over when the server asks for nothing more; the pipe is all that is left to
              // wait for.
              void server
                .waitForRequests(1)
                .then(() => server.waitForIdle())
                .then(() => child.kill('SIGTERM'))
            },
          },
        )
        expect([code, signal]).to.deep.equal([143, null])
        expect(stderr).to.include(`${pipe}: nobody reads it`)
      })
    }

    it('is an error for --journal at once', async () => {
      const { code, stderr } = await run('--journal', fifo('unread.journal'), server.url('/page/1'))
      expect(code).to.equal(2)
      expect(stderr).to.include('unread.journal')
    })
  })
})
