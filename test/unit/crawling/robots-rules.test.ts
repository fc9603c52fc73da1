/** The rules of robots.txt, with the examples of RFC 9309. Does not know how the files are fetched. */
import { expect } from 'chai'
import { RobotsCache, type RobotsResponse } from '../../../src/crawling/robots/robots-cache.js'
import {
  MAX_ROBOTS_BYTES,
  parseRobots,
  productToken,
  sitemapsOf,
  type RobotsRules,
} from '../../../src/crawling/rules/robots-rules.js'

const ORIGIN = 'http://example.com'
const rulesOf = (text: string, agent = 'foobot'): RobotsRules => parseRobots(ORIGIN, Buffer.from(text), agent)
const allows = (text: string, path: string, agent?: string): boolean =>
  rulesOf(text, agent).allows(ORIGIN + path)

describe('rules of robots.txt', () => {
  // RFC 9309, 5.1
  const simple = `User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot

EOF`
  const cases: [agent: string, path: string, isAllowed: boolean][] = [
    ['anybot', '/publications/', true],
    ['anybot', '/a.gif', false],
    ['anybot', '/a.gif?x', true],
    ['anybot', '/example/x', false],
    ['foobot', '/', false],
    ['FooBot', '/example/page.html', true],
    ['foobot', '/example/allowed.gif', true],
    ['barbot', '/example/page.html', false],
    ['bazbot', '/example/page.html', false],
    ['bazbot', '/a.gif', true],
    ['quxbot', '/example/page.html', true],
  ]
  for (const [agent, path, isAllowed] of cases) {
    it(`${isAllowed ? 'allow' : 'forbid'} ${path} for ${agent}, as in RFC 9309, 5.1`, () => {
      expect(allows(simple, path, agent)).to.equal(isAllowed)
    })
  }

  it('go by the longest match, and for equal lengths by Allow (RFC 9309, 2.2.2 and 5.2)', () => {
    const longest = 'User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif'
    expect(allows(longest, '/example/page/disallowed.gif')).to.be.false
    expect(allows(longest, '/example/page/other.gif')).to.be.true
    expect(allows('User-agent: *\nDisallow: /a\nAllow: /a', '/a')).to.be.true
  })

  it('compare escapes as RFC 9309 (2.2.2) says', () => {
    const rule = (path: string): string => `user-agent: *\ndisallow: ${path}`
    const url = (path: string): string => path
    expect(allows(rule('/foo/bar?baz=quz'), '/foo/bar?baz=quz')).to.be.false
    expect(allows(rule('/foo/bar?baz=https%3A%2F%2Ffoo.bar'), url('/foo/bar?baz=https%3a%2F%2Ffoo.bar'))).to
      .be.false
    expect(allows(rule('/foo/bar/\u30C4'), '/foo/bar/%E3%83%84')).to.be.false
    expect(allows(rule('/foo/bar/%E3%83%84'), '/foo/bar/%e3%83%84')).to.be.false
    expect(allows(rule('/foo/bar/%62%61%7A'), '/foo/bar/baz')).to.be.false
  })

  it('know comments, wildcards and the end of a pattern (RFC 9309, 2.2.3)', () => {
    expect(allows('user-agent: *\nallow: / # all\ndisallow: /x#y', '/xz')).to.be.false
    expect(allows('user-agent: *\ndisallow: /this/path/exactly$', '/this/path/exactly/not')).to.be.true
    expect(allows('user-agent: *\ndisallow: /this/*/exactly', '/this/path/exactly')).to.be.false
  })

  it('are not disturbed by other lines, a byte order mark or odd line ends (RFC 9309, 2.2.4)', () => {
    const text = '\uFEFFuser-agent: foobot\rSitemap: http://h/s.xml\r\nUser-agent: barbot\nfoo\ndisallow: /'
    expect(allows(text, '/', 'foobot')).to.be.false
    expect(allows(text, '/', 'barbot')).to.be.false
    expect(sitemapsOf(Buffer.from(text))).to.deep.equal(['http://h/s.xml'])
  })

  it('give a delay, of at most a day', () => {
    const text = 'user-agent: *\ncrawl-delay: 1.5\n\nuser-agent: foobot\ndisallow: /\ncrawl-delay: 1e9'
    expect([rulesOf(text, 'x').delayMs, rulesOf(text).delayMs]).to.deep.equal([1500, 86_400_000])
    expect(rulesOf('user-agent: *\ncrawl-delay: soon').delayMs).to.equal(0)
    expect(rulesOf('user-agent: *\ncrawl-delay: -5').delayMs).to.equal(0)
  })

  it('end at 500 KiB, before the line that is cut there', () => {
    const head = 'user-agent: *\ndisallow: /a\n'
    const filler = '#'.repeat(MAX_ROBOTS_BYTES - head.length - 'disallow: /b'.length - 1)
    const text = `${head}${filler}\ndisallow: /bc\ndisallow: /d`
    expect(['/a', '/b', '/bc', '/d'].map((path) => allows(text, path))).to.deep.equal([
      false,
      true,
      true,
      true,
    ])
  })

  it('are found by the product token of a user agent', () => {
    expect(['foobot/1.0 (+http://h)', ' Foo-Bot ', ''].map(productToken)).to.deep.equal([
      'foobot',
      'Foo-Bot',
      '',
    ])
  })
})

describe('RobotsCache', () => {
  it('takes each status as RFC 9309 (2.3.1) says, fetches once, and again after a day', async () => {
    let now = 0
    const fetched: string[] = []
    const body = Buffer.from('user-agent: *\ndisallow: /x')
    const answers = new Map<string, RobotsResponse>([
      ['http://ok', { status: 200, isLost: false, body }],
      ['http://gone', { status: 404, isLost: false, body }],
      ['http://limited', { status: 429, isLost: false, body }],
      ['http://error', { status: 503, isLost: false, body }],
      ['http://dead', { status: 0, isLost: false, body }],
      ['http://lost', { status: 302, isLost: true, body }],
    ])
    const rules = new Map<string, RobotsRules>()
    const cache = new RobotsCache('x', {
      now: () => now,
      fetch: (url) => {
        fetched.push(url)
        return Promise.resolve(answers.get(new URL(url).origin)!)
      },
      arrived: (origin, come) => rules.set(origin, come),
    })
    for (const origin of answers.keys()) for (let i = 0; i < 3; i++) expect(cache.of(origin)).to.equal(null)
    await new Promise(setImmediate)
    const verdicts = [...answers.keys()].map((origin) => {
      expect(cache.of(origin)).to.equal(rules.get(origin))
      return [origin, ...['/', '/x'].map((path) => rules.get(origin)!.allows(origin + path))]
    })
    expect(verdicts).to.deep.equal([
      ['http://ok', true, false],
      ['http://gone', true, true],
      ['http://limited', true, true],
      ['http://error', false, false],
      ['http://dead', false, false],
      ['http://lost', true, true],
    ])
    expect([rules.get('http://error')!.isUnreachable, fetched.length]).to.deep.equal([true, 6])
    now = 24 * 3_600_000 - 1
    expect(cache.of('http://ok')).not.to.equal(null)
    now++
    expect([cache.of('http://ok'), fetched.at(-1)]).to.deep.equal([null, 'http://ok/robots.txt'])
  })
})
