/**
 * Many of PHP's handles at once: in parallel, without waiting in circles, and without keeping what is over.
 * Does not measure times: it counts.
 */
import { expect } from 'chai'
import { performance } from 'node:perf_hooks'
import * as php from '../../../src/php/index.js'
import { collectUntil } from '../../support/garbage.js'
import { handleFor } from '../../support/php/handles.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { refusedPort } from '../../support/servers/tcp-server.js'

const {
  curl_exec,
  curl_getinfo,
  curl_multi_add_handle,
  curl_multi_exec,
  curl_multi_get_handles,
  curl_multi_getcontent,
  curl_multi_info_read,
  curl_multi_init,
  curl_multi_remove_handle,
  curl_multi_select,
  curl_setopt,
} = php

describe('many of PHP’s handles', () => {
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
  })
  beforeEach(() => server.forget())
  after(() => server.close())

  it('run in parallel with Promise.all', async () => {
    const handles = Array.from({ length: 100 }, () => handleFor(server.url('/gate/all')))
    const all = Promise.all(handles.map(curl_exec))
    await server.gate('all').waiting(100)
    server.gate('all').open()
    expect(new Set(await all).size).to.equal(1)
    expect(server.peakInFlight).to.equal(100)
  })

  it('roll through a window of 50: of 1,000 handles each has one message, and none is kept', async () => {
    const refused = await refusedPort()
    const urls = Array.from({ length: 1000 }, (_, i) =>
      i % 20 === 7 ? `http://127.0.0.1:${String(refused)}/` : server.url(`/status/200?n=${String(i)}`),
    )
    const mh = curl_multi_init()
    let next = 0
    let most = 0
    const seen = new Map<unknown, number>()
    const handles: WeakRef<php.CurlHandle>[] = []
    const failed: unknown[] = []
    const add = (): void => {
      if (next >= urls.length) return
      const ch = handleFor(urls[next] as string)
      curl_setopt(ch, php.CURLOPT_PRIVATE, next++)
      curl_multi_add_handle(mh, ch)
      handles.push(new WeakRef(ch))
    }
    for (let i = 0; i < 50; i++) add()
    const running = { value: 0 }
    let calls = 0
    do {
      calls++
      await curl_multi_exec(mh, running)
      most = Math.max(most, running.value)
      for (;;) {
        const done = curl_multi_info_read(mh)
        if (done === false) break
        const id = curl_getinfo(done.handle, php.CURLINFO_PRIVATE)
        seen.set(id, (seen.get(id) ?? 0) + 1)
        if (done.result === 0) expect(curl_multi_getcontent(done.handle)).to.equal('status 200')
        else failed.push(done.result)
        curl_multi_remove_handle(mh, done.handle)
        add()
      }
      if (curl_multi_get_handles(mh).length > 0) await curl_multi_select(mh, 1)
    } while (curl_multi_get_handles(mh).length > 0)
    expect(seen.size).to.equal(1000)
    expect(new Set(seen.values())).to.deep.equal(new Set([1]))
    expect(failed).to.have.length(50)
    expect(new Set(failed)).to.deep.equal(new Set([7]))
    expect(most).to.be.at.most(50)
    expect(calls, 'one call for each message at most').to.be.at.most(1001)
    expect(server.requests).to.have.length(950)
    await collectUntil(() => false, 3)
    // The last turns may be on the stack still.
    const kept = handles.filter((handle) => handle.deref() !== undefined)
    expect(kept.length, 'handles that nothing refers to').to.be.below(50)
  })

  it('are waited for without turns of the event loop', async () => {
    const mh = curl_multi_init()
    for (let i = 0; i < 20; i++) curl_multi_add_handle(mh, handleFor(server.url('/gate/quiet')))
    const running = { value: 0 }
    await curl_multi_exec(mh, running)
    await server.gate('quiet').waiting(20)
    // The first wait also has work that is done once, such as reading the settings of the connections.
    await curl_multi_select(mh, 0.05)
    const turns = performance.nodeTiming.uvMetricsInfo.loopCount
    expect(await curl_multi_select(mh, 0.25)).to.equal(0)
    const passed = performance.nodeTiming.uvMetricsInfo.loopCount - turns
    expect(passed, 'turns of the event loop: a loop that asks again and again makes thousands').to.be.below(
      50,
    )
    expect(running.value).to.equal(20)
    php.curl_multi_close(mh)
    server.gate('quiet').open()
  })

  it('do not search the constants for the name of each option', async () => {
    const { entries } = Object
    let searched = 0
    Object.entries = ((object: object) => {
      const found = entries(object)
      if (found.length > 100) searched++
      return found
    }) as typeof Object.entries
    try {
      for (let i = 0; i < 5; i++)
        expect(await curl_exec(handleFor(server.url('/status/200')))).to.equal('status 200')
    } finally {
      Object.entries = entries
    }
    expect(searched).to.equal(0)
  })
})
