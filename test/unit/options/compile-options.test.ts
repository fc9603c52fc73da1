/**
 * From options as people write them to what the engine gets: spellings, values, order, and what is derived of them.
 */
import { expect } from 'chai'
import { inspect } from 'node:util'
import { runInNewContext } from 'node:vm'
import { NO_OPTIONS } from '../../../src/options/compile-options.js'
import { catalogOf, compile, flat, refusal } from './builds.js'

const INT32 = 'an integer (number, boolean or decimal digits) from -2147483648 to 2147483647'

describe('compileOptions', () => {
  describe('takes', () => {
    it('a plain object, in the order of its keys', () => {
      const compiled = compile({
        USERAGENT: 'a',
        CURLOPT_TIMEOUT_MS: 5000,
        HTTPHEADER: ['A: b'],
        REFERER: null,
      })
      expect(flat(compiled)).to.deep.equal([
        [10018, 'a'],
        [155, 5000],
        [10023, ['A: b']],
        [10016, null],
      ])
    })

    it('numeric keys, which JavaScript puts first', () => {
      expect(flat(compile({ USERAGENT: 'a', 10018: 'b' }))).to.deep.equal([
        [10018, 'b'],
        [10018, 'a'],
      ])
    })

    it('a Map, which keeps the order of numeric keys', () => {
      const options = new Map<string | number, unknown>([
        [20011, () => 0],
        [19913, true],
        ['10018', 'a'],
        [13, 5],
      ])
      const compiled = compile(options)
      expect(compiled.bodyTarget).to.equal('content')
      expect(flat(compiled)).to.deep.equal([
        [10018, 'a'],
        [13, 5],
      ])
    })

    it('objects without a prototype, and of other realms', () => {
      const bare: unknown = Object.assign(Object.create(null) as object, { TIMEOUT: 1 })
      expect(flat(compile(bare))).to.deep.equal([[13, 1]])
      expect(flat(compile(runInNewContext('({ TIMEOUT: 1 })')))).to.deep.equal([[13, 1]])
    })

    it('nothing at all, for which there is one constant', () => {
      for (const nothing of [undefined, {}, new Map()]) expect(compile(nothing)).to.equal(NO_OPTIONS)
      expect(NO_OPTIONS).to.satisfy(Object.isFrozen)
    })

    it('own enumerable string keys only', () => {
      const options = Object.defineProperty({ [Symbol('TIMEOUT')]: 1 }, 'TIMEOUT', {
        value: 1,
        enumerable: false,
      })
      expect(compile(options)).to.equal(NO_OPTIONS)
    })

    it('the same frozen object once', () => {
      const frozen = Object.freeze({ TIMEOUT: 1, HTTPHEADER: Object.freeze(['A: b']) })
      expect(compile(frozen)).to.equal(compile(frozen))
      expect(compile(frozen, { role: 'shared' })).not.to.equal(compile(frozen))
      const list = ['A: b']
      const shallow = Object.freeze({ HTTPHEADER: list })
      compile(shallow)
      list.push('C: d')
      expect(flat(compile(shallow))).to.deep.equal([[10023, ['A: b', 'C: d']]])
    })
  })

  it('refuses what is no set of options', () => {
    class Options {
      TIMEOUT = 1
    }
    for (const input of [
      null,
      [],
      5,
      'x',
      true,
      () => 0,
      new Options(),
      new Date(),
      Object.create({ TIMEOUT: 1 }),
    ]) {
      expect(refusal(input)).to.match(/^startRequest: options are a plain object or a Map; got /)
    }
    expect(refusal(new Map([[{}, 1]]))).to.equal(
      'startRequest: names of options are strings or numbers; got an object',
    )
  })

  it('lets what an accessor throws pass', () => {
    const options = {
      get TIMEOUT(): never {
        throw new RangeError('mine')
      },
    }
    expect(() => compile(options)).to.throw(RangeError, 'mine')
  })

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

  it('takes functions or null', () => {
    const callback = (): number => 0
    const compiled = compile({ DEBUGFUNCTION: callback, READFUNCTION: null })
    expect(compiled.functions).to.deep.equal([
      { id: 20094, name: 'DEBUGFUNCTION', callback },
      { id: 20012, name: 'READFUNCTION', callback: null },
    ])
    expect(compiled.ids).to.deep.equal([])
    for (const value of [undefined, 'f', 1, {}])
      expect(refusal({ READFUNCTION: value })).to.contain('a function or null')
  })

  it('takes the content of files as bytes or text, copied', () => {
    const bytes = Buffer.from('pem')
    const compiled = compile({ CAINFO_BLOB: bytes, SSLCERT_BLOB: 'a\nb', SSLKEY_BLOB: null })
    bytes.fill(0)
    expect(flat(compiled)).to.deep.equal([
      [40309, Buffer.from('pem')],
      [40291, 'a\nb'],
      [40292, null],
    ])
    for (const value of ['', Buffer.alloc(0), undefined, 5, [], new ArrayBuffer(1)]) {
      expect(refusal({ CAINFO_BLOB: value })).to.contain('that is not empty, or null')
    }
  })

  it('takes the fields of HTTPPOST, and refuses what node-libcurl would drop', () => {
    const fields = [
      { name: 'a', contents: 'b\r\n\0' },
      { name: 'f', file: '/tmp/x', type: 'text/plain', filename: 'x' },
    ]
    expect(flat(compile({ HTTPPOST: fields }))).to.deep.equal([[10024, fields]])
    for (const [field, message] of [
      [null, 'expects { name, contents }'],
      [[], 'expects { name, contents }'],
      [{ contents: 'b' }, 'needs a name'],
      [{ name: 'a' }, 'needs contents or a file'],
      [{ name: 'a', contents: 'b', file: 'c' }, 'one of them is too many'],
      [{ name: 'a', contents: 'b', type: 'c' }, 'only for files'],
      [{ name: 'a', file: 'b', filename: 'c' }, 'without a type'],
      [{ name: 'a', contents: 5 }, 'HTTPPOST[0].contents expects a string'],
      [{ name: 'a\r\n', contents: '' }, 'must not contain CR'],
      [{ name: 'a', content: '' }, 'not "content"'],
    ] as const) {
      expect(refusal({ HTTPPOST: [field] })).to.contain(message)
    }
    expect(refusal({ HTTPPOST: {} })).to.contain('expects an array')
  })

  it('takes an open Share', () => {
    const share = { setOpt: () => 0, close: () => undefined }
    expect(compile({ SHARE: share }).values[0]).to.equal(share)
    expect(compile({ SHARE: null }).values[0]).to.equal(null)
    for (const value of [undefined, {}, 5, []])
      expect(refusal({ SHARE: value })).to.contain('SHARE expects a Share')
    expect(refusal({ SHARE: share }, { isShare: () => false })).to.contain('that is open')
  })

  it('gives TELNETOPTIONS by name, because node-libcurl misreads its number', () => {
    expect(compile({ 10070: ['TTYPE=vt100'] }).ids).to.deep.equal(['TELNETOPTIONS'])
  })

  it('accepts and ignores what has no effect, as PHP', () => {
    const compiled = compile({ URL: 'http://other.example/', BINARYTRANSFER: true, SAFE_UPLOAD: true })
    expect(compiled.ids).to.deep.equal([])
    expect(refusal({ URL: 5n })).to.contain('URL expects a string')
    expect(refusal({ SAFE_UPLOAD: false })).to.contain('cannot be switched off')
  })

  describe('the body goes', () => {
    const write = (): number => 0
    for (const [options, target] of [
      [{}, undefined],
      [{ RETURNTRANSFER: true }, 'content'],
      [{ RETURNTRANSFER: '0' }, 'stdout'],
      [{ WRITEFUNCTION: write }, 'function'],
      [{ WRITEFUNCTION: null }, 'content'],
      [{ WRITEFUNCTION: write, RETURNTRANSFER: true }, 'content'],
      [{ RETURNTRANSFER: false, WRITEFUNCTION: write }, 'function'],
      [{ WRITEFUNCTION: write, RETURNTRANSFER: false }, 'stdout'],
    ] as const) {
      it(`to ${String(target)} with ${JSON.stringify(Object.keys(options))}`, () => {
        expect(compile({ TIMEOUT: 1, ...options }).bodyTarget).to.equal(target)
      })
    }
  })

  describe('post fields', () => {
    it('are a body, not an option of libcurl', () => {
      const compiled = compile({ POSTFIELDS: 'a=b\0\r\n' })
      expect(compiled.ids).to.deep.equal([])
      expect(compiled.postFields).to.deep.equal({ kind: 'text', text: 'a=b\0\r\n' })
      expect(compile({ POSTFIELDS: Buffer.from([0]) }).postFields).to.deep.equal({
        kind: 'bytes',
        bytes: Buffer.from([0]),
      })
      expect(compile({ 10015: { a: 1 } }).postFields).to.have.property('contentType')
    })

    it('are not null, and say what else takes them back', () => {
      expect(refusal({ POSTFIELDS: null }))
        .to.contain('POSTFIELDS')
        .and.contain('HTTPGET')
      expect(refusal({ POSTFIELDS: undefined })).to.contain('POSTFIELDS expects')
    })

    for (const [name, value] of [
      ['HTTPGET', true],
      ['NOBODY', true],
      ['POST', false],
      ['UPLOAD', true],
      ['PUT', true],
      ['HTTPPOST', []],
    ] as const) {
      it(`are taken back by ${name}: ${String(value)} after them`, () => {
        expect(compile({ POSTFIELDS: 'a', [name]: value }).postFields).to.equal(null)
        expect(compile({ [name]: value, POSTFIELDS: 'a' }).postFields).to.deep.equal({
          kind: 'text',
          text: 'a',
        })
        expect(compile({ [name]: value }).postFields).to.equal(null)
      })
    }

    it('stay where the method is only named', () => {
      const stay = { POST: true, HTTPGET: false, NOBODY: false, CUSTOMREQUEST: 'PATCH' }
      expect(compile({ POSTFIELDS: 'a', ...stay }).postFields).to.deep.equal({ kind: 'text', text: 'a' })
      expect(compile({ TIMEOUT: 1 }).postFields).to.equal(undefined)
    })

    it('have a size of their own: POSTFIELDSIZE is for READFUNCTION', () => {
      expect(compile({ POSTFIELDSIZE: 5 })).to.deep.include({ bodySize: 5, ids: [] })
      expect(compile({ POSTFIELDSIZE_LARGE: 2 ** 40 }).bodySize).to.equal(2 ** 40)
      expect(compile({ TIMEOUT: 1 }).bodySize).to.equal(undefined)
    })
  })

  describe('a handle', () => {
    const noop = (): number => 0
    for (const [options, recycling] of [
      [
        { USERAGENT: 'a', TIMEOUT_MS: 1, HTTPHEADER: ['A: b'], FOLLOWLOCATION: 1, RETURNTRANSFER: 1 },
        'reusable',
      ],
      [{ captureHeaders: true }, 'reusable'],
      [{ PROXY: 'http://127.0.0.1:1' }, 'reusable'],
      [{ PROXY: 'http://user:secret@127.0.0.1:1' }, 'reset'],
      [{ USERPWD: 'a:b' }, 'reset'],
      [{ HTTPAUTH: 1 }, 'reset'],
      [{ COOKIEFILE: '' }, 'reset'],
      [{ COOKIE: 'a=b' }, 'reset'],
      [{ TIMEVALUE: 1 }, 'reset'],
      [{ RANGE: '0-1' }, 'close'],
      [{ POSTFIELDS: 'a' }, 'reusable'],
      [{ POSTFIELDSIZE: 1 }, 'reset'],
      [{ UPLOAD: 1 }, 'reset'],
      [{ WRITEFUNCTION: noop }, 'reset'],
      [{ SHARE: null }, 'reset'],
      [{ HSTS: 'file' }, 'close'],
      [{ XFERINFOFUNCTION: noop }, 'close'],
      [{ PROGRESSFUNCTION: noop, USERPWD: 'a:b' }, 'close'],
      [{ USERPWD: 'a:b', HSTS_CTRL: 1, COOKIE: 'a=b' }, 'close'],
    ] as const) {
      it(`is ${recycling} after ${Object.keys(options).join(', ')}`, () => {
        expect(compile(options).recycling).to.equal(recycling)
      })
    }

    it('has the cookie engine on', () => {
      expect(compile({ COOKIEFILE: '' }).cookieEngine).to.equal(true)
      expect(compile({ COOKIELIST: 'ALL' }).cookieEngine).to.equal(true)
      expect(compile({ COOKIEJAR: '/tmp/x' }).cookieEngine).to.equal(true)
      expect(compile({ COOKIEJAR: '/tmp/x', COOKIEFILE: null }).cookieEngine).to.equal(true)
      expect(compile({ COOKIE: 'a=b' }).cookieEngine).to.equal(false)
    })
  })

  describe('libcurl is asked', () => {
    const asked: [number, unknown][] = []
    const answers = new Map<unknown, number | Error>()
    const fresh = () => ({
      catalog: catalogOf(4),
      probe: (id: number, value: number | string | null): number => {
        asked.push([id, value])
        const answer = answers.get(value) ?? 0
        if (answer instanceof Error) throw answer
        return answer
      },
    })
    beforeEach(() => {
      asked.length = 0
      answers.clear()
    })

    it('once for each number', () => {
      const context = fresh()
      for (const value of [1, 2, 1, true]) compile({ HTTP_VERSION: value }, context)
      expect(asked).to.deep.equal([
        [84, 1],
        [84, 2],
      ])
    })

    it('only once whether it takes a string, and never with the string itself', () => {
      const context = fresh()
      for (const value of ['a:secret', 'b:secret'])
        compile({ USERPWD: value, COOKIEJAR: '/etc/jar' }, context)
      expect(asked).to.deep.equal([
        [10005, null],
        [10082, null],
      ])
    })

    it('for each string whose value it looks at', () => {
      const context = fresh()
      for (const value of ['http', 'https', 'http', null]) compile({ PROTOCOLS_STR: value }, context)
      expect(asked).to.deep.equal([
        [10318, 'http'],
        [10318, 'https'],
        [10318, null],
      ])
    })

    it('and its refusal is an error', () => {
      answers.set(99, 43)
      answers.set(null, 4)
      answers.set(7, new RangeError('seven is too much'))
      expect(refusal({ HTTP_VERSION: 99 }, fresh())).to.equal(
        'startRequest: libcurl refuses 99 for HTTP_VERSION: out of range or malformed (code 43)',
      )
      expect(refusal({ KRBLEVEL: 'clear' }, fresh())).to.equal(
        'startRequest: libcurl refuses "clear" for KRBLEVEL: it was built without it (code 4)',
      )
      expect(refusal({ HTTP_VERSION: 7 }, fresh())).to.contain('seven is too much')
    })

    it('and what it has accepted is not remembered without end', () => {
      const context = fresh()
      const entry = context.catalog.option('TIMEOUT_MS', 'test')
      for (let i = 0; i < 1000; i++) compile({ TIMEOUT_MS: i }, context)
      expect(entry.accepted.size).to.be.below(100)
    })

    it('not about functions, lists, files and bodies', () => {
      compile(
        { WRITEFUNCTION: () => 0, HTTPHEADER: ['A: b'], CAINFO_BLOB: 'x', POSTFIELDS: 'y', URL: 'z' },
        fresh(),
      )
      expect(asked).to.deep.equal([])
    })
  })
})
