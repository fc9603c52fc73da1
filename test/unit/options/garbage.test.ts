/** Any value as options gives an OptionError, or values that libcurl accepts, and no message has a secret. */
import { expect } from 'chai'
import fc from 'fast-check'
import { SECRETS } from '../../../src/options/catalog/option-traits.js'
import { EASY_OPTIONS } from '../../../src/options/catalog/option-table.js'
import { SETTING_NAMES } from '../../../src/options/settings.js'
import { parseTable } from '../../../src/options/catalog/table-rows.js'
import type { CompiledOptions } from '../../../src/options/values/compiled-options.js'
import { OptionError } from '../../../src/errors.js'
import { catalogOf, compile } from './builds.js'

const catalog = catalogOf(5)
const names = Object.entries(EASY_OPTIONS).flatMap(([kind, text]) =>
  parseTable(text, kind).map(({ name }) => name),
)
const garbage = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withNullPrototype: true,
})
const key = fc.oneof(
  fc.constantFrom(...names),
  fc.constantFrom(...names).map((name) => `CURLOPT_${name}`),
  fc.constantFrom(...SETTING_NAMES, 'RETURNTRANSFER', 'FILE'),
  fc.string(),
)
const value = fc.oneof(
  garbage,
  fc.integer(),
  fc.double(),
  fc.string(),
  fc.array(fc.string()),
  fc.constant(null),
  fc.boolean(),
)

/** The options, or undefined where they were refused with the right error. */
function tryCompile(options: unknown, role: 'shared' | 'request' = 'shared'): CompiledOptions | undefined {
  try {
    return compile(options, { catalog, role })
  } catch (error) {
    expect(error).to.be.instanceOf(OptionError)
    return undefined
  }
}

function isFit(given: unknown): boolean {
  if (typeof given === 'number') return Number.isSafeInteger(given) && !Object.is(given, -0)
  if (typeof given === 'string') return !/[\r\n\0]/.test(given)
  if (Array.isArray(given))
    return given.length > 0 && given.every((item) => typeof item === 'string' && isFit(item))
  return given === null
}

describe('garbage as options', () => {
  it('is an OptionError, or it is values that libcurl can be given', () => {
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 4 }), (options) => {
        const compiled = tryCompile(options)
        if (compiled === undefined) return
        expect(compiled.ids).to.have.length(compiled.values.length)
        compiled.values.forEach((given, i) => {
          // Files and forms may hold any text.
          const isFree =
            given instanceof Uint8Array || compiled.ids[i] === 10024 || Number(compiled.ids[i]) >= 40000
          expect(isFree || isFit(given), String(compiled.ids[i])).to.equal(true)
        })
      }),
      { numRuns: 5000 },
    )
  })

  it('for each option alone', () => {
    for (const name of names) {
      fc.assert(
        fc.property(value, (given) => void tryCompile({ [name]: given })),
        { numRuns: 20 },
      )
    }
  })

  it('is an OptionError where it is no object at all', () => {
    fc.assert(fc.property(garbage, (options) => void tryCompile(options)))
    fc.assert(fc.property(fc.array(fc.tuple(garbage, value)), (pairs) => void tryCompile(new Map(pairs))))
  })

  it('compiles to the same as a Map of the same entries', () => {
    const entries = fc.uniqueArray(
      fc.tuple(
        fc.constantFrom('TIMEOUT', 'USERAGENT', 'HTTPHEADER', 'NOBODY'),
        fc.constantFrom(1, true, '5'),
      ),
      {
        selector: ([name]) => name,
      },
    )
    fc.assert(
      fc.property(entries, (pairs) => {
        expect(tryCompile(new Map(pairs))).to.deep.equal(tryCompile(Object.fromEntries(pairs)))
      }),
    )
  })
})

describe('secrets', () => {
  const SECRET = 'xK9secretQ7'
  const shapes: unknown[] = [
    `${SECRET}\r\n`,
    `${SECRET}\0`,
    `${SECRET}\ud800`,
    [`${SECRET}\r\n`],
    [{ name: 'a', contents: SECRET, type: SECRET }],
    [{ name: `${SECRET}\n`, contents: '' }],
    [[SECRET]],
    { [Symbol.toPrimitive]: () => SECRET },
    BigInt(`0x${Buffer.from(SECRET).toString('hex')}`),
  ]

  for (const name of SECRETS) {
    it(`of ${name} are in no message`, () => {
      for (const refuses of [false, true]) {
        for (const shape of [...shapes, ...(refuses ? [SECRET, [SECRET]] : [])]) {
          try {
            compile({ [name]: shape }, { catalog: catalogOf(5), probe: () => (refuses ? 43 : 0) })
          } catch (error) {
            expect(error).to.be.instanceOf(OptionError)
            expect((error as OptionError).message).not.to.contain(SECRET)
            expect((error as OptionError).message).not.to.contain(String(shapes.at(-1)))
          }
        }
      }
    })
  }
})
