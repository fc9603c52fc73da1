/**
 * From options as people write them to what the engine gets: spellings, values, order, and what is derived of
 * them.
 */
import { expect } from 'chai'
import { runInNewContext } from 'node:vm'
import { OptionError } from '../../../src/index.js'
import { NO_OPTIONS } from '../../../src/options/compile-options.js'
import { compile, flat, refusal } from './builds.js'

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
      [{ WRITEFUNCTION: noop, HEADERFUNCTION: noop }, 'reusable'],
      [{ DEBUGFUNCTION: noop }, 'reset'],
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

    it('refuses a list of COOKIEFILEs that is empty, or has something else in it', () => {
      for (const files of [[], [null], ['/tmp/x', 1], [['/tmp/x']]])
        expect(() => compile({ COOKIEFILE: files as string[] })).to.throw(
          OptionError,
          'COOKIEFILE expects a file name, or a list of one or more',
        )
    })

    it('has the cookie engine on', () => {
      expect(compile({ COOKIEFILE: '' }).cookieEngine).to.equal(true)
      expect(compile({ COOKIEFILE: ['/tmp/x', '/tmp/y'] }).cookieEngine).to.equal(true)
      expect(compile({ COOKIELIST: 'ALL' }).cookieEngine).to.equal(true)
      expect(compile({ COOKIEJAR: '/tmp/x' }).cookieEngine).to.equal(true)
      expect(compile({ COOKIEJAR: '/tmp/x', COOKIEFILE: null }).cookieEngine).to.equal(true)
      expect(compile({ COOKIE: 'a=b' }).cookieEngine).to.equal(false)
    })
  })
})
