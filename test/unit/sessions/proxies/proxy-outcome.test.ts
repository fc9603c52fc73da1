/** The verdict on a proxy from the end of an attempt. */
import { expect } from 'chai'
import {
  failedBeforeServer,
  proxyOutcome,
  type ProxyFacts,
} from '../../../../src/sessions/proxies/proxy-outcome.js'

const fine: ProxyFacts = {
  viaProxy: true,
  errno: 0,
  responseCode: 200,
  connectCode: 0,
  proxyError: 0,
  proxyVerifyResult: 0,
  wasReady: true,
}
const codes = new Set([407, 403])
const outcome = (facts: Partial<ProxyFacts>): string => proxyOutcome({ ...fine, ...facts }, codes)

describe('an attempt through a proxy', () => {
  it('shows that the proxy works, also where the server refuses the request', () => {
    for (const responseCode of [200, 204, 301, 404, 500, 503])
      expect(outcome({ responseCode })).to.equal('ok')
    expect(outcome({ errno: 22, responseCode: 404 }), 'FAILONERROR').to.equal('ok')
  })

  it('shows that the proxy fails: refused, not resolved, no authority, statuses that were named', () => {
    for (const errno of [5, 7]) expect(outcome({ errno })).to.equal('failed')
    for (const responseCode of [403, 407]) expect(outcome({ responseCode })).to.equal('failed')
    expect(outcome({ errno: 22, responseCode: 403 })).to.equal('failed')
    for (const connectCode of [403, 407, 429, 402])
      expect(outcome({ errno: 56, connectCode })).to.equal('failed')
    expect(outcome({ errno: 60, proxyVerifyResult: 20 }), 'its certificate').to.equal('failed')
    for (const proxyError of [3, 12, 23, 33]) expect(outcome({ errno: 97, proxyError })).to.equal('failed')
  })

  it('leaves open whether the proxy or the server is to blame: timeouts, broken connections, failed tunnels', () => {
    for (const errno of [28, 35, 52, 55, 56]) expect(outcome({ errno })).to.equal('suspect')
    expect(outcome({ errno: 7, connectCode: 502 })).to.equal('suspect')
    for (const connectCode of [502, 503, 504]) expect(outcome({ errno: 56, connectCode })).to.equal('suspect')
    expect(outcome({ errno: 97, proxyError: 20 })).to.equal('suspect')
  })

  it('shows nothing of the proxy: faults of the server, its name, its certificate; an abort', () => {
    for (const errno of [3, 6, 18, 23, 42, 47, 60]) expect(outcome({ errno })).to.equal('neutral')
    for (const proxyError of [19, 21, 22, 24, 27])
      expect(outcome({ errno: 97, proxyError })).to.equal('neutral')
    for (const errno of [7, 28, 56]) expect(outcome({ errno, viaProxy: false })).to.equal('neutral')
    expect(outcome({ responseCode: 403, viaProxy: false }), 'an address that is not wanted').to.equal(
      'failed',
    )
  })

  it('may be made again elsewhere, where nothing has reached the server', () => {
    const may = (facts: Partial<ProxyFacts>): boolean => {
      const all = { ...fine, ...facts }
      return failedBeforeServer(all, proxyOutcome(all, codes))
    }
    expect(may({ errno: 7, wasReady: false })).to.equal(true)
    expect(may({ errno: 56, connectCode: 502, wasReady: false })).to.equal(true)
    expect(may({ responseCode: 407 })).to.equal(true)
    expect(may({ responseCode: 403 }), 'the server said so').to.equal(false)
    expect(may({ errno: 56 }), 'the server may have it').to.equal(false)
    expect(may({ errno: 6, wasReady: false })).to.equal(false)
    expect(may({ errno: 7, wasReady: false, viaProxy: false })).to.equal(false)
    expect(may({})).to.equal(false)
  })
})
