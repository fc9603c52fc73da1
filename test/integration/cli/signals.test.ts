/**
 * Signals that end a run of the command: what is in flight gets its time, files are left as they should be.
 * Does not look at output.
 */
import type { ChildProcess } from 'node:child_process'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCommand, temporaryFolder, type CommandResult } from '../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

describe('D12: signals to the command', () => {
  const folder = temporaryFolder()
  const at = (name: string): string => join(folder(), name)
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    server.route('/login', (_request, response) => {
      response.setHeader('Set-Cookie', 'a=1; Max-Age=1000').end('in')
    })
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })
  const run = (args: readonly string[], onStart: (child: ChildProcess) => void): Promise<CommandResult> =>
    runCommand(args, { cwd: folder(), onStart })

  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGHUP', 143],
    ['SIGQUIT', 143],
    ['SIGINT', 130],
  ] as const) {
    it(`${signal} ends endless transfers after the grace period, and writes archive, report, jar and journal`, async () => {
      const files = ['har', 'report', 'cookie-jar', 'journal'].map((option) => [
        option,
        `${signal}.${option}`,
      ])
      const result = await run(
        [
          ...files.flatMap(([option, name]) => [`--${option!}`, name!]),
          ...['--grace', '0.2', server.url('/login'), server.url('/hang')],
        ],
        (child) => {
          // The answer that is over, and the one that never comes.
          child.stdout?.once('data', () => {
            void server.waitForRequests(2).then(() => child.kill(signal))
          })
        },
      )
      expect([result.code, result.signal]).to.deep.equal([code, null])
      expect(result.text).to.equal('in')
      expect(result.stderr).to.match(/waiting at most 0\.2 s.*\n.*interrupted: 1 done, 1 dropped\n$/)
      const [har, report, jar, journal] = files.map(([, name]) => readFileSync(at(name!), 'utf8'))
      const { log } = JSON.parse(har!) as { log: { entries: readonly unknown[] } }
      expect(log.entries).to.have.length(1)
      expect(report).to.include('</html>')
      expect(jar).to.include('\ta\t1')
      expect(journal!.trimEnd().split('\n')).to.have.length(2)
    })
  }

  it('the first signal lets transfers in flight finish within the grace period, and starts nothing else', async () => {
    const urls = Array.from({ length: 5 }, (_, i) => server.url(`/gate/grace?${i}`))
    const { code, text } = await run(['--grace', '60', '--parallel-max', '2', ...urls], (child) => {
      // The answers come only once the command has said that it knows of the signal.
      child.stderr?.on('data', (data: Buffer) => {
        if (data.includes('waiting at most')) server.gate('grace').open()
      })
      void server
        .gate('grace')
        .waiting(2)
        .then(() => child.kill('SIGTERM'))
    })
    expect([code, text]).to.deep.equal([143, 'passed gracepassed grace'])
    expect(server.requests).to.have.length(2)
  })

  it('the second signal ends the command at once', async () => {
    const { code } = await run(['--grace', '3600', server.url('/hang')], (child) => {
      void server.waitForRequests(1).then(() => {
        child.stderr?.once('data', () => child.kill('SIGHUP'))
        child.kill('SIGTERM')
      })
    })
    expect(code).to.equal(143)
  })

  it('a signal ends the command if stdout is not read', async () => {
    const { code, signal, stderr } = await run(
      ['--grace', '0', server.url('/bytes/5000000'), server.url('/hang')],
      (child) => {
        child.stdout?.once('data', () => {
          child.stdout?.pause()
          child.kill('SIGTERM')
        })
        // Reads the rest of the pipe when the process has gone.
        child.on('exit', () => child.stdout?.resume())
      },
    )
    // A full pipe blocks the process, so the signal itself has to end it.
    expect([code ?? signal, stderr.includes('nobody reads')]).to.deep.equal(['SIGTERM', true])
  })

  it('a signal ends the command if its input is a pipe without a writer', async () => {
    expect(spawnSync('mkfifo', [at('input')]).status).to.equal(0)
    const { code, signal } = await run(['-s', '-i', 'input', server.url('/login')], (child) => {
      child.stdout?.once('data', () => child.kill('SIGTERM'))
    })
    // The system holds the thread that opens it, and with it the process: the signal has to do it.
    expect([code, signal]).to.deep.equal([null, 'SIGTERM'])
  })

  it('the command refuses an invalid --grace', async () => {
    const { code, stderr } = await run(['--grace', 'long', server.url('/login')], () => undefined)
    expect(code).to.equal(2)
    expect(stderr).to.include('--grace takes seconds')
  })
})
