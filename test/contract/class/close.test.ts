/** `close()` and `await using`: PHP's destructor (parallelcurl.php 53: it finishes all requests). */
import { expect } from 'chai'
import { ParallelCurl } from '../../../src/index.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { Recorder } from '../../support/recorder.js'
import { optionErrorOf, rejectionOf, send } from '../../support/requests.js'

describe('close()', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  it('finishes everything at the end of a block, then closes the connections', async () => {
    const recorder = new Recorder()
    {
      await using curl = new ParallelCurl(2)
      for (let i = 0; i < 5; i++) void curl.startRequest(server.url(), recorder.callback)
    }
    expect(recorder.calls).to.have.length(5)
    expect(server.requests).to.have.length(5)
    await server.waitForOpenSockets(0)
  })

  it('keeps the connections of a finished instance until it is closed', async () => {
    const curl = new ParallelCurl(1)
    await send(curl, server.url())
    await curl.finishAllRequests()
    await send(curl, server.url())
    await curl.finishAllRequests()
    expect(server.connections).to.equal(1)
    expect(server.openSockets).to.equal(1)
    await curl.close()
    await server.waitForOpenSockets(0)
  })

  it('waits for requests in flight and pending', async () => {
    const curl = new ParallelCurl(1)
    const recorder = new Recorder()
    void curl.startRequest(server.url('/gate/a'), recorder.callback)
    void curl.startRequest(server.url(), recorder.callback)
    const closed = curl.close().then(() => recorder.calls.length)
    await server.gate('a').waiting(1)
    server.gate('a').open()
    expect(await closed).to.equal(2)
  })

  it('lets callbacks start requests while it waits, and finishes those, too', async () => {
    const recorder = new Recorder()
    {
      await using curl = new ParallelCurl(1)
      void curl.startRequest(server.url(), () => {
        void curl.startRequest(server.url('/echo?second'), recorder.callback)
      })
    }
    expect(recorder.urls).to.deep.equal([server.url('/echo?second')])
  })

  it('can be called twice, at the same time, and before any request', async () => {
    const curl = new ParallelCurl(1)
    await Promise.all([curl.close(), curl.close()])
    await curl.close()
    await curl[Symbol.asyncDispose]()
  })

  it('makes later use throw', async () => {
    const curl = new ParallelCurl(1)
    await send(curl, server.url())
    await curl.close()
    for (const use of [
      () => curl.startRequest(server.url()),
      () => {
        curl.setOptions({})
      },
      () => {
        curl.setMaxRequests(2)
      },
    ]) {
      expect(optionErrorOf(use).message).to.match(/close/)
    }
    await curl.finishAllRequests()
    expect(curl.outstandingRequests.size).to.equal(0)
  })

  it('can be called by a callback', async () => {
    const curl = new ParallelCurl(1)
    const recorder = new Recorder()
    let closed: Promise<void> | undefined
    void curl.startRequest(server.url(), () => {
      closed = curl.close()
    })
    void curl.startRequest(server.url(), recorder.callback)
    await curl.finishAllRequests()
    await closed
    expect(recorder.calls).to.have.length(1)
    await server.waitForOpenSockets(0)
  })

  it('can be awaited by a callback', async () => {
    const curl = new ParallelCurl(1)
    const recorder = new Recorder()
    void curl.startRequest(server.url(), () => curl.close())
    void curl.startRequest(server.url(), recorder.callback)
    await curl.finishAllRequests()
    expect(recorder.calls).to.have.length(1)
    await curl.close()
    await server.waitForOpenSockets(0)
  })

  it('frees everything, and then rejects with the exceptions of callbacks', async () => {
    const curl = new ParallelCurl(1)
    const boom = new Error('boom')
    void curl.startRequest(server.url(), () => Promise.reject(boom))
    expect(await rejectionOf(curl.close())).to.equal(boom)
    await server.waitForOpenSockets(0)
    optionErrorOf(() => curl.startRequest(server.url()))
  })
})
