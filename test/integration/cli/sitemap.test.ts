/** The command's --sitemap, without a crawl and with one: what is sent where. Does not know the forms of sitemaps. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCommand, temporaryFolder, type CommandResult } from '../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { startHttpProxy } from '../../support/servers/proxies/http-proxy.js'

describe('the command: sitemaps', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())
  const run = (...args: string[]): Promise<CommandResult> => runCommand(args, { cwd: folder() })

  function serve(...urls: string[]): string {
    server.route('/sitemap.xml', (_request, response) => {
      response.end(`<urlset>${urls.map((url) => `<url><loc>${url}</loc></url>`).join('')}</urlset>`)
    })
    return server.url('/sitemap.xml')
  }

  for (const mode of [['--crawl'], []]) {
    const name = mode.length > 0 ? 'with --crawl' : 'without --crawl'
    it(`gives the credentials of the line to the hosts that it names, and to others with --location-trusted: ${name}`, async () => {
      await using other = await startHttpServer({ host: '127.0.0.2' })
      // libcurl would take what follows the @ for the host.
      const odd = `${server.url('')}\\@${new URL(other.url('')).host}/odd`
      const sitemap = serve(server.url('/a'), other.url('/b'), odd)
      const line = [...mode, '--sitemap', sitemap, '-o', '/dev/null', '-H', 'X-Plain: 1', '-b', 'a=b']
      const seen = ({ requests }: HttpServer): string[] =>
        requests
          .map(({ url, headers }) => {
            const { cookie = '', authorization = '', 'x-plain': plain = '' } = headers
            return [url.replace(/@.*/, '@'), plain, cookie, authorization.slice(0, 8)].join(' ')
          })
          .sort()
      const all = [
        [['-u', 'u:p'], 'a=b Basic dT', ' '],
        [['-H', 'Authorization: Bearer SECRET', '-H', 'Cookie: c=d'], 'c=d Bearer S', ' '],
        [['-u', 'u:p', '--location-trusted'], 'a=b Basic dT', 'a=b Basic dT'],
        [['-u', 'u:p', other.url('/')], 'a=b Basic dT', 'a=b Basic dT'],
        // libcurl takes one slash, too.
        [['-u', 'u:p', other.url('/').replace('//', '/')], 'a=b Basic dT', 'a=b Basic dT'],
      ] as const
      for (const [more, own, others] of mode.length === 0 ? all : all.slice(2)) {
        server.forget()
        other.forget()
        const { code, stderr } = await run(...line, ...more)
        expect([code, stderr]).to.deep.equal([0, ''])
        expect(seen(server)).to.deep.equal(['/@', '/a', '/sitemap.xml'].map((path) => `${path} 1 ${own}`))
        const named = more.length === 3 && !more[2].startsWith('--') ? ['/', '/b'] : ['/b']
        expect(seen(other)).to.deep.equal(named.map((path) => `${path} 1 ${others}`))
      }
    })
  }

  it('fetches a sitemap as all other URLs: by proxies, with cookies, beside other options, one at a time', async () => {
    await using proxy = await startHttpProxy()
    const urls = Array.from({ length: 3000 }, (_, i) => server.url(`/echo/${'long'.repeat(20)}?${i}`))
    const sitemap = serve(server.url('/a'), ...urls)
    writeFileSync(join(folder(), 'proxies'), `${proxy.url()}\n`)
    writeFileSync(join(folder(), 'cookies'), '127.0.0.1\tFALSE\t/\tFALSE\t0\tsid\t1\n')
    const line = [
      '--sitemap',
      sitemap,
      '--proxies',
      'proxies',
      '-b',
      'cookies',
      '--parallel-max',
      '1',
      '--fail-early',
      '-f',
    ]
    server.route('/a', (_request, response) => response.writeHead(500).end())
    for (const more of [
      ['-o', '{n}', '--segments', '4', '--dedupe'],
      ['-o', '{n}', '-C', '-'],
      ['-I'],
      ['-d', 'x'],
    ]) {
      server.forget()
      proxy.requests.splice(0)
      const { code, stderr } = await run(...line, ...more)
      expect([code, stderr.split('\n').length], stderr).to.deep.equal([1, 2])
      expect(stderr).to.match(/\/a: \(22\)/)
      expect(
        server.requests.slice(0, 2).map(({ method, url, headers: { cookie } }) => [method, url, cookie]),
      ).to.deep.equal([
        ['GET', '/sitemap.xml', 'sid=1'],
        [more[0] === '-I' ? 'HEAD' : more[0] === '-d' ? 'POST' : 'GET', '/a', 'sid=1'],
      ])
      expect(proxy.requests).to.have.length(server.requests.length)
    }
  })

  it('records a sitemap with its URLs, and reads it out of the archive', async () => {
    const sitemap = serve(server.url('/a'))
    server.route('/a', (_request, response) => response.end('text'))
    const recorded = await run('--sitemap', sitemap, '--record', 'run.har')
    server.forget()
    const replayed = await run('--sitemap', sitemap, '--replay', 'run.har')
    expect([recorded.text, replayed.text, replayed.stderr]).to.deep.equal(['text', 'text', ''])
    expect(server.requests).to.deep.equal([])
  })

  it('ends by a signal while a sitemap does not come', async () => {
    const child = await runCommand(['--sitemap', server.url('/gate/never'), '-o', '{n}', '--grace', '60'], {
      cwd: folder(),
      onStart: (started) => {
        void server.waitForRequests(1).then(() => started.kill('SIGINT'))
      },
    })
    expect([child.code, child.text]).to.deep.equal([130, ''])
    expect(child.stderr)
      .to.match(/interrupted: 0 done, 0 dropped\n$/)
      .and.not.include('--sitemap')
  })
})
