/** Output files of one run: no request replaces the file of another one without a word. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCommand, temporaryFolder, type CommandResult } from '../../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'

describe('F4: names of output files', () => {
  const folder = temporaryFolder()
  const at = (name: string): string => join(folder(), name)
  const read = (name: string): string => readFileSync(at(name), 'utf8')
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    server.route(/^\//, (request, response) => response.end(request.path))
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })
  const run = (...args: readonly string[]): Promise<CommandResult> => runCommand(args, { cwd: folder() })

  it('a URL that ends with / is an index, so that pages below it have their place', async () => {
    const { code, stderr } = await run('-o', 'm/{host}/{path}', server.url('/small/'), server.url('/small/1'))
    expect([code, stderr]).to.deep.equal([0, ''])
    expect([read('m/127.0.0.1/small/index'), read('m/127.0.0.1/small/1')]).to.deep.equal([
      '/small/',
      '/small/1',
    ])
    // A file and a folder of the same name: one of both fails, and says so.
    const both = await run('--parallel-max', '1', '-o', 'f/{path}', server.url('/a'), server.url('/a/b'))
    expect([both.code, read('f/a')]).to.deep.equal([1, '/a'])
    expect(both.stderr).to.match(/\/a\/b: \(23\) .*f\/a/)
  })

  it('the second request of a name fails, and the file of the first one stays', async () => {
    const cases: readonly (readonly [file: string, args: readonly string[]])[] = [
      ['one', ['-o', '{name}', server.url('/a/one'), server.url('/b/one')]],
      ['two', ['-O', server.url('/a/two'), server.url('/b/two')]],
      [
        'three-200',
        ['--parallel-max', '1', '-o', 'three-{status}', server.url('/a/three'), server.url('/b/three')],
      ],
    ]
    for (const [file, args] of cases) {
      const { code, stderr } = await run(...args)
      expect([code, read(file).slice(0, 3)], stderr).to.deep.equal([1, '/a/'])
      expect(stderr).to.include(`${at(file)} is the file of an earlier request: use a template with {n}`)
    }
    const lines = ['a', 'b'].map((path) => JSON.stringify({ url: server.url(`/${path}`), output: 'line' }))
    const { code } = await runCommand(['-i', '-'], { cwd: folder(), input: lines.join('\n') })
    expect([code, read('line')]).to.deep.equal([1, '/a'])
    server.forget()
    const twice = await run('-o', 'x', server.url('/1'), '-o', './x', server.url('/2'))
    expect([twice.code, twice.stderr]).to.deep.equal([
      2,
      'parallelcurl: -o ./x is given twice: give each URL a name, or use --no-clobber\n',
    ])
    expect(server.requests).to.have.length(0)
  })

  it('a resumed run knows the names of the run before it', async () => {
    const args = ['--journal', 'names.journal', '-o', 'r-{name}', server.url('/a/x'), server.url('/b/x')]
    const first = await run(...args)
    const again = await run('--resume', ...args)
    expect([first.code, again.code, read('r-x')]).to.deep.equal([1, 1, '/a/x'])
  })

  it('--no-clobber gives each a number, also beside files that were there', async () => {
    writeFileSync(at('n'), 'before')
    const urls = ['a', 'b', 'c'].map((path) => server.url(`/${path}/n`))
    const { code, text } = await run('--no-clobber', '-O', '--jsonl', ...urls)
    expect(code).to.equal(0)
    expect(read('n')).to.equal('before')
    expect([read('n.1'), read('n.2'), read('n.3')]).to.have.members(['/a/n', '/b/n', '/c/n'])
    const outputs = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { url: string; output: string })
    for (const { url, output } of outputs) expect(read(output)).to.equal(new URL(url).pathname)
    await run('--no-clobber', '-o', 's-{status}', server.url('/d'), server.url('/e'))
    expect([read('s-200'), read('s-200.1')]).to.have.members(['/d', '/e'])
    await run('--no-clobber', '-o', 'literal', server.url('/1'), '-o', 'literal', server.url('/2'))
    expect(readdirSync(folder()).filter((name) => name.startsWith('literal'))).to.have.length(2)
  })

  it('--skip-existing fetches only what has no file', async () => {
    writeFileSync(at('there'), 'before')
    const { code } = await run('--skip-existing', '-O', server.url('/there'), server.url('/new'))
    expect(code).to.equal(0)
    expect([read('there'), read('new')]).to.deep.equal(['before', '/new'])
    expect(server.requests.map(({ path }) => path)).to.deep.equal(['/new'])
  })

  it('refuses what makes no sense', async () => {
    for (const [args, said] of [
      [['--no-clobber', '-C', '-', '-O'], 'use one of them'],
      [['--skip-existing', '-o', '{status}'], '{status} is not known in time'],
    ] as const) {
      const { code, stderr } = await run(...args, server.url('/x'))
      expect([code, stderr.includes(said)], stderr).to.deep.equal([2, true])
    }
    expect(existsSync(at('x'))).to.be.false
  })
})
