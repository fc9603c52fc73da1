/**
 * A7: a host that has another address for one request. Each server counts its own requests, and a pool of one
 * keeps the connection to the first.
 */
import { expect } from 'chai'
import { ParallelCurl } from '../../../src/index.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { send, type Options } from '../../support/requests.js'

const HOST = 'somewhere.invalid'

describe('A7: another address for a host to which a connection is kept', () => {
  let first: HttpServer
  let second: HttpServer
  before(async () => {
    first = await startHttpServer()
    second = await startHttpServer()
  })
  after(async () => {
    await Promise.all([first.close(), second.close()])
  })
  beforeEach(() => {
    first.forget()
    second.forget()
  })

  const to = ({ port }: HttpServer): Options => ({ CONNECT_TO: [`${HOST}:80:127.0.0.1:${port}`] })

  it('comes from CONNECT_TO, for each request anew', async () => {
    await using curl = new ParallelCurl(1)
    for (const [server, path] of [
      [first, '/echo?1'],
      [second, '/echo?2'],
      [first, '/echo?3'],
      [second, '/echo?4'],
    ] as const) {
      const { transfer } = await send(curl, `http://${HOST}${path}`, { options: to(server) })
      expect(transfer.error).to.equal('')
    }
    expect(first.requests.map(({ url }) => url)).to.deep.equal(['/echo?1', '/echo?3'])
    expect(second.requests.map(({ url }) => url)).to.deep.equal(['/echo?2', '/echo?4'])
  })

  it('comes from RESOLVE for a new connection only, as the documentation says', async () => {
    await using other = await startHttpServer({ host: '127.0.0.2', port: first.port })
    await using curl = new ParallelCurl(1)
    const url = `http://${HOST}:${first.port}/echo`
    const at = (address: string): Options => ({ RESOLVE: [`${HOST}:${first.port}:${address}`] })
    await send(curl, `${url}?1`, { options: at('127.0.0.1') })
    await send(curl, `${url}?2`, { options: at('127.0.0.2') })
    await send(curl, `${url}?3`, { options: { ...at('127.0.0.2'), FRESH_CONNECT: true } })
    expect(first.requests.map(({ url: asked }) => asked)).to.deep.equal(['/echo?1', '/echo?2'])
    expect(other.requests.map(({ url: asked }) => asked)).to.deep.equal(['/echo?3'])
  })
})
