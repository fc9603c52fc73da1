/**
 * request(): a promise of one transfer.
 */
import { expect } from 'chai'
import { CurlError, OptionError, ParallelCurl } from '../../../src/index.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { rejectionOf } from '../../support/requests.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('request()', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  it('resolves with its transfer, held until the turn ends; a 404 is no failure', async () => {
    await using curl = new ParallelCurl(2)
    const transfer = await curl.request(server.url('/status/404'), { USERAGENT: 'me' })
    expect([transfer.responseCode, transfer.content, transfer.getInfo('RESPONSE_CODE')]).to.deep.equal([
      404,
      'status 404',
      404,
    ])
    expect(server.requests[0]!.headers['user-agent']).to.equal('me')
    await turn()
    expect(() => transfer.getInfo('TOTAL_TIME')).to.throw('keepInfo')
    const post = await curl.request(server.url('/echo'), { postFields: 'x' })
    expect(post.json()).to.deep.include({ method: 'POST', body: 'x' })
  })

  it('rejects with a CurlError that says who asked, and with OptionError for a mistake', async () => {
    await using curl = new ParallelCurl(2)
    const error = await rejectionOf(curl.request(server.url('/close')))
    expect(error).to.be.instanceOf(CurlError)
    expect(error).to.include({ errno: 52, url: server.url('/close') })
    expect(await rejectionOf(curl.request(server.url(), { NOTHING: 1 } as never))).to.be.instanceOf(
      OptionError,
    )
    await curl.finishAllRequests()
  })

  it('obeys the same limits as startRequest()', async () => {
    await using curl = new ParallelCurl(2)
    const all = Promise.all(Array.from({ length: 10 }, () => curl.request(server.url('/gate/a'))))
    await server.gate('a').waiting(2)
    server.gate('a').open()
    expect(await all).to.have.length(10)
    expect(server.peakInFlight).to.equal(2)
  })
})
