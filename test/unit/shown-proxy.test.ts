/** What is shown of a proxy, with random credentials in every form that lists have. */
import { expect } from 'chai'
import fc from 'fast-check'
import { shownProxy, withoutProxies, withoutQuotedProxy } from '../../src/shown-proxy.js'

/** A secret that is in no other word: every one of its parts is as long as a secret. */
const part = fc.stringMatching(/^[A-Z]{5,8}$/)
const secret = fc
  .tuple(
    part,
    fc.constantFrom('', ':', '@', '/', '?', '#', '%40', '%', ' ', '::', '//', '[', ']', '"', "'"),
    part,
  )
  .map(([first, between, last]) => ({ text: `${first}${between}${last}`, parts: [first, last] }))
const scheme = fc.constantFrom(
  '',
  'http://',
  'https://',
  'socks4://',
  'socks5://',
  'socks5h://',
  'nosuch://',
  '//',
)
const server = fc.constantFrom('127.0.0.1', 'proxy.example', '[::1]', 'p')
const port = fc.constantFrom('8080', '1', '65535', '99999', '')
const form = fc.constantFrom(
  (h: string, p: string, u: string, s: string) => `${h}:${p}:${u}:${s}`,
  (h: string, p: string, u: string, s: string) => `${u}:${s}:${h}:${p}`,
  (h: string, p: string, u: string, s: string) => `${u}:${s}@${h}:${p}`,
  (h: string, _p: string, u: string, s: string) => `${u}:${s}@${h}`,
  (h: string, p: string, _u: string, s: string) => `${s}@${h}:${p}/`,
  (h: string, p: string, u: string, s: string) => `${h}:${p}@${u}:${s}`,
  (h: string, p: string, u: string, s: string) => `${h}:${p}/${u}:${s}`,
  (h: string, p: string, u: string, s: string) => `${h}:${p}?${u}=${s}`,
  (h: string, p: string, u: string, s: string) => `${h};${p};${u};${s}`,
  (h: string, p: string, u: string, s: string) => `${h}|${p}|${u}|${s}`,
  (h: string, p: string, u: string, s: string) => `${h},${p},${u},${s}`,
  (h: string, p: string, u: string, s: string) => `${h} ${p} ${u} ${s}`,
  (h: string, p: string, u: string, s: string) => `${h}:${p} ${u}:${s}`,
)
const proxies = fc
  .tuple(form, scheme, server, port, secret)
  .map(([make, start, host, number, { text, parts }]) => ({
    proxy: start + make(host, number, 'bob', text),
    parts,
  }))

describe('what is shown of a proxy', () => {
  it('has no part of the password in it, in whatever form the proxy is spelled', () => {
    fc.assert(
      fc.property(proxies, ({ proxy, parts }) => {
        for (const text of parts) expect(shownProxy(proxy)).to.not.include(text)
      }),
      { numRuns: 700 },
    )
  })

  it("is all that libcurl's texts have of it", () => {
    const texts = fc.constantFrom(
      (proxy: string) => `Unsupported proxy syntax in '${proxy}': Port number was not a decimal number`,
      (proxy: string) => `Unsupported proxy scheme for '${proxy}'`,
      (proxy: string) => `Unsupported proxy '${proxy}', libcurl is built without the HTTPS-proxy support.`,
      (proxy: string) => `Uses proxy env variable http_proxy == '${proxy}'`,
    )
    fc.assert(
      fc.property(proxies, texts, ({ proxy, parts }, text) => {
        const line = text(proxy)
        for (const shown of [withoutQuotedProxy(line), withoutProxies(line, [proxy])]) {
          for (const secretPart of parts) expect(shown).to.not.include(secretPart)
          expect(shown).to.include(line.slice(0, 12))
        }
        for (const host of parts.filter((text) => proxy.split(/[:@/?#]/).includes(text)))
          expect(withoutProxies(`Could not resolve proxy: ${host}`, [proxy])).to.not.include(host)
      }),
      { numRuns: 400 },
    )
  })

  it('still names the server, and its socket', () => {
    const shown = {
      'http://bob:pass@127.0.0.1:8080': 'http://***@127.0.0.1:8080',
      'bob@proxy.example:1/': '***@proxy.example:1/',
      '127.0.0.1:8080': '127.0.0.1:8080',
      'socks5h://[::1]:1080': 'socks5h://[::1]:1080',
      'socks5://[fe80::1%25eth0]:1': 'socks5://[fe80::1%25eth0]:1',
      'http://bücher.example:80': 'http://bücher.example:80',
      'socks5h://localhost/run/tor/socks': 'socks5h://localhost/run/tor/socks',
      'http://h:80/some/where': 'http://h:80/***',
      'http://h:80:bob:pass': 'http://***',
    }
    for (const [proxy, text] of Object.entries(shown)) expect(shownProxy(proxy)).to.equal(text)
    expect(withoutProxies('Could not resolve proxy: proxy.example', ['bob:pw@proxy.example'])).to.equal(
      'Could not resolve proxy: proxy.example',
    )
  })
})
