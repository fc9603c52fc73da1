/** The decision about another attempt, and its delay: a pure function, option by option. */
import { expect } from 'chai'
import fc from 'fast-check'
import {
  hostPause,
  parseRetry,
  retryDelay,
  verdictOf,
  type AttemptFacts,
  type RetryOptions,
} from '../../../src/scheduling/retry.js'
import type { Transfer } from '../../../src/transfer/transfer.js'
import { optionErrorOf } from '../../support/requests.js'

const facts = (given: Partial<AttemptFacts> = {}): AttemptFacts => ({
  attempt: 1,
  method: 'GET',
  errno: 0,
  responseCode: 503,
  retryAfterMs: 0,
  wasSent: true,
  proxyStatus: 0,
  proxyReply: 0,
  ...given,
})
const delayOf = (options: RetryOptions | number, given: Partial<AttemptFacts>, random = 1): number | null =>
  retryDelay(parseRetry(options), facts(given), random)

describe('retry', () => {
  it('E2: repeats what a proxy refused where that may pass: by its answer, whatever the method', () => {
    const again = (given: Partial<AttemptFacts>): boolean =>
      delayOf({}, { errno: 97, responseCode: 0, method: 'POST', wasSent: false, ...given }) !== null
    for (const proxyStatus of [401, 403, 404, 405, 407])
      expect(again({ proxyStatus }), String(proxyStatus)).to.equal(false)
    for (const proxyStatus of [408, 429, 500, 502, 503, 504])
      expect(again({ proxyStatus }), String(proxyStatus)).to.equal(true)
    // CURLPX_REPLY_CONNECTION_REFUSED and ..._HOST_UNREACHABLE; ..._NOT_ALLOWED and CURLPX_USER_REJECTED.
    for (const proxyReply of [19, 21]) expect(again({ proxyReply }), String(proxyReply)).to.equal(true)
    for (const proxyReply of [23, 33]) expect(again({ proxyReply }), String(proxyReply)).to.equal(false)
    expect(delayOf({ errnos: [97] }, { errno: 97, responseCode: 0, proxyStatus: 403 })).not.to.equal(null)
  })

  it('has a limit: a number alone, and 2 by default', () => {
    for (const [options, limit] of [
      [3, 3],
      [{}, 2],
      [{ limit: 0 }, 0],
      [{ limit: Infinity }, Infinity],
    ] as const) {
      for (const attempt of [1, 2, 3, 4, 5]) {
        expect(
          delayOf(options, { attempt }) !== null,
          `${JSON.stringify(options)}, attempt ${attempt}`,
        ).to.equal(attempt <= limit)
      }
    }
  })

  it('repeats the statuses and errnos that may pass by themselves, unless others are named', () => {
    const statuses = Array.from({ length: 500 }, (_, i) => i + 100).filter(
      (responseCode) => delayOf({}, { responseCode }) !== null,
    )
    expect(statuses).to.deep.equal([408, 425, 429, 500, 502, 503, 504])
    const errnos = Array.from({ length: 105 }, (_, errno) => errno).filter(
      (errno) => delayOf({}, { errno, responseCode: 0 }) !== null,
    )
    expect(errnos).to.deep.equal([5, 6, 7, 16, 18, 28, 35, 52, 55, 56, 92, 95, 96])
    expect(delayOf({}, { errno: 22, responseCode: 503 }), 'FAILONERROR').not.to.equal(null)
    expect(delayOf({}, { errno: 22, responseCode: 404 })).to.equal(null)
    expect(delayOf({ statusCodes: [404] }, { responseCode: 404 })).not.to.equal(null)
    expect(delayOf({ statusCodes: [404] }, { responseCode: 503 })).to.equal(null)
    expect(delayOf({ errnos: [60] }, { errno: 60, responseCode: 0 })).not.to.equal(null)
    expect(delayOf({ errnos: [60] }, { errno: 7, responseCode: 0 })).to.equal(null)
  })

  it('repeats idempotent methods, and others where they are named or nothing was sent', () => {
    const methods = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'POST', 'PATCH', 'X']
    expect(methods.filter((method) => delayOf({}, { method }) !== null)).to.deep.equal(methods.slice(0, 6))
    expect(delayOf({ methods: ['post'] }, { method: 'POST' })).not.to.equal(null)
    expect(delayOf({ methods: ['post'] }, { method: 'GET' })).to.equal(null)
    expect(delayOf({}, { method: 'POST', errno: 7, responseCode: 0, wasSent: false })).not.to.equal(null)
    expect(delayOf({}, { method: 'POST', errno: 56, responseCode: 0 })).to.equal(null)
  })

  it('waits twice as long each time, up to a maximum; with jitter a part of it', () => {
    const times = (options: RetryOptions, random?: number): (number | null)[] =>
      [1, 2, 3, 8, 60].map((attempt) => delayOf({ limit: 99, ...options }, { attempt }, random))
    expect(times({ jitter: 'none' }, 0.1)).to.deep.equal([1000, 2000, 4000, 60_000, 60_000])
    expect(times({ backoffMs: 10, maxDelayMs: 100, jitter: 'none' })).to.deep.equal([10, 20, 40, 100, 100])
    expect(times({ backoffMs: 10, maxDelayMs: 100 }, 0.5)).to.deep.equal([5, 10, 20, 50, 50])
    expect(times({}, 0)).to.deep.equal([0, 0, 0, 0, 0])
    expect(times({ backoffMs: 0 })).to.deep.equal([0, 0, 0, 0, 0])
  })

  it('obeys Retry-After up to the maximum, without jitter, unless told not to', () => {
    expect(delayOf({}, { retryAfterMs: 7000 }, 0.1)).to.equal(7000)
    expect(delayOf({ maxDelayMs: 5000 }, { retryAfterMs: 7000 })).to.equal(5000)
    expect(delayOf({ retryAfter: false, jitter: 'none' }, { retryAfterMs: 7000 })).to.equal(1000)
    const pause = (options: RetryOptions, given: Partial<AttemptFacts>): number =>
      hostPause(parseRetry(options), facts(given))
    expect(pause({}, { responseCode: 429, retryAfterMs: 7000 })).to.equal(7000)
    expect(pause({ maxDelayMs: 5000 }, { retryAfterMs: 7000 })).to.equal(5000)
    expect(pause({}, { responseCode: 500, retryAfterMs: 7000 }), 'of 429 and 503 only').to.equal(0)
    expect(pause({ retryAfter: false }, { retryAfterMs: 7000 })).to.equal(0)
  })

  it('shouldRetry has the last word, within the limit', () => {
    const policy = parseRetry({ limit: 1, maxDelayMs: 500, jitter: 'none' })
    const said = (verdict: boolean | number | undefined, given: Partial<AttemptFacts> = {}): number | null =>
      retryDelay(policy, facts(given), 1, verdict)
    expect(said(false)).to.equal(null)
    expect(said(true, { responseCode: 200 })).to.equal(500)
    expect(said(true, { method: 'POST' })).to.equal(500)
    expect(said(true, { attempt: 2 })).to.equal(null)
    expect([said(0), said(123), said(9999), said(Infinity)]).to.deep.equal([0, 123, 500, 500])
    expect([said(undefined), said(undefined, { responseCode: 200 })]).to.deep.equal([500, null])
  })

  it('refuses what shouldRetry says where it makes no sense', () => {
    const asked = (verdict: unknown): unknown =>
      verdictOf(parseRetry({ shouldRetry: () => verdict as boolean }), {} as Transfer, 1)
    expect([asked(true), asked(false), asked(undefined), asked(5)]).to.deep.equal([true, false, undefined, 5])
    for (const verdict of [NaN, -1, 'yes', null, {}, Promise.resolve(true)])
      optionErrorOf(() => asked(verdict))
  })

  it('never waits longer than the maximum, nor less than nothing', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.nat(1e6),
        fc.integer({ min: 1, max: 1e4 }),
        fc.nat(1e7),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (backoffMs, maxDelayMs, attempt, retryAfterMs, random) => {
          const delay = delayOf({ limit: Infinity, backoffMs, maxDelayMs }, { attempt, retryAfterMs }, random)
          expect(delay).to.be.within(0, maxDelayMs)
        },
      ),
    )
  })

  for (const [name, value] of [
    ['retry', '3'],
    ['retry', null],
    ['retry', true],
    ['retry', []],
    ['retry', { retries: 3 }],
    ['retry.limit', -1],
    ['retry.limit', { limit: 1.5 }],
    ['retry.limit', NaN],
    ['retry.limit', { limit: '3' }],
    ['retry.methods', { methods: 'GET' }],
    ['retry.methods', { methods: [5] }],
    ['retry.methods', { methods: ['G T'] }],
    ['retry.statusCodes', { statusCodes: ['503'] }],
    ['retry.statusCodes', { statusCodes: [-1] }],
    ['retry.errnos', { errnos: [1.5] }],
    ['retry.errnos', { errnos: 7 }],
    ['retry.backoffMs', { backoffMs: -1 }],
    ['retry.backoffMs', { backoffMs: NaN }],
    ['retry.maxDelayMs', { maxDelayMs: Infinity }],
    ['retry.maxDelayMs', { maxDelayMs: '1' }],
    ['retry.jitter', { jitter: 'half' }],
    ['retry.retryAfter', { retryAfter: 1 }],
    ['retry.shouldRetry', { shouldRetry: true }],
  ] as const) {
    it(`refuses ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`, () => {
      expect(optionErrorOf(() => parseRetry(value)).option).to.equal(name)
    })
  }
})
