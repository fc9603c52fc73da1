/**
 * Failures that libcurl 7.88 alone calls "out of memory" (27): heads that are too large, of requests
 * and of responses. D11: a kept connection is no reason to send a request again that was answered.
 */
import { expect } from 'chai'
import { ParallelCurl, type CurlError, type RequestOptions } from '../../../src/index.js'
import { startTcpServer } from '../../support/servers/tcp-server.js'

const LONG_LINE = `HTTP/1.1 200 ${'a'.repeat(150_000)}`
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** Sends two requests over one connection. Returns the failure of the second, and what the server saw. */
async function second(
  path: string,
  options: RequestOptions & { postFields?: string },
): Promise<{ failure: CurlError; heads: string[] }> {
  const heads: string[] = []
  await using server = await startTcpServer(({ socket }) => {
    socket.on('data', (data: Buffer) => {
      const [head = ''] = data.toString('latin1').split('\r\n', 1)
      if (!/^[A-Z]+ \//.test(head)) return
      heads.push(head)
      socket.write(head.startsWith('GET /first ') ? OK : LONG_LINE)
    })
  })
  await using curl = new ParallelCurl(1)
  await curl.request(server.url('/first'))
  const failure = await curl.request(server.url(path), options).catch((error: unknown) => error)
  return { failure: failure as CurlError, heads }
}

describe('heads that are too large, on a kept connection', () => {
  for (const [method, options] of [
    ['GET', {}],
    ['POST', { postFields: 'a=1' }],
    ['POST', { postFields: '' }],
  ] as const) {
    const body = 'postFields' in options ? ` with ${String(options.postFields.length)} bytes` : ''
    it(`D11: fail a ${method}${body} whose status line never ends with 100, and send it once`, async () => {
      const { failure, heads } = await second('/x', options)
      expect(failure.errno, failure.message).to.equal(100)
      expect(heads).to.deep.equal(['GET /first HTTP/1.1', `${method} /x HTTP/1.1`])
    })
  }

  it('D11: fail a request whose own head is larger than libcurl sends with 100', async () => {
    for (const options of [{ HTTPHEADER: [`X-Long: ${'a'.repeat(1_100_000)}`] }, {}]) {
      const path = 'HTTPHEADER' in options ? '/x' : `/${'u'.repeat(1_100_000)}`
      const { failure, heads } = await second(path, options)
      expect(failure.errno, failure.message).to.equal(100)
      expect(failure.message).to.include('the URL and the headers of the request')
      expect(heads).to.deep.equal(['GET /first HTTP/1.1'])
    }
  })
})
