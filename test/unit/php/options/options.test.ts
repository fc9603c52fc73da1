/**
 * PHP's options as the main class takes them, and what is an error here. Values that PHP takes are compared
 * with PHP itself in test/contract/php/differential.test.ts.
 */
import { expect } from 'chai'
import { Readable } from 'node:stream'
import { OptionError } from '../../../../src/errors.js'
import * as c from '../../../../src/php/values/constants.js'
import { lastOption, translateOptions, type PhpOptions } from '../../../../src/php/options/options.js'
import { warningsOf } from '../../../support/php/warnings.js'

class Some {
  readonly property = 1
}

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

  it('cast words, arrays and objects to integers as PHP does', () => {
    const cast = (value: unknown): unknown => translate({ CURLOPT_TIMEOUT: value })[0]?.[1]
    expect(['true', '5abc', '-2.5x', 'x5', NaN, Infinity, [], [0], {}, { a: 1 }].map(cast)).to.deep.equal([
      0, 5, -2, 0, 0, 0, 0, 1, 0, 1,
    ])
  })

  it('read truth values as PHP does', () => {
    const cast = (value: unknown): unknown => translate({ CURLOPT_FOLLOWLOCATION: value })[0]?.[1]
    expect(['false', 'off', '0', '', '00', NaN, 0, null, [], ['x'], {}].map(cast)).to.deep.equal([
      ...[true, true, false, false, true, true, false, false, false, true, false],
    ])
  })

  it('warn where PHP warns', async () => {
    const warnings = await warningsOf(() => {
      translate({ CURLOPT_USERAGENT: ['a'], CURLOPT_TIMEOUT: new Some() })
      translate({ CURLOPT_HTTPHEADER: [['a']], CURLOPT_POSTFIELDS: { a: [['x']] }, SSL_VERIFYHOST: true })
    })
    const array = 'PhpWarning: Array to string conversion'
    expect(warnings).to.deep.equal([
      array,
      'PhpWarning: Object of class Some could not be converted to int',
      array,
      array,
      'PhpNotice: here: CURLOPT_SSL_VERIFYHOST no longer accepts the value 1, value 2 will be used instead',
    ])
  })

  const checks = [
    'SSL_VERIFYPEER',
    'SSL_VERIFYHOST',
    'PROXY_SSL_VERIFYPEER',
    'DOH_SSL_VERIFYPEER',
    'SSL_VERIFYSTATUS',
  ]
  for (const value of [null, '', 'true', 'off', NaN, 0.5, [], {}, new Map(), '0.0']) {
    it(`never switch a check off by converting ${JSON.stringify(value)}`, () => {
      for (const name of checks) {
        const message = `here: CURLOPT_${name} expects true or false; got`
        expect(() => translate({ [name]: value }), name).to.throw(OptionError, message)
      }
    })
  }

  it('switch a check off by false and 0', () => {
    for (const value of [false, 0, '0', 0n]) {
      expect(Number(translate({ CURLOPT_SSL_VERIFYPEER: value })[0]?.[1])).to.equal(0)
    }
  })

  const mistakes: [PhpOptions, string][] = [
    [{ CURLOPT_TIMEOUT: undefined }, 'CURLOPT_TIMEOUT expects a value; got undefined'],
    [{ CURLOPT_TIMEOUT: Symbol('x') }, 'CURLOPT_TIMEOUT expects a value; got a symbol'],
    [
      { CURLOPT_USERAGENT: new Some() },
      'here: CURLOPT_USERAGENT: Object of class Some could not be converted to string',
    ],
    [{ CURLOPT_USERAGENT: () => 1 }, 'Object of class Closure could not be converted to string'],
    [{ CURLOPT_USERAGENT: Buffer.from('a') }, 'CURLOPT_USERAGENT expects a string'],
    [{ CURLOPT_USERAGENT: 'a\0b' }, 'here: cURL option must not contain any null bytes (CURLOPT_USERAGENT)'],
    [
      { CURLOPT_HTTPHEADER: 'A: 1' },
      'here: The CURLOPT_HTTPHEADER option must have an array value; got a string',
    ],
    [{ HTTPHEADER: null }, 'The CURLOPT_HTTPHEADER option must have an array value; got null'],
    [{ CURLOPT_SAFE_UPLOAD: [] }, 'here: Disabling safe uploads is no longer supported'],
    [
      { CURLOPT_WRITEFUNCTION: 'a_name' },
      'CURLOPT_WRITEFUNCTION expects a function or [object, \'method\']; got "a_name"',
    ],
    [{ CURLOPT_WRITEFUNCTION: [{}, 'none'] }, 'CURLOPT_WRITEFUNCTION expects a function'],
    [
      { CURLOPT_FILE: '/tmp/x' },
      'here: supplied argument is not a valid File-Handle resource: CURLOPT_FILE expects a writable stream, an open file descriptor or null',
    ],
    [
      { CURLOPT_FILE: new Readable() },
      'here: The provided file handle must be writable: CURLOPT_FILE expects',
    ],
    [
      { CURLOPT_INFILE: process.stdout },
      'here: supplied argument is not a valid File-Handle resource: CURLOPT_INFILE expects a readable stream',
    ],
    [null as never, '$options must be an object or a Map, got null'],
    [['a'] as never, '$options must be an object or a Map, got an array'],
  ]
  for (const [options, message] of mistakes) {
    it(`refuse: ${message}`, () => {
      expect(() => translate(options)).to.throw(OptionError, message)
    })
  }
})
