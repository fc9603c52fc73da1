/** C3. `console.log()` shows a few facts of each object, and no secret. */
import { inspect } from 'node:util'
import { expect } from 'chai'
import {
  CookieJar,
  type CurlError,
  ParallelCurl,
  ProxyPool,
  Session,
  SessionPool,
} from '../../../src/index.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { rejectionOf, sendAlone } from '../../support/requests.js'
import { refusedPort, startTcpServer } from '../../support/servers/tcp-server.js'

const SECRET = 'sEcReT'
/** As much as `console.log()` may show: deep, hidden members too. */
const everything = (value: unknown): string =>
  inspect(value, { depth: 8, showHidden: true, getters: true, maxStringLength: Infinity })
const withUser = (url: string): string => url.replace('//', `//user:${SECRET}@`)

describe('console.log()', () => {
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
  })
  after(() => server.close())

  it('C3: shows a transfer in any state in a few lines, without secrets', async () => {
    await using curl = new ParallelCurl(1, { USERPWD: `user:${SECRET}`, HTTPHEADER: [`X-Key: ${SECRET}`] })
    const shown: string[] = []
    const url = withUser(server.url('/status/404'))
    await curl.startRequest(
      url,
      (_content, _url, transfer) => {
        shown.push(inspect(transfer))
      },
      { given: SECRET },
    )
    void curl.startRequest(url)
    shown.push(...Array.from(curl.outstandingRequests.values(), (transfer) => inspect(transfer)))
    await curl.finishAllRequests()
    const { transfer } = await sendAlone(withUser(`http://127.0.0.1:${String(await refusedPort())}/`))
    shown.push(inspect(transfer), everything(transfer), everything({ a: { b: [transfer] } }))
    expect(shown).to.have.length(6)
    for (const text of shown) {
      expect(text).to.match(/Transfer \{/)
      expect(text.split('\n').length).to.be.below(20)
      expect(text).not.to.contain(SECRET)
      expect(text).to.contain('***@127.0.0.1')
    }
    expect(shown.join('\n')).to.contain('responseCode: 404').and.to.contain('errno: 7')
    expect(inspect({ a: { b: { c: { d: transfer } } } }, { depth: 2 })).to.contain('[Object]')
  })

  it('C3, C5: cuts a URL of megabytes, in a transfer and in its error', async () => {
    const { transfer } = await sendAlone(`nonsense://user:${SECRET}@h/${'x'.repeat(2_000_000)}`)
    const error = transfer.toError()
    for (const text of [
      inspect(transfer),
      inspect(error),
      JSON.stringify(transfer),
      transfer.error,
      String(error),
    ]) {
      expect(text.length).to.be.within(10, 5000)
      expect(text).not.to.contain(SECRET)
    }
  })

  it('C3: shows an error with its codes and its stack, without secrets of its cause', async () => {
    await using curl = new ParallelCurl(1)
    const thrown = new Error(`at ${withUser('http://h/')}`)
    const error = (await rejectionOf(
      curl.request(server.url(), {
        WRITEFUNCTION: () => {
          throw thrown
        },
      }),
    )) as CurlError
    expect(error.cause).to.equal(thrown)
    for (const text of [inspect(error), inspect(new AggregateError([error]), { depth: 5 })]) {
      expect(text).to.contain('CurlError: ').and.to.contain('inspection.test')
      expect(text)
        .to.match(/errno: 23/)
        .and.to.match(/code: 'CURLE_WRITE_ERROR'/)
      expect(text).to.contain('http://***@h/')
      expect(text).not.to.contain(SECRET)
    }
  })

  it('C3: shows the other objects without their content', async () => {
    const jar = new CookieJar([{ name: 'a', value: SECRET, domain: 'h' }])
    const session = new Session({
      proxy: withUser('http://h:1'),
      cookieJar: jar,
      headers: { 'X-Key': SECRET },
    })
    const pool = new ProxyPool([withUser('http://h:1')])
    const sessions = new SessionPool({ create: () => ({ headers: { 'X-Key': SECRET } }) })
    sessions.acquire()
    await using peer = await startTcpServer(() => undefined)
    await using curl = new ParallelCurl(1, { proxies: pool, USERPWD: `u:${SECRET}` })
    const socket = await curl.connect(withUser(`http://127.0.0.1:${String(peer.port)}`), { proxies: null })
    const stream = curl.stream([withUser(server.url())])
    for (const [name, value] of Object.entries({
      CookieJar: jar,
      Session: session,
      ProxyPool: pool,
      SessionPool: sessions,
      ParallelCurl: curl,
      CurlSocket: socket,
      RequestStream: stream,
    })) {
      expect(everything(value), name).to.match(new RegExp(`^${name} \\{`))
      expect(everything(value).split('\n').length, name).to.be.below(30)
      expect(everything(value), name).not.to.contain(SECRET)
    }
    socket.destroy()
    await stream.return()
  })
})
