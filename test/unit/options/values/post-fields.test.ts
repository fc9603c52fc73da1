/**
 * From post fields to bodies: what PHP's curl would send, parsed back by Node's own parser.
 */
import { expect } from 'chai'
import fc from 'fast-check'
import { Readable } from 'node:stream'
import { OptionError } from '../../../../src/errors.js'
import { FormFile } from '../../../../src/options/values/form-file.js'
import { createBoundary, encodeMultipart } from '../../../../src/options/values/multipart.js'
import { compilePostFields, type PostFields } from '../../../../src/options/values/post-fields.js'
import { optionError } from '../builds.js'

const BOUNDARY = '------------------------0123456789abcdefghijkl'

function text(input: unknown): string {
  const body = compilePostFields(input, undefined, BOUNDARY)
  return body.kind === 'text' ? body.text : bytesOf(body).toString()
}

function bytesOf(body: PostFields): Buffer {
  if (body.kind !== 'bytes') throw new Error(`${body.kind} instead of bytes`)
  return Buffer.from(body.bytes)
}

/** Names and values as a server reads them (RFC 7578); bytes as a binary string. */
function parseBinary(body: PostFields): [name: string, value: string][] {
  if (body.kind === 'text' || body.contentType === undefined) throw new Error('no form')
  const [type, boundary = ''] = body.contentType.split('; boundary=')
  expect(type).to.equal('multipart/form-data')
  const parts = `\r\n${bytesOf(body).toString('latin1')}`.split(`\r\n--${boundary}`)
  expect([parts.shift(), parts.pop()]).to.deep.equal(['', '--\r\n'])
  return parts.map((part) => {
    const end = part.indexOf('\r\n\r\n')
    const name = /^\r\nContent-Disposition: form-data; name="([^"\r\n]*)"$/.exec(part.slice(0, end))?.[1]
    if (name === undefined) throw new Error(`no header of a field: ${part}`)
    const unescaped = name.replaceAll('%22', '"').replaceAll('%0D', '\r').replaceAll('%0A', '\n')
    return [utf8(unescaped), part.slice(end + 4)]
  })
}

function parse(body: PostFields): [name: string, value: string][] {
  return parseBinary(body).map(([name, value]) => [name, utf8(value)])
}

function utf8(binary: string): string {
  return Buffer.from(binary, 'latin1').toString()
}

function message(input: unknown): string {
  return optionError(() => compilePostFields(input)).message
}

describe('compilePostFields', () => {
  it('takes text as it is', () => {
    for (const given of ['', 'a=b&c=d', 'line\r\n\0', '😀']) {
      expect(compilePostFields(given)).to.deep.equal({ kind: 'text', text: given })
    }
    expect(compilePostFields(new URLSearchParams({ a: 'b c', ä: '&' }))).to.deep.equal({
      kind: 'text',
      text: 'a=b+c&%C3%A4=%26',
    })
    expect(compilePostFields('a\ud800')).to.deep.equal({ kind: 'text', text: 'a\ufffd' })
  })

  it('casts numbers, booleans and what prints itself, as PHP', () => {
    for (const [given, sent] of [
      [12.5, '12.5'],
      [0, '0'],
      [1e25, '1.0E+25'],
      [true, '1'],
      [false, ''],
      [10n ** 20n, '100000000000000000000'],
      [new URL('http://a.example/?b'), 'http://a.example/?b'],
      [{ toString: () => 'printed' }, 'printed'],
    ] as const) {
      expect(compilePostFields(given)).to.deep.equal({ kind: 'text', text: sent })
    }
  })

  it('takes bytes of every kind, without copying them', () => {
    const buffer = Buffer.from([0, 1, 255, 13, 10])
    expect(compilePostFields(buffer)).to.deep.equal({ kind: 'bytes', bytes: buffer })
    const { bytes } = compilePostFields(buffer) as { bytes: Uint8Array }
    expect(bytes).to.equal(buffer)
    for (const given of [
      new Uint8Array([1, 2]),
      new Uint8Array([1, 2]).buffer,
      new DataView(new Uint8Array([0, 1, 2]).buffer, 1),
      new Uint16Array([0x0201]),
    ]) {
      const body = compilePostFields(given)
      expect(body.kind === 'bytes' && [...body.bytes]).to.deep.equal([1, 2])
    }
    expect(compilePostFields(new Uint8Array(0))).to.deep.equal({ kind: 'bytes', bytes: new Uint8Array(0) })
  })

  it('makes no form of an empty object, array or map', () => {
    for (const empty of [{}, [], new Map()])
      expect(compilePostFields(empty)).to.deep.equal({ kind: 'text', text: '' })
  })

  it('makes a form of an object, byte for byte as libcurl', () => {
    expect(compilePostFields({ a: 'b', c: 1.5 }, undefined, BOUNDARY)).to.have.property(
      'contentType',
      `multipart/form-data; boundary=${BOUNDARY}`,
    )
    expect(text({ a: 'b', c: 1.5 })).to.equal(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n` +
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="c"\r\n\r\n1.5\r\n` +
        `--${BOUNDARY}--\r\n`,
    )
  })

  it('casts values as PHP', () => {
    const form = {
      true: true,
      false: false,
      null: null,
      float: Math.PI,
      big: 2 ** 53,
      text: 'ä\r\n"',
      at: '@/etc/passwd',
    }
    expect(parse(compilePostFields(form))).to.deep.equal([
      ['true', '1'],
      ['false', ''],
      ['null', ''],
      ['float', '3.1415926535898'],
      ['big', '9.007199254741E+15'],
      ['text', 'ä\r\n"'],
      ['at', '@/etc/passwd'],
    ])
  })

  it('gives elements of a list, and of an object, the name of the field', () => {
    const form = { x: ['1', 2, null], y: { k: 'v', l: true }, z: [], m: new Map([['n', 'o']]) }
    expect(parse(compilePostFields(form))).to.deep.equal([
      ['x', '1'],
      ['x', '2'],
      ['x', ''],
      ['y', 'v'],
      ['y', '1'],
      ['m', 'o'],
    ])
  })

  it('numbers the fields of a list, and keeps the order of a map', () => {
    expect(parse(compilePostFields(['a', 'b']))).to.deep.equal([
      ['0', 'a'],
      ['1', 'b'],
    ])
    const fields = new Map<string | number, string>([
      ['z', 'first'],
      [1, 'second'],
      ['a', 'third'],
    ])
    expect(parse(compilePostFields(fields))).to.deep.equal([
      ['z', 'first'],
      ['1', 'second'],
      ['a', 'third'],
    ])
  })

  it('escapes names as libcurl does', () => {
    expect(text({ 'a"b\r\nc\\ä': '' })).to.contain('name="a%22b%0D%0Ac\\ä"\r\n')
  })

  it('sends bytes as a part without a filename', () => {
    const form = { a: 'x', b: Buffer.from([0, 255, 13, 10]), c: new Uint8Array([7]).buffer, d: '' }
    expect(parseBinary(compilePostFields(form))).to.deep.equal([
      ['a', 'x'],
      ['b', '\0\xff\r\n'],
      ['c', '\x07'],
      ['d', ''],
    ])
  })

  it('takes what prints itself as a value', () => {
    const form = { url: new URL('http://a.example/'), date: new Date(0), own: { toString: () => 'p' } }
    const [url, date, own] = parse(compilePostFields(form))
    expect(url).to.deep.equal(['url', 'http://a.example/'])
    expect(date?.[1]).to.equal(new Date(0).toString())
    expect(own?.[1]).to.equal('p')
  })

  it('leaves what is read while it is sent to the engine', () => {
    for (const source of [new Blob(['a']), new ReadableStream(), Readable.from(['a'])]) {
      const body = compilePostFields(source)
      expect(body.kind).to.equal('sources')
      const form = compilePostFields({ a: source })
      expect(
        form.kind === 'sources' && form.segments.some((part) => 'source' in part && part.source === source),
      ).to.equal(true)
    }
    const form = new FormData()
    form.append('a', 'x')
    form.append('a', 'y')
    expect(parse(compilePostFields(form))).to.deep.equal([
      ['a', 'x'],
      ['a', 'y'],
    ])
  })

  it('refuses what is no body', () => {
    class Thing {
      a = 1
    }
    for (const [given, got] of [
      [undefined, 'undefined'],
      [null, 'null'],
      [NaN, 'a number'],
      [Infinity, 'a number'],
      [Symbol('a'), 'a symbol'],
      [() => '', 'a function'],
      [new Thing(), 'an object (Thing)'],
      [new Set(), 'an object (Set)'],
      [Promise.resolve('forgot to await'), 'an object (Promise)'],
      [new WeakMap(), 'an object (WeakMap)'],
    ] as const) {
      expect(message(given)).to.match(/^startRequest: postFields expects a string, URLSearchParams, a Buffer/)
      expect(message(given)).to.match(new RegExp(`; got ${got.replace(/[()]/g, '\\$&')}$`))
    }
  })

  it('names the field that is wrong', () => {
    for (const value of [
      undefined,
      NaN,
      Symbol('a'),
      () => '',
      new Set(),
      Object.create({ a: 1 }) as object,
    ]) {
      expect(message({ good: 1, bad: value })).to.contain(
        'startRequest: postFields["bad"] expects a string, number',
      )
    }
    expect(message({ a: [1, [2]] })).to.contain('postFields["a"]["1"] expects')
    expect(message({ a: { b: { c: 1 } } })).to.contain('postFields["a"]["b"] expects')
    expect(message({ 'a\0b': 1 })).to.contain('a name in postFields must not contain NUL')
    expect(message(new Map([[1.5, 'a']]))).to.contain('names in postFields are strings or whole numbers')
    expect(message({ a: { toString: () => 5 } })).to.contain('toString() of postFields["a"] gave no string')
  })

  it('never shows what is in a body', () => {
    expect(message({ a: { b: ['secret'] } })).not.to.contain('secret')
    expect(message({ a: [['secret']] })).not.to.contain('secret')
  })

  it('gives back what went in, whatever it is', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array())
    const name = fc.string({ unit: 'binary' }).filter((given) => !/\0|%(22|0D|0A)/.test(given))
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { minLength: 1 }), (fields) => {
        const map = new Map(fields)
        const sent = [...map].map(([key, content]) => [
          Buffer.from(key).toString(),
          Buffer.from(content as string).toString('latin1'),
        ])
        expect(parseBinary(compilePostFields(map))).to.deep.equal(sent)
      }),
      { numRuns: 500 },
    )
  })

  it('never throws anything but an OptionError', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
        (given) => {
          try {
            const body = compilePostFields(given)
            expect(body.kind === 'text' ? typeof body.text : bytesOf(body)).to.satisfy(
              (is: unknown) => is === 'string' || is instanceof Uint8Array,
            )
          } catch (error) {
            expect(error).to.have.property('name', 'OptionError')
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('multipart', () => {
  it('has boundaries as libcurl, a new one for each body', () => {
    const boundaries = Array.from({ length: 100 }, () => createBoundary())
    for (const boundary of boundaries) expect(boundary).to.match(/^-{24}[0-9A-Za-z]{22}$/)
    expect(new Set(boundaries).size).to.equal(100)
  })

  it('writes files with name and type', () => {
    const part = { name: 'f', content: Buffer.from('x'), filename: 'a"b.txt', contentType: 'text/plain' }
    expect(encodeMultipart([part], BOUNDARY).bytes.toString()).to.equal(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="a%22b.txt"\r\n` +
        `Content-Type: text/plain\r\n\r\nx\r\n--${BOUNDARY}--\r\n`,
    )
  })
})

describe('files in post fields', () => {
  const stored = new FormFile({ path: '/some/file' }, 'shown "name".txt', 'text/plain')
  const inMemory = new FormFile({ content: Buffer.from([0, 0xff]) }, 'a.bin', 'application/octet-stream')

  it('from memory are bytes like all others', () => {
    const body = compilePostFields({ a: inMemory }, undefined, BOUNDARY)
    expect(bytesOf(body).toString('latin1')).to.equal(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"; filename="a.bin"\r\n` +
        `Content-Type: application/octet-stream\r\n\r\n\0\xff\r\n--${BOUNDARY}--\r\n`,
    )
  })

  it('on the disk stay there until they are sent', () => {
    const body = compilePostFields({ x: 1, files: [stored, inMemory] }, undefined, BOUNDARY)
    if (body.kind !== 'segments') throw new Error(body.kind)
    expect(body.contentType).to.equal(`multipart/form-data; boundary=${BOUNDARY}`)
    const shown = body.segments.map((segment) =>
      segment instanceof Uint8Array ? Buffer.from(segment).toString('latin1') : segment,
    )
    expect(shown[0]).to.include('name="x"\r\n\r\n1\r\n').and.include('filename="shown %22name%22.txt"')
    expect(shown[1]).to.deep.equal({ path: '/some/file' })
    expect(shown.at(-1)).to.equal(`\r\n--${BOUNDARY}--\r\n`)
  })

  it('are bytes of no known type unless one is given; those that have no source, name or type are refused where they are made', () => {
    expect(new FormFile({ content: '' }, 'a').contentType).to.equal('application/octet-stream')
    const make = (...given: unknown[]) => Reflect.construct(FormFile, given) as unknown
    for (const source of ['secret.txt', {}, null, { path: 5 }, { content: 5 }, { path: 'a', content: 'b' }])
      expect(() => make(source, 'a')).to.throw(
        OptionError,
        /^FormFile: the source must be \{ path \}, \{ content \} or \{ source \}, got (a string|an object|null)$/,
      )
    expect(() => make({ path: 'a' })).to.throw(
      OptionError,
      'FormFile: the filename must be a string, got undefined',
    )
    expect(() => make({ path: 'a' }, 'a', 5)).to.throw(
      OptionError,
      'the contentType must be a string, got a number',
    )
  })

  it('have a type of one line', () => {
    const broken = new FormFile({ content: '' }, 'a', 'text/plain\r\nX: y')
    expect(() => compilePostFields({ a: broken })).to.throw(OptionError, 'postFields["a"]')
  })
})
