/**
 * `parallelcurl curl` with `--journal`: whatever ends a run, it goes on where it was. Does not look at how
 * the journal is written but for its keys.
 */
import { existsSync, readFileSync } from 'node:fs'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { expect } from 'chai'
import { keyOf } from '../../../../src/cli/output/journal.js'
import { runCommand, temporaryFolder, type CommandResult } from '../../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'

const isSoak = process.env['PARALLELCURL_SOAK'] !== undefined
const [urls, kills] = isSoak ? [3000, 40] : [100, 3]

describe('parallelcurl curl: the journal', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    server.route(/^\/item/, (request, response) => response.end(request.path))
    server.route('/shaky', (_request, response) => {
      response.statusCode = 500
      response.end()
    })
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })
  const at = (name: string): string => join(folder(), name)
  const read = (name: string): string => readFileSync(at(name), 'utf8')
  const run = (args: readonly string[], onStart?: (child: ChildProcess) => void): Promise<CommandResult> =>
    runCommand(['curl', '-q', ...args], { cwd: folder(), ...(onStart && { onStart }) })
  const paths = (): string[] => server.requests.map(({ path }) => path)
  function keysIn(name: string, end: 'done' | 'failed'): string[] {
    const records = read(name)
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { key?: string; end?: string })
    return records.flatMap((record) => (record.end === end ? [record.key!] : []))
  }

  for (const [how, parallel] of [
    ['one after the other', []],
    ['side by side', ['-Z', '--parallel-max', '10']],
  ] as const) {
    it(`survives kill -9 at ${String(kills)} moments of a run of ${String(urls)} transfers ${how}`, async function () {
      this.timeout(isSoak ? 900_000 : 120_000)
      const name = parallel.length === 0 ? 'order' : 'parallel'
      const journal = `${name}.journal`
      const args = ['-s', ...parallel, '--create-dirs', '-o', `${name}/#1`, '--journal', journal, '--resume']
      const url = server.url(`/item/[1-${String(urls)}]`)
      const keys = new Map(
        Array.from({ length: urls }, (_, i): [string, string] => {
          const path = `/item/${String(i + 1)}`
          return [path, keyOf({ url: server.url(path), output: `${name}/${String(i + 1)}` })]
        }),
      )
      let done = new Set<string>()
      let killed = 0
      for (let i = 0; i <= kills; i++) {
        server.forget()
        const step = 1 + Math.floor(Math.random() * Math.ceil((urls / kills) * 1.5))
        const { signal, code } = await run([...args, url], (child) => {
          if (i === kills) return
          server.waitForRequests(step).then(
            () => child.kill('SIGKILL'),
            () => undefined,
          )
        })
        if (signal === 'SIGKILL') killed++
        else expect(code).to.equal(0)
        const again = paths().filter((path) => done.has(keys.get(path)!))
        expect(again, 'fetched again after it was done').to.deep.equal([])
        const listed = keysIn(journal, 'done')
        done = new Set(listed)
        expect(listed, 'one line for each').to.have.length(done.size)
        for (const [path, key] of keys) {
          if (done.has(key)) expect(read(name + path.slice('/item'.length))).to.equal(path)
        }
        if (code === 0) break
      }
      expect(killed).to.be.greaterThan(0)
      expect(done).to.deep.equal(new Set(keys.values()))
      server.forget()
      const over = await run([...args, url])
      expect([over.code, over.text, over.stderr]).to.deep.equal([0, '', ''])
      expect(server.requests).to.have.length(0)
    })
  }

  it('leaves out what is done, keeps failures for --retry-failed, and has no URL and no secret', async () => {
    const shaky = server.url('/shaky').replace('//', '//user:secret@')
    const args = ['-s', '-f', '--journal', 'failed.journal', shaky, server.url('/item/1'), '-o', 'a']
    expect((await run(args)).code).to.equal(0)
    expect(read('failed.journal')).to.not.include('secret').and.not.include('shaky')
    expect([
      keysIn('failed.journal', 'done').length,
      keysIn('failed.journal', 'failed').length,
    ]).to.deep.equal([1, 1])
    server.forget()
    expect((await run([...args, '--resume'])).code).to.equal(0)
    expect(paths()).to.deep.equal([])
    await run([...args, '--resume', '--retry-failed', server.url('/item/2')])
    expect(paths()).to.deep.equal(['/shaky', '/item/2'])
  })

  it('knows transfers by what is asked for, and not by limits', async () => {
    const url = server.url('/item/same')
    const journal = ['-s', '--journal', 'keys.journal', '--resume']
    await run([...journal, '-d', 'a=1', url, '--next', '-s', '-d', 'a=2', url])
    expect(server.requests.map(({ body }) => body.toString())).to.deep.equal(['a=1', 'a=2'])
    server.forget()
    await run([...journal, '--max-time', '50', '--retry', '3', '-d', 'a=2', url])
    expect(paths()).to.deep.equal([])
    const others = [['-d', 'a=3'], ['-X', 'PUT', '-d', 'a=2'], ['-H', 'A: 1', '-d', 'a=2'], ['-I'], []]
    await run([...journal, ...others.flatMap((other) => ['--next', '-s', ...other, url]).slice(1)])
    expect(server.requests.map(({ method }) => method)).to.deep.equal(['POST', 'PUT', 'POST', 'HEAD', 'GET'])
  })

  it('is that of the plain command: a URL without options has the same key', async () => {
    const [one, two] = [server.url('/item/one'), server.url('/item/two')]
    await runCommand(['-s', '--journal', 'both.journal', one], { cwd: folder() })
    server.forget()
    expect((await run(['-s', '--journal', 'both.journal', '--resume', one, two])).text).to.equal('/item/two')
    expect(paths()).to.deep.equal(['/item/two'])
  })

  it('appends to the file of -D when it resumes', async () => {
    const args = ['-s', '--journal', 'dump.journal', '--resume', '-D', 'heads', server.url('/item/1')]
    await run(args)
    await run([...args, server.url('/item/2')])
    expect(read('heads').match(/^HTTP/gm)).to.have.length(2)
  })

  it('is refused where it is there already, and nothing is fetched; a report that cannot be written makes none', async () => {
    const url = server.url('/item/1')
    await run(['-s', '--journal', 'there.journal', url])
    server.forget()
    const { code, stderr } = await run(['-s', '--journal', 'there.journal', url])
    expect(stderr).to.equal('curl: --journal there.journal: there is one already; --resume goes on with it\n')
    expect(code).to.equal(2)
    expect((await run(['-s', '--journal', 'new.journal', '--har', 'no/x.har', url])).code).to.equal(2)
    expect(existsSync(at('new.journal'))).to.equal(false)
    expect(server.requests).to.have.length(0)
  })

  it('does not count what --fail-early aborts', async () => {
    const gate = server.gate('early')
    const args = ['-s', '-Z', '-f', '--fail-early', '--journal', 'early.journal', server.url('/gate/early')]
    const going = run([...args, server.url('/shaky')])
    await gate.waiting(1)
    expect((await going).code).to.equal(22)
    expect([keysIn('early.journal', 'done').length, keysIn('early.journal', 'failed').length]).to.deep.equal([
      0, 1,
    ])
    gate.release(1)
  })

  it('ends the run where it cannot be written', async () => {
    const { code, stderr } = await run(['-s', '--journal', '/dev/full', server.url('/item/[1-3]')])
    expect(stderr).to.match(/^curl: --journal \/dev\/full: .*disk is full/)
    expect(code).to.equal(2)
    expect(server.requests).to.have.length(0)
  })
})
