import { expect } from 'chai'
import fc from 'fast-check'
import { fileURLToPath } from 'node:url'
import { numberToPhpString } from '../../../../src/options/values/php-string.js'
import { http_build_query } from '../../../../src/php/values/http-build-query.js'
import {
  curl_escape,
  curl_unescape,
  rawurldecode,
  rawurlencode,
  urldecode,
  urlencode,
} from '../../../../src/php/values/url.js'
import { requirePhp, runPhp } from '../../../support/programs/real-php.js'

/** A value in a form that JSON carries to PHP, and the value that stands for it here. */
interface Twin {
  tree: readonly [type: string, data: unknown]
  value: unknown
}

const base64 = (value: string | Uint8Array): string => Buffer.from(value as string).toString('base64')
const string = (value: string | Uint8Array): Twin => ({ tree: ['string', base64(value)], value })
const int = (value: number): Twin => ({ tree: ['int', String(value)], value })
const bool = (value: boolean): Twin => ({ tree: ['bool', value], value })

function float(value: number): Twin {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return { tree: ['float', bytes.toString('hex')], value }
}

function array(entries: readonly (readonly [string, Twin])[], isMap: boolean): Twin {
  const tree = ['array', entries.map(([key, twin]) => [base64(key), twin.tree])] as const
  const values = entries.map(([key, twin]) => [key, twin.value] as const)
  if (isMap) return { tree, value: new Map(values) }
  // A plain object sorts its integer keys: what PHP gets has to be in that order.
  const value = Object.fromEntries(values)
  const order = Object.keys(value)
  return {
    tree: ['array', order.map((key) => [base64(key), entries.find((e) => e[0] === key)![1].tree])],
    value,
  }
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }).filter((s) => Buffer.from(s).toString() === s),
  fc.string({ unit: fc.constantFrom(..."aZ09-_.~ +%*!'()[]&=/?\u00e9\0") }),
)
const bytes = fc.uint8Array().map((array) => Buffer.from(array))
const binary = fc.oneof(text, bytes)
const floats = fc
  .oneof(
    fc.double(),
    fc.tuple(fc.integer(), fc.integer({ min: -40, max: 40 })).map(([a, b]) => a * 10 ** b),
    fc.tuple(fc.bigInt(1n, 10n ** 15n), fc.integer({ min: 1, max: 12 })).map(([a, b]) => Number(a) / 2 ** b),
  )
  .filter((value) => !Number.isSafeInteger(value))
const scalar = fc.oneof(
  binary.map(string),
  fc.maxSafeInteger().map(int),
  floats.map(float),
  fc.boolean().map(bool),
  fc.constant<Twin>({ tree: ['null', null], value: null }),
)
const key = fc.oneof(
  text.filter((s) => s !== '__proto__'),
  fc.integer({ min: -3, max: 12 }).map(String),
  fc.constantFrom('01', '-0', '9223372036854775807', '9223372036854775808', '1.5'),
)
const { tree: data } = fc.letrec<{ any: Twin; tree: Twin }>((tie) => ({
  any: fc.oneof({ depthSize: 'small' }, scalar, tie('tree')),
  tree: fc
    .tuple(
      fc.uniqueArray(fc.tuple(key, tie('any')), { selector: ([name]) => name, maxLength: 5 }),
      fc.boolean(),
    )
    .map(([entries, isMap]) => array(entries, isMap)),
}))

type Case = [name: string, arguments_: readonly Twin[], run: () => string | Uint8Array]

function compareWithPhp(cases: readonly Case[]): void {
  const input = cases.map(([name, args]) => [name, args.map(({ tree }) => tree)])
  const answers = runPhp(fileURLToPath(new URL('./strings.php', import.meta.url)), input) as string[]
  for (const [index, [name, args, run]] of cases.entries()) {
    const shown = `${name}(${JSON.stringify(args)})`
    expect(Buffer.from(run() as string).toString(), shown).to.equal(
      Buffer.from(answers[index]!, 'base64').toString(),
    )
  }
}

describe("PHP's strings", () => {
  it('numbers become what (string) makes of them', function () {
    requirePhp(this)
    const fixed = [
      0.1,
      1.5,
      Math.PI,
      1e25,
      1e-7,
      0.0001,
      0.00001,
      12345678901234.5,
      12345678901235.5,
      2 ** 60,
      -1e-310,
    ]
    const sample = [...fixed, NaN, Infinity, -Infinity, ...fc.sample(floats, 3000)].map(float)
    const all = [...sample, ...fc.sample(fc.maxSafeInteger(), 100).map(int)]
    compareWithPhp(all.map((twin) => ['string', [twin], () => numberToPhpString(twin.value as number)]))
  })

  it('are URL-encoded byte by byte', function () {
    requirePhp(this)
    const functions = {
      urlencode,
      rawurlencode,
      curl_escape: (s: string | Uint8Array) => curl_escape(null, s),
    }
    compareWithPhp(
      fc
        .sample(binary, 1000)
        .flatMap((value) =>
          Object.entries(functions).map(([name, run]): Case => [name, [string(value)], () => run(value)]),
        ),
    )
  })

  it('are decoded, text as text and other bytes as binary strings', function () {
    requirePhp(this)
    const functions = { urldecode, rawurldecode, curl_unescape: (s: string) => curl_unescape(null, s) }
    const encoded = fc.oneof(
      text,
      bytes.map(urlencode),
      text.map(rawurlencode),
      fc.string({ unit: fc.constantFrom(...'%0aFgZ+') }),
    )
    const cases = fc
      .sample(encoded, 1000)
      .flatMap((value) => Object.entries(functions).map(([name, run]) => [name, value, run] as const))
    const input = cases.map(([name, value]) => [name, [string(value).tree]])
    const answers = runPhp(fileURLToPath(new URL('./strings.php', import.meta.url)), input) as string[]
    for (const [index, [name, value, run]] of cases.entries()) {
      const real = Buffer.from(answers[index]!, 'base64')
      const isText = real.equals(Buffer.from(real.toString('utf8')))
      expect(run(value), `${name}(${JSON.stringify(value)})`).to.equal(
        real.toString(isText ? 'utf8' : 'latin1'),
      )
    }
  })

  it('http_build_query gives what PHP gives', function () {
    requirePhp(this)
    const parameters = fc.tuple(
      data,
      fc.constantFrom('', '', 'n_', 'a b[', '\u00e9'),
      fc.constantFrom('&', '&', '&amp;', ';', ''),
      fc.constantFrom(1, 2),
    )
    compareWithPhp(
      fc
        .sample(parameters, 4000)
        .map(([tree, prefix, separator, type]): Case => [
          'http_build_query',
          [tree, string(prefix), string(separator), int(type)],
          () => http_build_query(tree.value as object, prefix, separator, type),
        ]),
    )
  })
})
