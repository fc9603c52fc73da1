/**
 * Signals to `parallelcurl curl`: it ends at once, as curl does, unless reports or `--grace` want their time.
 * Does not look at what transfers are.
 */
import { existsSync, readdirSync, readFileSync, watch } from 'node:fs'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { expect } from 'chai'
import { Changes } from '../../../support/changes.js'
import {
  commandPath,
  runProgram,
  temporaryFolder,
  type CommandResult,
} from '../../../support/programs/command.js'
import { requireProgram } from '../../../support/programs/requires.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const PART = 'the first part'

describe('signals to parallelcurl curl', () => {
  const folder = temporaryFolder()
  const at = (name: string): string => join(folder(), name)
  const read = (name: string): string => readFileSync(at(name), 'utf8')
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    server.route(/^\/page/, (request, response) => response.end(request.path))
    // Never ends.
    server.route('/part', (_request, response) => void response.write(PART))
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })

  const ours = (): [string, string[]] => [process.execPath, [commandPath(), 'curl']]
  /**
   * Runs a program, and kills it once it has written the first part of `/part` to the file `name`, and
   * everything else that it has to write.
   */
  async function killed(
    [program, first]: [string, string[]],
    signal: NodeJS.Signals,
    name: string,
    args: readonly string[],
    isReady = (): boolean => true,
  ): Promise<CommandResult> {
    const isWritten = (): boolean => existsSync(at(name)) && read(name) === PART && isReady()
    const words = [...first, '-q', '-s', ...args, '-o', name, server.url('/part')]
    return runProgram(program, words, {
      cwd: folder(),
      onStart: (child) => void untilWritten(isWritten).then(() => child.kill(signal)),
    })
  }
  async function untilWritten(isWritten: () => boolean): Promise<void> {
    const changes = new Changes()
    const watcher = watch(folder(), () => {
      changes.notify()
    })
    try {
      await changes.until(isWritten, () => 'what is written to the files')
    } finally {
      watcher.close()
    }
  }
  const fromStart = (then: (child: ChildProcess) => void): { cwd: string; onStart: typeof then } => ({
    cwd: folder(),
    onStart: then,
  })

  for (const signal of SIGNALS) {
    it(`${signal} ends it at once with that signal, and leaves the file under way, as it ends curl`, async function () {
      requireProgram(this, 'curl', 'curl')
      // curl keeps what it writes for a while, without -N.
      const args = ['-N', '--remove-on-error', '-w', 'never']
      const outcomes = []
      for (const [who, program] of [
        ['curl', ['curl', []]],
        ['ours', ours()],
      ] as [string, [string, string[]]][]) {
        const name = `${who}-${signal}`
        const { code, signal: by, text, stderr } = await killed(program, signal, name, args)
        outcomes.push({ code, by, text, stderr, file: read(name) })
      }
      expect(outcomes[1]).to.deep.equal({ code: null, by: signal, text: '', stderr: '', file: PART })
      expect(outcomes[1]).to.deep.equal(outcomes[0])
    })
  }

  for (const [how, parallel] of [
    ['one after the other', []],
    ['side by side', ['-Z']],
  ] as const) {
    it(`a signal leaves a journal that goes on, with transfers ${how}`, async () => {
      const journal = `j${String(parallel.length)}`
      const args = [...parallel, '--journal', journal, '--resume', server.url('/page/[1-3]'), '-o', 'p#1']
      const name = `under-way-${String(parallel.length)}`
      const hasAll = (): boolean => existsSync(at(journal)) && read(journal).split('"done"').length === 4
      const { signal } = await killed(ours(), 'SIGTERM', name, args, hasAll)
      expect(signal).to.equal('SIGTERM')
      const records = read(journal)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { end?: string })
      expect(records.map(({ end }) => end)).to.deep.equal([undefined, 'done', 'done', 'done'])
      server.forget()
      const again = ['-q', '-s', ...args, '-o', name, server.url('/page/instead')]
      const [program, first] = ours()
      const resumed = await runProgram(program, [...first, ...again], { cwd: folder() })
      expect(resumed.code).to.equal(0)
      expect(server.requests.map(({ path }) => path)).to.deep.equal(['/page/instead'])
    })
  }

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`${signal} with --har, --report and --sessions-file: they are written, and the end is at once`, async () => {
      const [har, report, sessions] = ['har', 'report', 'json'].map((kind) => `${signal}.${kind}`)
      const files = ['--har', har!, '--report', report!, '--sessions', '1', '--sessions-file', sessions!]
      const args = [
        ...files,
        '--remove-on-error',
        '-w',
        '%{http_code}',
        server.url('/page/1'),
        '-o',
        '/dev/null',
      ]
      const ended = await killed(ours(), signal, `under-way-${signal}`, args)
      expect([ended.code, ended.text, ended.stderr]).to.deep.equal([code, '200', ''])
      const { log } = JSON.parse(read(har!)) as { log: { entries: unknown[] } }
      expect(log.entries).to.have.length(1)
      expect(read(report!)).to.include('</html>')
      expect(read(sessions!)).to.include('session')
      // The failure is known here, other than where the process is killed.
      expect(existsSync(at(`under-way-${signal}`))).to.equal(false)
      expect(readdirSync(folder()).filter((name) => name.endsWith('.part'))).to.deep.equal([])
    })
  }

  it('a signal with --grace lets transfers in flight finish, and nothing else begin', async () => {
    const [program, first] = ours()
    const quiet = ['-q', '--no-progress-meter']
    const args = [...quiet, '-Z', '--parallel-max', '2', '--grace', '60', server.url('/gate/grace?[1-5]')]
    const { code, text, stderr } = await runProgram(
      program,
      [...first, ...args, '--jsonl', '--journal', 'grace'],
      fromStart((child) => {
        void (async () => {
          const gate = server.gate('grace')
          await gate.waiting(2)
          child.kill('SIGTERM')
          // It says so as soon as it handles the signal.
          await once(child.stderr as Readable, 'data')
          // One answer ends one of the two: if a third request came, it would be seen.
          gate.release(1)
          await gate.waiting(1)
          gate.release(1)
        })()
      }),
    )
    expect(code).to.equal(143)
    expect(stderr.replace(/\s+/g, ' ')).to.include('Note: waiting at most 60 s for transfers in flight;')
    expect(text.trimEnd().split('\n')).to.have.length(2)
    expect(server.requests).to.have.length(2)
    expect(read('grace').trimEnd().split('\n')).to.have.length(3)
  })

  it('a second signal ends the time of --grace, and a pause before a retry ends with the first one', async () => {
    const [program, first] = ours()
    server.route('/busy', (_request, response) => {
      response.statusCode = 503
      response.setHeader('Retry-After', '3600').end()
    })
    const twice = await runProgram(
      program,
      [...first, '-q', '-s', '--grace', '3600', server.url('/part')],
      fromStart((child) => {
        child.stdout?.once('data', () => {
          child.kill('SIGINT')
          child.kill('SIGTERM')
        })
      }),
    )
    expect([130, 143]).to.include(twice.code)
    const pausing = await runProgram(
      program,
      [...first, '-q', '--no-progress-meter', '--retry', '3', '--grace', '3600', server.url('/busy')],
      fromStart((child) => void child.stderr?.once('data', () => child.kill('SIGINT'))),
    )
    expect(pausing.stderr).to.include('Retrying in 3600 seconds')
    expect(pausing.code).to.equal(130)
  })
})
