/** sitemap(): the forms of sitemaps, and what is wrong with others. Does not know crawls. */
import { crc32, gzipSync } from 'node:zlib'
import { expect } from 'chai'
import {
  CurlError,
  OptionError,
  ParallelCurl,
  SitemapError,
  type SitemapEntry,
  type SitemapOptions,
} from '../../../src/index.js'
import { rejectionOf } from '../../support/requests.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

const NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'

describe('sitemap()', () => {
  let server: HttpServer
  let curl: ParallelCurl
  beforeEach(async () => {
    server = await startHttpServer()
    curl = new ParallelCurl(2)
  })
  afterEach(async () => {
    await curl.close()
    await server.close()
  })

  function serve(path: string, body: string | Buffer, status = 200): string {
    server.route(path, (_request, response) => response.writeHead(status).end(body))
    return server.url(path)
  }

  /** Reads all entries, and what is thrown after them. */
  async function read(
    url: string,
    options?: SitemapOptions,
  ): Promise<{ entries: SitemapEntry[]; error: unknown }> {
    const entries: SitemapEntry[] = []
    try {
      for await (const entry of curl.sitemap(url, options)) entries.push(entry)
    } catch (error) {
      return { entries, error }
    }
    return { entries, error: null }
  }
  const locs = async (url: string, options?: SitemapOptions): Promise<unknown[]> => {
    const { entries, error } = await read(url, options)
    return [...entries.map(({ loc }) => loc), ...(error === null ? [] : [(error as Error).message])]
  }

  it("reads the protocol's own example, with all that it says of each URL", async () => {
    // https://www.sitemaps.org/protocol.html, "XML Sitemap with multiple URLs"
    const url = serve(
      '/sitemap.xml',
      `<?xml version="1.0" encoding="UTF-8"?>
<urlset ${NS}>
   <url>
      <loc>http://www.example.com/</loc>
      <lastmod>2005-01-01</lastmod>
      <changefreq>monthly</changefreq>
      <priority>0.8</priority>
   </url>
   <url>
      <loc>http://www.example.com/catalog?item=12&amp;desc=vacation_hawaii</loc>
      <changefreq>weekly</changefreq>
   </url>
   <url>
      <loc>http://www.example.com/catalog?item=74&amp;desc=vacation_newfoundland</loc>
      <lastmod>2004-12-23T18:00:15+00:00</lastmod>
      <priority>0.3</priority>
   </url>
</urlset>`,
    )
    expect(await read(url)).to.deep.equal({
      error: null,
      entries: [
        {
          loc: 'http://www.example.com/',
          lastmod: '2005-01-01',
          changefreq: 'monthly',
          priority: 0.8,
          sitemap: url,
        },
        {
          loc: 'http://www.example.com/catalog?item=12&desc=vacation_hawaii',
          changefreq: 'weekly',
          sitemap: url,
        },
        {
          loc: 'http://www.example.com/catalog?item=74&desc=vacation_newfoundland',
          lastmod: '2004-12-23T18:00:15+00:00',
          priority: 0.3,
          sitemap: url,
        },
      ],
    })
  })

  it('reads an index with compressed files, a list in text, and each file once', async () => {
    const index = serve(
      '/index.xml',
      `<sitemapindex ${NS}><sitemap><loc>${server.url('/1.xml.gz')}</loc><lastmod>2004-10-01</lastmod></sitemap>
       <sitemap><loc>/2.txt</loc></sitemap><sitemap><loc>${server.url('/index.xml')}</loc></sitemap>
       <sitemap><loc>/2.txt</loc></sitemap></sitemapindex>`,
    )
    const many = Array.from({ length: 5000 }, (_, i) => `<url><loc>http://h/${i}</loc></url>`).join('\n')
    serve('/1.xml.gz', gzipSync(`<urlset ${NS}>${many}</urlset>`))
    serve('/2.txt', '\uFEFFhttp://h/text/1\r\n\r\nno url\nhttp://h/text/2')
    const { entries, error } = await read(index)
    expect([error, entries.length, entries[4999]!.loc]).to.deep.equal([null, 5002, 'http://h/4999'])
    expect(entries.slice(5000).map(({ loc, sitemap }) => [loc, sitemap])).to.deep.equal([
      ['http://h/text/1', server.url('/2.txt')],
      ['http://h/text/2', server.url('/2.txt')],
    ])
    expect(server.requests).to.have.length(3)
  })

  it('follows redirects, and reads prefixes, CDATA, other vocabularies and other charsets', async () => {
    serve(
      '/x.xml',
      Buffer.from(
        `\n<?xml version="1.0" encoding="iso-8859-1"?><s:urlset xmlns:s="http://x" xmlns:image="http://y"><s:url>
         <image:image><image:loc>http://h/no.png</image:loc></image:image><s:loc> <![CDATA[http://h/é?a&b]]> </s:loc>
         </s:url><s:url><s:lastmod>2020</s:lastmod></s:url></s:urlset>`,
        'latin1',
      ),
    )
    server.route('/moved', (_request, response) => response.writeHead(301, { location: '/x.xml' }).end())
    expect(await locs(server.url('/moved'))).to.deep.equal(['http://h/é?a&b'])
  })

  it('reads the sitemaps that a robots.txt names', async () => {
    serve(
      '/robots.txt',
      'user-agent: *\nsitemap: /a.txt\nSitemap: http://[\nSITEMAP: ' + server.url('/b.txt'),
    )
    serve('/a.txt', 'http://h/a')
    serve('/b.txt', 'http://h/b')
    expect(await locs(server.url('/robots.txt'))).to.deep.equal(['http://h/a', 'http://h/b'])
  })

  it('refuses a billion laughs, and other entities', async () => {
    const laughs = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;">]>
      <urlset ${NS}><url><loc>http://h/&lol1;</loc></url></urlset>`
    const refused = `${serve('/laughs.xml', laughs)}: declares entities in its document type: refused`
    expect(await locs(server.url('/laughs.xml'))).to.deep.equal([refused])
    serve(
      '/entity.xml',
      `<urlset ${NS}><url><loc>http://h/1</loc></url><url><loc>&other;</loc></url></urlset>`,
    )
    expect((await read(server.url('/entity.xml'))).error).to.be.instanceOf(SitemapError)
  })

  it('says what is wrong with a file, after what it holds before', async () => {
    const good = `<urlset ${NS}><url><loc>http://h/1</loc></url>`
    const cases: [path: string, body: string | Buffer, problem: RegExp][] = [
      ['/cut.xml', good, /cut\.xml: is no XML, line .*unclosed/],
      ['/page', '<!DOCTYPE html><html><body></body></html>', /root element is <html>/],
      ['/feed', '<rss></rss>', /root element is <rss> \(feeds are not read\)/],
      ['/json', '{"a": 1}', /is neither XML nor a list of URLs/],
      ['/cut.gz', gzipSync(good.repeat(50)).subarray(0, 60), /cut\.gz: cannot be decompressed/],
      ['/big.txt', 'http://h/1\n'.repeat(100), /has more than 200 bytes: maxBytes/],
    ]
    for (const [path, body, problem] of cases) {
      const { entries, error } = await read(serve(path, body), { maxBytes: 200 })
      expect(error, path).to.be.instanceOf(SitemapError)
      expect((error as Error).message).to.match(problem)
      if (path === '/cut.xml') expect(entries.map(({ loc }) => loc)).to.deep.equal(['http://h/1'])
      if (path === '/big.txt') expect(entries).to.have.length(18)
    }
    expect(await locs(serve('/gone', '', 404))).to.deep.equal([`${server.url('/gone')}: status 404`])
    expect((await read('http://127.0.0.1:1/')).error).to.be.instanceOf(CurlError)
    expect(await locs(serve('/empty', ''))).to.deep.equal([])
  })

  it('reads all members of a compressed file, and leaves out what follows them', async () => {
    const file = (from: number, count: number): string =>
      Array.from({ length: count }, (_, i) => `<url><loc>http://h/${from + i}</loc></url>`).join('\n')
    const first = gzipSync(`<urlset ${NS}>${file(0, 3000)}`)
    const second = gzipSync(`${file(3000, 2000)}</urlset>`)
    // With all that a header may have: an extra field, a name, a comment, a checksum.
    const extras = Buffer.from([4, 0, 1, 2, 3, 4, ...Buffer.from('name\0comment\0')])
    const header = Buffer.concat([second.subarray(0, 3), Buffer.of(30), second.subarray(4, 10), extras])
    const sum = crc32(header)
    const named = Buffer.concat([header, Buffer.of(sum % 256, (sum >>> 8) % 256)])
    const members = Buffer.concat([first, named, second.subarray(10)])
    const random = Buffer.concat([...Array(200).keys()].map((n) => Buffer.of((n * 89) % 251)))
    for (const after of ['', Buffer.alloc(3000), 'garbage', '<!-- 12:00 -->', random, '\x1f\x8b']) {
      const body = Buffer.concat([members, Buffer.from(after)])
      const { entries, error } = await read(serve('/padded.gz', body))
      expect([error, entries.length, entries.at(-1)!.loc]).to.deep.equal([null, 5000, 'http://h/4999'])
    }
  })

  it('yields what can be decompressed of a file that is cut or broken, and says so once', async () => {
    const list = Array.from({ length: 20_000 }, (_, i) => `http://h/${(i * 7919) % 20_011}\n`).join('')
    const whole = gzipSync(list)
    const wrong = (...bytes: [at: number, value: number][]): Buffer => {
      const copy = Buffer.from(whole)
      for (const [at, value] of bytes) copy[at < 0 ? copy.length + at : at] = value
      return copy
    }
    const half = whole.length >> 1
    const cases: [path: string, body: Buffer, least: number, problem: RegExp][] = [
      ['/cut', whole.subarray(0, half), 9000, /unexpected end of file$/],
      ['/no-trailer', whole.subarray(0, -8), 20_000, /unexpected end of file$/],
      ['/short', whole.subarray(0, 4), 0, /incorrect header$/],
      ['/header', whole.subarray(0, 10), 0, /unexpected end of file$/],
      ['/broken', Buffer.concat([whole.subarray(0, half), Buffer.alloc(half, 255)]), 8000, /.+$/],
      ['/sum', wrong([-8, 1], [-7, 1]), 20_000, /incorrect checksum$/],
      ['/size', wrong([-1, 99]), 20_000, /incorrect checksum$/],
      ['/method', wrong([2, 7]), 0, /incorrect header$/],
    ]
    for (const [path, body, least, problem] of cases) {
      const { entries, error } = await read(serve(path, body))
      expect(entries.length, path).to.be.within(least, least === 0 ? 0 : 20_000)
      expect((error as Error).message)
        .to.match(problem)
        .and.include(`${path}: cannot be decompressed: `)
    }
  })

  it('lets its slot go as soon as the file has come, however slow the reader is', async () => {
    const list = Array.from({ length: 100_000 }, (_, i) => server.url(`/echo?${i}`)).join('\n')
    await using single = new ParallelCurl(1)
    let read = 0
    for await (const { loc } of single.sitemap(serve('/list.txt', list))) {
      expect((await single.request(loc)).responseCode).to.equal(200)
      if (++read === 3) break
    }
    await single.finishAllRequests()
    expect(server.requests.map(({ url }) => url).slice(1)).to.deep.equal(['/echo?0', '/echo?1', '/echo?2'])
  })

  it('does not inflate a file beyond its limit', async () => {
    const url = serve('/bomb.xml.gz', gzipSync(`<urlset>${' '.repeat(20e6)}</urlset>`, { level: 1 }))
    expect(await locs(url, { maxBytes: 1e6 })).to.deep.equal([
      `${url}: has more than 1000000 bytes: maxBytes`,
    ])
  })

  it('refuses elements that are nested deeper, or have more attributes, than in any sitemap', async () => {
    const nested = (depth: number): string =>
      `<urlset ${NS}><url><loc>http://h/1</loc></url>${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}<url><loc>http://h/2</loc></url></urlset>`
    expect(await locs(serve('/63', nested(63)))).to.deep.equal(['http://h/1', 'http://h/2'])
    const url = serve('/100', nested(100))
    expect(await locs(url)).to.deep.equal(['http://h/1', `${url}: nests elements deeper than 64: refused`])
    const attributes = Array.from({ length: 257 }, (_, i) => `a${i}=""`).join(' ')
    const wide = serve('/wide', `<urlset ${NS}><url ${attributes}><loc>http://h/1</loc></url></urlset>`)
    expect(await locs(wide)).to.deep.equal([`${wide}: has an element of more than 256 attributes: refused`])
  })

  it('reads what follows a wrong entry of an index or of a robots.txt', async () => {
    serve('/a.txt', 'http://h/a')
    const wrong = '<sitemap><loc>ftp://h/x</loc></sitemap>'
    const index = serve(
      '/index',
      `<sitemapindex ${NS}>${wrong}${wrong}<sitemap><loc>/a.txt</loc></sitemap></sitemapindex>`,
    )
    const problem = 'names a sitemap that is neither http nor https'
    expect(await locs(index)).to.deep.equal(['http://h/a', `${index}: ${problem}`])
    const robots = serve('/robots.txt', 'sitemap: ftp://h/x\nsitemap: /a.txt')
    const told: string[] = []
    const onError = (error: unknown, url: string): unknown => told.push(`${url} ${String(error)}`)
    expect(await locs(robots, { onError })).to.deep.equal(['http://h/a'])
    expect(told).to.deep.equal([`${robots} SitemapError: ${robots}: ${problem}`])
  })

  it('reads the other files of an index if one is wrong, and tells of it at the end', async () => {
    const listed = ['/a.txt', '/gone', '/wrong', '/b.txt'].map(
      (path) => `<sitemap><loc>${path}</loc></sitemap>`,
    )
    const index = serve('/index', `<sitemapindex ${NS}>${listed.join('')}</sitemapindex>`)
    serve('/a.txt', 'http://h/a')
    serve('/gone', '', 410)
    serve('/wrong', 'wrong')
    serve('/b.txt', 'http://h/b')
    const { entries, error } = await read(index)
    expect(entries.map(({ loc }) => loc)).to.deep.equal(['http://h/a', 'http://h/b'])
    expect((error as AggregateError).errors.map(String)).to.deep.equal([
      `SitemapError: ${server.url('/gone')}: status 410`,
      `SitemapError: ${server.url('/wrong')}: is neither XML nor a list of URLs`,
    ])
    const told: string[] = []
    const onError = (problem: unknown, url: string): unknown => told.push(`${url} ${(problem as Error).name}`)
    expect((await read(index, { onError })).error).to.equal(null)
    expect(told).to.deep.equal([
      `${server.url('/gone')} SitemapError`,
      `${server.url('/wrong')} SitemapError`,
    ])
  })

  it('has limits for indexes of indexes', async () => {
    server.route(/^\/deep/, ({ query }, response) => {
      const next = `/deep?n=${Number(query.get('n')) + 1}`
      response.end(`<sitemapindex><sitemap><loc>${next}</loc></sitemap></sitemapindex>`)
    })
    const deep = (await read(server.url('/deep?n=0'))).error as Error
    expect([deep.message, server.requests.length]).to.deep.equal([
      `${server.url('/deep?n=3')}: names indexes deeper than 3: maxDepth`,
      4,
    ])
    const many = (await read(server.url('/deep?n=0'), { maxDepth: 100, maxSitemaps: 6 })).error as Error
    expect(many.message).to.include('names more than 6 files: maxSitemaps')
  })

  it('ends its request when the loop is left, and gives seeds to a crawl', async () => {
    const list = Array.from({ length: 8000 }, (_, i) => server.url(`/echo?${i}`)).join('\n')
    const url = serve('/list.txt', list)
    for await (const { loc } of curl.sitemap(url)) {
      expect(loc).to.equal(server.url('/echo?0'))
      break
    }
    await curl.finishAllRequests()
    const result = await curl.crawl(curl.sitemap(url), (_transfer, _add, page) => page.stop(), {
      maxRequests: 3,
    })
    expect(result.done).to.be.within(1, 3)
  })

  it('gives a crawl the entries that can be fetched, and counts the others', async () => {
    const urls = ['mailto:a@h', 'http://u:p@h/', server.url('/echo?1')]
    const entries = urls.map((url) => `<url><loc>${url}</loc></url>`)
    const url = serve('/odd.xml', `<urlset ${NS}>${entries.join('')}</urlset>`)
    const { done, skipped } = await curl.crawl(curl.sitemap(url), () => undefined)
    expect([done, skipped.invalid]).to.deep.equal([1, 2])
  })

  it('refuses mistakes at the call', async () => {
    const wrong: [url: unknown, options: unknown, message: string][] = [
      [1, {}, 'url must be a string or a URL'],
      ['/relative', {}, 'url must be an absolute URL'],
      ['ftp://h/', {}, 'url must be an absolute URL'],
      ['http://h/', { maxBytes: 0 }, 'maxBytes must be a whole number of at least 1'],
      ['http://h/', { onError: 1 }, 'onError must be a function'],
      ['http://h/', { NOTHING: 1 }, 'NOTHING'],
    ]
    for (const [url, options, message] of wrong)
      expect(() => curl.sitemap(url as string, options as SitemapOptions), message).to.throw(
        OptionError,
        message,
      )
    await curl.close()
    expect(await rejectionOf((async () => curl.sitemap('http://h/'))())).to.be.instanceOf(OptionError)
  })
})
