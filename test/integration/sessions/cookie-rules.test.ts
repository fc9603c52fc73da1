/**
 * `jar.set(text, url)` beside libcurl on the wire (F9), what is sent (F10), and that all that is kept can be
 * read again (F7): the IETF's http-state cases where they are at hand, and random ones.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { CookieJar, OptionError, Session, SessionPool, type Cookie } from '../../../src/index.js'
import { HOSTS, lines, path } from '../../support/cookies/any-set-cookie.js'
import { setAll, startCookieServer, type CookieServer } from '../../support/servers/http/cookie-server.js'

/** https://github.com/abarth/http-state: it has no licence, so that there is no copy of it here. */
const CASES = join(process.env['PARALLELCURL_SHARED'] ?? '../shared', 'data/http-state-parser.json')

interface HttpStateCase {
  readonly test: string
  readonly received: readonly string[]
  readonly sent: readonly { readonly name: string; readonly value: string }[]
  readonly 'sent-to'?: string
}

/** The cases in which `set` and the wire differ. docs/cookies.md says why. */
const KNOWN_DIFFERENCES = ['DISABLED_CHROMIUM0022', 'DISABLED_CHROMIUM0023']

const asHeader = (cookies: readonly Cookie[]): string =>
  cookies.map(({ name, value }) => `${name}=${value}`).join('; ')

/**
 * libcurl counts in seconds, and newer ones round what is far off to a minute: both ways are not in the same
 * second.
 */
function expectSame(ours: readonly Cookie[], theirs: readonly Cookie[], why: string): void {
  const rest = (list: readonly Cookie[]): unknown[] => list.map((cookie) => ({ ...cookie, expires: '' }))
  expect(rest(ours), why).to.deep.equal(rest(theirs))
  for (const [i, { expires }] of ours.entries()) {
    const other = theirs[i]?.expires ?? null
    if (expires === null || other === null) expect(expires, why).to.equal(other)
    else expect(Math.abs(Date.parse(expires) - Date.parse(other)), why).to.be.below(61_000)
  }
}

/** Returns the name in a line: that of its first part with one, without the blanks around it. */
function nameIn(text: string): string {
  const pair = text.split(';').find((part) => /^[ \t]*[^ \t=]/.test(part)) ?? ''
  return (pair.split('=', 1)[0] as string).trim()
}

/**
 * libcurl 7.88 sorts by paths with their quotes, and loses these with a save; 8.22 does not say in which
 * place a cookie is that has replaced another one. The order is not compared then.
 */
function expectSent(header: string, sent: string, texts: readonly string[], why = ''): void {
  const names = texts.map(nameIn)
  const isOrdered = !texts.some((one) => /path\s*=[^;]*"/i.test(one)) && new Set(names).size === names.length
  const order = (text: string): string => (isOrdered ? text : text.split('; ').sort().join('; '))
  expect(order(header), why).to.equal(order(sent))
}

/**
 * Texts that set() once kept and libcurl does not, or the reverse, with the host, the path and whether there is a
 * secure cookie before them.
 */
const FOUND: [string[], string, string, boolean][] = [
  // libcurl checks each path, also those that a later one replaces.
  [['a=; Path=/\u0001; Path=', 'a=a; Domain=www.example.com'], 'www.example.com', '/', false],
  // A cookie that a public suffix sets for itself is for this host alone (8.22), and then `__Host-` allows it.
  [['__Host-a=1; Secure; Domain=localhost', 'a=a'], 'localhost', '/', false],
]

describe('rules of cookies', () => {
  let server: CookieServer
  let folder: string
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    server = await startCookieServer()
  })
  after(async () => {
    // Saves the jars that it has used.
    await server[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })

  it('F9: set() keeps of the http-state cases what libcurl keeps on the wire, in its order', async function () {
    this.timeout(120_000)
    if (!existsSync(CASES)) {
      this.test!.title += ` [skipped: there is no ${CASES}]`
      this.skip()
    }
    const cases = JSON.parse(readFileSync(CASES, 'utf8')) as HttpStateCase[]
    expect(cases.length).to.be.above(200)
    const base = 'http://home.example.org:8888/cookie-parser'
    const differ: string[] = []
    for (const { test, received, 'sent-to': to = '/cookie-parser-result?x' } of cases) {
      const [wire, set] = [new CookieJar(), new CookieJar()]
      const errno = await server.respond(wire, base, received)
      setAll(set, base, received)
      const url = to.startsWith('http') ? to : `http://home.example.org:8888${to}`
      const [onWire, bySet] = [await server.sent(wire, url), await server.sent(set, url)]
      if (errno !== 0 || onWire !== bySet) differ.push(test)
      expect(asHeader(set.get(url)), `get() of ${test}`).to.equal(bySet)
    }
    expect(KNOWN_DIFFERENCES).to.include.members(differ)
  })

  it('F9: set() keeps of random texts what libcurl keeps on the wire, and get() says what is sent', async function () {
    this.timeout(240_000)
    const property = fc.asyncProperty(
      lines,
      fc.constantFrom(...HOSTS),
      path,
      fc.boolean(),
      async (texts, host, at, hasSecure) => {
        const url = `http://${host}${at}`
        const secure = hasSecure
          ? [{ name: 'a', value: 'tls', domain: '.example.com', path: '/a', secure: true }]
          : []
        const [wire, set] = [new CookieJar(secure), new CookieJar(secure)]
        expect(await server.respond(wire, url, texts)).to.equal(0)
        const why = `refused: ${setAll(set, url, texts).join(', ')}`
        expectSame(set.all(), wire.all(), why)
        const sent = await server.sent(wire, url)
        expectSent(asHeader(wire.get(url)), sent, texts, 'get()')
        expectSent(await server.sent(set, url), sent, texts)
      },
    )
    await fc.assert(property, { numRuns: 600, examples: FOUND })
  })

  it('F7: whatever a server has set can be read again from a file, from JSON and from a file of sessions', async function () {
    this.timeout(240_000)
    let count = 0
    const property = fc.asyncProperty(lines, fc.constantFrom(...HOSTS), path, async (texts, host, at) => {
      const url = `http://${host}${at}`
      const file = join(folder, `jar-${String(++count)}.txt`)
      const jar = await CookieJar.open(file)
      await server.respond(jar, url, texts)
      const kept = jar.all()
      const sent = await server.sent(jar, url)
      await jar.save()
      const read = await CookieJar.open(file)
      expect(read.all()).to.deep.equal(kept)
      expectSent(await server.sent(read, url), sent, texts, 'from the file')
      // A second save changes nothing.
      expect(read.toNetscape()).to.equal(readFileSync(file, 'utf8'))

      const json = CookieJar.fromJSON(JSON.parse(JSON.stringify(jar)) as ReturnType<CookieJar['toJSON']>)
      expect(json.all()).to.deep.equal(kept)

      const sessions = `${file}.json`
      const pool = await SessionPool.open(sessions)
      pool.add(new Session({ name: 'one', cookieJar: jar }))
      await pool.save()
      const restored = (await SessionPool.open(sessions)).get('one')?.cookieJar
      expect(restored?.all()).to.deep.equal(kept)
      expectSent(await server.sent(restored as CookieJar, url), sent, texts, 'from the sessions')
    })
    await fc.assert(property, { numRuns: 150 })
  })

  it('F7: a path in quotes, a prefix in other letters and odd characters do not make a jar unreadable', async () => {
    const file = join(folder, 'odd.txt')
    const jar = await CookieJar.open(file)
    const texts = [
      'a=1; Path="/"',
      '__host-a=1',
      'b=1; Path=/x"',
      'c=1; Path=/\u0001',
      'd=\u00a01\u00a0',
      'e=1; Path=TRUE',
    ]
    await server.respond(jar, 'http://www.example.com/', texts)
    expect(jar.all()).to.have.length.within(4, 6)
    await jar.save()
    expect((await CookieJar.open(file)).all()).to.deep.equal(jar.all())
  })

  it('F7: cookies for "/" and for a path that is none: the file is read, and delete() takes them all', async () => {
    const file = join(folder, 'twofold.txt')
    const jar = await CookieJar.open(file)
    await server.respond(jar, 'http://www.example.com/', ['a=1', 'a=2; Path=x'])
    await jar.save()
    expect((await CookieJar.open(file)).all().map(({ value }) => value)).to.deep.equal(['2'])
    jar.delete({ name: 'a' })
    expect(jar.all()).to.deep.equal([])
    expect(await server.sent(jar, 'http://www.example.com/')).to.equal('')
  })

  it('F9: set() refuses what libcurl would drop, says why, and shows no value', () => {
    const jar = new CookieJar()
    const url = 'http://www.example.com/'
    const refused: [text: string, url: string, why: string][] = [
      ['foo; Path=/', url, 'a cookie needs a name, and "=" after it'],
      ['=s3cret', url, 'a cookie needs a name'],
      ['', url, 'a cookie needs a name'],
      ['a=s3cret\r', url, 'has no CR, LF and NUL'],
      ['a=s3cret\nb=1', url, 'has no CR, LF and NUL'],
      ['a=s3cret\u0001', url, 'has a control character'],
      ['a=s3cret; Domain=.com', url, 'for all of .com'],
      ['a=s3cret; Domain=co.uk', 'http://www.example.co.uk/', 'for all of .co.uk'],
      ['a=s3cret; Domain=..example.com', url, 'may not set cookie "a" for .example.com'],
      ['a=s3cret; Domain=example.org', url, 'may not set cookie "a" for example.org'],
      ['a=s3cret; Domain=example.org; Domain=example.com', url, 'may not set cookie "a" for example.org'],
      ['a=s3cret; Secure', url, 'without TLS'],
      ['__Host-a=s3cret; Path=/', url, 'takes no cookie from this text'],
      [`a=${'s3cret'.repeat(800)}`, url, 'takes no cookie from this text'],
      [`a=${'s3cret'.repeat(900)}`, url, 'longer than the 5000 bytes'],
    ]
    for (const [given, from, why] of refused) {
      expect(() => jar.set(given, from), given.slice(0, 60)).to.throw(OptionError, why)
      expect(() => jar.set(given, from)).not.to.throw(/s3cret/)
    }
    expect(jar.all()).to.deep.equal([])
    jar.set('a=tls; Secure', 'https://www.example.com/')
    expect(() => jar.set('a=s3cret', url)).to.throw(OptionError, 'would cover a secure one')
    jar.set('a=gone; Max-Age=0', 'https://www.example.com/')
    expect(jar.all(), 'a cookie that has ended takes the other one along').to.deep.equal([])
  })

  it('F10: get() says which 150 of 205 cookies libcurl sends, and where the header is full', async () => {
    const url = 'http://www.example.com/'
    for (const size of [1, 100]) {
      const jar = new CookieJar()
      for (let i = 0; i < 205; i++)
        jar.set({ name: `c${String(i)}`, value: 'x'.repeat(size), domain: 'www.example.com' })
      const sent = await server.sent(jar, url)
      const got = jar.get(url)
      expect(jar.all()).to.have.length(205)
      if (size === 1) {
        expect(got).to.have.length(150)
        expect(asHeader(got)).to.equal(sent)
      } else {
        // libcurl 7.88 counts the head of the request in front of it, too.
        expect(got.length - sent.split('; ').length).to.be.within(0, 3)
        expect(asHeader(got).startsWith(sent)).to.equal(true)
        expect(asHeader(got).length).to.be.below(8190)
      }
    }
  })
})
