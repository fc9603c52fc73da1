/** Options at the wrong place, misspelled or without effect: an error at the call says what is right. */
import { expect } from 'chai'
import { join } from 'node:path'
import { HttpCache, OptionError, ParallelCurl, type CrawlOptions } from '../../../src/index.js'
import { parseCommandLine } from '../../../src/cli/arguments/command-line.js'
import { CurlMock } from '../../../src/testing/index.js'
import { temporaryFolder } from '../../support/programs/command.js'

const HOST = 'http://127.0.0.1:9/'

/** Returns the message of the error that an action throws or rejects with. */
async function messageOf(action: () => unknown): Promise<string> {
  try {
    await action()
  } catch (error) {
    expect(error).to.be.instanceOf(OptionError)
    return (error as Error).message
  }
  return 'no error'
}

describe('an option that is wrong where it stands', () => {
  const folder = temporaryFolder()

  it('of a crawl gets the nearest name, or says what its value has to be', async () => {
    await using curl = new ParallelCurl(1)
    const wrong: [options: object, words: string][] = [
      [{ maxDepht: 1 }, 'Did you mean maxDepth?'],
      [{ robot: true }, 'Did you mean robots?'],
      [{ stategy: 'all' }, 'Did you mean strategy?'],
      [{ maxRequestsPerCrawl: 1 }, 'Did you mean maxRequests?'],
      [{ onerror: () => undefined }, 'Did you mean onError?'],
      [{ httpversion: '2' }, 'Did you mean httpVersion?'],
      [{ include: 'docs' }, 'RegExp'],
      [{ exclude: ['/private'] }, 'RegExp'],
      [{ retryFailed: true }, 'retryFailed goes with frontier'],
      [{ output: 'page.html' }, 'one file for all pages'],
      [{ frontier: join(folder(), 'missing', 'f') }, `${join(folder(), 'missing')}" does not exist`],
    ]
    for (const [options, words] of wrong)
      expect(await messageOf(() => curl.crawl(HOST, () => undefined, options as CrawlOptions))).to.include(
        words,
      )
  })

  it('of a crawl says so among the options of an instance or a request', async () => {
    await using curl = new ParallelCurl(1)
    for (const name of ['robots', 'maxDepth', 'include', 'frontier', 'onError']) {
      const options = { [name]: true }
      const words = `${name} is an option of crawl()`
      expect(await messageOf(() => new ParallelCurl(1, options))).to.include(words)
      expect(await messageOf(() => curl.request(HOST, options))).to.include(words)
    }
  })

  it('of limits says where they are given', async () => {
    await using curl = new ParallelCurl(1)
    const maxRequests: Record<string, unknown> = { maxRequests: 2 }
    const words = 'maxRequests is an option of setLimits(), and the first argument of new ParallelCurl()'
    for (const action of [
      () => new ParallelCurl(1, maxRequests),
      () => {
        curl.setOptions(maxRequests)
      },
      () => curl.request(HOST, maxRequests),
    ])
      expect(await messageOf(action)).to.include(words)
  })

  it('of a body is refused for a sitemap, which is read whole', async () => {
    await using curl = new ParallelCurl(1)
    const bodies = { output: 'a', onData: () => undefined, responseType: 'none', upload: 'a', uploadSize: 1 }
    for (const [name, value] of Object.entries(bodies))
      expect(await messageOf(() => curl.sitemap(HOST, { [name]: value }))).to.equal(
        `sitemap: ${name} is not for sitemaps: they are read by GET`,
      )
    expect(await messageOf(() => curl.sitemap(HOST, { output: undefined } as never))).to.equal('no error')
  })

  it('of a recording is refused by setOptions(), and names a folder that is missing', async () => {
    await using curl = new ParallelCurl(1)
    for (const name of ['record', 'replay'])
      expect(await messageOf(() => curl.setOptions({ [name]: 'a.har' }))).to.include(
        `setOptions: ${name} is an option of new ParallelCurl()`,
      )
    const record = join(folder(), 'missing', 'a.har')
    expect(await messageOf(() => new ParallelCurl(1, { record }))).to.include('missing" does not exist')
  })

  it('of a cache or a reply names the right one', async () => {
    const dir = join(folder(), 'cache')
    const cache = new HttpCache({ dir })
    expect(await messageOf(() => cache.prune({ maxAge: 1 } as object))).to.include(
      'none of maxBytes, maxAgeMs',
    )
    expect(await messageOf(() => new HttpCache(dir as never))).to.include("{ dir: 'cache' }")
    expect(await messageOf(() => new ParallelCurl(1, { cache: dir as never }))).to.include(
      "new HttpCache({ dir: 'cache' })",
    )
    using mock = new CurlMock()
    expect(await messageOf(() => mock.get(HOST).reply({ json: {} } as never))).to.include(
      'body takes plain data',
    )
  })

  it('of the command gets the name that ends with it', () => {
    expect(() => parseCommandLine(['--depth', '1'])).to.throw('--crawl-depth')
  })
})
