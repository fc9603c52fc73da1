/**
 * fetch, and handlers of a dispatcher, against a server that fails at random stages, with callers that give
 * up at random stages: each body ends or fails, each handler gets one end, and nothing is left.
 *
 *   PARALLELCURL_RUNS=20000 PARALLELCURL_SEED=1 npx mocha test/integration/fetch/faults.test.ts
 */
import { expect } from 'chai'
import fc from 'fast-check'
import type { Dispatcher } from 'undici'
import { ParallelCurl } from '../../../src/index.js'
import { CurlDispatcher } from '../../../src/undici/index.js'
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

/** The kinds that bring no head of a response. */
const HEADLESS = ['noResponse', 'cutHead', 'reset', 'garbage']

const GIVES_UP = ['never', 'atOnce', 'soon', 'atHead', 'afterChunk', 'cancels'] as const
type GivesUp = (typeof GIVES_UP)[number]

/** An act of a handler in one of its functions. `end` stands for both ends: nothing is done there. */
interface Does {
  readonly what: 'aborts' | 'abortsSoon' | 'throws' | 'pauses'
  readonly when: 'never' | 'start' | 'head' | 'data' | 'end'
}

interface Controls {
  abort(reason: Error): void
  resume(): void
}

const LANES = 20

/** Runs each step of a plan: so many at once as there are lanes. */
async function inLanes<Step>(plan: readonly Step[], run: (step: Step) => Promise<void>): Promise<void> {
  const lane = async (first: number): Promise<void> => {
    for (let at = first; at < plan.length; at += LANES) await run(plan[at] as Step)
  }
  await Promise.all(Array.from({ length: LANES }, (_, first) => lane(first)))
}

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

  /**
   * Dispatches, and does as told. Resolves with `end` or `error` some turns after that came, or with what was
   * wrong.
   */
  async function dispatched(
    over: CurlDispatcher,
    kind: string,
    does: Does,
    isOlder: boolean,
  ): Promise<string> {
    const calls: string[] = []
    let received = 0
    let controls: Controls = { abort: () => undefined, resume: () => undefined }
    let isOver = (): void => undefined
    const finished = new Promise<void>((resolve) => (isOver = resolve))
    /** Returns false if the handler takes nothing for now. */
    const called = (what: string, when: Does['when']): boolean => {
      calls.push(what)
      if (what === 'end' || what === 'error') isOver()
      if (does.when !== when) return true
      if (does.what === 'throws') throw new Error('thrown')
      if (does.what === 'aborts') controls.abort(new Error('given up'))
      else if (does.what === 'abortsSoon') setImmediate(() => controls.abort(new Error('given up')))
      else setImmediate(() => controls.resume())
      return does.what !== 'pauses'
    }
    const data = (chunk: Buffer): boolean => {
      received += chunk.length
      return called('data', 'data')
    }
    const older = {
      onConnect: (abort: (reason: Error) => void) => {
        controls = { ...controls, abort }
        called('start', 'start')
      },
      onHeaders: (_status: number, _headers: unknown, resume: () => void) => {
        controls = { ...controls, resume }
        return called('head', 'head')
      },
      onData: data,
      onComplete: () => called('end', 'end'),
      onError: () => called('error', 'end'),
    }
    const pausing = (controller: Dispatcher.DispatchController, goesOn: boolean): void => {
      if (!goesOn) controller.pause()
    }
    const present: Dispatcher.DispatchHandler = {
      onRequestStart: (controller) => {
        controls = controller
        pausing(controller, called('start', 'start'))
      },
      onResponseStart: (controller) => {
        pausing(controller, called('head', 'head'))
      },
      onResponseData: (controller, chunk) => {
        pausing(controller, data(chunk))
      },
      onResponseEnd: () => void called('end', 'end'),
      onResponseError: () => void called('error', 'end'),
    }
    const options = { origin: new URL(server.url()).origin, path: `/${kind}`, method: 'GET' } as const
    over.dispatch(options, isOlder ? older : present)
    await finished
    // Late calls of the caller change nothing.
    controls.resume()
    controls.abort(new Error('late'))
    for (let i = 0; i < 3; i++) await new Promise(setImmediate)
    const last = calls.at(-1) as string
    const right = (HEADLESS.includes(kind) ? /^start error$/ : /^start( head( data)*)?( end| error)$/).test(
      calls.join(' '),
    )
    if (!right || (last === 'end' && received !== BODY.length))
      return `${calls.join(' ')} (${String(received)})`
    return last
  }

  it(`gives each handler one end, and nothing after it (seed ${String(SEED)})`, async function () {
    this.timeout(Math.max(120_000, RUNS * 30))
    const curl = new ParallelCurl(8, { retry: { limit: 1, backoffMs: 0 } })
    const over = new CurlDispatcher(curl)
    const plan = fc.sample(
      fc.tuple(
        fc.constantFrom(...Object.keys(KINDS)),
        fc.record({
          what: fc.constantFrom('aborts', 'abortsSoon', 'throws', 'pauses'),
          when: fc.constantFrom('never', 'start', 'head', 'data'),
        }) as fc.Arbitrary<Does>,
        fc.boolean(),
      ),
      { numRuns: RUNS, seed: SEED },
    )
    const wrong: string[] = []
    const counts = { end: 0, error: 0 }
    await inLanes(plan, async ([kind, does, isOlder]) => {
      const outcome = await dispatched(over, kind, does, isOlder)
      const isWhole = KINDS[kind]?.isWhole === true
      const goesOn = does.when === 'never' || does.what === 'pauses'
      const expected = goesOn ? [isWhole ? 'end' : 'error'] : ['error', ...(isWhole ? ['end'] : [])]
      if (expected.includes(outcome)) counts[outcome as 'end']++
      else wrong.push(`${kind}, ${does.what} at ${does.when}, ${isOlder ? 'older' : 'present'}: ${outcome}`)
    })
    await over.close()
    await curl.finishAllRequests()
    expect(wrong).to.deep.equal([])
    for (const [what, count] of Object.entries(counts)) expect(count, what).to.be.above(RUNS / 20)
    await curl.close()
    for (const connection of server.connections) await connection.untilClosed()
  })

  it(`gives each caller its outcome, and leaves nothing (seed ${String(SEED)})`, async function () {
    this.timeout(Math.max(120_000, RUNS * 30))
    const curl = new ParallelCurl(8)
    const fetch = createFetch(curl)
    const sampled = fc.sample(
      fc.tuple(fc.constantFrom(...Object.keys(KINDS)), fc.constantFrom(...GIVES_UP)),
      {
        numRuns: RUNS,
        seed: SEED,
      },
    )
    // Few callers of a sample may read everything.
    const patient = Object.keys(KINDS).map((kind) => [kind, 'never'] as const)
    const plan = [...sampled, ...patient]
    const wrong: string[] = []
    const counts = { whole: 0, failed: 0, left: 0 }
    await inLanes(plan, async ([kind, givesUp]) => {
      const outcome = await one(fetch, kind, givesUp)
      // A caller that gives up may have been too late for that.
      const expected = [KINDS[kind]?.isWhole ? 'whole' : 'failed', ...(givesUp === 'never' ? [] : ['left'])]
      if (!expected.includes(outcome)) wrong.push(`${kind}, gives up ${givesUp}: ${outcome}`)
      else counts[outcome as 'left']++
    })
    await fetch.dispatcher.close()
    await curl.finishAllRequests()
    expect(wrong).to.deep.equal([])
    const wholes = patient.filter(([kind]) => KINDS[kind]?.isWhole).length
    expect(counts.whole).to.be.at.least(wholes)
    expect(counts.failed).to.be.at.least(patient.length - wholes)
    expect(counts.left).to.be.above(0)
    const { pending, delayed, inFlight } = curl.stats()
    expect({ pending, delayed, inFlight }).to.deep.equal({ pending: 0, delayed: 0, inFlight: 0 })
    expect(curl.inspect().scheduled).to.deep.equal([])
    await curl.close()
    for (const connection of server.connections) await connection.untilClosed()
  })
})
