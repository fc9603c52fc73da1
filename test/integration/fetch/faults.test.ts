/**
 * fetch against a server that fails at random stages, with callers that give up at random stages: each promise
 * settles once, each body ends or fails, and nothing is left.
 *
 *   PARALLELCURL_RUNS=20000 PARALLELCURL_SEED=1 npx mocha test/integration/fetch/faults.test.ts
 */
import { expect } from 'chai'
import fc from 'fast-check'
import { ParallelCurl } from '../../../src/index.js'
import { createFetch, type CurlFetch } from '../../../src/fetch/index.js'
import { startTcpServer, type TcpConnection, type TcpServer } from '../../support/servers/tcp-server.js'

const RUNS = Number(process.env['PARALLELCURL_RUNS'] ?? 300)
const SEED = Number(process.env['PARALLELCURL_SEED'] ?? Date.now() % 1_000_000)

const BODY = 'x'.repeat(3000)
const HEAD = `HTTP/1.1 200 OK\r\nContent-Length: ${String(BODY.length)}\r\n\r\n`

/** The acts of the server; `isWhole`: a caller that reads everything gets the body. */
const KINDS: Readonly<Record<string, { readonly isWhole: boolean; act(connection: TcpConnection): void }>> = {
  whole: { isWhole: true, act: (connection) => connection.send(HEAD + BODY) },
  chunked: {
    isWhole: true,
    act: (connection) => {
      connection.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
      for (let at = 0; at < 3000; at += 1000) connection.send(`3e8\r\n${BODY.slice(at, at + 1000)}\r\n`)
      connection.send('0\r\nX-End: yes\r\n\r\n')
    },
  },
  inParts: {
    isWhole: true,
    act: (connection) => {
      connection.send(HEAD)
      setImmediate(() => {
        connection.send(BODY)
      })
    },
  },
  untilClosed: {
    isWhole: true,
    act: (connection) => {
      connection.send(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${BODY}`)
      connection.close()
    },
  },
  noResponse: { isWhole: false, act: (connection) => connection.close() },
  cutHead: {
    isWhole: false,
    act: (connection) => {
      connection.send(HEAD.slice(0, 20))
      connection.close()
    },
  },
  cutBody: {
    isWhole: false,
    act: (connection) => {
      connection.send(HEAD + BODY.slice(0, 1000))
      connection.close()
    },
  },
  reset: { isWhole: false, act: (connection) => connection.reset() },
  garbage: {
    isWhole: false,
    act: (connection) => {
      connection.send('220 ready\r\n\r\n')
      connection.close()
    },
  },
}

const GIVES_UP = ['never', 'atOnce', 'soon', 'atHead', 'afterChunk', 'cancels'] as const
type GivesUp = (typeof GIVES_UP)[number]

describe('fetch with a server that fails and callers that give up', () => {
  let server: TcpServer
  before(async () => {
    server = await startTcpServer(async (connection) => {
      for (let at = 0; ;) {
        const seen = connection.received.subarray(at).toString('latin1')
        const end = seen.indexOf('\r\n\r\n')
        if (end < 0) {
          const length = connection.received.length
          await connection.untilMore(length)
          if (connection.closed) return
          continue
        }
        at += end + 4
        KINDS[/^GET \/(\w+)/.exec(seen)?.[1] ?? '']?.act(connection)
      }
    })
  })
  after(() => server.close())

  /** Fetches, and gives up as told. Returns `whole`, `failed` or `left`. */
  async function one(fetch: CurlFetch, kind: string, givesUp: GivesUp): Promise<string> {
    const controller = new AbortController()
    const leave = (): void => {
      controller.abort(new Error('given up'))
    }
    try {
      if (givesUp === 'atOnce') leave()
      else if (givesUp === 'soon') setImmediate(leave)
      const response = await fetch(server.url(`/${kind}`), { signal: controller.signal })
      if (givesUp === 'atHead') leave()
      if (givesUp === 'cancels') {
        await response.body?.cancel()
        return 'left'
      }
      const reader = (response.body as ReadableStream<Uint8Array>).getReader()
      let text = ''
      for (;;) {
        const { done, value } = await reader.read()
        if (done) break
        text += Buffer.from(value).toString()
        if (givesUp === 'afterChunk') leave()
      }
      return text === BODY ? 'whole' : `a body of ${String(text.length)}`
    } catch (error) {
      if (controller.signal.aborted) return 'left'
      return error instanceof TypeError ? 'failed' : `an error that is no TypeError: ${String(error)}`
    }
  }

  it(`settles each promise once, and leaves nothing (seed ${String(SEED)})`, async function () {
    this.timeout(Math.max(60_000, RUNS * 30))
    const curl = new ParallelCurl(8)
    const fetch = createFetch(curl)
    const plan = fc.sample(fc.tuple(fc.constantFrom(...Object.keys(KINDS)), fc.constantFrom(...GIVES_UP)), {
      numRuns: RUNS,
      seed: SEED,
    })
    const wrong: string[] = []
    const counts = { whole: 0, failed: 0, left: 0 }
    const lane = async (from: number): Promise<void> => {
      for (let at = from; at < plan.length; at += 20) {
        const [kind, givesUp] = plan[at] as [string, GivesUp]
        const outcome = await one(fetch, kind, givesUp)
        // A caller that gives up may have been too late for that.
        const expected = [KINDS[kind]?.isWhole ? 'whole' : 'failed', ...(givesUp === 'never' ? [] : ['left'])]
        if (!expected.includes(outcome)) wrong.push(`${kind}, gives up ${givesUp}: ${outcome}`)
        else counts[outcome as 'left']++
      }
    }
    await Promise.all(Array.from({ length: 20 }, (_, at) => lane(at)))
    await fetch.dispatcher.close()
    await curl.finishAllRequests()
    expect(wrong).to.deep.equal([])
    for (const [what, count] of Object.entries(counts)) expect(count, what).to.be.above(RUNS / 20)
    const { pending, delayed, inFlight } = curl.stats()
    expect({ pending, delayed, inFlight }).to.deep.equal({ pending: 0, delayed: 0, inFlight: 0 })
    expect(curl.inspect().scheduled).to.deep.equal([])
    await curl.close()
    for (const connection of server.connections) await connection.untilClosed()
  })
})
