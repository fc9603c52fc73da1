/**
 * Examples of limits, retries, cancellation, streams of requests and statistics. Does not know the rest of
 * it.
 */
import { expect } from 'chai'
import { refusedPort } from '../../../support/servers/tcp-server.js'
import { QUICK_RETRIES, seen, type ExampleCase } from './example-case.js'

const SECTION = 'Limits and retries'

export const runningCases: readonly ExampleCase[] = [
  {
    heading: `${SECTION} / What servers say`,
    has: 'rateLimitHeaders',
    prepare: (run) => {
      run.server.route('/one', (_request, response) => {
        response.setHeader('RateLimit', '"default";r=0;t=60').end('one')
      })
    },
    then: `
      await curl.request('https://example.com/one')
      void curl.startRequest('https://example.com/two')
      const [transfer] = curl.outstandingRequests.values()
      console.log(curl.whyWaiting(transfer!)?.reason)
      curl.abort()
      await curl.finishAllRequests()`,
    check: ({ stdout }, run) => {
      expect(stdout).to.equal('paused\n')
      expect(seen(run)).to.deep.equal(['GET /one'])
    },
  },
  {
    heading: `${SECTION} / Limits`,
    has: 'setLimits',
    // Two at once by maxRequestsPerHost, then the fifth start of this second is the last one.
    then: `
      const transfers = [1, 2, 3].map((n) => {
        void curl.startRequest('https://example.com/gate/' + n)
        return [...curl.outstandingRequests.values()].at(-1)
      })
      console.log(curl.maxRequests, transfers.map((transfer) => curl.whyWaiting(transfer)?.reason))
      await curl.finishAllRequests()
      for (const n of [4, 5]) await curl.request('https://example.com/' + n)
      void curl.startRequest('https://example.com/6')
      console.log(curl.whyWaiting([...curl.outstandingRequests.values()][0]).reason)
      curl.setLimits({ rateLimitPerHost: null })
      await curl.finishAllRequests()`,
    prepare: ({ server }) => {
      for (const n of [1, 2, 3]) server.gate(String(n)).open()
    },
    check: ({ lines }, { server }) => {
      expect(lines).to.deep.equal(["20 [ undefined, undefined, 'host' ]", 'hostRate'])
      expect(server.requests).to.have.length(6)
      expect(server.peakInFlight).to.be.at.most(2)
    },
  },
  {
    heading: `${SECTION} / Retries`,
    has: 'shouldRetry',
    given: QUICK_RETRIES,
    then: `
      const transfer = await new ParallelCurl().request('https://example.com/', options)
      console.log(transfer.text(), transfer.attempts.map(({ responseCode }) => responseCode))`,
    prepare: ({ server }) => {
      const answers: [number, string][] = [
        [200, 'a captcha for you'],
        [503, ''],
        [200, 'another captcha'],
        [500, ''],
      ]
      server.route('/', (_request, response) => {
        const [status, body] = answers.shift() ?? [200, 'the page']
        response.writeHead(status).end(body)
      })
    },
    check: ({ stdout }, run) => {
      expect(stdout).to.equal('the page [ 200, 503, 200, 500, 200 ]\n')
      expect(run.server.requests).to.have.length(5)
    },
  },
  {
    heading: `${SECTION} / Cancellation`,
    has: 'new AbortController',
    given: `
      const curl = new ParallelCurl()
      const [url, data] = ['https://example.com/hang', 'mine']
      const callback = (content, url, transfer, data) => {
        console.log(content, url, transfer.errno, transfer.toError().cause.message, data)
      }`,
    then: 'await curl.finishAllRequests()',
    check: ({ stdout }, { server }) => {
      expect(stdout).to.equal('null https://example.com/hang 42 enough mine\n')
      expect(server.requests.length).to.be.at.most(1)
    },
  },
  {
    heading: 'Streaming / `request()` and `stream()`',
    has: 'ordered: true',
    given: `${QUICK_RETRIES}
      const curl = new ParallelCurl()
      async function* urls() {
        yield* ['https://example.com/slow', 'http://refused.example/', 'https://example.com/status/404']
        // The first one is answered last: when all else is done.
        while (curl.outstandingRequests.size > 1) await new Promise(setImmediate)
        yield 'https://example.com/release'
      }
      async function save(url, body) { console.log('saved', url, String(body)) }`,
    then: 'console.log(transfer.responseCode, transfer.attempts.length)',
    prepare: async (run) => {
      run.replace('http://refused.example', `http://127.0.0.1:${await refusedPort()}`)
      let tries = 0
      run.server.route('/', (_request, response) => {
        response.writeHead(++tries < 3 ? 503 : 404).end()
      })
      run.server.route('/status/404', (_request, response) => void response.writeHead(404).end('no page'))
      run.server.route('/slow', (_request, response) => {
        run.server.gate('slow').enter(() => response.end('slow page'))
      })
      run.server.route('/release', (_request, response) => {
        run.server.gate('slow').open()
        response.end('released')
      })
    },
    stderr: /^http:\/\/refused\.example\/ Could(n't| not) connect[^\n]*\n$/,
    check: ({ lines }, run) => {
      expect(lines).to.deep.equal([
        'saved https://example.com/slow slow page',
        'saved https://example.com/status/404 no page',
        'saved https://example.com/release released',
        '404 3',
      ])
      expect(seen(run)).to.have.members(
        ['/', '/', '/', '/slow', '/status/404', '/release'].map((path) => `GET ${path}`),
      )
    },
  },
  {
    heading: `${SECTION} / Statistics`,
    has: 'curl.stats()',
    given: `
      const curl = new ParallelCurl(1, { maxRequestsPerHost: 2 })
      const first = curl.startRequest('https://example.com/hang')
      void curl.startRequest('https://example.com/next')
      await first`,
    then: `
      console.log({ pending, delayed, inFlight, done, failed, retried, requestsPerSecond })
      console.log(curl.stats({ hosts: true }).hosts)
      curl.abort()
      await curl.finishAllRequests()
      console.log(curl.stats().failed)`,
    check: ({ stdout, lines }) => {
      expect(lines.slice(0, 2)).to.deep.equal([
        'https://example.com/hang null',
        "https://example.com/next { reason: 'slot' }",
      ])
      expect(stdout).to.include(
        'pending: 1,\n  delayed: 0,\n  inFlight: 1,\n  done: 0,\n  failed: 0,\n  retried: 0',
      )
      expect(stdout).to.match(/inFlight: 1,\s+limit: 2,\s+pausedForMs: 0/)
      expect(lines.at(-1)).to.equal('2')
    },
  },
]
