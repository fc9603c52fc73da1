/**
 * Large bodies: the transfer that the user gets takes the body along, and none that code of theirs has seen
 * before is swapped for another.
 */
import { expect } from 'chai'
import { ParallelCurl, type ParallelCurlOptions, type Transfer } from '../../../src/index.js'
import { patternBytes } from '../../support/servers/http/http-handlers.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

const LENGTH = 100_000

/** The outstanding records of the scheduler, which nobody outside can see. */
const unseen = (curl: ParallelCurl): readonly Transfer[] => curl.inspect().scheduled

const ways: Record<string, (curl: ParallelCurl, url: string) => Promise<Transfer>> = {
  startRequest: async (curl, url) => {
    let got: Transfer | undefined
    await curl.startRequest(url, (_content, _url, transfer) => void (got = transfer))
    await curl.finishAllRequests()
    return got as Transfer
  },
  request: (curl, url) => curl.request(url),
  stream: async (curl, url) => {
    for await (const transfer of curl.stream([url])) return transfer
    throw new Error('nothing came')
  },
  'stream, ordered': async (curl, url) => {
    for await (const transfer of curl.stream([url], { ordered: true })) return transfer
    throw new Error('nothing came')
  },
}

describe('the transfer that a caller gets', () => {
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
  })
  after(() => server.close())

  const factsOf = (transfer: Transfer): unknown[] => {
    const { url, errno, responseCode, headers } = transfer
    return [url, errno, responseCode, headers['content-type'], transfer.getInfo('SIZE_DOWNLOAD_T')]
  }

  for (const [name, get] of Object.entries(ways)) {
    it(`${name}: is another object than the record, with the same outcome`, async () => {
      await using curl = new ParallelCurl(1, { captureHeaders: true, keepInfo: true })
      const got = get(curl, server.url(`/bytes/${LENGTH}`))
      // Streams pull when they are asked.
      await Promise.resolve()
      const [first] = unseen(curl) as [Transfer]
      const transfer = await got
      expect(transfer, 'it is another one').not.to.equal(first)
      expect(first.body.length, 'which alone has the body').to.equal(0)
      expect(transfer.body.equals(patternBytes(LENGTH))).to.equal(true)
      expect(factsOf(transfer)).to.deep.equal([first.url, 0, 200, 'application/octet-stream', LENGTH])
      expect(transfer.timings.totalMs).to.be.greaterThan(0)
    })

    it(`${name}: is the record itself if the body is small`, async () => {
      await using curl = new ParallelCurl(1)
      const got = get(curl, server.url('/bytes/1000'))
      await Promise.resolve()
      const [first] = unseen(curl)
      expect(await got).to.equal(first)
    })
  }

  const seen: Record<string, (see: (transfer: Transfer) => void) => ParallelCurlOptions> = {
    'a function of the user': (see) => ({
      NOPROGRESS: 0,
      XFERINFOFUNCTION(this: Transfer) {
        see(this)
        return 0
      },
    }),
    'a listener to sockets': (see) => ({
      onSocketEvent: (_event, transfer) => {
        see(transfer)
      },
    }),
    shouldRetry: (see) => ({
      retry: {
        shouldRetry: (transfer) => {
          see(transfer)
          return false
        },
      },
    }),
  }
  for (const [who, options] of Object.entries(seen)) {
    it(`is the same object that ${who} has seen`, async () => {
      const before = new Set<Transfer>()
      await using curl = new ParallelCurl(
        1,
        options((transfer) => before.add(transfer)),
      )
      const transfer = await curl.request(server.url(`/bytes/${LENGTH}`))
      expect(transfer.body.equals(patternBytes(LENGTH))).to.equal(true)
      expect([...before]).to.deep.equal([transfer])
      expect([...before][0]).to.equal(transfer)
    })
  }

  it('is the same object that outstandingRequests has shown', async () => {
    await using curl = new ParallelCurl(1)
    const got = curl.request(server.url(`/bytes/${LENGTH}`))
    const [shown] = curl.outstandingRequests.values()
    expect(await got).to.equal(shown)
    expect(shown?.body.length).to.equal(LENGTH)
  })

  it('gives its handle back once', async () => {
    await using curl = new ParallelCurl(1)
    for (let i = 0; i < 5; i++) await curl.request(server.url(`/bytes/${LENGTH}`))
    await curl.finishAllRequests()
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
    const { created, idle, live } = curl.inspect()
    expect({ idle, live }).to.deep.equal({ idle: created, live: 0 })
  })
})
