/**
 * Random sequences of all that starts, ends and aborts requests, as plain data. Does not run them.
 */
import fc from 'fast-check'

export const URLS = ['http://a.example/1', 'http://a.example/2', 'http://b.example/1']
export const CODES = [0, 0, 7, 28, 56]
export const STATUSES = [200, 200, 404, 503]

/** The place in a turn of the event loop at which a step is done. */
const place = fc.constantFrom('now', 'microtask', 'tick', 'turn')
const signal = fc.option(fc.nat(2), { nil: null, freq: 2 })
const request = fc.record({
  way: fc.constantFrom('callback', 'callback', 'request', 'dedupe', 'bodyStream', 'onData'),
  url: fc.nat(2),
  access: fc.constantFrom('none', 'none', 'session', 'proxies', 'both'),
  signal,
  timeout: fc.constantFrom(null, null, 1, 5, 50),
  retry: fc.constantFrom(0, 0, 1, 2),
  isNewSession: fc.boolean(),
  priority: fc.constantFrom(0, 0, 1),
  /** The act of the callback, or of the code after the promise. */
  then: fc.constantFrom('nothing', 'nothing', 'throw', 'wait', 'start', 'abort', 'finish', 'destroy'),
})
const stream = fc.record({
  urls: fc.array(fc.nat(2), { maxLength: 6 }),
  access: fc.constantFrom('none', 'session', 'proxies'),
  signal,
  inputSignal: signal,
  isAsync: fc.boolean(),
  isOrdered: fc.boolean(),
  window: fc.integer({ min: 1, max: 4 }),
  leavesAfter: fc.constantFrom(Infinity, Infinity, 0, 1, 3),
  atOnce: fc.integer({ min: 1, max: 3 }),
  ends: fc.constantFrom('well', 'well', 'badInput', 'throws'),
})
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('request' as const), given: request }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('stream' as const), given: stream }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      at: fc.nat(9),
      code: fc.nat(4),
      status: fc.nat(3),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('receive' as const), at: fc.nat(9), status: fc.nat(3) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), at: fc.option(fc.nat(9)) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('signal' as const), at: fc.nat(2) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(1, 5, 20, 200) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sessions' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('limits' as const),
      maxRequests: fc.integer({ min: 1, max: 4 }),
      bytes: fc.constantFrom(null, 500),
      perHost: fc.constantFrom(null, 1),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('finish' as const) }) },
)
/** The acts of a user's function that chooses a session or a proxy, or judges an attempt. */
const mood = fc.record({
  session: fc.constantFrom('made', 'soon', 'soon', 'later', 'rejected', 'throws'),
  act: fc.constantFrom(
    'nothing',
    'nothing',
    'nothing',
    'nothing',
    'nothing',
    'abortAll',
    'signal',
    'start',
    'throw',
  ),
})
export const sequence = fc.record({
  steps: fc.array(fc.tuple(place, step), { minLength: 1, maxLength: 14 }),
  moods: fc.array(mood, { minLength: 1, maxLength: 6 }),
  maxRequests: fc.integer({ min: 1, max: 4 }),
  idle: fc.constantFrom(0, Infinity),
  strategy: fc.constantFrom('function', 'sticky', 'round-robin'),
})

export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
export type Request = typeof request extends fc.Arbitrary<infer T> ? T : never
export type Stream = typeof stream extends fc.Arbitrary<infer T> ? T : never
export type Sequence = typeof sequence extends fc.Arbitrary<infer T> ? T : never
