/**
 * Which connections are kept for later: as many as one may well have, and not only four for each transfer that is under way at the
 * moment. Counted by the server.
 */
import { expect } from 'chai'
import { ParallelCurl } from '../../src/index.js'
import { keptConnections } from '../../src/engine/kept-connections.js'
import { type HttpServer, startHttpServer } from '../support/http-server.js'

const HOSTS = 40

describe('integration: connections that are kept', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  /** Asks each of many hosts in turn, three times. */
  async function threeRounds(
    curl: ParallelCurl,
    multi?: { MAXCONNECTS: number },
    hosts = HOSTS,
  ): Promise<number> {
    const { port } = new URL(server.url(''))
    const names = Array.from({ length: hosts }, (_, i) => `host-${String(i)}.test`)
    curl.setOptions(multi ? { multi } : {})
    for (let round = 0; round < 3; round++) {
      for (const name of names) {
        // Each its own: libcurl goes through all of a list for each request.
        const RESOLVE = [`${name}:${port}:127.0.0.1`]
        const { errno } = await curl.request(`http://${name}:${port}/echo`, { RESOLVE })
        expect(errno).to.equal(0)
      }
    }
    await curl.close()
    return server.connections
  }

  it('one at a time over many hosts: one connection to each', async () => {
    expect(await threeRounds(new ParallelCurl(1))).to.equal(HOSTS)
  })

  it('multi: { MAXCONNECTS } says otherwise', async () => {
    expect(await threeRounds(new ParallelCurl(1), { MAXCONNECTS: 2 })).to.equal(3 * HOSTS)
  })

  it('over more hosts than are kept as a rule: as many more as it takes to find them again', async () => {
    const usual = keptConnections(1)
    const hosts = Math.ceil(1.3 * usual)
    const connections = await threeRounds(new ParallelCurl(1), undefined, hosts)
    // In the second round it is seen that they come again; those that are still there are found at once.
    expect(connections).to.be.within(hosts, 2 * hosts)
    expect(await threeRounds(new ParallelCurl(1), { MAXCONNECTS: usual }, hosts)).to.equal(
      connections + 3 * hosts,
    )
  })

  it('batches, one after the other: the second finds the connections of the first', async () => {
    const curl = new ParallelCurl(20)
    for (let batch = 0; batch < 4; batch++) {
      // All of them at once, or the batch would do with fewer connections.
      const gate = server.gate(String(batch))
      for (let i = 0; i < 20; i++)
        void curl.startRequest(server.url(`/gate/${String(batch)}`), () => undefined)
      await gate.waiting(20)
      gate.open()
      await curl.finishAllRequests()
    }
    await curl.close()
    expect(server.connections).to.equal(20)
  })

  it('options that no longer say so bring it back', async () => {
    const curl = new ParallelCurl(1, { multi: { MAXCONNECTS: 2 } })
    await curl.request(server.url('/echo'))
    expect(await threeRounds(curl)).to.equal(HOSTS + 1)
  })

  it('four for each transfer, at least so many as open files allow, and never too many for libcurl', () => {
    const least = keptConnections(1)
    expect(least).to.be.within(4, 1024)
    expect(keptConnections(1000)).to.equal(Math.max(4000, least))
    expect(keptConnections(Infinity)).to.equal(2 ** 31 - 1)
    expect(keptConnections(2 ** 40)).to.equal(2 ** 31 - 1)
  })
})
