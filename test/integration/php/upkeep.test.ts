/**
 * curl_upkeep(): what the server sees of it. Source: curl_easy_upkeep(3), lib/easy.c and lib/conncache.c of
 * curl 7.88 to 8.22, and PHP 8.2 on libcurl 7.88.1, which sends the PING with the next request, too.
 */
import { expect } from 'chai'
import { libcurlVersionNumber } from '../../../src/engine/node-libcurl/binding.js'
import * as php from '../../../src/php/index.js'
import { warningsOf } from '../../support/php/warnings.js'
import { respond, startHttp2Server, type Http2Server } from '../../support/servers/http2/http2-server.js'

const { curl_errno, curl_exec, curl_init, curl_setopt, curl_setopt_array, curl_upkeep } = php
/** libcurl 8.10 is the first that finds the connections of a multi handle. */
const isPossible = libcurlVersionNumber >= 0x080a00

describe('curl_upkeep()', () => {
  let server: Http2Server
  let seen: string[]
  beforeEach(async () => {
    seen = []
    server = await startHttp2Server((request) => {
      if (request.id === 1) request.session.on('ping', () => seen.push('PING'))
      seen.push(request.path)
      respond(request)
    })
  })
  afterEach(() => server[Symbol.asyncDispose]())

  const handleFor = (interval: number): php.CurlHandle => {
    const ch = curl_init()
    const options = {
      CURLOPT_RETURNTRANSFER: true,
      CURLOPT_HTTP_VERSION: php.CURL_HTTP_VERSION_2TLS,
      CURLOPT_CAINFO_BLOB: server.CAINFO_BLOB,
      CURLOPT_UPKEEP_INTERVAL_MS: interval,
    }
    expect(curl_setopt_array(ch, options)).to.equal(true)
    return ch
  }
  const get = async (ch: php.CurlHandle, path: string): Promise<void> => {
    curl_setopt(ch, php.CURLOPT_URL, server.url(path))
    expect(await curl_exec(ch)).to.equal(path)
  }

  it('sends a PING with the next request, or says that it cannot', async () => {
    const ch = handleFor(0)
    await get(ch, '/1')
    let kept = false
    const warnings = await warningsOf(() => {
      kept = curl_upkeep(ch)
      return Promise.resolve()
    })
    expect(kept).to.equal(isPossible)
    expect(curl_errno(ch)).to.equal(isPossible ? 0 : 4)
    expect(warnings).to.deep.equal(
      isPossible ? [] : ['PhpWarning: curl_upkeep(): libcurl 8.10 or newer is needed'],
    )
    await get(ch, '/2')
    expect(seen).to.deep.equal(isPossible ? ['/1', 'PING', '/2'] : ['/1', '/2'])
    expect(server.sessions).to.have.length(1)
  })

  it('sends none before CURLOPT_UPKEEP_INTERVAL_MS is over', async function () {
    // An older one sends none in any case: the test could not fail.
    if (!isPossible) {
      if (this.test !== undefined) this.test.title += ' [skipped: libcurl 8.10 or newer is needed]'
      this.skip()
    }
    const ch = handleFor(60_000)
    await get(ch, '/1')
    expect(curl_upkeep(ch)).to.equal(true)
    expect(curl_errno(ch)).to.equal(0)
    await get(ch, '/2')
    expect(seen).to.deep.equal(['/1', '/2'])
  })

  it('keeps the connections of the multi handle that a handle was added to', async () => {
    const [ch, other] = [handleFor(0), handleFor(0)]
    const mh = php.curl_multi_init()
    php.curl_multi_add_handle(mh, ch)
    expect(curl_upkeep(ch), 'it has no connections yet').to.equal(true)
    const run = async (handle: php.CurlHandle, path: string): Promise<void> => {
      curl_setopt(handle, php.CURLOPT_URL, server.url(path))
      const running = { value: 0 }
      do {
        await php.curl_multi_exec(mh, running)
        await php.curl_multi_select(mh)
      } while (running.value > 0)
    }
    await run(ch, '/1')
    expect(curl_upkeep(ch)).to.equal(isPossible)
    php.curl_multi_add_handle(mh, other)
    await run(other, '/2')
    expect(seen).to.deep.equal(isPossible ? ['/1', 'PING', '/2'] : ['/1', '/2'])
    expect(server.sessions).to.have.length(1)
  })

  it('fails in a function of the transfer, with libcurl’s code for that', async () => {
    const ch = handleFor(0)
    const results: unknown[] = []
    curl_setopt(ch, php.CURLOPT_WRITEFUNCTION, (handle: php.CurlHandle, data: Buffer) => {
      results.push(curl_upkeep(handle), curl_errno(handle))
      return data.length
    })
    curl_setopt(ch, php.CURLOPT_URL, server.url('/1'))
    await curl_exec(ch)
    expect(results).to.deep.equal([false, 93])
    expect(() => curl_upkeep(5 as never)).to.throw(
      php.OptionError,
      'curl_upkeep(): Argument #1 ($handle) must be of type CurlHandle, got 5',
    )
  })
})
