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
      ['a:p://ss@host:1', 'http://a:p%3A%2F%2Fss@host:1', 'http://***@host:1'],
      ['http://a:100%@host:1', 'http://a:100%25@host:1', 'http://***@host:1'],
      ['http://žluť:kůň@host:1', 'http://%C5%BElu%C5%A5:k%C5%AF%C5%88@host:1', 'http://***@host:1'],
    ]
    for (const [given, url, label = url] of cases)
      expect(parseProxyUrl(given, 'here'), given).to.deep.equal({ url, label })
  })

  it('is taken as host:port:user:password, whose password is the whole rest as it is', () => {
    const cases: [given: string, url: string][] = [
      ['1.2.3.4:8080:user:pass', 'http://user:pass@1.2.3.4:8080'],
      ['Gate.Example:8080:user:pass', 'http://user:pass@gate.example:8080'],
      ['[2001:db8::1]:8080:user:pass', 'http://user:pass@[2001:db8::1]:8080'],
      ['socks5h://1.2.3.4:1080:user:pass', 'socks5h://user:pass@1.2.3.4:1080'],
      ['http://1.2.3.4:80:user-country-de:a:b', 'http://user-country-de:a%3Ab@1.2.3.4:80'],
      ['1.2.3.4:80:user:a:b:', 'http://user:a%3Ab%3A@1.2.3.4:80'],
      ['1.2.3.4:80:user:p@ss', 'http://user:p%40ss@1.2.3.4:80'],
      ['1.2.3.4:80:me@shop.example:pass', 'http://me%40shop.example:pass@1.2.3.4:80'],
      ['1.2.3.4:80:user:50%25/?#', 'http://user:50%2525%2F%3F%23@1.2.3.4:80'],
      ['1.2.3.4:80:user:', 'http://user:@1.2.3.4:80'],
    ]
    for (const [given, url] of cases)
      expect(parseProxyUrl(given, 'here'), given).to.deep.equal({
        url,
        label: url.replace(/\/\/.*@/, '//***@'),
      })
  })

  it('keeps any password of host:port:user:password without an @', () => {
    const password = fc.string({ unit: fc.constantFrom(...'aZ0:/?#[]%&=+ž€'), maxLength: 8 })
    fc.assert(
      fc.property(password, (given) => {
        const url = new URL(parseProxyUrl(`host:1:user:${given}`, 'here').url)
        expect(decodeURIComponent(url.password)).to.equal(given)
      }),
    )
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
      ['user:s3cret:host:80', '(http://user:password@host:port or '],
      ['http://user:s3cret:host:80', '"http://***"'],
      [`http://h/${'x'.repeat(9_000_000)}`, 'something comes after'],
      ['host:65536:user:s3cret', '"***" is not the URL of a proxy: its port is not from 1 to 65535'],
      ['http://host:0:user:s3cret', '"http://***" is not the URL of a proxy: its port'],
      ['a,b:80:user:s3cret', 'its host is malformed'],
      ['[fe80::zz]:80:user:s3cret', 'its host is malformed'],
      ['host:80::s3cret', 'its user is empty'],
      ['host:80:s3cret', 'malformed (http://user:password@host:port or host:port:user:password)'],
      ['host:80:user:s3cret\ud800', 'not UTF-8'],
      ['user:s3cret\ud800@host:80', 'not UTF-8'],
      ['host:999999:me:p@s3cret', '"***"'],
      [
        '1.2.3.4:80:me@shop.example:5',
        'can be read as host:port:user:password and as user:password@host:port',
      ],
      ['2001:470:1:2::9:8080:user:s3cret', 'brackets'],
      ['2001:db8::1', 'brackets'],
      ['user:s3cret@2001:db8::1:80', 'brackets'],
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
