/** Mocks of instances that have something at the wire already, and their end. Does not know how rules match. */
import { expect } from 'chai'
import { join } from 'node:path'
import { CurlError, ParallelCurl } from '../../../src/index.js'
import { CurlMock } from '../../../src/testing/index.js'
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
