/**
 * `onData`: bodies that are given to a function chunk by chunk.
 */
import { expect } from 'chai'
import { ParallelCurl, type Transfer } from '../../../src/index.js'
import { patternBytes } from '../../support/servers/http/http-handlers.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { send, sendAlone } from '../../support/requests.js'

describe('onData', () => {
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
  })
  after(() => server.close())

  it('gets the chunks in order, before the callback', async () => {
    const chunks: Buffer[] = []
    const seen: Transfer[] = []
    const onData = (chunk: Buffer, transfer: Transfer): void => {
      chunks.push(chunk)
      seen.push(transfer)
    }
    const { transfer, content } = await sendAlone(server.url('/bytes/3000000'), { options: { onData } })
    expect(Buffer.concat(chunks).equals(patternBytes(3_000_000))).to.equal(true)
    expect(seen.every((one) => one === transfer)).to.equal(true)
    expect([content, transfer.body.length]).to.deep.equal([null, 0])
  })

  it('holds the transfer back by its promises, one at a time', async () => {
    let running = 0
    let peak = 0
    let received = 0
    const onData = async (chunk: Buffer): Promise<void> => {
      peak = Math.max(peak, ++running)
      await new Promise(setImmediate)
      received += chunk.length
      running--
    }
    const { transfer } = await sendAlone(server.url('/bytes/5000000'), { options: { onData } })
    expect(transfer.error).to.equal('')
    expect([peak, received]).to.deep.equal([1, 5_000_000])
  })

  it('fails the transfer by an exception or a rejection', async () => {
    const error = new Error('enough')
    const functions = [
      (): never => {
        throw error
      },
      async (): Promise<never> => Promise.reject(error),
    ]
    for (const onData of functions) {
      for (const path of ['/bytes/5', '/bytes/5000000']) {
        const { transfer } = await sendAlone(server.url(path), { options: { onData, retry: 3 } })
        expect([transfer.errno, transfer.cause, transfer.attempts.length]).to.deep.equal([42, error, 1])
      }
    }
  })

  it('is not called for the body of an attempt that is retried', async () => {
    let count = 0
    server.route('/flaky', (_request, response) => {
      if (++count < 3) response.writeHead(503).end('busy')
      else response.end('fine')
    })
    let body = ''
    const onData = (chunk: Buffer): void => void (body += chunk.toString())
    await sendAlone(server.url('/flaky'), { options: { onData, retry: { limit: 5, backoffMs: 0 } } })
    expect(body).to.equal('fine')
  })

  it('can start requests, and does not hold up others', async () => {
    const curl = new ParallelCurl(2)
    const inner: Promise<unknown>[] = []
    const onData = (): void => void inner.push(send(curl, server.url('/bytes/5')))
    await send(curl, server.url('/bytes/500000'), { options: { onData } })
    await Promise.all(inner)
    expect(inner.length).to.be.above(1)
    await curl.close()
  })
})
