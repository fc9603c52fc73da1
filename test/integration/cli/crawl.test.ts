/** The command's --crawl and --sitemap. Does not know how URLs are kept. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { freePort } from '../../support/programs/redis.js'
import { runCommand, temporaryFolder, type CommandResult } from '../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { LinkedSite } from '../../support/servers/linked-site.js'

describe('the command: crawls', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())
  const run = (...args: string[]): Promise<CommandResult> => runCommand(args, { cwd: folder() })
  const paths = (): string[] => server.requests.map(({ url }) => url)

  it('writes each page of a site to a file, and follows the links in it; goes on after kill -9', async () => {
    const site = new LinkedSite(60).serveOn(server)
    mkdirSync(join(folder(), 'pages'))
    const args = [
      '--crawl',
      server.url('/p/0'),
      '-o',
      'pages/{path}',
      '--create-dirs',
      '--reject-regex',
      '/trap',
    ]
    const rest = ['--retry', '3', '--retry-delay', '0.01', '--journal', 'crawl.journal', '--resume', '-s']
    let isKilled = false
    const killed = await runCommand([...args, ...rest], {
      cwd: folder(),
      onStart: (child) => {
        void server.waitForRequests(20).then(() => (isKilled = child.kill('SIGKILL')))
      },
    })
    expect([isKilled, killed.signal]).to.deep.equal([true, 'SIGKILL'])
    const { code, stderr } = await run(...args, ...rest)
    expect([code, stderr]).to.deep.equal([0, ''])
    const expected = [...site.expected()].filter((path) => !path.startsWith('/trap'))
    expect([...site.asked.keys()].sort()).to.deep.equal([...expected].sort())
    const written = readdirSync(join(folder(), 'pages', 'p'))
    expect(written.sort()).to.deep.equal(
      [...expected].flatMap((path) => /^\/p\/(\d+)$/.exec(path)?.[1] ?? []).sort(),
    )
    site.asked.clear()
    expect((await run(...args, ...rest)).code).to.equal(0)
    expect([...site.asked]).to.deep.equal([])
    const without = await run(...args, '--journal', 'crawl.journal')
    expect([without.code, without.stderr]).to.deep.equal([
      2,
      'parallelcurl: --journal crawl.journal: there is one already; --resume goes on with it\n',
    ])
  })

  it('prints pages as other runs do, with the bodies in memory, and has limits', async () => {
    const site = new LinkedSite(40).serveOn(server)
    const args = [
      '--crawl',
      server.url('/p/0'),
      '--jsonl',
      '--crawl-limit',
      '9',
      '--accept-regex',
      '/(p|missing)/',
    ]
    const { code, text } = await run(...args, '-f')
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { url: string; status: number })
    expect([site.asked.size, lines.length, code]).to.deep.equal([9, 9, 1])
    expect(lines.find(({ status }) => status === 404)?.url).to.equal(server.url('/missing/0'))
    const shallow = await run(
      '--crawl',
      server.url('/p/1'),
      '-o',
      '/dev/null',
      '--crawl-depth',
      '0',
      '-w',
      '%{url}\n',
    )
    expect(shallow.text).to.equal(`${server.url('/p/1')}\n`)
  })

  it('obeys robots.txt by the name of its user agent', async () => {
    server.route('/robots.txt', (_request, response) => response.end('user-agent: mybot\ndisallow: /b'))
    server.route('/a', (_request, response) => response.end('<a href=b>x</a><a href=c>x</a>'))
    server.route('/c', (_request, response) => response.end('text'))
    expect((await run('--crawl', server.url('/a'), '--robots', '-A', 'MyBot/1.0', '-s')).code).to.equal(0)
    expect(paths()).to.deep.equal(['/robots.txt', '/a', '/c'])
  })

  it('reports a robots.txt that cannot be fetched, and fails', async () => {
    server.route('/robots.txt', (_request, response) => response.writeHead(503).end())
    const dead = `http://127.0.0.1:${await freePort()}`
    for (const [host, reason] of [
      [server.url(''), '\\(22\\) status 503'],
      [dead, '\\(7\\) .+'],
    ] as const) {
      const { code, text, stderr } = await run('--crawl', `${host}/a`, '--robots')
      expect([code, text]).to.deep.equal([1, ''])
      const line = `^parallelcurl: ${host}/robots.txt: ${reason}: without its robots.txt, nothing of this host is fetched\n$`
      expect(stderr).to.match(new RegExp(line))
    }
    expect(paths()).to.deep.equal(['/robots.txt'])
  })

  it('fetches the URLs of a sitemap, alone and as the beginning of a crawl', async () => {
    server.route('/sitemap.xml', (_request, response) => {
      const all = ['/a', '/b'].map((path) => `<url><loc>${server.url(path)}</loc></url>`)
      response.end(`<urlset>${all.join('')}</urlset>`)
    })
    server.route(/^\/[a-c]$/, ({ path }, response) => response.end(`<a href=/c>${path}</a>`))
    const url = server.url('/sitemap.xml')
    const alone = await run('--sitemap', url, '--ordered')
    expect(alone.text).to.equal('<a href=/c>/a</a><a href=/c>/b</a>')
    const crawled = await run('--sitemap', url, '--crawl', '-o', '/dev/null', '-w', '%{url}\n')
    expect(crawled.text.trim().split('\n').sort()).to.deep.equal(
      ['/a', '/b', '/c'].map((path) => server.url(path)),
    )
    const wrong = await run('--sitemap', server.url('/status/404'), server.url('/a'))
    expect([wrong.code, wrong.text]).to.deep.equal([1, '<a href=/c>/a</a>'])
    expect(wrong.stderr).to.match(/^parallelcurl: --sitemap: http:.*\/status\/404: status 404\n$/)
  })

  it('reports a line or an entry that is no URL, fetches the others, and completes URLs without a scheme', async () => {
    server.route('/sitemap.xml', (_request, response) => {
      const all = ['mailto:a@h', server.url('/a')].map((url) => `<url><loc>${url}</loc></url>`)
      response.end(`<urlset>${all.join('')}</urlset>`)
    })
    server.route(/^\/[a-c]$/, (_request, response) => response.end('x'))
    writeFileSync(join(folder(), 'list'), `http://u:SECRET@h/\n${server.url('/b')}\n`)
    const host = server.url('/c').replace('http://', '')
    const line = ['--crawl', host, '-i', 'list', '--sitemap', server.url('/sitemap.xml'), '-o', '/dev/null']
    const { code, stderr } = await run(...line)
    expect(paths().sort()).to.deep.equal(['/a', '/b', '/c', '/sitemap.xml'])
    expect(stderr.match(/--crawl takes URLs of http and https/g)).to.have.length(2)
    expect(stderr).to.include('/sitemap.xml: ').and.not.include('SECRET')
    expect(code).to.equal(1)
  })

  it('stops at once by a signal while it waits for robots.txt, and a resumed run fetches the pages', async () => {
    server.route('/robots.txt', (_request, response) => {
      server.gate('robots').enter(() => response.end(''))
    })
    server.route('/a', (_request, response) => response.end('text'))
    const args = ['--crawl', server.url('/a'), '--robots', '--journal', 'stopped.journal', '--grace', '60']
    const stopped = await runCommand(args, {
      cwd: folder(),
      onStart: (child) => {
        void server.waitForRequests(1).then(() => child.kill('SIGINT'))
      },
    })
    expect([stopped.code, paths()]).to.deep.equal([130, ['/robots.txt']])
    server.gate('robots').open()
    const { code, text } = await run(...args, '--resume')
    expect([code, text]).to.deep.equal([0, 'text'])
  })

  it('refuses what cannot be, in one line', async () => {
    writeFileSync(join(folder(), 'list.jsonl'), `{"url": "${server.url('/')}", "method": "POST"}\n`)
    writeFileSync(join(folder(), 'notes'), 'my notes\n')
    const url = server.url('/a')
    const wrong: [args: string[], message: RegExp][] = [
      [['--robots', url], /--robots.*--crawl/],
      [['--crawl', url, '--accept-regex', '('], /--accept-regex must be an expression/],
      [['--crawl', '-i', 'list.jsonl'], /list\.jsonl.*--crawl takes URLs/],
      [['--crawl', url, '--journal', 'notes', '--resume'], /notes, line 1: this is not a journal/],
      [['--sitemap', 'ftp://h/x'], /--sitemap: url must be an absolute URL/],
      [['curl', '--crawl', url], /belongs to parallelcurl without "curl"/],
    ]
    for (const [args, message] of wrong) {
      const { code, stderr } = await run(...args)
      expect(stderr, args.join(' ')).to.match(message)
      expect([code, stderr.trimEnd().split('\n').length <= 2], stderr).to.deep.equal([2, true])
    }
    expect(readFileSync(join(folder(), 'notes'), 'utf8')).to.equal('my notes\n')
    expect(server.requests).to.deep.equal([])
  })
})
