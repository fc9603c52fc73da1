/** International names of hosts, in URLs and proxies. */
import { expect } from 'chai'
import { withAsciiHost, withHostAsIn } from '../../../src/url/ascii-host.js'

describe('withAsciiHost()', () => {
  for (const [url, wanted] of [
    ['http://åäö.se/ö?ä#å', 'http://xn--4cab6c.se/ö?ä#å'],
    ['HTTP://åäö.se:8/', 'HTTP://xn--4cab6c.se:8/'],
    ['http:/åäö.se', 'http:/xn--4cab6c.se'],
    ['http:///åäö.se', 'http:///xn--4cab6c.se'],
    ['http://u@b:p@åäö.se/@', 'http://u@b:p@xn--4cab6c.se/@'],
    ['me:é@åäö.se:80', 'me:é@xn--4cab6c.se:80'],
    ['åäö.se', 'xn--4cab6c.se'],
    ['http://example.com/é', 'http://example.com/é'],
    ['http://[::1]/é', 'http://[::1]/é'],
    ['', ''],
  ] as const) {
    it(`of ${JSON.stringify(url)} is ${wanted}`, () => {
      expect(withAsciiHost(url)).to.equal(wanted)
    })
  }
})

describe('withHostAsIn()', () => {
  it('gives a URL the spelling of its host, and leaves other hosts alone', () => {
    const given = 'http://me@åäö.se:80/1'
    expect(withHostAsIn('http://xn--4cab6c.se/2?x', given)).to.equal('http://åäö.se/2?x')
    expect(withHostAsIn('http://other.test/2', given)).to.equal('http://other.test/2')
    expect(withHostAsIn('http://a.test/2', 'http://A.test/1')).to.equal('http://a.test/2')
  })
})
