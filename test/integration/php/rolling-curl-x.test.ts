/**
 * RollingCurlX does what its README says. The README's own sentences are the names of the tests.
 */
import { expect } from 'chai'
import { curl_errno, CURLFile, OptionError, RollingCurlX, type RollingInfo } from '../../../src/php/index.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { optionErrorOf, rejectionOf } from '../../support/requests.js'

interface Call {
  response: string | false
  url: string
  info: RollingInfo
  userData: unknown
  time: number
}

describe('RollingCurlX', () => {
  let server: HttpServer
  let calls: Call[]
  const record = (
    response: string | false,
    url: string,
    info: RollingInfo,
    userData: unknown,
    time: number,
  ): void => {
    calls.push({ response, url, info, userData, time })
  }
  before(async () => {
    server = await startHttpServer()
  })
  beforeEach(() => {
    server.forget()
    calls = []
  })
  after(() => server.close())

  it('keeps to the maximum number of concurrent requests', async () => {
    const rcx = new RollingCurlX(3)
    for (let i = 0; i < 7; i++) rcx.addRequest(server.url('/gate/rolling'))
    const done = rcx.execute()
    await server.gate('rolling').waiting(3)
    expect(server.inFlight).to.equal(3)
    server.gate('rolling').open()
    await done
    expect(server.requests).to.have.length(7)
    expect(server.peakInFlight).to.equal(3)
  })

  it('runs the requests of the queue', async () => {
    const rcx = new RollingCurlX(10)
    const userData = ['foo', { some: 'thing' }]
    const postData = { user: 'bob', token: 'dQw4w9WgXcQ', list: ['a b'] }
    const url = server.url('/redirect/1')
    expect(
      rcx.addRequest(url, postData, record, userData, { CURLOPT_FOLLOWLOCATION: false }, ['X-Own: 1']),
    ).to.equal(0)
    expect(rcx.addRequest(server.url('/status/200'), null, record)).to.equal(1)
    expect(server.requests, 'not before execute()').to.have.length(0)
    await rcx.execute()
    const [post] = server.requests
    expect(post?.body.toString()).to.equal('user=bob&token=dQw4w9WgXcQ&list%5B0%5D=a+b')
    expect(post?.headers['x-own']).to.equal('1')
    const call = calls.find((each) => each.url === url)
    expect(call?.userData).to.equal(userData)
    expect(call?.info.http_code).to.equal(302)
    expect(calls.find((each) => each.url !== url)?.userData).to.equal(null)
  })

  it('gives callbacks the array of curl_getinfo with extras, and the time in milliseconds', async () => {
    const rcx = new RollingCurlX()
    rcx.addRequest(server.url('/status/200'), null, record, 'mine')
    await rcx.execute()
    const [{ response, info, time }] = calls as [Call]
    expect(response).to.equal('status 200')
    expect(info).to.include({
      http_code: 200,
      curle: 0,
      curle_msg: 'OK',
      user_data: 'mine',
      url_raw: server.url('/status/200'),
    })
    expect(Object.keys(info)).to.include.members([
      'content_type',
      'total_time_us',
      'effective_method',
      'handle',
      'time',
    ])
    expect(curl_errno(info.handle)).to.equal(0)
    expect(time).to.equal(info.time)
    expect(time).to.be.within(info.total_time * 1000 * 0.5, 20_000)
  })

  it('gives callbacks false for other statuses and failures, with the name of the code', async () => {
    const rcx = new RollingCurlX()
    for (const path of ['/status/404', '/no-content', '/close', '/truncate'])
      rcx.addRequest(server.url(path), null, record)
    rcx.addRequest('', null, record)
    await rcx.execute()
    expect(calls.map(({ response }) => response)).to.deep.equal([false, false, false, false, false])
    const codes = new Set(calls.map(({ info }) => info.curle_msg))
    expect([...codes]).to.have.members(['OK', 'GOT_NOTHING', 'PARTIAL_FILE', 'URL_MALFORMAT'])
  })

  it('applies setTimeout() to all requests, in milliseconds', async () => {
    const rcx = new RollingCurlX()
    rcx.setTimeout(100)
    rcx.setTimeout(0)
    rcx.addRequest(server.url('/hang'), null, record, null, { CURLOPT_TIMEOUT: 60 })
    await rcx.execute()
    expect(calls[0]?.info.curle_msg).to.equal('OPERATION_TIMEOUTED')
    expect(calls[0]?.time).to.be.within(90, 5000)
  })

  it('applies shared options and headers, which those of a request override', async () => {
    const rcx = new RollingCurlX()
    rcx.setOptions({ CURLOPT_USERAGENT: 'shared', CURLOPT_REFERER: 'http://shared/' })
    rcx.setHeaders(['Content-type: application/xml', 'Authorization: gfhjui'])
    rcx.setHeaders([])
    rcx.addRequest(
      server.url(),
      null,
      null,
      null,
      { CURLOPT_USERAGENT: 'own' },
      { authorization: 'own', 'X-More': '1' },
    )
    rcx.addRequest(server.url())
    await rcx.execute()
    const shown = server.requests.map(({ headers }) => {
      const { authorization, referer } = headers
      return [headers['user-agent'], referer, headers['content-type'], authorization, headers['x-more']]
    })
    expect(shown).to.have.deep.members([
      ['own', 'http://shared/', 'application/xml', 'own', '1'],
      ['shared', 'http://shared/', 'application/xml', 'gfhjui', undefined],
    ])
  })

  it('separates the headers from the body with CURLOPT_HEADER', async () => {
    const rcx = new RollingCurlX()
    rcx.setOptions({ CURLOPT_HEADER: true })
    rcx.addRequest(server.url('/charset/utf-8?hex=c3a9'), null, record)
    rcx.addRequest(server.url('/status/200'), null, record, null, { HEADER: false })
    await rcx.execute()
    const withHeader = calls.find(({ response }) => response === 'é')
    expect(withHeader?.info.response_header).to.match(/^HTTP\/1\.1 200 OK\r\n(.+\r\n)+\r\n$/)
    const without = calls.find(({ response }) => response === 'status 200')
    expect(without?.info).not.to.have.property('response_header')
  })

  it('calls the default callback, and runs requests that callbacks add', async () => {
    const rcx = new RollingCurlX(1)
    rcx.setCallback((...args) => {
      record(...args)
      if (calls.length < 3) rcx.addRequest(server.url(`/status/200?${String(calls.length)}`))
    })
    rcx.addRequest(server.url('/status/200'))
    await rcx.execute()
    expect(calls).to.have.length(3)
    expect(rcx.requests).to.deep.equal([])
  })

  it('can be used again after execute()', async () => {
    const rcx = new RollingCurlX()
    for (let round = 1; round <= 2; round++) {
      rcx.addRequest(server.url('/status/200'), null, record)
      await rcx.execute()
      expect(calls).to.have.length(round)
    }
    rcx.addRequest(server.url('/status/200'), null, record)
    rcx.reset()
    await rcx.execute()
    expect(calls).to.have.length(2)
  })

  it('rejects for an execute() in a callback, which would wait for itself, and runs the rest', async () => {
    const rcx = new RollingCurlX(1)
    let inside: unknown
    rcx.addRequest(server.url('/status/200'), null, async () => {
      rcx.addRequest(server.url('/status/200'), null, record)
      inside = await rejectionOf(rcx.execute())
    })
    await rcx.execute()
    expect(inside).to.be.instanceOf(OptionError)
    expect((inside as Error).message).to.equal(
      'execute: it is running already: await it before the next execute()',
    )
    expect(calls).to.have.length(1)
    await rcx.execute()
  })

  it('says after close() that it is closed, at each execute()', async () => {
    const rcx = new RollingCurlX(1)
    await rcx.close()
    for (let i = 0; i < 2; i++) {
      rcx.addRequest(server.url('/status/200'), null, record)
      expect(String(await rejectionOf(rcx.execute()))).to.include('is closed')
    }
    expect(server.requests).to.have.length(0)
  })

  it('runs all other requests if a callback throws or options are wrong', async () => {
    const rcx = new RollingCurlX(2)
    rcx.addRequest(server.url('/status/200'), null, () => {
      throw new Error('mine')
    })
    rcx.addRequest(server.url('/status/200'), null, record, null, { CURLOPT_NOSUCH: 1 })
    rcx.addRequest(server.url('/status/200'), null, record)
    const error = (await rejectionOf(rcx.execute())) as AggregateError
    expect(error.errors.map(({ message }: Error) => message).join('\n'))
      .to.include('mine')
      .and.include('CURLOPT_NOSUCH')
    expect(calls).to.have.length(1)
  })

  it('sends arrays urlencoded, and arrays with files as a form', async () => {
    const rcx = new RollingCurlX(1)
    rcx.addRequest(server.url(), { f: new CURLFile('/etc/hosts', 'text/plain', 'hosts') })
    rcx.addRequest(server.url(), 'a=1')
    rcx.addRequest(server.url(), [])
    await rcx.execute()
    expect(
      server.requests.map(({ method, headers }) => [method, headers['content-type']?.split(';')[0]]),
    ).to.deep.equal([
      ['POST', 'multipart/form-data'],
      ['POST', 'application/x-www-form-urlencoded'],
      ['GET', undefined],
    ])
  })

  it('throws OptionError for wrong arguments', () => {
    const rcx = new RollingCurlX()
    const mistakes: [() => unknown, string][] = [
      [() => new RollingCurlX('many' as never), 'setMaxConcurrent: $max_requests'],
      [() => rcx.addRequest(5 as never), 'addRequest: $url'],
      [() => rcx.addRequest('x', null, 'a_name' as never), 'addRequest: $callback'],
      [
        () => rcx.addRequest('x', null, null, null, null, 'A: 1' as never),
        'addRequest: The $headers option must have an array value',
      ],
      [
        () => {
          rcx.setCallback(null as never)
        },
        'setCallback: $callback',
      ],
      [
        () => {
          rcx.setTimeout('soon' as never)
        },
        'setTimeout: $timeout',
      ],
      [
        () => {
          rcx.setOptions({ CURLOPT_NOSUCH: 1 })
        },
        'CURLOPT_NOSUCH',
      ],
    ]
    for (const [mistake, message] of mistakes) expect(optionErrorOf(mistake).message).to.include(message)
    expect(rcx.requests).to.deep.equal([])
  })
})
