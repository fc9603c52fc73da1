/**
 * One cookie, its line, and the text of a Set-Cookie header: what is taken, what is refused, and that no
 * value is ever shown.
 */
import { expect } from 'chai'
import fc from 'fast-check'
import { OptionError } from '../../../../src/errors.js'
import {
  checkCookie,
  fromLibcurl,
  fromLine,
  toLine,
  type Cookie,
  type CookieInit,
} from '../../../../src/sessions/cookies/cookie.js'
import { CookieJar } from '../../../../src/sessions/cookies/cookie-jar.js'
import { fromSetCookie } from '../../../../src/sessions/cookies/set-cookie.js'
import { cookies } from './cookie-arbitrary.js'

const plain: Cookie = {
  name: 'sid',
  value: '1',
  domain: 'example.com',
  includeSubdomains: false,
  path: '/',
  secure: false,
  httpOnly: false,
  expires: null,
}

describe('a cookie', () => {
  it('comes back from its line as it was', () => {
    fc.assert(
      fc.property(cookies, (cookie) => {
        expect(fromLine(toLine(cookie), 'here')).to.deep.equal(cookie)
        expect(fromLibcurl(toLine(cookie))).to.deep.equal(cookie)
      }),
    )
  })

  it('has what is left out filled in', () => {
    expect(checkCookie({ name: 'sid', value: '1' }, 'example.com', 'here')).to.deep.equal(plain)
    expect(checkCookie({ name: 'sid', value: '1', domain: '.Example.COM' }, undefined, 'here')).to.deep.equal(
      {
        ...plain,
        includeSubdomains: true,
      },
    )
    expect(checkCookie({ name: 'sid', value: '1', domain: '[::1]' }, undefined, 'here').domain).to.equal(
      '::1',
    )
    for (const expires of [new Date(5e12), 5e12, '2128-06-11T08:53:20.000Z'])
      expect(checkCookie({ ...plain, expires }, undefined, 'here').expires).to.equal(
        '2128-06-11T08:53:20.000Z',
      )
  })

  const refused: [CookieInit, string][] = [
    [{ ...plain, name: '' }, 'needs a name'],
    [{ ...plain, name: 'a=b' }, 'needs a name'],
    [{ ...plain, value: 's3cret;' }, 'has a ";" in it'],
    [{ ...plain, value: ' s3cret' }, 'space'],
    [{ ...plain, value: 's3cret\r\nX: y' }, 'control character'],
    [{ ...plain, value: 's3cret\t' }, 'control character'],
    [{ ...plain, value: 's3cret'.repeat(700) }, '4096 bytes'],
    [{ ...plain, domain: '' }, 'needs a domain'],
    [{ ...plain, domain: 'http://example.com' }, 'no host name'],
    [{ ...plain, path: 'relative' }, 'does not begin with "/"'],
    [{ ...plain, name: '__Host-a' }, 'has to be secure'],
    [{ ...plain, name: '__Host-a', secure: true, path: '/a' }, 'for one host'],
    [{ ...plain, name: '__Secure-a' }, 'has to be secure'],
    [{ ...plain, expires: NaN }, 'expires at no time'],
    [{ ...plain, value: 5 as unknown as string }, 'got a number'],
    [null as unknown as CookieInit, 'is an object'],
  ]
  it('is refused where libcurl would drop it without a word, and its value is not shown', () => {
    for (const [init, message] of refused) {
      const attempt = (): unknown => checkCookie(init, undefined, 'here')
      expect(attempt, message).to.throw(OptionError, message)
      expect(attempt).not.to.throw(/s3cret/)
    }
  })

  it('is read from the lines of other programs', () => {
    const read = (line: string): unknown => fromLine(line, 'here')
    expect(read('')).to.equal(null)
    expect(read('# comment')).to.equal(null)
    expect(read('\r\n')).to.equal(null)
    const line = (fields: string): string => fields.replaceAll(' ', '\t')
    const sid = { ...plain, includeSubdomains: true }
    expect(read(line('.example.com TRUE / FALSE 0 sid 1\r\n')), 'line ends').to.deep.equal(sid)
    expect(read(line('example.com true / false 0 sid 1')), 'a tail without its dot').to.deep.equal(sid)
    expect(read(line('example.com FALSE / FALSE  sid 1')), 'no expiry (Python)').to.deep.equal(plain)
    expect(read(line('example.com FALSE / FALSE -1 sid 1')), 'no expiry').to.deep.equal(plain)
    expect(read(line('example.com FALSE / FALSE 0 sid')), 'no value').to.deep.equal({ ...plain, value: '' })
    expect(read(line('example.com FALSE / FALSE 5000000000.75 sid 1')), 'fractions').to.have.property(
      'expires',
      '2128-06-11T08:53:20.000Z',
    )
    expect(read(line('example.com FALSE / FALSE 9223372036854775807 sid 1'))).to.have.property('expires')
    expect(read(`#HttpOnly_${line('example.com FALSE / FALSE 0 sid 1')}`)).to.deep.equal({
      ...plain,
      httpOnly: true,
    })
  })

  it('F8: is for all ports where its line has one, as wget writes it', () => {
    const domainOf = (host: string): unknown =>
      fromLine(`${host}\tFALSE\t/\tFALSE\t0\tsid\t1`, 'here')?.domain
    expect(domainOf('127.0.0.1:8080')).to.equal('127.0.0.1')
    expect(domainOf('example.com:8080')).to.equal('example.com')
    expect(domainOf('.example.com:8080')).to.equal('example.com')
    expect(domainOf('[::1]:8080')).to.equal('::1')
    expect(domainOf('::1')).to.equal('::1')
    for (const domain of ['127.0.0.1:8080', 'example.com:80'])
      expect(() => checkCookie({ ...plain, domain }, undefined, 'here')).to.throw(
        OptionError,
        'not for a port',
      )
  })

  it('B8: of JSON has the right types, and is what is its own', () => {
    const wrong: [object, string][] = [
      [{ ...plain, secure: 'FALSE' }, 'the secure of a cookie is a boolean, got a string'],
      [{ ...plain, httpOnly: 0 }, 'the httpOnly of a cookie is a boolean, got a number'],
      [{ ...plain, includeSubdomains: null }, 'the includeSubdomains of a cookie is a boolean, got null'],
      [{ ...plain, path: ['/'] }, 'the path of a cookie is a string, got an array'],
      [{ ...plain, domain: null }, 'the domain of a cookie is a string, got null'],
      [{ ...plain, expires: true }, 'expires at milliseconds, a date or null, got true'],
      [{ ...plain, expires: [1] }, 'got an array'],
      [{ value: '1', domain: 'example.com' }, 'the name of a cookie is a string, got undefined'],
      [Object.create(plain) as object, 'the name of a cookie is a string, got undefined'],
      [[plain], 'a cookie is an object'],
    ]
    for (const [cookie, message] of wrong) {
      const json = { cookies: [plain, cookie] } as never
      expect(() => CookieJar.fromJSON(json)).to.throw(OptionError, `CookieJar.fromJSON: cookies[1]: `)
      expect(() => CookieJar.fromJSON(json)).to.throw(OptionError, message)
    }
    for (const json of [null, 5, [], { cookies: {} }, Object.create({ cookies: [plain] }) as object])
      expect(() => CookieJar.fromJSON(json as never)).to.throw(
        OptionError,
        'json must be { cookies: [...] }, got',
      )
    const inherited = Object.assign(Object.create({ secure: true, path: '/x' }) as object, {
      name: 'a',
      value: '1',
      domain: 'example.com',
    })
    expect(checkCookie(inherited, undefined, 'here')).to.include({ secure: false, path: '/' })
  })

  it('is refused where its line is none, and the error names the place only', () => {
    const lines = [
      'example.com s3cret',
      'example.com\tFALSE\t/\tFALSE\t0\tsid\ts3cret\tmore',
      'example.com\tyes\t/\tFALSE\t0\tsid\ts3cret',
      'example.com\tFALSE\t/\tno\t0\tsid\ts3cret',
      'example.com\tFALSE\t/\tFALSE\tnever\tsid\ts3cret',
      '\tFALSE\t/\tFALSE\t0\tsid\ts3cret',
      'example.com\tFALSE\t/\tFALSE\t0\t\ts3cret',
    ]
    for (const line of lines) {
      const attempt = (): unknown => fromLine(line, 'cookies.txt, line 3')
      expect(attempt, line).to.throw(OptionError, /^cookies\.txt, line 3: /)
      expect(attempt).not.to.throw(/s3cret/)
    }
  })

  it('is made of the text of a Set-Cookie header', () => {
    const url = new URL('https://www.example.com/a/b/c')
    const made = (text: string): Cookie => fromSetCookie(text, url, 'here')
    expect(made('sid=1')).to.deep.equal({ ...plain, domain: 'www.example.com', path: '/a/b/' })
    const { expires, ...rest } = made('sid=1; Domain=.Example.com; Path=/; Secure; HttpOnly; Max-Age=60')
    expect({ ...rest, expires: null }).to.deep.equal({
      ...plain,
      includeSubdomains: true,
      secure: true,
      httpOnly: true,
    })
    expect(Date.parse(expires ?? '') - Date.now()).to.be.within(57_000, 61_000)
    const soon = new Date(Date.now() + 100 * 24 * 3600_000)
    expect(made(`sid=a=b; Expires=${soon.toUTCString()}`).expires).to.equal(
      new Date(Math.floor(soon.getTime() / 1000) * 1000).toISOString(),
    )
    expect(() => made('sid=s3cret; Domain=other.com')).to.throw(
      OptionError,
      'may not set cookie "sid" for other.com',
    )
    expect(() => made('=s3cret'))
      .to.throw(OptionError)
      .and.not.match(/s3cret/)
  })
})
