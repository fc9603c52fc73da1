/** What is wrong in the use of a mock or its clock is said at the call. Does not know right replies. */
import { expect } from 'chai'
import { OptionError, ParallelCurl } from '../../../src/index.js'
import { CurlMock, VirtualClock } from '../../../src/testing/index.js'

describe('a mistake with CurlMock', () => {
  let mock: CurlMock
  let curl: ParallelCurl
  beforeEach(() => {
    mock = new CurlMock().install()
    curl = new ParallelCurl(4)
  })
  afterEach(async () => {
    await curl.close()
    mock.restore()
  })

  it('is refused at the call, and the message says what would be right', () => {
    const rule = () => mock.get('http://a/')
    const circle: unknown[] = []
    circle.push(circle)
    const wrong: [() => unknown, string][] = [
      [() => new CurlMock({ clok: 1 } as never), 'CurlMock: "clok" is none of clock'],
      [
        () => mock.request('G T', 'http://a/'),
        'method must be a method of HTTP, e.g. \'PROPFIND\', got "G T"',
      ],
      [() => rule().fail(7, null as never), 'fail: options must be an object of message, delayMs, got null'],
      [() => rule().fail(7, { delay: 1 } as never), 'fail: "delay" is none of message, delayMs'],
      [() => rule().fail(7, { message: 5 as never }), 'message must be a text, got 5'],
      [
        () => rule().reply({ body: { id: 1n } }),
        'reply: body has no JSON: Do not know how to serialize a BigInt',
      ],
      [() => rule().reply({ body: circle }), 'reply: body has no JSON: Converting circular structure'],
      [() => rule().reply({ body: { toJSON: () => undefined } }), 'reply: body has no JSON: it is undefined'],
      [() => new VirtualClock('5' as never), 'VirtualClock: start must be milliseconds, got "5"'],
      [() => new VirtualClock(NaN), 'start must be milliseconds, got NaN'],
      ...[NaN, -1, Infinity, '5' as never].map((ms): [() => unknown, string] => [
        () => new VirtualClock().advance(ms),
        'advance: ms must be milliseconds, 0 or more, got ',
      ]),
      ...[NaN, -1, 1.5, '2' as never].map((count): [() => unknown, string] => [
        () => mock.waitForRequests(count),
        'waitForRequests: count must be a whole number, 0 or more, got ',
      ]),
    ]
    for (const [call, message] of wrong) expect(call).to.throw(OptionError, message)
  })

  it('is shown by assertDone() where a rule had no reply, or could not make one', async () => {
    mock.get('http://a.example/none')
    mock.get('http://a.example/function').reply(() => Promise.reject(new Error('no reply today')))
    mock.get('http://a.example/wrong').reply(() => ({ status: 42 }))
    mock
      .get((request) => {
        throw new Error(`a matcher does not like ${request.url}`)
      })
      .reply({})
    for (const path of ['none', 'function', 'wrong', 'matcher'])
      await curl.request(`http://a.example/${path}`).catch(() => undefined)
    for (const problem of [
      'no reply for GET http://a.example/none: mock.get("http://a.example/none") has no reply: call .reply()',
      'no reply for GET http://a.example/function: no reply today',
      'no reply for GET http://a.example/wrong: mock.get("http://a.example/wrong").reply: status must be',
      'no reply for GET http://a.example/matcher: a matcher does not like http://a.example/matcher',
    ])
      expect(() => mock.assertDone()).to.throw(problem)
  })

  it('in the spelling of a method shows in the list of rules', async () => {
    mock.request('get', 'http://a.example/').reply({})
    const { message } = (await curl.request('http://a.example/').catch((error: unknown) => error)) as Error
    expect(message).to.include('its rules: mock.request("get", "http://a.example/") (used 0 of 1)')
  })

  it('is none of a body whose transfer has ended: its source is closed', async () => {
    for (const url of ['http://a.example/', 'https://a.example/']) {
      let close: () => void = () => undefined
      const closed = new Promise<void>((resolve) => (close = resolve))
      let onGone: () => void = () => undefined
      const gone = new Promise<void>((resolve) => (onGone = resolve))
      mock.get(url).reply({
        body: (async function* () {
          try {
            yield 'first'
            await gone
            // Until the connection has ended, too.
            for (;;) {
              await new Promise(setImmediate)
              yield 'more'
            }
          } finally {
            close()
          }
        })(),
      })
      const abort = new AbortController()
      const transfer = curl.request(url, {
        signal: abort.signal,
        onData: () => {
          setImmediate(() => abort.abort())
        },
      })
      await transfer.catch(() => undefined)
      onGone()
      await closed
    }
  })
})
