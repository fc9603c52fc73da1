/**
 * crawl(): which URLs are fetched, and how each one ends. Does not know how URLs are kept.
 */
import { expect } from 'chai'
import { OptionError, ParallelCurl, type CrawlFunction, type CrawlOptions } from '../../../src/index.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { LinkedSite, TRAP } from '../../support/servers/linked-site.js'
import { rejectionOf } from '../../support/requests.js'

/** The function that follows all links. */
const follow: CrawlFunction = (_transfer, add, page) => {
  for (const link of page.links()) add(link)
}

describe('crawl()', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  /** Serves pages of links. */
  function serve(pages: Record<string, readonly string[]>): void {
    for (const [path, links] of Object.entries(pages)) {
      server.route(path, (_request, response) => {
        response.setHeader('content-type', 'text/html')
        response.end(links.map((link) => `<a href="${link}">x</a>`).join(''))
      })
    }
  }
  const paths = (): string[] => server.requests.map(({ url }) => url)

  it('fetches a whole site of loops, spellings, redirects, 404s and busy pages, each page once', async () => {
    const site = new LinkedSite(300).serveOn(server)
    await using curl = new ParallelCurl(10, { retry: { limit: 3, backoffMs: 1 } })
    const result = await curl.crawl(server.url('/p/0'), follow, { exclude: TRAP })
    const expected = site.expected()
    expect([...site.asked.keys()].sort()).to.deep.equal([...expected].sort())
    for (const [path, times] of site.asked) expect(times, path).to.equal(path.startsWith('/busy') ? 2 : 1)
    const redirects = [...expected].filter((path) => /^\/(r|circle)\//.test(path)).length
    expect(result).to.deep.include({
      done: expected.size - redirects,
      failed: 0,
      redirected: redirects,
      disallowed: 0,
      pending: 0,
    })
  })

  it('stays on the hosts of its seeds, and follows a seed to another host', async () => {
    await using other = await startHttpServer({ host: '127.0.0.2' })
    serve({ '/': ['/a', other.url('/no')], '/a': [] })
    await using curl = new ParallelCurl(2)
    const result = await curl.crawl([server.url('/')], follow)
    expect([paths().sort(), other.requests.length]).to.deep.equal([['/', '/a'], 0])
    expect(result.skipped.outside).to.equal(1)

    server.route('/moved', (_request, response) => {
      response.writeHead(301, { location: other.url('/home'), 'content-length': 0 }).end()
    })
    other.route('/home', (_request, response) => {
      response.end('<a href=/deep>x</a>')
    })
    await curl.crawl(server.url('/moved'), follow)
    expect(other.requests.map(({ url }) => url)).to.deep.equal(['/home', '/deep'])
  })

  it('takes other hosts by strategy, and URLs by patterns', async () => {
    serve({ '/': ['/yes/1', '/yes/no', '/other'], '/yes/1': ['http://localhost:1/'] })
    await using curl = new ParallelCurl(2)
    const urls: string[] = []
    const options: CrawlOptions = {
      strategy: 'all',
      include: [server.url('/yes'), /localhost/g],
      exclude: (url) => url.pathname.endsWith('/no'),
    }
    const result = await curl.crawl(
      server.url('/'),
      (transfer, add, page) => {
        urls.push(`${transfer.errno} ${page.depth} ${page.url}`)
        for (const link of page.links()) add(link)
      },
      options,
    )
    expect(urls).to.deep.equal([
      `0 0 ${server.url('/')}`,
      `0 1 ${server.url('/yes/1')}`,
      '7 2 http://localhost:1/',
    ])
    expect(result).to.deep.include({ done: 2, failed: 1 })
  })

  it('knows the shortest way to a page, also if a longer one was found before', async () => {
    // /late is one link away, and three by the way that is found first.
    serve({ '/a': ['/b'], '/slow': ['/late'], '/b': ['/late'], '/late': ['/last'], '/last': ['/beyond'] })
    let release: () => void = () => undefined
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    await using curl = new ParallelCurl(4)
    const depths: Record<string, number> = {}
    const result = await curl.crawl(
      [server.url('/a'), server.url('/slow')],
      async (_transfer, add, page) => {
        const { pathname } = new URL(page.url)
        depths[pathname] = page.depth
        if (pathname === '/slow') await released
        for (const link of page.links()) add(link)
        if (pathname === '/b') release()
      },
      { maxDepth: 2 },
    )
    expect(depths).to.deep.equal({ '/a': 0, '/slow': 0, '/b': 1, '/late': 1, '/last': 2 })
    expect(result.skipped.tooDeep).to.equal(1)
  })

  it('fetches no more than maxRequests, and says what is left', async () => {
    const site = new LinkedSite(100).serveOn(server)
    await using curl = new ParallelCurl(5)
    const result = await curl.crawl(server.url('/p/0'), follow, { maxRequests: 20, exclude: /busy/ })
    const { done, failed, redirected, disallowed, pending } = result
    expect([done + failed + redirected + disallowed, site.asked.size]).to.deep.equal([20, 20])
    expect(pending).to.be.greaterThan(0)
  })

  it('has no more pages in flight than its window, and stops early by stop()', async () => {
    serve({ '/': Array.from({ length: 50 }, (_, i) => `/gate/w?${i}`) })
    await using curl = new ParallelCurl(50)
    const crawl = curl.crawl(
      server.url('/'),
      (_transfer, add, page) => {
        for (const link of page.links()) add(link)
        if (server.requests.length > 10) page.stop()
      },
      { window: 3 },
    )
    await server.gate('w').waiting(3)
    expect(curl.stats()).to.include({ inFlight: 3, pending: 0 })
    server.gate('w').open()
    const result = await crawl
    expect(server.requests.length).to.be.within(11, 13)
    expect([result.done, result.done + result.pending]).to.deep.equal([server.requests.length, 51])
  })

  it('gives what was added with a URL to its page, also over a redirect', async () => {
    server.route('/from', (_request, response) => {
      response.writeHead(302, { location: '/echo', 'content-length': 0 }).end()
    })
    await using curl = new ParallelCurl(2)
    const seen: unknown[] = []
    await curl.crawl({ url: server.url('/status/200'), userData: 'seed' }, (transfer, add, page) => {
      seen.push([page.depth, page.userData, transfer.userData])
      if (page.depth === 0) expect(add('/from', { userData: { label: 'x' }, depth: 5 })).to.be.true
    })
    expect(seen).to.deep.equal([
      [0, 'seed', 'seed'],
      [5, { label: 'x' }, { label: 'x' }],
    ])
  })

  it('gives redirects to the function where it does not follow them, and leaves one that goes on and on', async () => {
    server.route(/^\/on/, ({ query }, response) => {
      response.writeHead(302, { location: `/on?n=${Number(query.get('n')) + 1}`, 'content-length': 0 }).end()
    })
    await using curl = new ParallelCurl(2)
    const codes: number[] = []
    const note: CrawlFunction = ({ responseCode }) => codes.push(responseCode)
    const result = await curl.crawl(server.url('/on'), note, { maxRedirects: 0 })
    expect([codes, result.done, paths()]).to.deep.equal([[302], 1, ['/on']])
    const endless = await curl.crawl(server.url('/on'), note, { maxRedirects: 4 })
    expect([endless.redirected, endless.done, codes]).to.deep.equal([4, 1, [302, 302]])
    expect(paths().at(-1)).to.equal('/on?n=4')
  })

  it('asks prepare for the options of each page, and normalizeUrl for its URL', async () => {
    serve({ '/': ['/echo?sid=1&a=1', '/echo?a=1&sid=2', '/echo?drop'] })
    await using curl = new ParallelCurl(2)
    const result = await curl.crawl(server.url('/'), follow, {
      prepare: ({ depth }) => (depth === 1 ? { HTTPHEADER: ['x-depth: 1'] } : undefined),
      normalizeUrl: (url) => {
        url.searchParams.delete('sid')
        return url.search.startsWith('?drop') ? null : url
      },
    })
    expect(server.requests.map(({ url, headers }) => [url, headers['x-depth']])).to.deep.equal([
      ['/', undefined],
      ['/echo?a=1', '1'],
    ])
    expect(result.skipped).to.deep.equal({ seen: 1, tooDeep: 0, outside: 1, invalid: 0 })
  })

  it('ends with the first exception of its function, or goes on with onError', async () => {
    serve({ '/': ['/a', '/b'], '/a': ['/c'], '/b': [], '/c': [] })
    await using curl = new ParallelCurl(1)
    const throwing: CrawlFunction = async (_transfer, add, page) => {
      for (const link of page.links()) add(link)
      await Promise.resolve()
      if (page.url.endsWith('/a')) throw new Error('wrong page')
    }
    expect(await rejectionOf(curl.crawl(server.url('/'), throwing))).to.include({
      message: 'wrong page',
    })
    expect(paths()).to.not.include('/c')
    const errors: unknown[] = []
    const result = await curl.crawl(server.url('/'), throwing, {
      onError: (error, transfer, page) => errors.push([(error as Error).message, transfer.url === page.url]),
    })
    expect(errors).to.deep.equal([['wrong page', true]])
    expect(result).to.deep.include({ done: 3, failed: 1, pending: 0 })
    await curl.finishAllRequests()
    const onError = (): Promise<void> => Promise.reject(new Error('wrong onError'))
    const rejected = curl.crawl(server.url('/'), throwing, { onError })
    expect(await rejectionOf(rejected)).to.include({ message: 'wrong onError' })
  })

  it('ends with an error where prepare or the instance asks for what pages may not have', async () => {
    await using curl = new ParallelCurl(2)
    for (const [options, message] of [
      [{ responseType: 'stream' }, "responseType must be 'content' or 'none'"],
      [{ FOLLOWLOCATION: true }, 'maxRedirects in the place of FOLLOWLOCATION'],
    ] as const) {
      const error = await rejectionOf(curl.crawl(server.url('/'), follow, { prepare: () => options }))
      expect((error as Error).message).to.include(message)
    }
    await using streams = new ParallelCurl(2, { responseType: 'stream' })
    const error = await rejectionOf(streams.crawl(server.url('/'), follow))
    expect((error as Error).message).to.include("responseType must be 'content' or 'none'")
    expect(server.requests).to.deep.equal([])
  })

  it('ends by a signal, also while its seeds are awaited', async () => {
    await using curl = new ParallelCurl(2)
    const controller = new AbortController()
    const pages: string[] = []
    const crawl = curl.crawl(
      [server.url('/gate/a'), server.url('/gate/b')],
      (transfer) => pages.push(transfer.url),
      { signal: controller.signal },
    )
    await server.gate('a').waiting(1)
    controller.abort(new Error('enough'))
    expect(((await rejectionOf(crawl)) as Error).message).to.equal('enough')
    expect(pages).to.deep.equal([])

    const waiting = new AbortController()
    const seeds = (async function* () {
      yield server.url('/echo')
      await new Promise(() => undefined)
    })()
    const endless = curl.crawl(
      seeds,
      () => {
        waiting.abort(new Error('no more'))
      },
      { signal: waiting.signal },
    )
    expect(((await rejectionOf(endless)) as Error).message).to.equal('no more')
  })

  it('is waited for by finishAllRequests() and close()', async () => {
    new LinkedSite(60).serveOn(server)
    const curl = new ParallelCurl(3)
    let isDone = false
    const crawl = curl.crawl(server.url('/p/0'), follow, { exclude: [TRAP, /\/busy/] }).then((result) => {
      isDone = true
      return result
    })
    await curl.close()
    await Promise.resolve()
    expect(isDone).to.be.true
    expect((await crawl).pending).to.equal(0)
    expect(await rejectionOf(curl.crawl(server.url('/'), follow))).to.be.instanceOf(OptionError)
  })

  it('refuses mistakes at the call, and says what would be right', async () => {
    await using curl = new ParallelCurl(2)
    const url = server.url('/')
    const wrong: [seeds: unknown, handler: unknown, options: unknown, message: string][] = [
      [url, null, {}, 'the second argument must be a function'],
      [7, follow, {}, 'seeds must be a URL, or an iterable'],
      [[url, 'no url'], follow, {}, 'seed 2 must be an absolute URL of http or https'],
      [['http://u:SECRET@h/'], follow, {}, 'without credentials'],
      [[url, 5], follow, {}, 'seed 2 must be a URL or an object with a url'],
      [[{ url, userData: 1n }], follow, {}, 'userData must be a value of JSON'],
      [url, follow, { maxDepth: -1 }, 'maxDepth must be a whole number of at least 0'],
      [url, follow, { maxRequests: 0 }, 'maxRequests must be a whole number of at least 1'],
      [url, follow, { strategy: 'mine' }, "strategy must be one of 'same-hostname'"],
      [url, follow, { include: [1] }, 'include must be expressions, beginnings of URLs or functions'],
      [url, follow, { robots: 'yes' }, 'robots must be true, false or { userAgent }'],
      [url, follow, { robots: { agent: 'x' } }, 'there is no robots.agent'],
      [url, follow, { frontier: '' }, 'frontier must be the path of a file'],
      [url, follow, { responseType: 'stream' }, "responseType must be 'content' or 'none'"],
      [url, follow, { FOLLOWLOCATION: 1 }, 'maxRedirects in the place of FOLLOWLOCATION'],
      [url, follow, { stopSignal: 1 }, 'stopSignal must be an AbortSignal'],
      [url, follow, { onError: 1 }, 'onError must be a function'],
      [url, follow, { NOTHING: 1 }, 'NOTHING'],
      [url, follow, { rateLimit: '1/s' }, 'rateLimit'],
      [url, follow, { frontier: '/dev/null/x' }, 'frontier /dev/null/x'],
    ]
    for (const [seeds, handler, options, message] of wrong) {
      const error = (await rejectionOf(
        curl.crawl(seeds as never, handler as never, options as never),
      )) as Error
      expect(error, message).to.be.instanceOf(OptionError)
      expect(error.message).to.include(message).and.not.include('SECRET')
    }
    expect(server.requests).to.deep.equal([])
  })

  it('refuses what add() cannot take, and what comes too late', async () => {
    await using curl = new ParallelCurl(2)
    const messages: string[] = []
    const attempt = (call: () => unknown): void => {
      try {
        call()
      } catch (error) {
        messages.push((error as Error).message)
      }
    }
    let late: () => unknown = () => undefined
    await curl.crawl(server.url('/echo'), (_transfer, add) => {
      for (const url of ['ftp://x/', 'http://u:p@h/', 'http://[', 'javascript:void 0'])
        expect(add(url), url).to.be.false
      attempt(() => add(1 as never))
      attempt(() => add('/x', { depth: -1 }))
      attempt(() => add('/x', { priority: 1 } as never))
      attempt(() => add('/x', { userData: Symbol('x') }))
      late = () => add('/late')
    })
    attempt(late)
    expect(messages).to.have.length(5)
    expect(messages.join('\n')).to.match(/must be a string or a URL.*depth must be.*priority.*JSON.*settled/s)
    expect(paths()).to.deep.equal(['/echo'])
  })
})
