/**
 * Callbacks may do anything, and their errors reach finishAllRequests(). The originals hang in each of these
 * (parallelcurl.php 151-155: the slot is freed after the callback).
 */
import { expect } from 'chai'
import { ParallelCurl } from '../../../src/index.js'
import { runChild } from '../../support/programs/child.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { Recorder } from '../../support/recorder.js'
import { rejectionOf } from '../../support/requests.js'

describe('callbacks', () => {
  let server: HttpServer
  let recorder: Recorder
  beforeEach(async () => {
    server = await startHttpServer()
    recorder = new Recorder()
  })
  afterEach(() => server.close())

  describe('callbacks that start requests', () => {
    for (const limit of [1, 2]) {
      it(`make finishAllRequests() wait for those, too, at a limit of ${limit}`, async () => {
        await using curl = new ParallelCurl(limit)
        const chain = (left: number) => (): void => {
          recorder.callback()
          if (left > 0) void curl.startRequest(server.url(`/echo?${left}`), chain(left - 1))
        }
        void curl.startRequest(server.url(), chain(5))
        await curl.finishAllRequests()
        expect(recorder.calls).to.have.length(6)
      })

      it(`can await the launch, at a limit of ${limit}`, async () => {
        await using curl = new ParallelCurl(limit)
        for (let i = 0; i < 4; i++) {
          void curl.startRequest(server.url(), async () => {
            await curl.startRequest(server.url(), recorder.callback)
            await curl.startRequest(server.url(), recorder.callback)
          })
        }
        await curl.finishAllRequests()
        expect(recorder.calls).to.have.length(8)
      })
    }

    it('can do so after an await: finishAllRequests() waits for the promise of a callback', async () => {
      await using curl = new ParallelCurl(1)
      void curl.startRequest(server.url(), async () => {
        await new Promise((resolve) => setImmediate(resolve))
        void curl.startRequest(server.url(), recorder.callback)
      })
      await curl.finishAllRequests()
      expect(recorder.calls).to.have.length(1)
    })
  })

  it('run when their slot is free, and the next request is already in flight', async () => {
    await using curl = new ParallelCurl(1)
    const sizes: number[] = []
    void curl.startRequest(server.url(), async () => {
      sizes.push(curl.outstandingRequests.size)
      // The callback does not settle before the second request has reached the server.
      await server.gate('second').waiting(1)
      server.gate('second').open()
    })
    void curl.startRequest(server.url('/gate/second'), recorder.callback)
    await curl.finishAllRequests()
    expect(sizes).to.deep.equal([1])
    expect(recorder.calls).to.have.length(1)
  })

  it('can be omitted', async () => {
    await using curl = new ParallelCurl(1)
    void curl.startRequest(server.url())
    await curl.finishAllRequests()
    expect(server.requests).to.have.length(1)
  })

  describe('callbacks that call finishAllRequests()', () => {
    it('need not wait for the result', async () => {
      await using curl = new ParallelCurl(1)
      void curl.startRequest(server.url(), () => void curl.finishAllRequests().then(recorder.callback))
      void curl.startRequest(server.url(), recorder.callback)
      await curl.finishAllRequests()
      await recorder.waitFor(2)
    })

    it('wait for all others, not for themselves', async () => {
      await using curl = new ParallelCurl(1)
      const order: string[] = []
      void curl.startRequest(server.url(), async () => {
        await curl.finishAllRequests()
        order.push('first')
      })
      void curl.startRequest(server.url(), () => order.push('second'))
      void curl.startRequest(server.url(), () => order.push('third'))
      await curl.finishAllRequests()
      expect(order).to.deep.equal(['second', 'third', 'first'])
    })

    it('can do so after awaiting something else', async () => {
      await using curl = new ParallelCurl(1)
      void curl.startRequest(server.url(), async () => {
        await new Promise((resolve) => setImmediate(resolve))
        await curl.finishAllRequests()
        recorder.callback()
      })
      await curl.finishAllRequests()
      expect(recorder.calls).to.have.length(1)
    })

    it('do not wait for each other for ever', async () => {
      await using curl = new ParallelCurl(2)
      for (let i = 0; i < 3; i++) {
        void curl.startRequest(server.url(), async () => {
          await curl.finishAllRequests()
          recorder.callback()
        })
      }
      await curl.finishAllRequests()
      expect(recorder.calls).to.have.length(3)
    })

    it('are waited for by outside callers of finishAllRequests()', async () => {
      await using curl = new ParallelCurl(1)
      let settled = false
      void curl.startRequest(server.url(), async () => {
        await curl.finishAllRequests()
        await new Promise((resolve) => setImmediate(resolve))
        settled = true
      })
      await curl.finishAllRequests()
      expect(settled).to.equal(true)
    })
  })

  describe('callbacks that throw', () => {
    const boom = new Error('boom')

    for (const [name, throwing] of Object.entries({
      'at once': () => {
        throw boom
      },
      'later, as a rejection': () => Promise.reject(boom),
      'later, after an await': async () => {
        await new Promise((resolve) => setImmediate(resolve))
        throw boom
      },
    })) {
      it(`do not affect the others, and finishAllRequests() rejects with the error at the end: ${name}`, async () => {
        await using curl = new ParallelCurl(1)
        void curl.startRequest(server.url(), throwing)
        const urls = [1, 2, 3].map((i) => server.url(`/echo?${i}`))
        for (const url of urls) void curl.startRequest(url, recorder.callback)
        expect(await rejectionOf(curl.finishAllRequests())).to.equal(boom)
        recorder.exactlyOnce(urls)
        expect(curl.outstandingRequests.size).to.equal(0)
        await curl.finishAllRequests()
      })
    }

    it('are collected in order in an AggregateError', async () => {
      await using curl = new ParallelCurl(1)
      for (let i = 0; i < 3; i++)
        void curl.startRequest(server.url(), () => Promise.reject(new Error(`boom ${i}`)))
      const error = (await rejectionOf(curl.finishAllRequests())) as AggregateError
      expect(error).to.be.instanceOf(AggregateError)
      expect((error.errors as Error[]).map(({ message }) => message)).to.deep.equal([
        'boom 0',
        'boom 1',
        'boom 2',
      ])
      await curl.finishAllRequests()
    })

    for (const primitive of ['text', 0, null, undefined, false, Symbol.iterator]) {
      it(`can throw a value that is no error: ${String(primitive)}`, async () => {
        await using curl = new ParallelCurl(1)
        void curl.startRequest(server.url(), () => {
          throw primitive
        })
        expect(await rejectionOf(curl.finishAllRequests())).to.equal(primitive)
      })
    }

    it('leave the object usable', async () => {
      await using curl = new ParallelCurl(1)
      for (let round = 0; round < 3; round++) {
        void curl.startRequest(server.url(), () => Promise.reject(boom))
        expect(await rejectionOf(curl.finishAllRequests())).to.equal(boom)
      }
    })

    it('reject for each caller that waits', async () => {
      await using curl = new ParallelCurl(1)
      void curl.startRequest(server.url(), () => Promise.reject(boom))
      const waiting = [curl.finishAllRequests(), curl.finishAllRequests()].map(rejectionOf)
      expect(await Promise.all(waiting)).to.deep.equal([boom, boom])
    })

    for (const kind of ['throw new Error("boom")', 'return Promise.reject(new Error("boom"))']) {
      it(`cause an uncaught error at the end if nobody waits (${kind.split(' ')[0]})`, async () => {
        const child = await runChild(
          `import { ParallelCurl } from './src/index.js'
          const curl = new ParallelCurl(1)
          curl.startRequest(process.argv[1], () => { ${kind} })
          curl.startRequest(process.argv[1], (content, url, transfer) => console.log(transfer.responseCode))`,
          { args: [server.url('/status/200')] },
        )
        expect(child.stdout).to.equal('200\n')
        expect(child.stderr).to.contain('Error: boom')
        expect(child).to.include({ code: 1, signal: null, hung: false })
      })
    }

    it('cause no uncaught error if somebody waits', async () => {
      const child = await runChild(
        `import { ParallelCurl } from './src/index.js'
        const curl = new ParallelCurl(1)
        curl.startRequest(process.argv[1], () => { throw new Error('boom') })
        await curl.finishAllRequests().catch((error) => console.log('caught ' + error.message))`,
        { args: [server.url()] },
      )
      expect(child).to.deep.include({ code: 0, stdout: 'caught boom\n', stderr: '' })
    })
  })

  it('let finishAllRequests() resolve with nothing outstanding, also twice and at the same time', async () => {
    await using curl = new ParallelCurl(1)
    await curl.finishAllRequests()
    await Promise.all([curl.finishAllRequests(), curl.finishAllRequests()])
    void curl.startRequest(server.url(), recorder.callback)
    await Promise.all([curl.finishAllRequests(), curl.finishAllRequests()])
    expect(recorder.calls).to.have.length(1)
    await curl.finishAllRequests()
  })
})
