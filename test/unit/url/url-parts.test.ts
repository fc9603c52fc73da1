/** Parts of URLs that are not checked yet. */
import { expect } from 'chai'
import { authorityOf, hostKeyOf, hostOf, portOf, schemeOf } from '../../../src/url/url-parts.js'

describe('hostKeyOf()', () => {
  for (const [url, host] of [
    ['http://example.com/a?b#c', 'http://example.com:80'],
    ['HTTP://EXAMPLE.com.:80', 'http://example.com:80'],
    ['https://example.com?x=http://other', 'https://example.com:443'],
    ['http://user:p@ss@example.com:8080/@', 'http://example.com:8080'],
    ['http://[::1]/x', 'http://[::1]:80'],
    ['http://[::1]:99', 'http://[::1]:99'],
    ['example.com/x', 'http://example.com:80'],
    ['ftp://example.com', 'ftp://example.com:21'],
    ['http:/u:p@example.com/', 'http://example.com:80'],
    ['https:///example.com', 'https://example.com:443'],
    ['example.com/?u=ftp://x', 'http://example.com:80'],
    ['', 'http://:80'],
  ] as const) {
    it(`of ${JSON.stringify(url)} is ${host}`, () => {
      expect(hostKeyOf(url)).to.equal(host)
    })
  }
})

describe('the parts of a URL', () => {
  it('are what libcurl would take them for', () => {
    const parts = (url: string): unknown[] => [schemeOf(url), authorityOf(url), hostOf(url), portOf(url)]
    expect(parts('HTTPS://u:p@Host:8443/x@y')).to.deep.equal(['https', 'Host:8443', 'Host', 8443])
    expect(parts('http:/u:p@127.0.0.1:1/x')).to.deep.equal(['http', '127.0.0.1:1', '127.0.0.1', 1])
    expect(parts('http:///127.0.0.1')).to.deep.equal(['http', '127.0.0.1', '127.0.0.1', 80])
    expect(parts('[::1]:99?x')).to.deep.equal(['http', '[::1]:99', '[::1]', 99])
    expect(parts('file:///etc/passwd')).to.deep.equal(['file', 'etc', 'etc', 0])
    expect(parts('host:no-port')).to.deep.equal(['http', 'host:no-port', 'host', 0])
  })

  it('C4: are found in linear time', () => {
    const hostile = 'http://' + ':x'.repeat(500_000) + '/'
    const start = performance.now()
    expect(portOf(hostile) + hostOf(hostile).length).to.be.greaterThan(0)
    hostKeyOf(hostile)
    // Quadratic, it would be a minute.
    expect(performance.now() - start).to.be.below(1000)
  })
})
