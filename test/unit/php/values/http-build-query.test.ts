import { expect } from 'chai'
import { OptionError } from '../../../../src/errors.js'
import { http_build_query, PHP_QUERY_RFC3986 } from '../../../../src/php/values/http-build-query.js'
import { curl_escape, urldecode, urlencode } from '../../../../src/php/values/url.js'

describe('http_build_query', () => {
  const query: typeof http_build_query = (data, ...rest) => rawBrackets(http_build_query(data, ...rest))
  const rawBrackets = (s: string): string => s.replaceAll('%5B', '[').replaceAll('%5D', ']')

  it('nests, and gives lists their indices', () => {
    expect(query({ a: { b: { c: ['x', 'y'] } }, d: 1 })).to.equal('a[b][c][0]=x&a[b][c][1]=y&d=1')
    expect(http_build_query({ a: ['x'] })).to.equal('a%5B0%5D=x')
  })

  it('knows true, false, null and nothing', () => {
    const data = { t: true, f: false, n: null, u: undefined, e: '', a: [], o: {}, l: [null, 'x'] }
    expect(query(data)).to.equal('t=1&f=0&e=&l[1]=x')
    expect(query([])).to.equal('')
  })

  it('encodes for forms, or as RFC 3986 has it', () => {
    const data = { q: "a b~*'()!é" }
    expect(http_build_query(data)).to.equal('q=a+b%7E%2A%27%28%29%21%C3%A9')
    expect(http_build_query(data, '', '&', PHP_QUERY_RFC3986)).to.equal('q=a%20b~%2A%27%28%29%21%C3%A9')
  })

  it('puts the prefix before integer keys of the top level only', () => {
    expect(query(['a', ['b']], 'n_')).to.equal('n_0=a&n_1[0]=b')
    expect(query({ 5: 'a', '05': 'b', x: 'c' }, 'n_')).to.equal('n_5=a&05=b&x=c')
  })

  it('takes bytes, bigints and maps', () => {
    expect(query({ b: Buffer.from([0xe9, 0, 0x41]), i: 2n ** 70n })).to.equal(
      'b=%E9%00A&i=1180591620717411303424',
    )
    expect(
      query(
        new Map<string | number, number>([
          ['b', 1],
          [2, 2],
          ['1', 3],
        ]),
      ),
    ).to.equal('b=1&2=2&1=3')
  })

  it('gives the properties of objects, never their strings, and cuts cycles', () => {
    class Point {
      x = 1
      readonly #hidden = 2
      toString(): string {
        return String(this.#hidden)
      }
    }
    const cycle: Record<string, unknown> = { x: 1 }
    cycle['self'] = cycle
    expect(query({ p: new Point(), f: () => 1 })).to.equal('p[x]=1')
    expect(query(cycle)).to.equal('x=1')
    const twice = { y: 2 }
    expect(query({ a: twice, b: twice })).to.equal('a[y]=2&b[y]=2')
  })

  it('names the function, the argument and the value of a mistake', () => {
    expect(() => http_build_query('password=secret' as never)).to.throw('got a string')
    for (const data of [null, undefined, 'a=b', 5, true, Buffer.from('a')]) {
      expect(() => http_build_query(data as never)).to.throw(
        OptionError,
        /http_build_query\(\): Argument #1 \(\$data\) must be of type array/,
      )
    }
    expect(() => http_build_query(null as never)).to.throw('got null')
    expect(() => http_build_query([], '', '&', 3)).to.throw(OptionError, '$encoding_type')
    expect(() => http_build_query({ a: { 'b c': Symbol('s') } })).to.throw(OptionError, 'a symbol at a[b c]')
    expect(() => http_build_query({ when: new Date(0) })).to.throw(OptionError, 'at when')
    expect(() => http_build_query({ later: Promise.resolve(1) })).to.throw(OptionError, 'Promise')
  })
})

describe('urlencode and its kin', () => {
  it('take scalars as PHP does, and refuse the rest', () => {
    expect([urlencode(1.5), urlencode(true), urlencode(false), urlencode(5n)]).to.deep.equal([
      '1.5',
      '1',
      '',
      '5',
    ])
    expect(urlencode({ toString: () => 'a b' } as never)).to.equal('a+b')
    expect(() => urlencode([] as never)).to.throw(
      OptionError,
      'urlencode(): Argument #1 ($string) must be of type string, got an array',
    )
    expect(() => curl_escape('forgot the handle', undefined as never)).to.throw(OptionError, 'curl_escape()')
  })

  it('give other bytes than UTF-8 back as a binary string', () => {
    expect(urldecode('caf%e9+%C3%A9')).to.equal('caf\u00e9 \u00c3\u00a9')
    expect(urldecode('%C3%A9')).to.equal('é')
  })
})
