/** Limits and rates as people write them. */
import { expect } from 'chai'
import {
  DEFAULT_LIMITS,
  limitsHosts,
  mergeLimits,
  parseRate,
  type Limits,
} from '../../../../src/scheduling/gates/limits.js'
import { optionErrorOf } from '../../../support/requests.js'

const inspect = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'number' && !Number.isFinite(part)
      ? String(part)
      : typeof part === 'function'
        ? 'function'
        : part,
  )

describe('limits', () => {
  for (const [text, requests, perMs] of [
    ['60/1m', 60, 60_000],
    ['5/s', 5, 1000],
    ['1000/1h', 1000, 3_600_000],
    ['2/500ms', 2, 500],
    ['1/1.5s', 1, 1500],
    [' 10 / 2 d ', 10, 172_800_000],
  ] as const) {
    it(`reads the rate ${JSON.stringify(text)}`, () => {
      expect(parseRate(text, 'rateLimit')).to.deep.equal({ requests, perMs })
    })
  }

  for (const rate of [
    '60/x',
    '60',
    '0/1m',
    '-1/s',
    '1.5/s',
    '5/0s',
    '5//s',
    '',
    'NaN/s',
    '5/1',
    60,
    true,
    [],
    {},
    () => 1,
    { requests: 1, perMs: 0 },
    { requests: 1, perMs: -5 },
    { requests: 1, perMs: NaN },
    { requests: 1, perMs: Infinity },
    { requests: 0, perMs: 1 },
    { requests: 1.5, perMs: 1 },
    { requests: NaN, perMs: 1 },
    { requests: '1', perMs: 1 },
    { perMs: 1 },
    { requests: 1 },
  ]) {
    it(`refuses the rate ${inspect(rate)}`, () => {
      for (const name of ['rateLimit', 'rateLimitPerHost'] as const) {
        const error = optionErrorOf(() => mergeLimits({ [name]: rate }, DEFAULT_LIMITS))
        expect(error.option).to.equal(name)
        expect(error.message).to.contain(name)
      }
    })
  }

  for (const [name, values] of Object.entries({
    maxRequests: [NaN, 1.5, 'x', {}, true],
    maxRequestsPerHost: [0, -1, NaN, 1.5, '3', true, {}],
    minDelayPerHostMs: [-1, NaN, Infinity, '5', true],
    maxBufferedBytes: [0, -1, NaN, 1.5, '9'],
    adaptive: [1, 'true', null],
    maxRequestPerHost: [1],
  })) {
    for (const value of values) {
      it(`refuses ${name}: ${inspect(value)}`, () => {
        expect(optionErrorOf(() => mergeLimits({ [name]: value }, DEFAULT_LIMITS)).option).to.equal(name)
      })
    }
  }

  it('refuses what is no object', () => {
    for (const value of [null, 5, 'x']) optionErrorOf(() => mergeLimits(value as Limits, DEFAULT_LIMITS))
  })

  it('keeps what is not named, and lifts what is null', () => {
    const some = mergeLimits(
      {
        maxRequests: 5,
        maxRequestsPerHost: 2,
        rateLimit: '3/s',
        rateLimitPerHost: { requests: 1, perMs: 9 },
        minDelayPerHostMs: 7,
        adaptive: true,
        maxBufferedBytes: 1000,
      },
      DEFAULT_LIMITS,
    )
    expect(mergeLimits({ maxRequests: undefined }, some)).to.deep.equal(some)
    expect(limitsHosts(some.host)).to.equal(true)
    const none = mergeLimits(
      {
        maxRequests: null,
        maxRequestsPerHost: null,
        rateLimit: null,
        rateLimitPerHost: null,
        minDelayPerHostMs: null,
        adaptive: false,
        maxBufferedBytes: null,
      },
      some,
    )
    expect(none).to.deep.equal({ ...DEFAULT_LIMITS, maxRequests: Infinity })
    expect(limitsHosts(none.host)).to.equal(false)
  })
})
