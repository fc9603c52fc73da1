/**
 * Values of options: integers, strings, lists of lines. What each kind takes, makes of it, and refuses.
 */
import { expect } from 'chai'
import { inspect } from 'node:util'
import { compile, flat, refusal } from './builds.js'

const INT32 = 'an integer (number, boolean or decimal digits) from -2147483648 to 2147483647'

describe('values of options', () => {
  describe('integers', () => {
    for (const [given, number] of [
      [5, 5],
      [-1, -1],
      [true, 1],
      [false, 0],
      ['5', 5],
      ['-1', -1],
      ['007', 7],
      [5n, 5],
      [5.0, 5],
      [2 ** 31 - 1, 2 ** 31 - 1],
    ] as const) {
      it(`take ${typeof given} ${String(given)}`, () => {
        expect(flat(compile({ MAXREDIRS: given }))).to.deep.equal([[68, number]])
      })
    }

    it('never are -0', () => {
      for (const zero of [-0, '-0', '0'])
        expect(Object.is(compile({ TIMEOUT: zero }).values[0], 0)).to.equal(true)
    })

    for (const [given, got] of [
      [undefined, 'undefined'],
      [null, 'null'],
      [NaN, 'NaN'],
      [Infinity, 'Infinity'],
      [0.5, '0.5'],
      [2 ** 31, '2147483648'],
      [2n ** 70n, '1180591620717411303424n'],
      ['', '""'],
      [' 5', '" 5"'],
      ['5 ', '"5 "'],
      ['+5', '"+5"'],
      ['0x5', '"0x5"'],
      ['1e3', '"1e3"'],
      ['5abc', '"5abc"'],
      ['true', '"true"'],
      ['5\n', '"5\\n"'],
      [[], 'an array'],
      [[5], 'an array'],
      [{}, 'an object'],
      [new Date(0), 'an object (Date)'],
      [() => 5, 'a function'],
      [Symbol('5'), 'a symbol'],
    ] as const) {
      it(`refuse ${got}`, () => {
        expect(refusal({ MAXREDIRS: given })).to.equal(`startRequest: MAXREDIRS expects ${INT32}; got ${got}`)
      })
    }

    it('have ranges that both majors agree on', () => {
      expect(refusal({ TIMEOUT_MS: -1 })).to.contain('from 0 to 2147483647; got -1')
      expect(refusal({ BUFFERSIZE: 1 })).to.contain('from 1024 to 10485760')
    })

    it('are 64 bits wide where node-libcurl passes them on whole', () => {
      expect(flat(compile({ RESUME_FROM_LARGE: 2 ** 53 - 1 }))).to.deep.equal([[30116, 2 ** 53 - 1]])
      expect(refusal({ RESUME_FROM_LARGE: 2 ** 53 })).to.contain('from -9007199254740991 to 9007199254740991')
      expect(refusal({ TIMEVALUE_LARGE: 2 ** 31 })).to.contain('from -2147483648 to 2147483647')
    })

    it('are bits, signed or not, where they are masks', () => {
      expect(flat(compile({ HTTPAUTH: 2 ** 32 - 17 }))).to.deep.equal([[107, -17]])
      expect(flat(compile({ HTTPAUTH: -17 }))).to.deep.equal([[107, -17]])
      expect(refusal({ HTTPAUTH: 2 ** 32 })).to.contain('4294967296')
    })
  })

  describe('strings', () => {
    it('are strings, finite numbers, or null', () => {
      expect(flat(compile({ USERAGENT: '', REFERER: 42, RANGE: null }))).to.deep.equal([
        [10018, ''],
        [10016, '42'],
        [10007, null],
      ])
    })

    for (const given of [
      undefined,
      true,
      false,
      NaN,
      Infinity,
      {},
      [],
      5n,
      () => '',
      Symbol('a'),
      new Date(0),
    ]) {
      it(`refuse ${inspect(given)}`, () => {
        expect(refusal({ USERAGENT: given })).to.match(/USERAGENT expects a string, or null/)
      })
    }

    for (const [character, name] of [
      ['\r', 'CR'],
      ['\n', 'LF'],
      ['\0', 'NUL'],
    ] as const) {
      it(`refuse ${name}, wherever it is`, () => {
        expect(refusal({ USERAGENT: `a${character}b` })).to.contain(
          `USERAGENT must not contain ${name} (at 1)`,
        )
        expect(refusal({ USERAGENT: `${'a'.repeat(99)}${character}` })).to.contain(`${name} (at 99)`)
        expect(refusal({ USERAGENT: `ä€😀${character}` })).to.contain(name)
      })
    }

    it('refuse half surrogates', () => {
      for (const text of ['a\ud800', '\udc00a', `${'a'.repeat(100)}\ud800`]) {
        expect(refusal({ USERAGENT: text })).to.contain('half a surrogate pair')
      }
      expect(flat(compile({ USERAGENT: '😀'.repeat(40) }))).to.deep.equal([[10018, '😀'.repeat(40)]])
    })

    it('are no longer than libcurl takes', () => {
      expect(refusal({ USERAGENT: 'a'.repeat(8_000_001) })).to.contain('longer than the 8,000,000 bytes')
      expect(refusal({ USERAGENT: '€'.repeat(2_666_667) })).to.contain('longer than the 8,000,000 bytes')
      expect(compile({ USERAGENT: 'a'.repeat(8_000_000) }).values).to.have.length(1)
    })

    it('of cookie lists may hold tabs', () => {
      expect(compile({ COOKIELIST: 'a.example\tFALSE\t/\tFALSE\t0\tname\tvalue' }).values).to.have.length(1)
    })
  })

  describe('lists', () => {
    it('are arrays of lines, copied; empty ones are none', () => {
      const lines = ['Name;', 'Name:', 'A: b', 5]
      const compiled = compile({ HTTPHEADER: lines, QUOTE: [], PREQUOTE: null })
      lines.push('later')
      expect(flat(compiled)).to.deep.equal([
        [10023, ['Name;', 'Name:', 'A: b', '5']],
        [10028, null],
        [10093, null],
      ])
    })

    it('refuse what is no line, and say which', () => {
      expect(refusal({ HTTPHEADER: 'A: b' })).to.contain(
        'HTTPHEADER expects an array of strings, or null; got a string',
      )
      expect(refusal({ HTTPHEADER: { A: 'b' } })).to.contain('got an object')
      for (const item of [undefined, null, true, {}, [], NaN]) {
        expect(refusal({ HTTPHEADER: ['A: b', item] })).to.contain('HTTPHEADER[1] expects a string')
      }
      expect(refusal({ HTTPHEADER: new Array(2) })).to.contain('HTTPHEADER[0]')
      expect(refusal({ HTTPHEADER: ['A: b\r\nX-Injected: 1'] })).to.contain(
        'HTTPHEADER[0] must not contain CR (at 4)',
      )
    })

    it('of headers are told to the engine', () => {
      expect(compile({ HTTPHEADER: ['A: b'] }).headers).to.deep.equal(['A: b'])
      expect(compile({ HTTPHEADER: [] }).headers).to.equal(null)
      expect(compile({ QUOTE: ['A'] }).headers).to.equal(undefined)
    })
  })
})
