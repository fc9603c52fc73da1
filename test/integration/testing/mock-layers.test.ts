/** Mocks of instances that have something at the wire already, and their end. Does not know how rules match. */
import { expect } from 'chai'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CurlError,
  FormFile,
  ParallelCurl,
  type ParallelCurlOptions,
  type RequestOptions,
} from '../../../src/index.js'
import { CurlMock } from '../../../src/testing/index.js'
import { harProblems } from '../../support/har-problems.js'
import { temporaryFolder } from '../../support/programs/command.js'
import { heardWarnings, readArchive } from '../../support/recordings.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

describe('a mock', () => {
  const folder = temporaryFolder()
  heardWarnings()
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    server.route('/page', (_request, response) => response.end('real'))
  })
  after(async () => {
    await server.close()
  })
  beforeEach(() => {
    server.forget()
  })
  const textOf = async (curl: ParallelCurl): Promise<string> =>
    (await curl.request(server.url('/page'))).text()

  it('that is installed answers an instance that records, and its replies are recorded', async () => {
    const path = join(folder(), 'mocked.har')
    {
      using mock = new CurlMock().install()
      mock.get(server.url('/page')).reply({ body: 'mocked' })
      await using curl = new ParallelCurl(1, { record: path })
      expect(await textOf(curl)).to.equal('mocked')
      const refused = await textOf(curl).catch((error: unknown) => error)
      expect(refused).to.be.instanceOf(CurlError).and.include({ errno: 42 })
      mock.restore()
      expect(await textOf(curl)).to.equal('real')
    }
    expect(server.requests).to.have.length(1)
    const { entries } = readArchive(path).log
    expect(entries.map(({ response }) => response.content.text ?? '')).to.deep.equal(['mocked', '', 'real'])
  })

  it('that fails lets a recording have what was to be posted, so that a replay fails as often', async () => {
    const path = join(folder(), 'failed.har')
    const url = 'http://shop.example/orders'
    const file = join(folder(), 'file.txt')
    writeFileSync(file, 'of a file')
    const bodies: (() => RequestOptions)[] = [
      () => ({ postFields: 'name=ada' }),
      () => ({ postFields: Buffer.from([0, 255, 10]) }),
      () => ({ postFields: { name: 'ada', file: new FormFile({ content: 'x' }, 'a.txt') } }),
      () => ({ CUSTOMREQUEST: 'POST' }),
      () => ({ POST: 1 }),
      () => ({ postFields: { file: new FormFile({ path: file }, 'file.txt') } }),
    ]
    const attempts = async (options: ParallelCurlOptions): Promise<number[][]> => {
      const retry = { limit: 2, methods: ['POST'], backoffMs: 1, jitter: 'none' } as const
      await using curl = new ParallelCurl(1, { retry, ...options })
      const all: number[][] = []
      for (const body of bodies)
        all.push((await curl.request(url, body())).attempts.map(({ errno }) => errno))
      return all
    }
    {
      using mock = new CurlMock().install()
      for (let left = bodies.length; left > 0; left--) {
        mock.post(url).fail(7)
        mock.post(url).reply({})
      }
      expect(await attempts({ record: path })).to.deep.equal(bodies.map(() => [7, 0]))
      mock.assertDone()
    }
    const har = readArchive(path)
    expect(harProblems(har)).to.deep.equal([])
    const failed = har.log.entries.filter(({ response }) => response.status === 0)
    expect(failed.map(({ request }) => request.bodySize)).to.deep.include.members([8, 3, 0])
    expect(failed[5]!.request.postData?.comment).to.equal('the body is left out')
    // The last one has a file: what was not sent of it is not known.
    expect(await attempts({ replay: path })).to.deep.equal([
      ...bodies.slice(0, 3).map(() => [7, 0]),
      ...[
        [7, 0],
        [7, 0],
      ],
      [0],
    ])
  })

  it('that is attached gives an instance back what it had: a replay, a recorder, another mock', async () => {
    const path = join(folder(), 'layers.har')
    {
      await using curl = new ParallelCurl(1, { record: path })
      const mock = new CurlMock().attach(curl)
      mock.get(server.url('/page')).reply({ body: 'mocked' })
      expect(await textOf(curl)).to.equal('mocked')
      mock.restore()
      expect(await textOf(curl)).to.equal('real')
    }
    expect(server.requests).to.have.length(1)
    for (const isFirstRestored of [true, false]) {
      await using curl = new ParallelCurl(1, { replay: path })
      const mocks = ['first', 'second'].map((body) => {
        const mock = new CurlMock().attach(curl)
        mock.get(server.url('/page')).reply({ body }).times(Infinity)
        return mock
      })
      expect(await textOf(curl)).to.equal('second')
      mocks[isFirstRestored ? 0 : 1]!.restore()
      expect(await textOf(curl)).to.equal(isFirstRestored ? 'second' : 'first')
      mocks[isFirstRestored ? 1 : 0]!.restore()
      expect(await textOf(curl)).to.equal('real')
    }
    // The replay has answered.
    expect(server.requests).to.have.length(1)
  })

  it('that is restored ends its requests in flight, and none is tried again on the network', async () => {
    const mock = new CurlMock().install()
    await using curl = new ParallelCurl(2, { retry: { limit: 3, backoffMs: 1 } })
    mock.get(server.url('/page')).reply({ body: 'late', delayMs: 600_000 }).times(2)
    const ended = Promise.allSettled([textOf(curl), textOf(curl)])
    await mock.waitForRequests(2)
    mock.restore()
    for (const outcome of await ended) {
      const reason: unknown = (outcome as PromiseRejectedResult).reason
      expect(reason).to.be.instanceOf(CurlError).and.include({ errno: 42 })
      expect(String(reason)).to.include('the mock was restored')
    }
    expect(server.requests).to.deep.equal([])
    expect(await textOf(curl)).to.equal('real')
  })
})
