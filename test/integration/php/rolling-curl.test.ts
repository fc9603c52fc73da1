/**
 * RollingCurl and its groups: what the original does where that is what it says, and what the table of
 * differences says elsewhere. Source: RollingCurl.php and RollingCurlGroup.php of LionsAd/rolling-curl at
 * bc0b91c, with `(string) $ch` replaced, run on PHP 8.2.32.
 */
import { expect } from 'chai'
import * as php from '../../../src/php/index.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { optionErrorOf, rejectionOf } from '../../support/requests.js'

const { GroupRollingCurl, RollingCurl, RollingCurlGroup, RollingCurlGroupRequest, RollingCurlRequest } = php

interface Call {
  response: unknown
  code: number
  errno: number
  request: php.RollingCurlRequest
}

describe('RollingCurl', () => {
  let server: HttpServer
  let calls: Call[]
  const record: php.RollingCurlCallback = (response, info, request, ch) => {
    calls.push({ response, code: info.http_code, errno: php.curl_errno(ch), request })
  }
  before(async () => {
    server = await startHttpServer()
  })
  beforeEach(() => {
    server.forget()
    calls = []
  })
  after(() => server.close())

  it('has at most window_size requests in flight: 5, or what was set', async () => {
    for (const [window, argument, most] of [
      [null, null, 5],
      [3, null, 3],
      [3, 4, 4],
    ] as const) {
      const rc = new RollingCurl()
      const name = `rolling-${String(most)}`
      if (window !== null) rc.window_size = window
      for (let i = 0; i < 8; i++) rc.get(server.url(`/gate/${name}`))
      const before = server.requests.length
      const done = rc.execute(argument)
      await server.gate(name).waiting(most)
      expect(server.inFlight).to.equal(most)
      server.gate(name).open()
      expect(await done).to.equal(true)
      expect(server.requests.length - before).to.equal(8)
      expect(server.peakInFlight).to.equal(most)
      server.forget()
    }
  })

  it('loses no request, and runs those that callbacks add', async () => {
    const rc = new RollingCurl((response, info, request, ch) => {
      record(response, info, request, ch)
      if (request.context === 'more') rc.get(server.url('/status/200'), null, null, 'added')
    })
    for (let i = 0; i < 40; i++) rc.get(server.url('/status/200'), null, null, i < 5 ? 'more' : '')
    await rc.execute(2)
    expect(server.requests).to.have.length(45)
    expect(calls.filter(({ request }) => request.context === 'added')).to.have.length(5)
    expect(rc.requests).to.deep.equal([])
  })

  it('gives callbacks the content, the infos and the request', async () => {
    const rc = new RollingCurl(record)
    const requests = ['/status/200', '/status/404', '/close', '/truncate', '/redirect/1'].map(
      (path) => new RollingCurlRequest(server.url(path)),
    )
    for (const request of requests) expect(rc.add(request)).to.equal(true)
    expect(server.requests, 'not before execute()').to.have.length(0)
    await rc.execute()
    const found = requests.map((request) => calls.find((call) => call.request === request))
    expect(found.map((call) => [call?.code, call?.errno])).to.deep.equal([
      [200, 0],
      [404, 0],
      [0, 52],
      [200, 18],
      [200, 0],
    ])
    expect(found.slice(0, 3).map((call) => call?.response)).to.deep.equal(['status 200', 'status 404', ''])
    expect(found[3]?.response, 'what has arrived').to.be.a('string').and.not.equal('')
  })

  it('returns the content of a single request, or false', async () => {
    const rc = new RollingCurl()
    rc.get(server.url('/status/200'))
    expect(await rc.execute()).to.equal('status 200')
    rc.get(server.url('/close'))
    expect(await rc.execute()).to.equal(false)
    rc.callback = record
    rc.get(server.url('/close'))
    expect([await rc.execute(), calls[0]?.response]).to.deep.equal([true, false])
  })

  it('sends the method, the post data and the headers of a request', async () => {
    const rc = new RollingCurl()
    rc.headers = ['X-A: 1', 'X-B: 2']
    rc.headers = { 'x-a': '3' }
    rc.request(server.url('/1'), 'PUT', 'd=1', ['X-B: own'])
    rc.request(server.url('/2'), 'DELETE')
    rc.post(server.url('/3'))
    rc.post(server.url('/4'), { a: '1' })
    rc.post(server.url('/5'), '0')
    rc.request(server.url('/6'), 'GET', 'a=1')
    rc.request(server.url('/7'), 'HEAD')
    rc.post(server.url('/8'), null, null, { CURLOPT_POSTFIELDS: 'own' })
    await rc.execute()
    const seen = server.requests.map(({ url, method, headers, body }) => {
      const text = method === 'POST' && url === '/4' ? 'form' : body.toString()
      return [url, method, headers['x-a'], headers['x-b'], text]
    })
    expect(seen).to.have.deep.members([
      ['/1', 'PUT', '3', 'own', 'd=1'],
      ['/2', 'DELETE', '3', '2', ''],
      ['/3', 'POST', '3', '2', ''],
      ['/4', 'POST', '3', '2', 'form'],
      ['/5', 'POST', '3', '2', '0'],
      ['/6', 'POST', '3', '2', 'a=1'],
      ['/7', 'HEAD', '3', '2', ''],
      ['/8', 'POST', '3', '2', 'own'],
    ])
    const form = server.requests.find(({ url }) => url === '/4')
    expect(form?.headers['content-type']).to.match(/^multipart\/form-data; boundary=/)
  })

  it('follows redirects, and adds options to its own', async () => {
    const rc = new RollingCurl(record)
    expect(rc.options).to.deep.equal({
      [php.CURLOPT_RETURNTRANSFER]: 1,
      [php.CURLOPT_CONNECTTIMEOUT]: 30,
      [php.CURLOPT_TIMEOUT]: 30,
      [php.CURLOPT_FOLLOWLOCATION]: 1,
      [php.CURLOPT_MAXREDIRS]: 5,
    })
    rc.options = { CURLOPT_USERAGENT: 'shared', CURLOPT_REFERER: 'http://shared/' }
    rc.options = { [php.CURLOPT_FOLLOWLOCATION]: false }
    rc.get(server.url('/redirect/1'), null, { CURLOPT_USERAGENT: 'own' })
    rc.get(server.url('/redirect/1'), null, { FOLLOWLOCATION: true })
    await rc.execute()
    expect(calls.map(({ code }) => code)).to.have.members([302, 200])
    const agents = server.requests.map(({ headers }) => [headers['user-agent'], headers.referer])
    expect(agents).to.have.deep.members([
      ['own', 'http://shared/'],
      ['shared', 'http://shared/'],
      ['shared', 'http://shared/'],
    ])
  })

  it('checks certificates, unless the options say otherwise', async () => {
    const secure = await startHttpServer({ tls: true })
    const rc = new RollingCurl(record)
    for (let i = 0; i < 2; i++) rc.get(secure.url('/status/200'))
    await rc.execute()
    rc.options = { [php.CURLOPT_SSL_VERIFYPEER]: 0 }
    rc.get(secure.url('/status/200'))
    await rc.execute()
    expect(calls.map(({ errno }) => errno)).to.deep.equal([60, 60, 0])
    await secure.close()
  })

  it('switches CURLOPT_HEADER off with headers of its own only', async () => {
    const rc = new RollingCurl(record)
    rc.options = { CURLOPT_HEADER: true }
    rc.get(server.url('/status/200'), ['X-A: 1'])
    await rc.execute()
    rc.headers = ['X-A: 1']
    rc.get(server.url('/status/200'))
    await rc.execute()
    expect(calls[0]?.response).to.match(/^HTTP\/1\.1 200 OK\r\n/)
    expect(calls[1]?.response).to.equal('status 200')
  })

  it('runs all other requests if a callback throws or options are wrong', async () => {
    const rc = new RollingCurl((response, info, request, ch) => {
      record(response, info, request, ch)
      if (request.context === 'throws') throw new Error('mine')
    })
    rc.get(server.url('/status/200'), null, null, 'throws')
    rc.get(server.url('/status/200'), null, { CURLOPT_NOSUCH: 1 })
    rc.get(server.url('/status/200'))
    const error = (await rejectionOf(rc.execute())) as AggregateError
    const messages = error.errors.map(({ message }: Error) => message).join('\n')
    expect(messages).to.include('mine').and.include('CURLOPT_NOSUCH')
    expect(calls).to.have.length(2)
  })

  it('rejects for an empty queue, a window of 1, and a second execute()', async () => {
    const rc = new RollingCurl()
    const empty = await rejectionOf(rc.execute())
    expect(empty).to.be.instanceOf(php.RollingCurlException)
    expect((empty as Error).message).to.include('window size must be greater than 1, and the queue is empty')
    for (let i = 0; i < 2; i++) rc.get(server.url('/status/200'))
    expect(await rejectionOf(rc.execute(1))).to.be.instanceOf(php.RollingCurlException)
    expect(server.requests).to.have.length(0)
    const first = rc.execute(2)
    const second = (await rejectionOf(rc.execute())) as Error
    expect(second).to.be.instanceOf(php.OptionError)
    expect(second.message).to.equal('execute: it is running already: await it before the next execute()')
    expect(await first).to.equal(true)
  })

  it('rejects for an execute() in a callback, and says after close() that it is closed', async () => {
    let inside: unknown
    const rc = new RollingCurl(async () => {
      inside ??= await rejectionOf(rc.execute())
    })
    rc.get(server.url('/status/200'))
    expect(await rc.execute()).to.equal(true)
    expect(String(inside)).to.include('it is running already')
    await rc.close()
    for (let i = 0; i < 2; i++) {
      rc.get(server.url('/status/200'))
      expect(String(await rejectionOf(rc.execute()))).to.include('is closed')
    }
    expect(server.requests).to.have.length(1)
  })

  it('throws OptionError for wrong arguments, and adds nothing', () => {
    const rc = new RollingCurl()
    const mistakes: [() => unknown, string][] = [
      [() => new RollingCurl('callback' as never), 'RollingCurl: $callback'],
      [() => rc.add({ url: 'x' } as never), 'add: $request must be a RollingCurlRequest'],
      [() => rc.get(5 as never), 'add: $url must be a string'],
      [() => rc.request('x', 'A B'), 'add: $method must be a method such as GET'],
      [() => rc.get('x', 'A: 1' as never), 'add: The $headers option must have an array value'],
      [() => (rc.options = { CURLOPT_NOSUCH: 1 }), 'CURLOPT_NOSUCH'],
      [() => (rc.window_size = 'many' as never), '$window_size expects a number'],
    ]
    const { options } = rc
    for (const [mistake, message] of mistakes) expect(optionErrorOf(mistake).message).to.include(message)
    expect(rc.requests).to.deep.equal([])
    expect(rc.options).to.deep.equal(options)
  })

  describe('with groups', () => {
    let said: string[]
    class Request extends RollingCurlGroupRequest {
      override process(output: string | boolean | null, info: php.CurlInfo): unknown {
        said.push(`request ${String(output)}`)
        return super.process(output, info)
      }
    }
    class Group extends RollingCurlGroup {
      override process(
        output: string | boolean | null,
        info: php.CurlInfo,
        request: php.RollingCurlRequest,
      ): unknown {
        said.push(`group ${this.name} ${String(info.http_code)}`)
        return super.process(output, info, request)
      }

      override finished(): void {
        said.push(`finished ${String(this.finished_requests)}/${String(this.num_requests)}`)
      }
    }
    beforeEach(() => {
      said = []
    })

    it('tells the request, its group and the callback, and the group when all are done', async () => {
      const rc = new GroupRollingCurl((output) => said.push(`callback ${String(output)}`))
      const group = new Group('high')
      expect(group.add(new Request(server.url('/status/200')))).to.equal(true)
      expect(group.add([new Request(server.url('/status/201'))])).to.equal(true)
      expect(await rc.execute(), 'nothing was added yet').to.equal(false)
      expect(rc.add(group)).to.equal(true)
      rc.get(server.url('/status/202'))
      expect(await rc.execute()).to.equal(true)
      const of = (code: number): string[] => [`request status ${String(code)}`, `group high ${String(code)}`]
      expect(said).to.include.members([...of(200), ...of(201), 'callback status 202', 'callback status 200'])
      expect(said.filter((line) => line === 'finished 2/2')).to.have.length(1)
      const finished = said.indexOf('finished 2/2')
      expect(said[finished - 1]).to.match(/^group high/)
      expect(said[finished + 1], 'the callback comes last').to.match(/^callback status 20[01]$/)
      expect(said).to.have.length(8)
    })

    it('takes the requests of a group once, also into a plain queue', async () => {
      const group = new Group('low')
      group.add([new Request(server.url('/status/200')), new Request(server.url('/status/200'))])
      const rc = new RollingCurl(record)
      expect([group.addToRC(rc), rc.requests.length]).to.deep.equal([true, 2])
      expect([group.addToRC(rc), rc.requests.length]).to.deep.equal([true, 2])
      await rc.execute()
      expect([calls.length, said.length]).to.deep.equal([2, 0])
    })

    it('refuses what is no group and no request of one', () => {
      const group = new Group('strict')
      const request = new Request('x')
      expect(() => group.add([request, 5 as never])).to.throw(
        php.RollingCurlGroupException,
        'add: Request needs to be of instance RollingCurlGroupRequest',
      )
      expect(() => {
        request.setGroup(5 as never)
      }).to.throw(php.RollingCurlGroupException, 'setGroup: group needs to be of instance RollingCurlGroup')
      const Abstract = RollingCurlGroupRequest as unknown as new (url: string) => unknown
      expect(() => new Abstract('x')).to.throw(php.OptionError, 'Cannot instantiate abstract class')
      const rc = new RollingCurl()
      group.addToRC(rc)
      expect(rc.requests, 'a wrong list adds nothing').to.deep.equal([])
    })
  })
})
