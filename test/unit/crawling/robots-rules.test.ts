/** The rules of robots.txt, with the examples of RFC 9309. Does not know how the files are fetched. */
import { expect } from 'chai'
import fc from 'fast-check'
import { RobotsCache, type RobotsResponse } from '../../../src/crawling/robots/robots-cache.js'
import {
  MAX_ROBOTS_BYTES,
  NO_RULES,
  parseRobots,
  productToken,
  sitemapsOf,
  type RobotsRules,
} from '../../../src/crawling/rules/robots-rules.js'

const ORIGIN = 'http://example.com'
const rulesOf = (text: string, agent = 'foobot'): RobotsRules => parseRobots(Buffer.from(text), agent)
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

  it('compare characters as browsers and people spell them', () => {
    const same: [rule: string, path: string][] = [
      ['/a[b]', '/a[b]'],
      ['/a[b]', '/a%5Bb%5D'],
      ['/a|b', '/a|b'],
      ['/a|b', '/a%7Cb'],
      ["/?q='x'", "/?q='x'"],
      ["/?q='x'", '/?q=%27x%27'],
      ['/{a b}"', '/%7Ba%20b%7D%22'],
      // RFC 9309, 2.2.3
      ['/path/file-with-a-%2A.html', '/path/file-with-a-*.html'],
      ['/path/foo-%24', '/path/foo-$'],
      ['/a$b', '/a$bc'],
      ['/*%', '/100%25'],
    ]
    for (const [rule, path] of same) {
      const { href } = new URL(path, ORIGIN)
      expect(rulesOf(`user-agent: *\ndisallow: ${rule}`).allows(href), `${rule} ${href}`).to.be.false
    }
    // The escape of a delimiter is another URL.
    expect(allows('user-agent: *\ndisallow: /a/b', '/a%2Fb')).to.be.true
    const latin1 = parseRobots(Buffer.from('user-agent: *\ndisallow: /caf\xE0', 'latin1'), 'x')
    expect(latin1.allows(`${ORIGIN}/caf%e0`)).to.be.false
  })

  it('are those of all groups of a crawler, whatever stands between them', () => {
    const between = 'user-agent: foobot\ncrawl-delay: 5\n\nuser-agent: barbot\ndisallow: /x'
    expect(['foobot', 'barbot'].map((agent) => allows(between, '/x', agent))).to.deep.equal([false, false])
    const twice =
      'user-agent: foobot/2.0\ndisallow: /x\nuser-agent: *\ndisallow: /\nuser-agent: FOOBOT\ndisallow: /y'
    expect(['/x', '/y', '/z', '/robots.txt'].map((path) => allows(twice, path))).to.deep.equal([
      false,
      false,
      true,
      true,
    ])
    expect(['/z', '/robots.txt'].map((path) => allows(twice, path, 'x'))).to.deep.equal([false, true])
    const empty = 'user-agent: foobot\ndisallow:\nuser-agent: barbot\ndisallow: /'
    expect(['foobot', 'barbot'].map((agent) => allows(empty, '/x', agent))).to.deep.equal([true, false])
    const last = 'disallow: /\nuser-agent: *\ndisallow: /\nuser-agent: foobot\n'
    expect(allows(last, '/x')).to.be.true
  })

  it('match as expressions of the same meaning do', () => {
    /** Each token has a letter in the expression, spellings in a rule, and spellings in a URL. */
    const tokens = [
      { letter: 'x', rule: ['x', '%78'], url: ['x', '%78'] },
      { letter: 'y', rule: ['y', '%79'], url: ['y', '%79'] },
      { letter: 's', rule: ['/'], url: ['/'] },
      { letter: 'e', rule: ['%2F', '%2f'], url: ['%2F', '%2f'] },
      { letter: 'p', rule: ['|', '%7C', '%7c'], url: ['|', '%7C', '%7c'] },
      { letter: 'b', rule: ['[', '%5b'], url: ['[', '%5B'] },
      { letter: 'u', rule: ['\u30C4', '%E3%83%84'], url: ['\u30C4', '%e3%83%84'] },
      { letter: 'a', rule: ['%2A', '%2a'], url: ['*', '%2A'] },
      { letter: '.*', rule: ['*', '**'], url: ['xyx'] },
    ]
    const spelling = fc.record({ token: fc.constantFrom(...tokens), n: fc.nat(5) })
    const path = fc.array(spelling, { maxLength: 8 })
    const pick = (from: readonly string[], n: number): string => from[n % from.length]!
    let matched = 0
    fc.assert(
      fc.property(path, fc.boolean(), path, fc.boolean(), (ruled, isAnchored, given, isOwn) => {
        // Every other URL begins as the rule does, so that many match.
        const target = isOwn ? [...ruled, ...given.slice(0, 2)] : given
        const rule = `/${ruled.map(({ token, n }) => pick(token.rule, n)).join('')}${isAnchored ? '$' : ''}`
        const url = new URL(`${ORIGIN}/${target.map(({ token, n }) => pick(token.url, n)).join('')}`).href
        const model = `^${ruled.map(({ token }) => token.letter).join('')}${isAnchored ? '$' : ''}`
        const letters = target.map(({ token }) => (token.letter === '.*' ? 'xyx' : token.letter)).join('')
        const isMatch = new RegExp(model).test(letters)
        matched += Number(isMatch)
        expect(rulesOf(`user-agent: *\ndisallow: ${rule}`).allows(url), `${rule} ${url}`).to.equal(!isMatch)
      }),
      { numRuns: 2000 },
    )
    expect(matched).to.be.within(200, 1800)
  })

  it('decide by the most specific rule, in whatever order they stand', () => {
    const rule = fc.record({
      isAllow: fc.boolean(),
      path: fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 5 }).map((parts) => `/${parts.join('')}`),
    })
    const path = fc.array(fc.constantFrom('a', 'b'), { maxLength: 5 }).map((parts) => `/${parts.join('')}`)
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 6 }), path, (rules, target) => {
        let best = { length: 0, isAllow: true }
        for (const { path: pattern, isAllow } of rules) {
          const { length } = pattern.replace(/\*+/g, '*')
          if (!new RegExp(`^${pattern.replaceAll('*', '.*')}`).test(target)) continue
          if (length > best.length || (length === best.length && isAllow)) best = { length, isAllow }
        }
        const lines = rules.map(({ isAllow, path: value }) => `${isAllow ? 'allow' : 'disallow'}: ${value}`)
        expect(allows(['user-agent: *', ...lines].join('\n'), target)).to.equal(best.isAllow)
      }),
      { numRuns: 1000 },
    )
  })

  it('of 500 KiB take no long time, however they are made, and forbid what would', () => {
    const lines = (line: (n: number) => string): string => {
      const all = ['user-agent: *']
      for (let n = 0, size = 0; size < MAX_ROBOTS_BYTES - 1000; n++)
        size += all.push(line(n)) && all.at(-1)!.length
      return all.join('\n')
    }
    const path = `/${'a'.repeat(8000)}`
    const stars = `user-agent: *\ndisallow: /${'*a'.repeat(50_000)}b`
    expect(allows(stars, path)).to.be.true
    const many = rulesOf(lines((n) => `allow:*a*${'a'.repeat(100)}${n}`))
    const start = process.cpuUsage()
    expect(many.allows(ORIGIN + path)).to.be.false
    expect(many.allows(`${ORIGIN}/aa`)).to.be.true
    const long = lines(() => `allow:*${'a'.repeat(1000)}b${'a'.repeat(1000)}`)
    expect(allows(long, `/${'a'.repeat(1e6)}`)).to.be.false
    const blanks = `user-agent: *\ndisallow: /${' '.repeat(MAX_ROBOTS_BYTES - 100)}x`
    expect(allows(blanks, '/')).to.be.true
    // Several seconds each where the time grows with the square of the length.
    expect(process.cpuUsage(start).user / 1000, 'milliseconds').to.be.below(2000)
  })

  it('are not disturbed by other lines, a byte order mark or odd line ends (RFC 9309, 2.2.4)', () => {
    const text = '\uFEFFuser-agent: foobot\rSitemap: http://h/s.xml\r\nUser-agent: barbot\nfoo\ndisallow: /'
    expect(allows(text, '/', 'foobot')).to.be.false
    expect(allows(text, '/', 'barbot')).to.be.false
    expect(sitemapsOf(Buffer.from(text))).to.deep.equal(['http://h/s.xml'])
  })

  it('give a delay, of at most a day', () => {
    const text =
      'user-agent: *\nallow: /\ncrawl-delay: 1.5\n\nuser-agent: foobot\ncrawl-delay: 1e9\ndisallow: /'
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

/** A crawl that goes on, of which no URLs wait. */
const OPEN = {
  mayFetch: () => true,
  isNeeded: () => false,
  failed: (error: unknown): void => {
    throw error
  },
}

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
    const cache = new RobotsCache('x', 10, {
      now: () => now,
      fetch: (url) => {
        fetched.push(url)
        return Promise.resolve(answers.get(new URL(url).origin)!)
      },
      ...OPEN,
      arrived: (origin, come) => rules.set(origin, come!),
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

  it('fetches each file once, few at a time, and keeps the rules that URLs wait for', async () => {
    const origins = Array.from({ length: 6000 }, (_, i) => `http://h${i}`)
    const waiting = new Set(origins)
    const all = { fetched: 0, inFlight: 0, peak: 0, arrived: 0 }
    const cache = new RobotsCache('bot', 20, {
      now: () => 0,
      fetch: async () => {
        all.fetched++
        all.peak = Math.max(all.peak, ++all.inFlight)
        await Promise.resolve()
        all.inFlight--
        return { status: 404, isLost: false, body: Buffer.alloc(0) }
      },
      ...OPEN,
      isNeeded: (origin) => waiting.has(origin),
      arrived: () => all.arrived++,
    })
    const known = (): number => origins.filter((origin) => cache.of(origin) !== null).length
    expect(known()).to.equal(0)
    for (let i = 0; i < 6000 && all.arrived < 6000; i++) await new Promise(setImmediate)
    expect([known(), all]).to.deep.equal([6000, { fetched: 6000, inFlight: 0, peak: 20, arrived: 6000 }])
    // Nobody waits any more: the next one takes the places of the oldest.
    waiting.clear()
    expect(cache.of('http://last')).to.equal(null)
    while (all.inFlight > 0) await new Promise(setImmediate)
    expect(cache.of('http://last')).to.equal(NO_RULES)
    expect(known()).to.equal(4999)
  })
})
