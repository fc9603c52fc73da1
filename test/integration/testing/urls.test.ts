/** URLs as rules and archives see them, however a request spells them. Does not know how answers are made. */
import { expect } from 'chai'
import { join } from 'node:path'
import { ParallelCurl, type ParallelCurlOptions } from '../../../src/index.js'
import { CurlMock } from '../../../src/testing/index.js'
import { temporaryFolder } from '../../support/programs/command.js'
import { heardWarnings, readArchive } from '../../support/recordings.js'

describe('the URL of a request', () => {
  const folder = temporaryFolder()
  heardWarnings()

  /** Requests a page in several spellings, and one whose connection fails. Returns texts, URLs and errors. */
  const outcomes = async (options: ParallelCurlOptions): Promise<unknown[]> => {
    await using curl = new ParallelCurl(1, { DEFAULT_PROTOCOL: 'https', ...options })
    const all: unknown[] = []
    for (const url of ['shop.example/a', 'user:password@SHOP.example/a#part', 'http://shop.example/a'])
      all.push((await curl.request(url)).text())
    all.push((await curl.request('shop.example/to', { FOLLOWLOCATION: 1 })).text())
    const refused: unknown = await curl.request('shop.example/down').catch((error: unknown) => error)
    return [...all, (refused as { errno: number }).errno]
  }
  const expected = ['secure', 'secure', 'plain', 'secure', 7]

  it('has the scheme of DEFAULT_PROTOCOL for a mock, for an archive and for its replay', async () => {
    const path = join(folder(), 'default-protocol.har')
    {
      using mock = new CurlMock().install()
      mock.get('https://shop.example/a').reply({ body: 'secure' }).times(3)
      mock.get('http://shop.example/a').reply({ body: 'plain' })
      mock.get('https://shop.example/to').reply({ status: 302, headers: { Location: '/a' } })
      mock.get('https://shop.example/down').fail(7)
      expect(await outcomes({ record: path })).to.deep.equal(expected)
      mock.assertDone()
    }
    const { entries } = readArchive(path).log
    const urls = ['a', 'a', 'a', 'to', 'a', 'down'].map((name) => `https://shop.example/${name}`)
    expect(entries.map(({ request }) => request.url)).to.deep.equal(urls.with(2, 'http://shop.example/a'))
    expect(await outcomes({ replay: path })).to.deep.equal(expected)
  })

  it('is without credentials and fragment for a pattern, with its scheme', async () => {
    using mock = new CurlMock().install()
    mock
      .get(/^https:\/\/shop\.example\/(a|to)$/)
      .reply({ body: 'secure' })
      .times(3)
    mock.get(/^http:\/\/shop\.example\/a$/).reply({ body: 'plain' })
    mock.get(/^https:\/\/shop\.example\/down$/).fail(7)
    expect(await outcomes({})).to.deep.equal(expected)
    mock.assertDone()
    expect(mock.requests.map(({ url }) => url)).to.deep.equal([
      ...['https://shop.example/a', 'https://shop.example/a', 'http://shop.example/a'],
      'https://shop.example/to',
    ])
  })
})
