/**
 * Transfers end at their time limits, also if their timer is gone: libcurl 7.88 drops a timer that is due
 * within a millisecond when anything else happens on its transfer. The servers here send something just
 * before the limit, and are silent from then on (D28).
 */
import { expect } from 'chai'
import { ParallelCurl, type Transfer } from '../../../src/index.js'
import { startTcpServer, type TcpConnection } from '../../support/servers/tcp-server.js'

const ROUNDS = 10
const AT_ONCE = 4
/** It takes the client a part of a millisecond to hear of it. */
const EARLIEST_MS = 2.2
const LATEST_MS = 0.2
/** Timers are late. */
const AWAKE_MS = 10

/** Sends it about when so much time is over since `began`, when it heard from the client. */
function sendAbout(connection: TcpConnection, began: number, ms: number, bytes: string): void {
  const at = began + ms - LATEST_MS - (EARLIEST_MS - LATEST_MS) * Math.random()
  const wait = (): void => {
    if (performance.now() >= at) connection.send(bytes)
    else setImmediate(wait)
  }
  setTimeout(wait, at - performance.now() - AWAKE_MS)
}

/** Asks for this so many times at once. */
async function outcomesOf(curl: ParallelCurl, url: string): Promise<string[]> {
  const outcomes: string[] = []
  const note = (content: string | null, _url: string, { errno, responseCode }: Transfer): void =>
    void outcomes.push([errno, responseCode, content ?? ''].join(' '))
  for (let i = 0; i < AT_ONCE; i++) await curl.startRequest(url, note)
  await curl.finishAllRequests()
  return outcomes
}

describe('a transfer whose timer libcurl drops', () => {
  /** Each time the same outcome for all. */
  async function expectAll(outcome: RegExp, curl: ParallelCurl, url: string, first?: string): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      if (first !== undefined) await outcomesOf(curl, first)
      for (const one of await outcomesOf(curl, url)) expect(one).to.match(outcome)
    }
  }

  it('ends after TIMEOUT_MS on a kept connection, though the server falls silent after its head', async () => {
    const limit = 30
    await using server = await startTcpServer(async (connection) => {
      await connection.until('/first')
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      await connection.until('/second')
      sendAbout(connection, performance.now(), limit, 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n')
    })
    await using curl = new ParallelCurl(AT_ONCE, { TIMEOUT_MS: limit })
    await expectAll(/^28 /, curl, server.url('/second'), server.url('/first'))
  })

  it('ends after CONNECTTIMEOUT_MS, though the proxy falls silent within its answer to CONNECT', async () => {
    // Later than what libcurl gives the first address of a host (200 ms), which has it look.
    const limit = 250
    await using proxy = await startTcpServer(async (connection) => {
      const began = performance.now()
      await connection.until('\r\n\r\n')
      sendAbout(connection, began, limit, 'HTTP/1.1 200')
    })
    const options = { CONNECTTIMEOUT_MS: limit, PROXY: proxy.url(''), HTTPPROXYTUNNEL: true }
    await using curl = new ParallelCurl(AT_ONCE, options)
    await expectAll(/^28 0 $/, curl, 'http://127.0.0.1:1/')
  })

  it('sends its body after EXPECT_100_TIMEOUT_MS, though the server falls silent after a 102', async () => {
    const limit = 250
    await using server = await startTcpServer(async (connection) => {
      await connection.until('\r\n\r\n')
      sendAbout(connection, performance.now(), limit, 'HTTP/1.1 102 Processing\r\n\r\n')
      await connection.until('the body')
      connection.send('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok')
    })
    await using curl = new ParallelCurl(AT_ONCE, {
      POSTFIELDS: 'the body',
      HTTPHEADER: ['Expect: 100-continue'],
      EXPECT_100_TIMEOUT_MS: limit,
    })
    await expectAll(/^0 200 ok$/, curl, server.url())
  })

  it('ends after TIMEOUT_MS while it waits inside libcurl for a connection', async () => {
    await using server = await startTcpServer((connection) => connection.until('/stands'))
    await using curl = new ParallelCurl(2, { multi: { MAX_HOST_CONNECTIONS: 1 } })
    const stop = new AbortController()
    const stands = curl.request(server.url('/stands'), { signal: stop.signal }).catch(() => undefined)
    await server.untilConnections(1)
    const waits = curl.request(server.url('/waits'), { TIMEOUT_MS: 50 })
    expect(await waits.catch((error: unknown) => error)).to.include({ errno: 28 })
    stop.abort()
    await stands
    expect(server.connections.some(({ received }) => received.includes('/waits'))).to.equal(false)
  })
})
