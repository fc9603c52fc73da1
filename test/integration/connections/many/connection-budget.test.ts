/**
 * Connections that are kept for later: up to a limit for the process, and not only four for each transfer in
 * flight. The server counts them.
 */
import { expect } from 'chai'
import { ParallelCurl } from '../../../../src/index.js'
import { keptConnections } from '../../../../src/engine/connections/connection-budget.js'
import { type HttpServer, startHttpServer } from '../../../support/servers/http/http-server.js'

const HOSTS = 40

describe('connections that are kept', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  /** Asks each of many hosts in turn, three times. */
  async function threeRounds(curl: ParallelCurl, multi?: { MAXCONNECTS: number }): Promise<number> {
    const { port } = new URL(server.url(''))
    const names = Array.from({ length: HOSTS }, (_, i) => `host-${String(i)}.test`)
    const RESOLVE = names.map((name) => `${name}:${port}:127.0.0.1`)
    curl.setOptions({ RESOLVE, ...(multi && { multi }) })
    for (let round = 0; round < 3; round++) {
      for (const name of names) {
        const { errno } = await curl.request(`http://${name}:${port}/echo`)
        expect(errno).to.equal(0)
      }
    }
    await curl.close()
    return server.connections
  }

  it('are one for each host, where requests come one at a time over many hosts', async () => {
    expect(await threeRounds(new ParallelCurl(1))).to.equal(HOSTS)
  })

  it('are as many as multi: { MAXCONNECTS } says', async () => {
    expect(await threeRounds(new ParallelCurl(1), { MAXCONNECTS: 2 })).to.equal(3 * HOSTS)
  })

  it('serve a second batch of requests after the first', async () => {
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

  it('are as many as by default when options no longer set MAXCONNECTS', async () => {
    const curl = new ParallelCurl(1, { multi: { MAXCONNECTS: 2 } })
    await curl.request(server.url('/echo'))
    expect(await threeRounds(curl)).to.equal(HOSTS + 1)
  })

  it('are at least four for each transfer in flight, more where few are and open files allow it', () => {
    const least = keptConnections(1)
    expect(least).to.be.within(4, 1024)
    expect(keptConnections(1000)).to.equal(Math.max(4000, least))
    expect(keptConnections(Infinity)).to.equal(2 ** 31 - 1)
    expect(keptConnections(2 ** 40)).to.equal(2 ** 31 - 1)
  })
})
