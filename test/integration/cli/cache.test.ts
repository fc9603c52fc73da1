/**
 * `--cache` and `--offline` of both commands: a second run of the same requests. Does not repeat what the library's
 * tests show.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { tagged } from '../../support/caching.js'
import { runCommand, temporaryFolder, type CommandResult } from '../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

describe('--cache', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    server.route(
      '/fresh',
      tagged({ 'Cache-Control': 'max-age=600' }, () => 'fresh page\n'),
    )
    server.route(
      '/checked',
      tagged({ 'Cache-Control': 'no-cache', 'X-Kind': 'checked' }, () => 'x'.repeat(400_000)),
    )
    server.route('/gone', (_request, response) => {
      response.writeHead(404, { 'Cache-Control': 'max-age=600' }).end('not here\n')
    })
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })
  const run = (...args: readonly string[]): Promise<CommandResult> => runCommand(args, { cwd: folder() })
  const urls = ['/fresh', '/checked', '/gone']
  const seen = (): string[] =>
    server.requests.map(({ url, headers }) =>
      headers['if-none-match'] === undefined ? url : `${url} if changed`,
    )

  it('of the plain command answers a second run, and --offline a third', async () => {
    const args = ['--cache', 'cache', '--jsonl', ...urls.map((path) => server.url(path))]
    const outcomes: string[][] = []
    for (const more of [[], [], ['--offline', server.url('/never')]]) {
      const { text } = await run('-o', 'page-{n}', '--ordered', ...args, ...more)
      const lines = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { cache: string; status: number; errno: number })
      outcomes.push(lines.map(({ cache, status, errno }) => [cache, status || errno].join(' ')))
      expect(readFileSync(join(folder(), 'page-2'), 'utf8')).to.equal('x'.repeat(400_000))
    }
    expect(outcomes).to.deep.equal([
      ['miss 200', 'miss 200', 'miss 404'],
      ['hit 200', 'revalidated 200', 'hit 404'],
      ['hit 200', 'hit 200', 'hit 404', 'miss 7'],
    ])
    expect(seen()).to.deep.equal([...urls, '/checked if changed'])
  })

  it('of curl writes the same heads, bodies and infos as without, from the folder', async () => {
    const wanted = [
      '-s',
      '-i',
      '-D',
      'head',
      '-w',
      '%{response_code} %{content_type} %{scheme} %{size_header}\\n',
    ]
    const shown = ({ text, code }: CommandResult): unknown[] => [
      code,
      // What differs each time, and what says that it came from a cache.
      text
        .replace(/^(Date|Connection|Keep-Alive|Transfer-Encoding|Age): .*\r\n/gim, '')
        .replace(/ \d+\n/g, '\n'),
    ]
    for (const path of ['/fresh', '/checked']) {
      const plain = await run('curl', '-q', ...wanted, server.url(path))
      server.forget()
      const results: CommandResult[] = []
      for (let i = 0; i < 2; i++)
        results.push(await run('curl', '-q', '--cache', 'of-curl', ...wanted, server.url(path)))
      for (const result of results) expect(shown(result)).to.deep.equal(shown(plain))
      expect(readFileSync(join(folder(), 'head'), 'utf8')).to.match(/^HTTP\/1.1 200 OK\r\n/)
      expect(seen()).to.deep.equal(path === '/fresh' ? ['/fresh'] : ['/checked', '/checked if changed'])
    }
    const failing = ['curl', '-q', '-s', '-f', '--cache', 'of-curl', '-o', 'none', server.url('/gone')]
    expect([(await run(...failing)).code, (await run(...failing)).code]).to.deep.equal([22, 22])
    const offline = await run(
      'curl',
      '-q',
      '--cache',
      'of-curl',
      '--offline',
      '-o',
      'copy',
      server.url('/checked'),
    )
    expect([offline.code, readFileSync(join(folder(), 'copy'), 'utf8').length]).to.deep.equal([0, 400_000])
    const none = await run('curl', '-q', '-sS', '--cache', 'of-curl', '--offline', server.url('/never'))
    expect(none.code).to.equal(7)
    expect(none.stderr).to.include('the cache is offline')
  })

  it("refuses another program's folder, sizes that are none, and --offline or --cache-max-size alone", async () => {
    writeFileSync(join(folder(), 'photo.jpg'), '')
    for (const command of [[], ['curl', '-q']]) {
      const strange = await run(...command, '--cache', '.', server.url('/fresh'))
      expect([strange.code, strange.stderr]).to.satisfy(
        ([code, text]: [number, string]) => code !== 0 && text.includes('holds files of another program'),
      )
      const alone = await run(...command, '--offline', server.url('/fresh'))
      expect(alone.stderr).to.include('--cache')
      for (const [size, message] of [
        ['0', 'a folder of 0 bytes has no room'],
        ['10X', 'takes bytes, such as 4096'],
      ] as const) {
        const wrong = await run(...command, '--cache', 'c', '--cache-max-size', size, server.url('/fresh'))
        expect([wrong.code, wrong.stderr]).to.satisfy(
          ([code, text]: [number, string]) => code !== 0 && text.includes(message),
        )
      }
      const without = await run(...command, '--cache-max-size', '1M', server.url('/fresh'))
      expect(without.stderr).to.include('--cache-max-size goes with --cache')
    }
    expect(server.requests).to.have.length(0)
  })
})
