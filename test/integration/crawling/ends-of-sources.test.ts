/** crawl() that ends while its seeds still come: nothing of them is left behind. */
import { expect } from 'chai'
import { ParallelCurl, type CrawlOptions } from '../../../src/index.js'
import { runCommand } from '../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

describe('crawl() and the sources of its seeds', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
    server.route('/list', (_request, response) => {
      // The rest does not come.
      response.write(`${server.url('/a')}\n${'x'.repeat(300)}`)
    })
  })
  afterEach(() => server.close())

  it('ends the request of a sitemap that is still being read', async () => {
    for (const how of ['signal', 'stopSignal', 'stop()', 'throw', 'maxRequests'] as const) {
      const curl = new ParallelCurl(3)
      const controller = new AbortController()
      const options: CrawlOptions = {
        ...(how.endsWith('ignal') && { [how]: controller.signal }),
        ...(how === 'maxRequests' && { maxRequests: 1 }),
      }
      const crawl = curl.crawl(
        curl.sitemap(server.url('/list')),
        (_transfer, _add, page) => {
          if (how === 'stop()') page.stop()
          if (how === 'throw') throw new Error('enough')
          controller.abort(new Error('enough'))
        },
        options,
      )
      const outcome = await crawl.then(({ done }) => done, String)
      expect(outcome, how).to.equal(how === 'signal' || how === 'throw' ? 'Error: enough' : 1)
      await curl.close()
    }
    const { code } = await runCommand(['--crawl', '--sitemap', server.url('/list'), '--crawl-limit', '1'])
    expect(code).to.equal(0)
  })

  it('ends the request of a sitemap when its iterator is left, whatever signal the instance has', async () => {
    const controller = new AbortController()
    await using curl = new ParallelCurl(3, { signal: controller.signal })
    const entries = curl.sitemap(server.url('/list'))
    expect((await entries.next()).value!.loc).to.equal(server.url('/a'))
    const next = entries.next().catch(String)
    await entries.return(undefined)
    expect(await next).to.match(/nobody reads the sitemap any more/)
    const others = curl.sitemap(server.url('/list'))
    await others.next()
    const rest = others.next().catch(String)
    controller.abort(new Error('by the instance'))
    expect(await rest).to.match(/by the instance/)
  })

  it('closes a source in each way that a loop would', async () => {
    await using curl = new ParallelCurl(3)
    const told: string[] = []
    const source = (seeds: readonly unknown[]): AsyncIterable<string> => {
      const waiting = [...seeds]
      return {
        [Symbol.asyncIterator]: () => ({
          next: async () => {
            const value = waiting.shift() as string | undefined
            return value === undefined ? { done: true, value: undefined } : { done: false, value }
          },
          return: async () => {
            told.push('return')
            return { done: true, value: undefined }
          },
        }),
      }
    }
    const url = server.url('/echo')
    expect(await curl.crawl(source([url]), () => undefined)).to.include({ done: 1 })
    expect(told).to.deep.equal([])
    expect(await curl.crawl(source([1]), () => undefined).catch(String)).to.match(/seed 1 must be a URL/)
    expect(told).to.deep.equal(['return'])
    const promises = [Promise.resolve(url), Promise.resolve(`${url}?2`)]
    expect(await curl.crawl(promises.values() as never, () => undefined)).to.include({ done: 2 })
  })

  it('awaits the onError of a sitemap, and ends with its exception', async () => {
    server.route('/index', (_request, response) => {
      const locs = ['ftp://h/x', '/status/404'].map((loc) => `<sitemap><loc>${loc}</loc></sitemap>`)
      response.end(`<sitemapindex>${locs.join('')}</sitemapindex>`)
    })
    await using curl = new ParallelCurl(3)
    for (const at of [1, 2])
      for (const isLater of [false, true]) {
        const told: string[] = []
        const fail = (error: unknown): unknown => {
          if (told.push(String(error)) === at) throw new Error('enough')
          return undefined
        }
        const onError = isLater ? async (error: unknown) => fail(error) : fail
        const read = curl.sitemap(server.url('/index'), { onError }).next()
        expect(await read.catch(String)).to.equal('Error: enough')
        expect(told).to.have.length(at)
      }
  })
})
