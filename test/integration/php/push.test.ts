/**
 * Why CURLMOPT_PUSHFUNCTION is refused: what node-libcurl does with a function of its own. If the second test
 * fails, it can be had.
 */
import { expect } from 'chai'
import {
  Easy,
  Multi,
  nodeLibcurlMajor,
  setMultiOption,
  setNamed,
} from '../../../src/engine/node-libcurl/binding.js'
import * as php from '../../../src/php/index.js'
import { respond, startHttp2Server } from '../../support/servers/http2/http2-server.js'

describe('CURLMOPT_PUSHFUNCTION', () => {
  it('is refused, with the reason', () => {
    const mh = php.curl_multi_init()
    const set = (): unknown => php.curl_multi_setopt(mh, php.CURLMOPT_PUSHFUNCTION, () => php.CURL_PUSH_OK)
    expect(set).to.throw(php.OptionError, 'CURLMOPT_PUSHFUNCTION: node-libcurl delivers no pushed transfers')
    expect(php.curl_multi_errno(mh)).to.equal(6)
  })

  it('is never called by node-libcurl 5, which denies what a server pushes', async function () {
    // node-libcurl 4 calls it, and ends the process by SIGSEGV once the pushed transfer is accepted.
    if (nodeLibcurlMajor < 5) this.skip()
    await using server = await startHttp2Server((request) => {
      expect(request.stream.pushAllowed).to.equal(true)
      request.stream.pushStream({ ':path': '/pushed' }, (error, pushed) => {
        expect(error).to.equal(null)
        pushed.on('error', () => undefined)
        pushed.respond({ ':status': 200 })
        pushed.end('pushed')
        respond(request)
      })
    })
    const [multi, easy] = [new Multi(), new Easy()]
    let calls = 0
    const push = (): number => {
      calls++
      return php.CURL_PUSH_DENY
    }
    expect(setMultiOption(multi, 'PUSHFUNCTION', push)).to.equal(0)
    setNamed(easy, 'URL', server.url())
    setNamed(easy, 'CAINFO_BLOB', server.CAINFO_BLOB)
    setNamed(easy, 'HTTP_VERSION', php.CURL_HTTP_VERSION_2TLS)
    setNamed(easy, 'WRITEFUNCTION', (chunk: Buffer) => chunk.length)
    const code = await new Promise((resolve) => {
      multi.onMessage((_error, _easy, result) => {
        setImmediate(resolve, result)
      })
      multi.addHandle(easy)
    })
    multi.removeHandle(easy)
    easy.close()
    multi.close()
    expect([code, calls]).to.deep.equal([0, 0])
  })
})
