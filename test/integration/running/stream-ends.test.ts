/**
 * stream(): every way in which it may end early.
 */
import { getEventListeners } from 'node:events'
import { expect } from 'chai'
import { OptionError, ParallelCurl } from '../../../src/index.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { rejectionOf } from '../../support/requests.js'

describe('stream() that ends early', () => {
  let server: HttpServer
  let curl: ParallelCurl
  beforeEach(async () => {
    server = await startHttpServer()
    curl = new ParallelCurl(3)
  })
  afterEach(async () => {
    await curl.close()
    await server.close()
  })

  const urls = (count: number, path = '/echo'): string[] =>
    Array.from({ length: count }, (_, i) => server.url(`${path}?${i}`))

  /** A source that counts what is pulled, and says when it is closed. */
  class Source implements Iterable<string> {
    pulled = 0
    closed = 0
    constructor(readonly count: number) {}
    *[Symbol.iterator](): Generator<string> {
      try {
        for (const url of urls(this.count)) {
          this.pulled++
          yield url
        }
      } finally {
        this.closed++
      }
    }
  }

  it('break aborts what is left, closes the source, and leaves nothing outstanding', async () => {
    const source = new Source(100)
    for await (const {} of curl.stream(
      { [Symbol.iterator]: () => source[Symbol.iterator]() },
      { window: 50 },
    ))
      break
    expect(source.closed).to.equal(1)
    expect(curl.outstandingRequests.size).to.equal(0)
    await server.waitForIdle()
    expect(server.requests.length).to.be.below(20)
    await using stream = curl.stream(urls(5))
    await stream.next()
    await stream.return()
    expect(await stream.next()).to.deep.equal({ done: true, value: undefined })
  })

  it('break does not wait for a source that waits for its next input', async () => {
    async function* endless(): AsyncGenerator<string> {
      yield server.url()
      await new Promise(() => undefined)
    }
    for await (const {} of curl.stream(endless())) break
    const controller = new AbortController()
    const error = await rejectionOf(
      (async () => {
        for await (const {} of curl.stream(endless(), { signal: controller.signal }))
          controller.abort(new Error('enough'))
      })(),
    )
    expect((error as Error).message).to.equal('enough')
    expect(getEventListeners(controller.signal, 'abort')).to.have.length(0)
  })

  it('what closing the source throws comes out of the loop, when nothing is outstanding any more', async () => {
    const source = {
      next: () => ({ done: false, value: server.url('/gate/a') }),
      return: () => {
        throw new Error('stuck')
      },
    }
    const stream = curl.stream({ [Symbol.iterator]: () => source })
    void stream.next()
    await server.gate('a').waiting(3)
    expect(String(await rejectionOf(stream.return()))).to.contain('stuck')
    expect(curl.outstandingRequests.size).to.equal(0)
  })

  for (const [what, source] of [
    [
      'a generator',
      function* (server: HttpServer): Generator<string> {
        yield server.url()
        yield server.url()
        throw new Error('no more')
      },
    ],
    [
      'an async generator',
      async function* (server: HttpServer): AsyncGenerator<string> {
        yield server.url()
        yield server.url()
        throw new Error('no more')
      },
    ],
    [
      'next() itself',
      (server: HttpServer): AsyncIterable<string> => {
        let left = 2
        const next = (): Promise<IteratorResult<string>> => {
          if (left-- === 0) throw new Error('no more')
          return Promise.resolve({ done: false, value: server.url() })
        }
        return { [Symbol.asyncIterator]: () => ({ next }) }
      },
    ],
  ] as [string, (server: HttpServer) => Iterable<string>][]) {
    it(`an input that throws (${what}) ends the stream with that error, after what was in flight`, async () => {
      const stream = curl.stream(source(server))
      let yielded = 0
      const error = await rejectionOf(
        (async () => {
          for await (const {} of stream) yielded++
        })(),
      )
      expect([yielded, (error as Error).message]).to.deep.equal([2, 'no more'])
      expect(await stream.next()).to.deep.equal({ done: true, value: undefined })
      expect((await curl.request(server.url())).errno, 'and nothing else').to.equal(0)
    })
  }

  for (const wrong of [
    5,
    null,
    {},
    { url: 5 },
    { url: 'http://x', USERAGNET: 'a' },
    { url: 'http://x', priority: NaN },
  ]) {
    it(`a wrong input (${JSON.stringify(wrong)}) ends it in the same way, and closes the source`, async () => {
      let closed = 0
      function* inputs(): Generator<string> {
        try {
          yield server.url()
          yield wrong as never
          yield server.url()
        } finally {
          closed++
        }
      }
      let yielded = 0
      const error = await rejectionOf(
        (async () => {
          for await (const {} of curl.stream(inputs())) yielded++
        })(),
      )
      expect(error).to.be.instanceOf(OptionError)
      expect([yielded, closed, server.requests.length]).to.deep.equal([1, 1, 1])
    })
  }

  it('a signal aborts what is in flight, yields it, and ends the stream with its reason', async () => {
    const controller = new AbortController()
    const source = new Source(9)
    const stream = curl.stream(
      {
        *[Symbol.iterator]() {
          yield server.url('/gate/a')
          yield* source
        },
      },
      { signal: controller.signal, window: 1 },
    )
    const first = stream.next()
    await server.gate('a').waiting(1)
    controller.abort(new Error('enough'))
    expect((await first).value!.errno).to.equal(42)
    expect(((await rejectionOf(stream.next())) as Error).message).to.equal('enough')
    expect(source.pulled).to.equal(0)
    const late = curl.stream(urls(3), { signal: controller.signal })
    expect(((await rejectionOf(late.next())) as Error).message).to.equal('enough')
    expect(getEventListeners(controller.signal, 'abort')).to.have.length(0)
  })

  it('the signal of the instance ends the stream as well', async () => {
    const controller = new AbortController()
    await using bound = new ParallelCurl(2, { signal: controller.signal })
    function* endless(): Generator<string> {
      for (;;) yield server.url('/gate/a')
    }
    const stream = bound.stream(endless())
    const first = stream.next()
    await server.gate('a').waiting(2)
    controller.abort(new Error('enough'))
    await first
    const error = await rejectionOf(
      (async () => {
        for await (const {} of stream) {
          /* the rest */
        }
      })(),
    )
    expect((error as Error).message).to.equal('enough')
  })
})
