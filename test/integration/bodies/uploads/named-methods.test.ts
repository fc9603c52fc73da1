/** Uploads whose method has another name. Does not look at where the bytes come from. */
import { expect } from 'chai'
import { ParallelCurl, type RequestOptions } from '../../../../src/index.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'

describe('an upload with CUSTOMREQUEST', () => {
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    server.route('/found', (_request, response) => {
      response.writeHead(302, { Location: '/target' }).end()
    })
    server.route('/target', (_request, response) => response.end())
  })
  after(() => server.close())

  async function seen(path: string, options: RequestOptions): Promise<(string | undefined)[][]> {
    server.forget()
    await using curl = new ParallelCurl(1)
    await curl.request(server.url(path), { upload: Buffer.from('body'), FOLLOWLOCATION: 1, ...options })
    return server.requests.map(({ method, headers, body }) => [
      method,
      headers['content-type'],
      body.toString(),
    ])
  }

  it('POST stays an upload: no type of content is added, and a redirect gets it again', async () => {
    expect(await seen('/found', { CUSTOMREQUEST: 'POST' })).to.deep.equal([
      ['POST', undefined, 'body'],
      ['POST', undefined, 'body'],
    ])
  })

  it('other than POST is one, too', async () => {
    expect(await seen('/target', { CUSTOMREQUEST: 'PATCH' })).to.deep.equal([['PATCH', undefined, 'body']])
  })

  it('beside POST: true is a POST, which becomes a GET after a redirect', async () => {
    const type = 'application/x-www-form-urlencoded'
    expect(await seen('/found', { POST: true })).to.deep.equal([
      ['POST', type, 'body'],
      ['GET', undefined, ''],
    ])
    expect(await seen('/target', { POST: true, CUSTOMREQUEST: 'PUT' })).to.deep.equal([['PUT', type, 'body']])
  })
})
