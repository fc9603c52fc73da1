/**
 * The journal: whatever ends a run, it goes on where it was. Nothing that was written down as done is fetched
 * again, and nothing is lost. Does not know how the journal is written but for its ids. PARALLELCURL_SOAK=1
 * is the full size.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ChildProcess } from 'node:child_process'
import { expect } from 'chai'
import { runCommand, temporaryFolder, type CommandResult } from '../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

const isSoak = process.env['PARALLELCURL_SOAK'] !== undefined
const [urls, kills] = isSoak ? [5000, 50] : [400, 5]

describe('the journal', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    server.route(/^\/item/, (request, response) => response.end(request.path))
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })

  const at = (name: string): string => join(folder(), name)
  function writeList(name: string, count: number): void {
    const lines = Array.from({ length: count }, (_, i) =>
      JSON.stringify({ id: `${i}`, url: server.url(`/item/${i}`) }),
    )
    writeFileSync(at(name), lines.join('\n'))
  }
  function doneIn(name: string): Set<string> {
    const whole = readFileSync(at(name), 'utf8').split('\n').slice(0, -1)
    const records = whole.map((line) => JSON.parse(line) as { key?: string; end?: string })
    return new Set(records.filter(({ end }) => end === 'done').map(({ key }) => key!.slice(3)))
  }
  const run = (args: readonly string[], onStart?: (child: ChildProcess) => void): Promise<CommandResult> =>
    runCommand(args, { cwd: folder(), ...(onStart && { onStart }) })

  it(`survives kill -9 at ${kills} moments of a run of ${urls}`, async function () {
    this.timeout(isSoak ? 600_000 : 60_000)
    writeList('kill.jsonl', urls)
    const args = [
      '-i',
      'kill.jsonl',
      '-o',
      'kill/{id}',
      '--journal',
      'kill.journal',
      '--resume',
      '--parallel-max',
      '20',
      '--jsonl',
    ]
    const printed = new Set<string>()
    let done = new Set<string>()
    let killed = 0
    for (let i = 0; i <= kills; i++) {
      server.forget()
      const step = 1 + Math.floor(Math.random() * Math.ceil((urls / kills) * 1.6))
      const { signal, code, text } = await run([...args, '-s'], (child) => {
        if (i === kills) return
        // At any moment after some request, before, within and after others' writes.
        server.waitForRequests(step).then(
          () => child.kill('SIGKILL'),
          () => undefined,
        )
      })
      const again = server.requests.map(({ path }) => path.slice(6)).filter((id) => done.has(id))
      expect(again, 'fetched again after it was done').to.deep.equal([])
      if (signal === 'SIGKILL') killed++
      else expect(code).to.equal(0)
      const now = doneIn('kill.journal')
      for (const id of done) expect(now.has(id)).to.be.true
      // The last line may be torn: then it is not done.
      for (const [, id] of text.matchAll(/^\{"id":"(\d+)",.*\}$/gm)) printed.add(id!)
      for (const id of now) expect(printed.has(id), `${id} is done, and was printed`).to.be.true
      done = now
      if (code === 0) break
    }
    expect(killed).to.be.greaterThan(0)
    expect(done.size).to.equal(urls)
    const outputs = readdirSync(at('kill')).filter((name) => !name.endsWith('.part'))
    expect(outputs).to.have.length(urls)
    for (const id of outputs) expect(readFileSync(at(`kill/${id}`), 'utf8')).to.equal(`/item/${id}`)
    if (isSoak) console.log(`      killed ${killed} times`)
  })

  it('F13: a resumed run removes the temporary files that kill -9 has left', async () => {
    const parts = (): string[] => readdirSync(at('parts')).filter((name) => name.endsWith('.part'))
    mkdirSync(at('parts'))
    writeFileSync(at('parts/.other.0123456789abcdef.part'), 'of somebody else')
    let isHeld = true
    server.route('/part', (_request, response) => {
      response.write('x'.repeat(200_000))
      if (!isHeld) response.end('end')
    })
    for (const [template, name] of [
      ['parts/{n}', '1'],
      ['parts/s{status}', 's200'],
    ] as const) {
      const args = ['-s', '--journal', `${name}.journal`, '-o', template, server.url('/part')]
      const changes = watch(at('parts'))
      const killed = await runCommand(args, {
        cwd: folder(),
        onStart: (child) => {
          changes.on('change', () => {
            if (parts().length > 1) child.kill('SIGKILL')
          })
        },
      })
      changes.close()
      expect(killed.signal).to.equal('SIGKILL')
      expect(parts()).to.have.length(2)
      isHeld = false
      const resumed = await runCommand(['--resume', ...args], { cwd: folder() })
      expect([resumed.code, readFileSync(at(`parts/${name}`)).length]).to.deep.equal([0, 200_003])
      expect(parts()).to.deep.equal(['.other.0123456789abcdef.part'])
      isHeld = true
    }
  })

  it('knows the finished requests after a torn line, and refuses to continue without --resume', async () => {
    writeList('torn.jsonl', 5)
    const args = ['-i', 'torn.jsonl', '-s', '-S', '--journal', 'torn.journal']
    await run(args)
    const whole = readFileSync(at('torn.journal'), 'utf8')
    const last = whole.trimEnd().lastIndexOf('\n') + 1
    writeFileSync(at('torn.journal'), whole.slice(0, last + 9))
    const refused = await run(args)
    expect(refused.code).to.equal(2)
    expect(refused.stderr).to.include('--resume goes on with it')
    server.forget()
    const resumed = await run([...args, '--resume'])
    expect(resumed.code, resumed.stderr).to.equal(0)
    expect(server.requests).to.have.length(1)
    expect(doneIn('torn.journal').size).to.equal(5)
    const complete = readFileSync(at('torn.journal'), 'utf8')
    for (const line of ['no JSON', 'null']) {
      writeFileSync(at('torn.journal'), `${complete}${line}\n`)
      const broken = await run([...args, '--resume'])
      expect(broken.code).to.equal(2)
      expect(broken.stderr).to.match(/line 7: this is not a journal/)
    }
  })

  it('skips failed requests, and repeats each of them with --retry-failed', async () => {
    let isUp = false
    server.route('/shaky', (_request, response) => {
      response.statusCode = isUp ? 200 : 500
      response.end()
    })
    const url = server.url('/shaky').replace('//', '//user:secret@')
    const args = ['-f', '-s', '--journal', 'failed.journal', url, url, server.url('/item/1')]
    expect((await run(args)).code).to.equal(1)
    expect(readFileSync(at('failed.journal'), 'utf8'))
      .to.not.include('secret')
      .and.not.include('shaky')
    expect(statSync(at('failed.journal')).mode & 0o077).to.equal(0)
    server.forget()
    expect((await run([...args, '--resume'])).code).to.equal(0)
    expect(server.requests).to.have.length(0)
    isUp = true
    expect((await run([...args, '--resume', '--retry-failed'])).code).to.equal(0)
    expect(server.requests).to.have.length(2)
    server.forget()
    await run([...args, '--resume', '--retry-failed'])
    expect(server.requests).to.have.length(0)
    // One more of the same is not done yet.
    await run([...args, url, '--resume'])
    expect(server.requests).to.have.length(1)
  })

  it('finishes the transfers in flight when interrupted, and resumes', async () => {
    writeList('stop.jsonl', 60)
    server.route(/^\/item/, (request, response) => {
      const leave = server.gate('stop').enter(() => response.end(request.path))
      response.on('close', leave)
    })
    const args = [
      '-i',
      'stop.jsonl',
      '-o',
      'stop/{id}',
      '--journal',
      'stop.journal',
      '--resume',
      '--parallel-max',
      '5',
    ]
    const { code, stderr } = await run(args, (child) => {
      void server.waitForRequests(5).then(() => {
        child.stderr?.once('data', () => server.gate('stop').open())
        child.kill('SIGINT')
      })
    })
    expect(stderr).to.match(/interrupted: 5 done, \d+ dropped\n$/)
    expect(code).to.equal(130)
    expect(readdirSync(at('stop'))).to.have.length(5)
    expect(server.requests).to.have.length(5)
    server.forget()
    expect((await run(args)).code).to.equal(0)
    expect(server.requests).to.have.length(55)
    expect(readdirSync(at('stop'))).to.have.length(60)
  })

  it('lets a second signal stop the run at once, also while it reads a pipe', async () => {
    mkdirSync(at('twice'), { recursive: true })
    const { code } = await runCommand(['-i', '-', '-o', 'twice/{n}', '--journal', 'twice.journal'], {
      cwd: folder(),
      input: `${server.url('/hang')}\n`,
      onStart: (child) => {
        void server.waitForRequests(1).then(() => {
          child.stderr?.once('data', () => child.kill('SIGINT'))
          child.kill('SIGINT')
        })
      },
    })
    expect(code).to.equal(130)
    expect(doneIn('twice.journal').size).to.equal(0)
    expect(readdirSync(at('twice'))).to.deep.equal([])
  })
})
