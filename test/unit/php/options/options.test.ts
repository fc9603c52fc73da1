/**
 * PHP's options as the main class takes them, and what is an error here. Values that PHP takes are compared
 * with PHP itself in test/contract/php/differential.test.ts.
 */
import { expect } from 'chai'
import { OptionError } from '../../../../src/errors.js'
import * as c from '../../../../src/php/values/constants.js'
import { lastOption, translateOptions, type PhpOptions } from '../../../../src/php/options/options.js'

const translate = (options: PhpOptions): [string | number, unknown][] => [
  ...translateOptions(options, 'here').options,
]

describe("PHP's options", () => {
  it('are known by constant, by name, and by libcurl’s name', () => {
    const expected = [[c.CURLOPT_TIMEOUT, 5]]
    for (const key of [c.CURLOPT_TIMEOUT, 'CURLOPT_TIMEOUT', 'TIMEOUT', String(c.CURLOPT_TIMEOUT)]) {
      expect(translate({ [key]: 5 }), String(key)).to.deep.equal(expected)
      expect(translate(new Map([[key, 5]])), String(key)).to.deep.equal(expected)
    }
  })

  it('stay as they are where PHP does not have them', () => {
    const own = { retry: 2, PROTOCOLS_STR: 'http', captureHeaders: true }
    expect(Object.fromEntries(translate(own))).to.deep.equal(own)
  })

  it('cast integers as PHP does', () => {
    const cast = (value: unknown): unknown => translate({ CURLOPT_TIMEOUT: value })[0]?.[1]
    expect([true, false, null, '', '5', ' 7 ', '2.9', '1e3', 1.9, -1.9, 5n].map(cast)).to.deep.equal([
      1,
      0,
      0,
      0,
      5,
      7,
      2,
      1000,
      1,
      -1,
      5n,
    ])
  })

  it('cast strings as PHP does', () => {
    const cast = (value: unknown): unknown => translate({ CURLOPT_USERAGENT: value })[0]?.[1]
    const printable = { toString: () => 'printed' }
    expect(
      ['a', true, false, null, 42, 1.5, 1e25, 5n, printable, new URL('http://a/')].map(cast),
    ).to.deep.equal(['a', '1', '', '', '42', '1.5', '1.0E+25', '5', 'printed', 'http://a/'])
  })

  it('reset by null what PHP resets, and make the rest empty', () => {
    expect(translate({ CURLOPT_ENCODING: null, CURLOPT_RANGE: null, CURLOPT_COOKIE: null })).to.deep.equal([
      [c.CURLOPT_ENCODING, null],
      [c.CURLOPT_RANGE, null],
      [c.CURLOPT_COOKIE, ''],
    ])
  })

  it('take the values of lists, whatever their keys', () => {
    for (const list of [
      ['A: 1', 5],
      { x: 'A: 1', y: 5 },
      new Map<string, unknown>([
        ['k', 'A: 1'],
        ['l', 5],
      ]),
    ]) {
      expect(translate({ CURLOPT_HTTPHEADER: list })).to.deep.equal([[c.CURLOPT_HTTPHEADER, ['A: 1', '5']]])
    }
  })

  it('mend what PHP mends', () => {
    expect(translate({ CURLOPT_SSL_VERIFYHOST: true, CURLOPT_POSTREDIR: 15 })).to.deep.equal([
      [c.CURLOPT_SSL_VERIFYHOST, 2],
      [c.CURLOPT_POSTREDIR, 7],
    ])
  })

  it('never read from this process’s standard input', () => {
    for (const name of ['CURLOPT_POST', 'CURLOPT_PUT', 'CURLOPT_UPLOAD']) {
      const options = new Map(translate({ [name]: true }))
      expect((options.get('READFUNCTION') as () => number)()).to.equal(0)
    }
    const shared = translateOptions({ CURLOPT_READFUNCTION: () => '' }, 'here')
    expect([...translateOptions({ CURLOPT_POST: true }, 'here', shared).options.keys()]).to.deep.equal([
      c.CURLOPT_POST,
    ])
  })

  it('find the last of an option’s names', () => {
    expect(lastOption({ CURLOPT_HEADER: 1, HEADER: 0 }, c.CURLOPT_HEADER)).to.equal(0)
    expect(lastOption({}, c.CURLOPT_HEADER)).to.equal(undefined)
  })

  const mistakes: [PhpOptions, string][] = [
    [
      { CURLOPT_SSL_VERIFYPEER: 'true' },
      'here: CURLOPT_SSL_VERIFYPEER expects a number, a truth value or null; got "true"',
    ],
    [{ [c.CURLOPT_SSL_VERIFYPEER]: 'off' }, 'CURLOPT_SSL_VERIFYPEER expects'],
    [{ CURLOPT_SSL_VERIFYHOST: null }, 'CURLOPT_SSL_VERIFYHOST expects true or false; got null'],
    [{ PROXY_SSL_VERIFYPEER: '' }, 'PROXY_SSL_VERIFYPEER expects true or false; got ""'],
    [
      { CURLOPT_FOLLOWLOCATION: 'yes' },
      'CURLOPT_FOLLOWLOCATION expects a number, a truth value or null; got "yes"',
    ],
    [{ CURLOPT_TIMEOUT: '5abc' }, 'got "5abc"'],
    [{ CURLOPT_TIMEOUT: NaN }, 'got NaN'],
    [{ CURLOPT_TIMEOUT: undefined }, 'CURLOPT_TIMEOUT expects a value; got undefined'],
    [{ CURLOPT_TIMEOUT: [] }, 'got an array'],
    [{ CURLOPT_USERAGENT: ['a'] }, 'CURLOPT_USERAGENT expects a string; got'],
    [{ CURLOPT_USERAGENT: {} }, 'CURLOPT_USERAGENT expects a string; got an object'],
    [{ CURLOPT_USERAGENT: Buffer.from('a') }, 'CURLOPT_USERAGENT expects a string'],
    [{ CURLOPT_HTTPHEADER: 'A: 1' }, 'CURLOPT_HTTPHEADER expects an array; got a string'],
    [{ CURLOPT_HTTPHEADER: null }, 'CURLOPT_HTTPHEADER expects an array; got null'],
    [{ CURLOPT_HTTPHEADER: ['A: 1', []] }, 'CURLOPT_HTTPHEADER[1] expects a string; got an array'],
    [
      { CURLOPT_WRITEFUNCTION: 'a_name' },
      'CURLOPT_WRITEFUNCTION expects a function or [object, \'method\']; got "a_name"',
    ],
    [{ CURLOPT_WRITEFUNCTION: [{}, 'none'] }, 'CURLOPT_WRITEFUNCTION expects a function'],
    [{ CURLOPT_FILE: '/tmp/x' }, 'CURLOPT_FILE expects a writable stream, a file descriptor or null'],
    [{ CURLOPT_INFILE: process.stdout }, 'CURLOPT_INFILE expects a readable stream'],
    [{ CURLOPT_PROXYUSERPWD: ['user:secret'] }, 'CURLOPT_PROXYUSERPWD expects a string; got an array'],
    [null as never, '$options must be an object or a Map, got null'],
    [['a'] as never, '$options must be an object or a Map, got an array'],
  ]
  for (const [options, message] of mistakes) {
    it(`refuse: ${message}`, () => {
      expect(() => translate(options)).to.throw(OptionError, message)
    })
  }
})
