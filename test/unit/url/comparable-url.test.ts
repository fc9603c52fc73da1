/** URLs in archives, in a mock and in comparisons: none of them has credentials, however it is spelled. */
import { expect } from 'chai'
import fc from 'fast-check'
import { comparableUrl, withoutCredentials } from '../../../src/url/comparable-url.js'

const SECRET = 'hunter2'

describe('a URL without credentials', () => {
  it('is otherwise as it is spelled, also where the URL parser refuses it', () => {
    const cases: [given: string, shown: string][] = [
      [`http://u:${SECRET}@h/a?b=c#part`, 'http://h/a?b=c'],
      [`u:${SECRET}@h/a`, 'http://h/a'],
      [`http://u:${SECRET}@h:99999/a#part`, 'http://h:99999/a'],
      [`http://u:hun/${SECRET}@h/a`, 'http://h/a'],
      [`u:hun/${SECRET}@h/a`, 'http://h/a'],
      [`http://u:hun#${SECRET}@h/a`, 'http://h/a'],
      [`http://u:${SECRET}@10.0.0.300/a`, 'http://10.0.0.300/a'],
      [`http://u:${SECRET}@[fe80::1%25eth0]/a`, 'http://[fe80::1%25eth0]/a'],
      [`http:/u:${SECRET}@h/a`, 'http://h/a'],
      [`http:///u:${SECRET}@h/a`, 'http://h/a'],
      [`http:\\u:${SECRET}@h/a`, 'http://h/a'],
      [`own:/u:${SECRET}@h/a`, 'own:/h/a'],
      [`ftp://u:${SECRET}@h/a`, 'ftp://h/a'],
      ['file:///tmp/a', 'file:///tmp/a'],
      ['localhost:80', 'http://localhost/'],
      [`http://h:99999/?next=a@b#${SECRET}`, 'http://h:99999/?next=a@b'],
    ]
    for (const [given, shown] of cases) expect(withoutCredentials(given), given).to.equal(shown)
  })

  it('has no password for any host, port and spelling, and is equal to itself', () => {
    const slashes = fc.constantFrom('http:/', 'http://', 'HTTPS://', 'http:///', '', 'ftp://', 'x:/', '//')
    const host = fc.oneof(
      fc.webAuthority(),
      fc.constantFrom('h:99999', '1.2.3.400', '[::1%25a]', 'h:', 'ä b'),
    )
    const before = fc.constantFrom('', 'a/', 'a#', 'a?', ':', 'a@', '%40', ' ')
    fc.assert(
      fc.property(slashes, before, host, fc.webPath(), (scheme, start, at, path) => {
        const bare = withoutCredentials(`${scheme}u:${start}${SECRET}@${at}${path}`)
        expect(bare).not.to.contain(SECRET)
        expect(withoutCredentials(bare)).to.equal(bare)
        expect(comparableUrl(bare)).to.equal(comparableUrl(comparableUrl(bare)))
      }),
      { numRuns: 40 },
    )
  })
})
