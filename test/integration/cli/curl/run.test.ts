/**
 * `parallelcurl curl`: the order of transfers, exit codes, retries, and what is sent, as curl has them. Does
 * not look at files, nor at what is printed besides bodies. (curl's own tests: scripts/curl-suite.)
 */
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { capabilities } from '../../../../src/index.js'
import { unavailable } from '../../../support/programs/requires.js'
import { runCommand, temporaryFolder, type CommandResult } from '../../../support/programs/command.js'
import { startTcpServer } from '../../../support/servers/tcp-server.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'

describe('parallelcurl curl: transfers', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    server.route(/^\/page/, (request, response) => response.end(`${request.path}\n`))
    server.route('/missing', (_request, response) => {
      response.statusCode = 404
      response.end('not here\n')
    })
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })
  const run = (...args: readonly string[]): Promise<CommandResult> =>
    runCommand(['curl', '-q', ...args], { cwd: folder() })
  const paths = (): string[] => server.requests.map(({ path }) => path)

  it('go one after the other, in order, over one connection', async () => {
    const { code, text, stderr } = await run('-s', server.url('/page/[1-3]'), server.url('/page/{b,a}'))
    expect(stderr).to.equal('')
    expect(code).to.equal(0)
    expect(text).to.equal('/page/1\n/page/2\n/page/3\n/page/b\n/page/a\n')
    expect(paths()).to.deep.equal(['/page/1', '/page/2', '/page/3', '/page/b', '/page/a'])
    expect(new Set(server.requests.map(({ connection }) => connection)).size).to.equal(1)
  })

  it('are sent as curl sends them', async () => {
    await run('-s', '-b', 'a=1', '-b', 'b=2', '-H', 'X-Own: yes', '-d', 'x=1', server.url('/page'))
    const [request] = server.requests
    expect(request?.rawHeaders).to.deep.equal([
      'Host',
      new URL(server.url('/')).host,
      'User-Agent',
      `curl/${String(capabilities().versions['libcurl'])}`,
      'Accept',
      '*/*',
      'Cookie',
      'a=1; b=2',
      'X-Own',
      'yes',
      'Content-Length',
      '3',
      'Content-Type',
      'application/x-www-form-urlencoded',
    ])
    expect(request?.body.toString()).to.equal('x=1')
  })

  it('of --next have only their own headers', async () => {
    await run('-s', '-H', 'X-First: 1', server.url('/page/1'), '--next', '-s', server.url('/page/2'))
    expect(server.requests.map(({ headers }) => headers['x-first'])).to.deep.equal(['1', undefined])
  })

  it('go side by side with -Z, no more at once than --parallel-max', async () => {
    const gate = server.gate('both')
    const going = run('-s', '-Z', '--parallel-max', '2', server.url('/gate/both?[1-4]'))
    await gate.waiting(2)
    expect(server.requests).to.have.length(2)
    gate.release(4)
    const { code } = await going
    expect(code).to.equal(0)
    expect(server.requests).to.have.length(4)
  })

  for (const [what, args, expected] of [
    ['a status with -f', ['-f', '/missing'], 22],
    ['a status with --fail-with-body', ['--fail-with-body', '/missing'], 22],
    ['nobody who listens', ['http://127.0.0.1:1/'], 7],
    ['no scheme of libcurl’s', ['nothing://127.0.0.1/'], 1],
    ['a body that is too large', ['--max-filesize', '2', '/page'], 63],
    ['too many redirects', ['-L', '--max-redirs', '1', '/redirect/3'], 47],
    ['a bad glob', ['-o', 'x', '/page/[1-'], 3],
    ['an unknown option', ['--no-such-option', '/page'], 2],
    ['an option that belongs to the plain command', ['--dedupe', '/page'], 2],
    ['no URL', ['-s'], 2],
  ] as const) {
    it(`end with ${String(expected)} for ${what}`, async () => {
      const { code, stderr } = await run(
        '-sS',
        ...args.map((arg) => (arg.startsWith('/') ? server.url(arg) : arg)),
      )
      expect(stderr).to.match(/^curl: /)
      expect(code).to.equal(expected)
    })
  }

  it('end with the code of the last one, and go on after failures unless --fail-early says otherwise', async () => {
    const good = server.url('/page')
    const bad = server.url('/missing')
    expect((await run('-s', '-f', bad, good)).code).to.equal(0)
    expect(paths()).to.deep.equal(['/missing', '/page'])
    server.forget()
    expect((await run('-s', '-f', '--fail-early', bad, good)).code).to.equal(22)
    expect(paths()).to.deep.equal(['/missing'])
  })

  it('show the body of an error with --fail-with-body, and not with -f', async () => {
    expect((await run('-s', '--fail-with-body', server.url('/missing'))).text).to.equal('not here\n')
    expect((await run('-s', '-f', server.url('/missing'))).text).to.equal('')
  })

  it('are tried again where the server asks for it, and what was written is taken back', async () => {
    let asked = 0
    server.route('/busy', (_request, response) => {
      asked++
      if (asked === 1) {
        response.statusCode = 503
        response.end('busy, busy, busy\n')
      } else response.end('done\n')
    })
    const args = ['--retry', '2', '--retry-delay', '0.01', '-o', 'busy.txt', '-w', '%{num_retries}']
    const { code, text } = await run('-s', ...args, server.url('/busy'))
    expect(code).to.equal(0)
    expect(text).to.equal('1')
    expect((await run('-s', `file://${join(folder(), 'busy.txt')}`)).text).to.equal('done\n')
  })

  it('are not tried again once --fail-early has ended the run, and do not wait for it', async () => {
    server.route(/^\/unready/, (_request, response) => response.writeHead(503).end())
    const args = ['-Z', '-f', '--no-progress-meter', '--fail-early', '--retry', '1', '--retry-delay', '600']
    const shown = ['-w', '%{exitcode} %{num_retries}\n']
    const urls = [server.url('/late'), server.url('/unready/[1-12]')]
    for (const [ours, retried] of [
      [[], '22 1\n'.repeat(12)],
      [['--journal', 'early.journal'], ''],
    ] as const) {
      server.forget()
      let pause!: () => void
      const paused = new Promise<void>((resolve) => (pause = resolve))
      server.route('/late', (_request, response) => void paused.then(() => response.writeHead(404).end()))
      const { code, text, stderr } = await runCommand(['curl', '-q', ...args, ...shown, ...ours, ...urls], {
        cwd: folder(),
        onStart: (child) => {
          let said = ''
          child.stderr?.on('data', (more: Buffer) => {
            said += String(more)
            if (said.split('Retrying in').length > 12) pause()
          })
        },
      })
      expect(stderr).to.not.include('(node:')
      expect([code, text]).to.deep.equal([22, `22 0\n${retried}`])
      expect(paths().filter((path) => path !== '/late')).to.have.length(12)
    }
  })

  it('share cookies, and leave them in the jar', async () => {
    server.route('/set', (_request, response) => {
      response.setHeader('Set-Cookie', 'taste=good; Path=/')
      response.end()
    })
    const { code } = await run('-s', '-c', 'jar.txt', server.url('/set'), server.url('/page'))
    expect(code).to.equal(0)
    expect(server.requests[1]?.headers.cookie).to.equal('taste=good')
    await run('-s', '-b', 'jar.txt', server.url('/page/again'))
    expect(server.requests.at(-1)?.headers.cookie).to.equal('taste=good')
  })

  it('send files by -T, and stdin as it is', async () => {
    writeFileSync(join(folder(), 'sent.txt'), 'from a file')
    await run('-s', '-T', 'sent.txt', server.url('/page/'))
    expect(server.requests[0]?.method).to.equal('PUT')
    expect(server.requests[0]?.path).to.equal('/page/sent.txt')
    expect(server.requests[0]?.headers['content-length']).to.equal('11')
    server.forget()
    for (const name of ['-', '.']) {
      await runCommand(['curl', '-q', '-s', '-T', name, server.url('/page')], { input: 'from stdin' })
    }
    expect(server.requests.map(({ body }) => body.toString())).to.deep.equal(['from stdin', 'from stdin'])
    expect(server.requests[0]?.headers['transfer-encoding']).to.equal('chunked')
  })

  it('give the files that they make --create-file-mode, else 644, and do so for file: URLs', async () => {
    writeFileSync(join(folder(), 'mode-source'), 'content')
    const target = (name: string): string => `file://${join(folder(), name)}`
    const modes = ['600', '0640', '444']
    const of = (mode: string): string[] => [
      '--create-file-mode',
      mode,
      '-T',
      'mode-source',
      target(`mode-${mode}`),
    ]
    const groups = [...modes.map(of), ['-T', 'mode-source', target('mode-none')]]
    const { code, stderr } = await run(
      '-s',
      '-S',
      ...groups.flatMap((group) => ['--next', '-s', ...group]).slice(2),
    )
    expect([code, stderr]).to.deep.equal([0, ''])
    const modeOf = (name: string): string => (statSync(join(folder(), name)).mode & 0o777).toString(8)
    expect([...modes, 'none'].map((mode) => modeOf(`mode-${mode}`))).to.deep.equal([
      '600',
      '640',
      '444',
      '644',
    ])
    const bad = await run('--create-file-mode', '1000', '-T', 'mode-source', target('mode-bad'))
    expect([bad.code, bad.stderr.split('\n')[0]]).to.deep.equal([
      2,
      'curl: option --create-file-mode: too large number',
    ])
  })

  it('of telnet send stdin while they receive, without -T', async function () {
    if (!capabilities().protocols.includes('telnet')) unavailable(this, 'this libcurl has no telnet')
    const heard: string[] = []
    await using peer = await startTcpServer(({ socket }) => {
      socket.write('welcome\n')
      socket.on('data', (data: Buffer) => {
        heard.push(data.toString())
        socket.end(`you said ${data.toString()}`)
      })
    })
    const url = `telnet://127.0.0.1:${String(peer.port)}`
    // Stdin stays open and empty until the peer has been heard.
    const { text, code } = await runCommand(['curl', '-q', '-s', '-N', url], {
      input: '',
      keepsInput: true,
      onStart: (child) => child.stdout?.once('data', () => child.stdin?.end('hello')),
    })
    expect([code, text]).to.deep.equal([0, 'welcome\nyou said hello'])
    expect(heard).to.deep.equal(['hello'])
  })

  it('post bytes as they are', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 200])
    writeFileSync(join(folder(), 'bytes'), bytes)
    await run('-s', '--data-binary', '@bytes', server.url('/page'))
    expect(server.requests[0]?.body).to.deep.equal(bytes)
  })

  it('show an international host as it was given, and go on to one with a current node-libcurl', async () => {
    const { port } = new URL(server.url('/'))
    server.route('/far', (_request, response) => {
      const location = Buffer.from(`http://åäö.test:${port}/page/2`).toString('latin1')
      response.writeHead(302, { location }).end()
    })
    const common = ['-s', '-L', '--resolve', `xn--4cab6c.test:${port}:127.0.0.1`, '-w', '%{url_effective}\n']
    const shown = await run(...common, `HTTP://åäö.test:${port}/page/1`)
    expect(shown.text).to.match(/^\/page\/1\nhttp:\/\/åäö\.test:\d+\/page\/1\n$/i)
    // node-libcurl 4 has no locale that would let libcurl convert the name.
    const isOld = process.versions.node.startsWith('20.')
    const options = { cwd: folder(), env: { LC_ALL: 'C' } }
    const far = await runCommand(['curl', '-q', ...common, server.url('/far')], options)
    expect(far.code).to.equal(isOld ? 3 : 0)
    expect(server.requests.at(-1)?.path).to.equal(isOld ? '/far' : '/page/2')
  })

  it('end the run where a body cannot be opened, and before there is a connection where a form cannot be sent', async () => {
    for (const parallel of [[], ['-Z']]) {
      const uploads = await run(
        '-s',
        ...parallel,
        '-T',
        'nofile',
        server.url('/page/[1-3]'),
        server.url('/page/4'),
      )
      expect([uploads.code, uploads.stderr.split('\n')[0]]).to.deep.equal([26, "curl: cannot open 'nofile'"])
      expect(uploads.stderr.match(/cannot open/g)).to.have.length(1)
    }
    const form = await run('-sS', '-F', 'f=@nofile', 'http://127.0.0.1:1/')
    expect([form.code, form.stderr]).to.deep.equal([
      26,
      'curl: (26) Failed to open/read local data from file/application\n',
    ])
    for (const [encoder, code] of [
      ['base65', 43],
      ['7bit', 26],
    ] as const) {
      const encoded = await run('-s', '-F', `f=\u00e9;encoder=${encoder}`, server.url('/page'))
      expect([encoded.code, encoded.stderr]).to.deep.equal([code, ''])
    }
    expect(server.requests).to.deep.equal([])
  })

  it('of -T . end with stdin, however many there are', async () => {
    const { code, text } = await runCommand(['curl', '-q', '-s', '-T', '.', server.url('/page/[1-2]')], {
      input: 'x',
    })
    expect([code, text]).to.deep.equal([0, '/page/1\n/page/2\n'])
    expect(server.requests.map(({ body }) => body.toString())).to.deep.equal(['x', ''])
  })

  it('end with the code of libcurl where it refuses the value of an option', async () => {
    const { code } = await run('-s', '--engine', 'none', server.url('/page'))
    // A libcurl without engines refuses the option.
    expect(code).to.be.oneOf([53, 4, 48])
  })

  it('with prior knowledge of HTTP/2 end at a server that speaks HTTP/1.1', async () => {
    await using old = await startTcpServer(({ socket }) => {
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'))
    })
    const { code } = await run('-s', '--http2-prior-knowledge', old.url('/'))
    // libcurl 7.88 has no text for it.
    expect(code).to.be.oneOf([16, 52])
  })
})
