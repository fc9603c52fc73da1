/**
 * PHP's handles beyond what PHP itself can be compared with: select, pauses, handles that are in use,
 * functions that PHP has had since 8.4.
 */
import { expect } from 'chai'
import * as php from '../../../src/php/index.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { handleFor } from '../../support/php/handles.js'
import { warningsOf } from '../../support/php/warnings.js'

const {
  curl_copy_handle,
  curl_errno,
  curl_error,
  curl_exec,
  curl_init,
  curl_multi_add_handle,
  curl_multi_exec,
  curl_multi_getcontent,
  curl_multi_info_read,
  curl_multi_init,
  curl_multi_remove_handle,
  curl_multi_select,
  curl_pause,
  curl_setopt,
} = php

describe('PHP’s handles', () => {
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
  })
  beforeEach(() => server.forget())
  after(() => server.close())

  it('are waited for: select returns when a transfer has ended', async () => {
    const mh = curl_multi_init()
    const ch = handleFor(server.url('/gate/select'))
    curl_multi_add_handle(mh, ch)
    const running = { value: 0 }
    await curl_multi_exec(mh, running)
    expect(running.value).to.equal(1)
    await server.gate('select').waiting(1)
    expect(await curl_multi_select(mh, 0.01), 'the timeout').to.equal(0)
    const selected = curl_multi_select(mh, 100)
    server.gate('select').open()
    expect(await selected).to.equal(1)
    await curl_multi_exec(mh, running)
    expect(running.value).to.equal(0)
    expect(curl_multi_info_read(mh)).to.deep.equal({ msg: php.CURLMSG_DONE, result: 0, handle: ch })
  })

  it('end when they are removed, and keep what has arrived', async () => {
    const mh = curl_multi_init()
    const ch = handleFor(server.url('/gate/removed'))
    curl_multi_add_handle(mh, ch)
    const running = { value: 0 }
    await curl_multi_exec(mh, running)
    await server.gate('removed').waiting(1)
    expect(curl_multi_remove_handle(mh, ch)).to.equal(php.CURLM_OK)
    await curl_multi_exec(mh, running)
    expect([running.value, curl_multi_info_read(mh), curl_multi_getcontent(ch)]).to.deep.equal([0, false, ''])
    server.gate('removed').open()
    curl_setopt(ch, php.CURLOPT_URL, server.url('/status/200'))
    expect(await curl_exec(ch)).to.equal('status 200')
  })

  it('are paused by curl_pause, and go on', async () => {
    const chunks: number[] = []
    const ch = curl_init(server.url('/bytes/3000000'))
    let pausedAt = 0
    curl_setopt(ch, php.CURLOPT_WRITEFUNCTION, (handle: php.CurlHandle, data: Buffer) => {
      chunks.push(data.length)
      if (chunks.length === 1) {
        expect(curl_pause(handle, php.CURLPAUSE_RECV)).to.equal(php.CURLE_OK)
        // Several turns of the event loop: what arrives meanwhile is at most what libcurl has read already.
        setTimeout(() => {
          pausedAt = chunks.length
          setTimeout(() => {
            expect(chunks.length).to.equal(pausedAt)
            curl_pause(handle, php.CURLPAUSE_CONT)
          }, 50)
        }, 50)
      }
      return data.length
    })
    expect(await curl_exec(ch)).to.equal(true)
    expect(chunks.reduce((sum, length) => sum + length)).to.equal(3_000_000)
    expect(chunks.length).to.be.above(pausedAt)
  })

  it('call the functions that PHP has had since 8.4', async () => {
    const kinds = new Set<number>()
    const heads: string[] = []
    const ch = handleFor(server.url('/status/200'))
    curl_setopt(ch, php.CURLOPT_VERBOSE, true)
    curl_setopt(ch, php.CURLOPT_DEBUGFUNCTION, (handle: unknown, type: number, data: string) => {
      expect(handle).to.equal(ch)
      kinds.add(type)
      if (type === php.CURLINFO_HEADER_OUT) heads.push(data)
    })
    const seen: unknown[] = []
    curl_setopt(ch, php.CURLOPT_PREREQFUNCTION, (handle: unknown, ...rest: unknown[]) => {
      seen.push(handle === ch, rest[0], rest[1], rest[2])
      return php.CURL_PREREQFUNC_OK
    })
    expect(await curl_exec(ch)).to.equal('status 200')
    expect([...kinds]).to.include.members([php.CURLINFO_TEXT, php.CURLINFO_HEADER_IN, php.CURLINFO_DATA_IN])
    expect(heads[0]).to.include('GET /status/200')
    expect(seen).to.deep.equal([true, '127.0.0.1', '127.0.0.1', server.port])
    curl_setopt(ch, php.CURLOPT_PREREQFUNCTION, () => php.CURL_PREREQFUNC_ABORT)
    expect([await curl_exec(ch), curl_errno(ch)]).to.deep.equal([false, 42])
    const both = (): unknown => curl_setopt(ch, php.CURLINFO_HEADER_OUT, true)
    expect(both).to.throw(php.OptionError, 'CURLINFO_HEADER_OUT option must not be set when')
  })

  it('that are in use say so', async () => {
    const ch = handleFor(server.url('/gate/busy'))
    const first = curl_exec(ch)
    const warnings = await warningsOf(async () => {
      expect(await curl_exec(ch)).to.equal(false)
    })
    expect(warnings).to.deep.equal([
      'PhpWarning: curl_exec(): the handle is in use: await its curl_exec(), or use curl_copy_handle()',
    ])
    expect([curl_errno(ch), curl_error(ch)]).to.deep.equal([2, 'easy handle already used in multi handle'])
    expect(() => {
      php.curl_reset(ch)
    }).to.throw(php.OptionError, 'the handle is in use')
    const copy = curl_exec(curl_copy_handle(ch))
    await server.gate('busy').waiting(2)
    server.gate('busy').open()
    expect(await first).to.equal(await copy)
  })

  it('refuse header injection, files and conversions that switch checks off, and set nothing', async () => {
    const ch = handleFor(server.url('/echo'))
    const mistakes: [number, unknown, string][] = [
      [php.CURLOPT_USERAGENT, 'a\r\nX: 1', 'must not contain CR'],
      [php.CURLOPT_HTTPHEADER, ['A: 1\nB: 2'], 'must not contain LF'],
      [php.CURLOPT_SSL_VERIFYPEER, 'true', 'expects true or false'],
    ]
    for (const [option, value, message] of mistakes) {
      expect(() => curl_setopt(ch, option, value)).to.throw(php.OptionError, message)
    }
    await curl_exec(ch)
    expect(server.requests[0]?.headers).to.not.have.any.keys('user-agent', 'a', 'x', 'b')
    curl_setopt(ch, php.CURLOPT_URL, 'file:///etc/hosts')
    expect([await curl_exec(ch), curl_errno(ch)]).to.deep.equal([false, 1])
  })

  it('reject with OptionError for options that do not go together, in a loop with a message, too', async () => {
    const ch = handleFor(server.url('/echo'))
    curl_setopt(ch, 'cookieJar', false)
    curl_setopt(ch, 'proxies', ['http://127.0.0.1:1'])
    curl_setopt(ch, php.CURLOPT_PROXY, 'http://127.0.0.1:2')
    const mh = curl_multi_init()
    curl_multi_add_handle(mh, ch)
    const running = { value: 0 }
    const error: unknown = await curl_multi_exec(mh, running).catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(php.OptionError)
    expect(running.value).to.equal(0)
    expect(curl_multi_info_read(mh)).to.include({ result: 43, handle: ch })
  })

  it('end each of several selects, also after another one has run out of its time', async () => {
    const mh = curl_multi_init()
    curl_multi_add_handle(mh, handleFor(server.url('/gate/selects')))
    await curl_multi_exec(mh, { value: 0 })
    await server.gate('selects').waiting(1)
    const [short, long] = [curl_multi_select(mh, 0.001), curl_multi_select(mh, 3600)]
    expect(await short).to.equal(0)
    server.gate('selects').open()
    expect(await long).to.equal(1)
  })

  it('have the bytes of the body, for content that is no text', async () => {
    const ch = handleFor(server.url('/bytes/1000'))
    await curl_exec(ch)
    expect(ch.transfer?.body).to.have.length(1000)
    curl_setopt(ch, 'encoding', 'buffer')
    expect(await curl_exec(ch)).to.deep.equal(ch.transfer?.body)
  })
})
