/**
 * Crawls over more hosts than connections are kept: old libcurl gets slower with each host, and a new multi
 * handle takes over in time, without any other effect. `npm run bench` measures the speed.
 */
import { expect } from 'chai'
import { libcurlVersionNumber } from '../../../../src/engine/node-libcurl/binding.js'
import { ParallelCurl } from '../../../../src/index.js'
import { type HttpServer, startHttpServer } from '../../../support/servers/http/http-server.js'

/** More than one makes that keeps four (`wornAt`), and less than two make. */
const MANY = 5300
/** Enough of them for one that has nearly as many behind it. */
const FEW = 300
const wearsOut = libcurlVersionNumber < 0x080a00

describe('more connections than a multi handle bears', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
    server.keepNothing()
  })
  afterEach(() => server.close())

  const lanesOf = (curl: ParallelCurl): number => curl.inspect().multiHandles
  /** As if it had seen all but the last of them. */
  const age = (curl: ParallelCurl): void => {
    Object.assign(curl['dispatcher'].engine['multiHandles'].main, { settled: 5000, connections: 4000 })
  }

  /** A new connection for each request is as good as another host for each. */
  async function crawl(curl: ParallelCurl, url: string, count: number): Promise<void> {
    const errors: string[] = []
    for (let i = 0; i < count; i++) {
      await curl.startRequest(url, (content, _url, { error }) => {
        if (content === null) errors.push(error)
      })
    }
    await curl.request(url)
    expect(errors).to.deep.equal([])
  }

  it('go into a new multi handle, and the old one is closed when the last transfer in it has ended', async function () {
    this.timeout(120_000)
    const { port } = new URL(server.url(''))
    await using curl = new ParallelCurl(10, {
      FRESH_CONNECT: true,
      RESOLVE: [`name.test:${port}:127.0.0.1`],
      multi: { MAXCONNECTS: 4 },
    })
    const gate = server.gate('slow')
    const slow = curl.request(server.url('/gate/slow'))
    await gate.waiting(1)
    await crawl(curl, `http://name.test:${port}/echo`, MANY)
    const multiHandles = lanesOf(curl)
    gate.open()
    expect((await slow).errno).to.equal(0)
    await curl.finishAllRequests()
    expect([multiHandles, lanesOf(curl)]).to.deep.equal([wearsOut ? 2 : 1, 1])
    expect(server.connections).to.equal(MANY + 2)
  })

  for (const [why, multi] of [
    [
      'the number of connections is limited: two multi handles would have twice as many',
      { MAXCONNECTS: 4, MAX_HOST_CONNECTIONS: 10 },
    ],
    ['so many are kept that it would be a loss', { MAXCONNECTS: 9000 }],
  ] as const) {
    it(`stay in the multi handle where ${why}`, async () => {
      await using curl = new ParallelCurl(9, { FRESH_CONNECT: true, multi })
      const gate = server.gate('slow')
      const slow = curl.request(server.url('/gate/slow'))
      await gate.waiting(1)
      age(curl)
      await crawl(curl, server.url('/echo'), FEW)
      const multiHandles = lanesOf(curl)
      gate.open()
      expect((await slow).errno).to.equal(0)
      expect(multiHandles).to.equal(1)
    })
  }

  it('stay in the multi handle where connections are used again', async () => {
    await using curl = new ParallelCurl(10)
    age(curl)
    await crawl(curl, server.url('/echo'), FEW)
    expect(server.connections).to.be.at.most(10)
    expect(lanesOf(curl)).to.equal(1)
  })
})
