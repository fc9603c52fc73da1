/**
 * URLs of proxies: every spelling that curl takes, and errors that show no password.
 */
import { expect } from 'chai'
import fc from 'fast-check'
import { OptionError } from '../../../../src/errors.js'
import { parseProxyUrl } from '../../../../src/sessions/proxies/proxy-url.js'

describe('the URL of a proxy', () => {
  it('is taken in every spelling that curl takes', () => {
    const cases: [given: string, url: string, label?: string][] = [
      ['http://host:3128', 'http://host:3128'],
      ['http://host:3128/', 'http://host:3128'],
      ['host:3128', 'http://host:3128'],
      ['HOST', 'http://host:1080'],
      ['https://host', 'https://host:443'],
      ['https://host:', 'https://host:443'],
      ['HTTP://host:1', 'http://host:1'],
      ['socks://host', 'socks://host:1080'],
      ['socks4://user@host', 'socks4://user@host:1080', 'socks4://***@host:1080'],
      ['socks4a://host', 'socks4a://host:1080'],
      ['socks5://host', 'socks5://host:1080'],
      ['socks5h://u:p@[::1]:9050', 'socks5h://u:p@[::1]:9050', 'socks5h://***@[::1]:9050'],
      ['socks5h://localhost/run/tor.sock', 'socks5h://localhost/run/tor.sock'],
      ['http://user:@host:1', 'http://user:@host:1', 'http://***@host:1'],
      ['user:pass@host:1', 'http://user:pass@host:1', 'http://***@host:1'],
      ['http://a%40b:p%3Aq@host:1', 'http://a%40b:p%3Aq@host:1', 'http://***@host:1'],
      ['http://a:p@ss:w/o?r#d@host:1', 'http://a:p%40ss%3Aw%2Fo%3Fr%23d@host:1', 'http://***@host:1'],
      ['http://a:100%@host:1', 'http://a:100%25@host:1', 'http://***@host:1'],
      ['http://žluť:kůň@host:1', 'http://%C5%BElu%C5%A5:k%C5%AF%C5%88@host:1', 'http://***@host:1'],
    ]
    for (const [given, url, label = url] of cases)
      expect(parseProxyUrl(given, 'here'), given).to.deep.equal({ url, label })
  })

  it('keeps any credentials, as libcurl will decode them', () => {
    const text = fc
      .string({ unit: fc.constantFrom(...'aZ0 :@/?#[]%&=+ž€'), maxLength: 8 })
      .map((s) => s.trim())
    fc.assert(
      fc.property(text, text, (user, password) => {
        const given = `http://${encodeURIComponent(user)}:${encodeURIComponent(password)}@host:1`
        const url = new URL(parseProxyUrl(given, 'here').url)
        expect([decodeURIComponent(url.username), decodeURIComponent(url.password)]).to.deep.equal([
          user,
          password,
        ])
      }),
    )
  })

  it('is refused where it is malformed, and the error shows what is not secret', () => {
    const cases: [given: unknown, shown: string][] = [
      ['', 'no host'],
      ['http://', 'no host'],
      ['http://user:s3cret@', 'no host'],
      ['ftp://user:s3cret@host:1', '"ftp://***@host:1"'],
      ['http://user:s3cret@host:port', '"http://***@host:port"'],
      ['http://user:s3cret@host:0', 'port'],
      ['http://user:s3cret@host:65536', 'port'],
      ['http://user:s3cret@host:1/path', 'something comes after'],
      ['http://user:s3cret@ho st:1', 'spaces'],
      ['http://user:s3cret\r\n@host:1', 'control characters'],
      ['http://user:s3cret%0d%0aX@host:1', 'credentials have control characters'],
      ['http://user:s3cret%ff@host:1', 'not UTF-8'],
      ['http://user:s3cret@[::1:80', 'malformed'],
      ['http://user:s3cret@[fe80::zz]:80', 'malformed'],
      ['http://user:s3cret@a,b:80', 'malformed'],
      ['socks5h://user:s3cret@other/run/tor.sock', 'something comes after'],
      ['host:80:user:s3cret', '"***"'],
      ['user:s3cret:host:80', '(http://user:password@host:port)'],
      ['http://user:s3cret:host:80', '"http://***"'],
      [`http://h/${'x'.repeat(9_000_000)}`, 'something comes after'],
      ['http://[::1]:80:user:s3cret', '"http://***"'],
      ['http://user:s3cret/@', 'no host'],
      [5, 'got a number'],
      [{}, 'got an object'],
    ]
    for (const [given, shown] of cases) {
      const attempt = (): unknown => parseProxyUrl(given, 'proxies[3]')
      expect(attempt, String(given)).to.throw(OptionError, /^proxies\[3\]: /)
      expect(attempt).to.throw(shown)
      expect(attempt).not.to.throw('s3cret')
    }
  })
})
