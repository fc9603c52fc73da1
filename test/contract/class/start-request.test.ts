/**
 * `startRequest`: the order of options, the values that make a POST, the arguments of the callback
 * (parallelcurl.php 72-97).
 */
import { inspect } from 'node:util'
import { expect } from 'chai'
import { ParallelCurl } from '../../../src/index.js'
import {
  type HttpServer,
  type RecordedRequest,
  startHttpServer,
} from '../../support/servers/http/http-server.js'
import { Recorder } from '../../support/recorder.js'
import {
  type OneRequest,
  type Options,
  optionErrorOf,
  type PostFields,
  send,
  sendAlone,
} from '../../support/requests.js'
import { answerWith, refusedPort, startTcpServer } from '../../support/servers/tcp-server.js'

describe('startRequest', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  async function seen(request: OneRequest, shared: Options = {}): Promise<RecordedRequest> {
    await sendAlone(server.url('/echo'), request, shared)
    expect(server.requests).to.have.length(1)
    return server.requests[0] as RecordedRequest
  }

  describe('the order of options', () => {
    it("lets the request's options override the shared ones", async () => {
      const request = await seen(
        { options: { USERAGENT: 'own', HTTPHEADER: ['X-Own: 1'] } },
        { USERAGENT: 'shared', REFERER: 'shared', HTTPHEADER: ['X-Shared: 1'] },
      )
      expect(request.headers).to.include({ 'user-agent': 'own', referer: 'shared', 'x-own': '1' })
      expect(request.headers, 'a list replaces a list').not.to.have.property('x-shared')
    })

    it('lets the URL of the call override a URL among the options', async () => {
      const { content } = await sendAlone(server.url('/echo?called'), {
        options: { URL: server.url('/status/500') },
      })
      expect(content).to.contain('/echo?called')
      await sendAlone(server.url('/echo?called'), {}, { URL: server.url('/status/500') })
      expect(server.requests.map((request) => request.url)).to.deep.equal(['/echo?called', '/echo?called'])
    })

    for (const options of [
      { HTTPGET: true },
      { POST: false },
      { NOBODY: true },
      { POSTFIELDS: 'option' },
      { HTTPGET: 1 },
    ]) {
      it(`lets post fields override ${JSON.stringify(options)}, of the request and shared`, async () => {
        const own = await seen({ postFields: 'called', options })
        expect(own).to.include({ method: 'POST' })
        expect(own.body.toString()).to.equal('called')
        server.forget()
        const shared = await seen({ postFields: 'called' }, options)
        expect(shared).to.include({ method: 'POST' })
        expect(shared.body.toString()).to.equal('called')
      })
    }

    it('sends POSTFIELDS of the options if the call has no post fields', async () => {
      const request = await seen({ options: { POSTFIELDS: 'option' } })
      expect(request.method).to.equal('POST')
      expect(request.body.toString()).to.equal('option')
    })

    it('lets CUSTOMREQUEST change the method of a POST', async () => {
      const request = await seen({ postFields: 'body', options: { CUSTOMREQUEST: 'PUT' } })
      expect(request.method).to.equal('PUT')
      expect(request.body.toString()).to.equal('body')
    })
  })

  describe('isset($post_fields) of PHP', () => {
    it('makes a GET of null, and of a missing argument', async () => {
      expect(await seen({ postFields: null })).to.include({ method: 'GET' })
      await using curl = new ParallelCurl()
      void curl.startRequest(server.url())
      void curl.startRequest(server.url(), null)
      void curl.startRequest(server.url(), () => undefined, 1, undefined)
      await curl.finishAllRequests()
      expect(server.requests.map((request) => request.method)).to.deep.equal(['GET', 'GET', 'GET', 'GET'])
    })

    const posts: [PostFields, string][] = [
      ['', ''],
      ['0', '0'],
      [[], ''],
      [{}, ''],
      [Buffer.alloc(0), ''],
      [new URLSearchParams(), ''],
    ]
    for (const [given, body] of posts) {
      const name = typeof given === 'string' ? `'${given}'` : `an empty ${String(given?.constructor.name)}`
      it(`makes a POST of ${name}`, async () => {
        const request = await seen({ postFields: given })
        expect(request).to.include({ method: 'POST' })
        expect(request.headers['content-length']).to.equal(String(body.length))
        expect(request.body.toString()).to.equal(body)
        expect(request.headers['transfer-encoding']).to.equal(undefined)
      })
    }
  })

  describe('the callback', () => {
    it('gets four arguments: content, url, transfer, userData', async () => {
      await using curl = new ParallelCurl()
      const recorder = new Recorder()
      void curl.startRequest(server.url('/status/200'), recorder.callback, 'mine')
      await curl.finishAllRequests()
      const [call] = recorder.calls
      expect(call?.args).to.have.length(4)
      expect(call).to.include({ content: 'status 200', url: server.url('/status/200'), userData: 'mine' })
      expect(call?.transfer).to.include({
        url: server.url('/status/200'),
        userData: 'mine',
        responseCode: 200,
        errno: 0,
        error: '',
      })
    })

    const object = { some: 'cookie' }
    for (const given of [null, '', 0, false, '0', NaN, object, [], Symbol('x'), () => 1]) {
      it(`gets the same user data object that was passed: ${inspect(given)}`, async () => {
        const { userData, transfer } = await sendAlone(server.url(), { userData: given })
        expect(Object.is(userData, given)).to.equal(true)
        expect(Object.is(transfer.userData, given)).to.equal(true)
      })
    }

    it('gets a new empty array if no user data was passed', async () => {
      const first = await sendAlone(server.url())
      const second = await sendAlone(server.url())
      expect(first.userData).to.deep.equal([])
      expect(first.userData).not.to.equal(second.userData)
    })

    it('gets the URL as it was passed, with fragment, case and dots, not the effective one', async () => {
      const here = `${server.host}:${server.port}`
      const urls = [
        `http://${here}/echo#there`,
        `HTTP://${here}/a/../echo`,
        `${here}/echo`,
        server.url('/redirect/2'),
      ]
      await using curl = new ParallelCurl(1, { FOLLOWLOCATION: true })
      for (const url of urls) {
        const outcome = await send(curl, url)
        expect(outcome).to.include({ url })
        expect(outcome.transfer.errno, outcome.transfer.error).to.equal(0)
        expect(outcome.transfer.url).to.equal(url)
      }
      expect(server.requests.map((request) => request.url).slice(0, 3)).to.deep.equal([
        '/echo',
        '/echo',
        '/echo',
      ])
    })

    it('is called once for every request, whatever its outcome', async () => {
      await using malformed = await startTcpServer(answerWith('this is not HTTP\r\n\r\n'))
      const port = await refusedPort()
      const urls = [
        ...[
          '/echo',
          '/status/404',
          '/status/500',
          '/close',
          '/reset',
          '/truncate',
          '/bad-chunk',
          '/no-content',
        ].map((path) => server.url(path)),
        ...[
          `http://127.0.0.1:${port}/`,
          'http://no-such-host.invalid/',
          'http://',
          '',
          'nonsense://host/',
          malformed.url(),
        ],
        ...[
          'http://a b/',
          'http://[::1',
          'file:///etc/passwd',
          'http://127.0.0.1:99999/',
          ' ',
          '/',
          '://',
          'http:///x',
        ],
      ]
      await using curl = new ParallelCurl(4)
      const recorder = new Recorder()
      for (const url of urls) void curl.startRequest(url, recorder.callback)
      await curl.finishAllRequests()
      recorder.exactlyOnce(urls)
      expect(curl.outstandingRequests.size).to.equal(0)
    })

    it('is called in order of completion', async () => {
      await using curl = new ParallelCurl(3)
      const recorder = new Recorder()
      const [a, b, c] = ['/gate/a', '/gate/b', '/gate/c'].map((path) => server.url(path)) as [
        string,
        string,
        string,
      ]
      for (const url of [a, b, c]) void curl.startRequest(url, recorder.callback)
      for (const name of ['a', 'b', 'c']) await server.gate(name).waiting(1)
      for (const [index, name] of ['c', 'a', 'b'].entries()) {
        server.gate(name).open()
        await recorder.waitFor(index + 1)
      }
      expect(recorder.urls).to.deep.equal([c, a, b])
    })
  })

  it('throws for wrong arguments at once, without a request or a callback', async () => {
    await using curl = new ParallelCurl(1)
    const recorder = new Recorder()
    const start = curl.startRequest.bind(curl) as (...args: unknown[]) => unknown
    const url = server.url()
    optionErrorOf(() => start(url, recorder.callback, 1, null, { USERAGENTT: 'x' }))
    optionErrorOf(() => start(url, recorder.callback, 1, null, { TIMEOUT: 'soon' }))
    optionErrorOf(() => start(url, recorder.callback, 1, null, 'options'))
    optionErrorOf(() => start(url, 'not a function'))
    optionErrorOf(() => start(url, recorder.callback, 1, () => 'fields'))
    for (const notUrl of [undefined, null, 5, {}, ['x']])
      optionErrorOf(() => start(notUrl, recorder.callback))
    expect(curl.outstandingRequests.size).to.equal(0)
    await send(curl, url)
    await curl.finishAllRequests()
    expect(recorder.calls).to.have.length(0)
    expect(server.requests).to.have.length(1)
  })

  it('accepts a URL object', async () => {
    const { url, transfer } = await sendAlone(new URL(server.url('/echo?a=b')) as unknown as string)
    expect(transfer.errno).to.equal(0)
    expect(url).to.equal(server.url('/echo?a=b'))
  })
})
