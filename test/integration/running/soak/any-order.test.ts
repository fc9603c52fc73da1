/**
 * Random lives of an instance: requests good and bad, with callbacks that start more, throw, wait, abort and
 * change limits. Whatever the order, each request gets its one callback and every promise settles.
 */
import { expect } from 'chai'
import fc from 'fast-check'
import { ParallelCurl } from '../../../../src/index.js'
import { type HttpServer, startHttpServer } from '../../../support/servers/http/http-server.js'
import { Recorder } from '../../../support/recorder.js'
import { refusedPort } from '../../../support/servers/tcp-server.js'

type Act =
  'start' | 'startTwo' | 'throw' | 'reject' | 'finish' | 'later' | 'abort' | 'limit' | 'options' | 'await'

interface Step {
  path: string
  body: string | Buffer | null
  /** The action of its callback. */
  act: Act | undefined
  limit: number
}

const acts: Act[] = [
  'start',
  'startTwo',
  'throw',
  'reject',
  'finish',
  'later',
  'abort',
  'limit',
  'options',
  'await',
]
const paths = [
  '/echo',
  '/status/404',
  '/bytes/40000',
  '/redirect/2',
  '/close',
  '/reset',
  '/truncate',
  '/bad-chunk',
  '/no-content',
]

describe('requests, aborts and limits in any order', () => {
  let server: HttpServer
  let refused: string
  before(async () => {
    server = await startHttpServer()
    refused = `http://127.0.0.1:${await refusedPort()}/`
  })
  after(() => server.close())

  /**
   * Lives through `steps` and gives back how often callbacks threw, and the highest limit that was ever set.
   */
  async function live(
    steps: Step[],
    first: number,
    recorder: Recorder,
  ): Promise<{ urls: string[]; most: number }> {
    const curl = new ParallelCurl(first, { FOLLOWLOCATION: true })
    const urls: string[] = []
    let most = first
    const start = (step: Step, depth: number): Promise<void> => {
      const at = step.path.startsWith('/') ? server.url(step.path) : step.path
      const url = `${at}${at.includes(':/') && at.includes('?') ? '&' : '?'}${urls.length}`
      urls.push(url)
      return curl.startRequest(
        url,
        (...args: unknown[]) => {
          recorder.callback(...args)
          return perform(step, depth)
        },
        step,
        step.body,
      )
    }
    const next = (step: Step): Step => ({ ...step, path: '/echo' })
    const perform = (step: Step, depth: number): unknown => {
      switch (depth < 3 ? step.act : undefined) {
        case 'start':
          return void start(next(step), depth + 1)
        case 'startTwo':
          return [start(next(step), depth + 1), start({ ...step, path: refused }, depth + 1)]
        case 'await':
          return start(next(step), depth + 1)
        case 'throw':
          throw new Error('thrown')
        case 'reject':
          return Promise.reject(new Error('rejected'))
        case 'finish':
          return curl.finishAllRequests()
        case 'later':
          return new Promise((resolve) => setImmediate(resolve)).then(() => start(next(step), depth + 1))
        case 'abort': {
          curl.abort()
          return
        }
        case 'limit':
          most = Math.max(most, step.limit)
          {
            curl.setMaxRequests(step.limit)
            return
          }
        case 'options': {
          curl.setOptions({ USERAGENT: String(step.limit), FOLLOWLOCATION: step.limit > 2 })
          return
        }
        default:
          return undefined
      }
    }
    for (const step of steps) void start(step, 0)
    await curl.finishAllRequests().catch((error: unknown) => expect(error).to.be.instanceOf(Error))
    expect(curl.outstandingRequests.size).to.equal(0)
    await curl.close()
    return { urls, most }
  }

  it('give each request exactly one callback', async function () {
    this.timeout(120_000)
    const step = fc.record<Step>({
      path: fc.constantFrom(...paths, refused, 'nonsense://x/', 'http://a b/'),
      body: fc.constantFrom(null, null, 'text', Buffer.from([0, 1])),
      act: fc.option(fc.constantFrom(...acts), { nil: undefined }),
      limit: fc.integer({ min: 1, max: 6 }),
    })
    const property = fc.asyncProperty(
      fc.array(step, { maxLength: 15 }),
      fc.integer({ min: 1, max: 6 }),
      async (steps, first) => {
        await server.waitForOpenSockets(0)
        server.forget()
        const recorder = new Recorder()
        const { urls, most } = await live(steps, first, recorder)
        recorder.exactlyOnce(urls)
        // Lowered limits let those in flight finish; a highest one is never exceeded.
        if (!steps.some(({ act }) => act === 'abort')) expect(server.peakInFlight).to.be.at.most(most)
      },
    )
    const numRuns = Number(process.env['PARALLELCURL_RUNS'] ?? 150)
    await fc.assert(property, { numRuns, seed: Number(process.env['PARALLELCURL_SEED'] ?? 3) })
  })
})
