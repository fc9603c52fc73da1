/**
 * Random values of PHP's types, as a script carries them, by fast-check. Does not know the options that they
 * are for.
 */
import fc from 'fast-check'
import { array, type Value } from '../case.js'

/** Strings that are numbers in some languages, and what looks like one. */
const NUMBERS =
  '0|00|-0|+0|0.0|1|01|-1|+5|10|1.9|-1.9|.5|5.|1e3|1E3|1e-3|1e|e1|0x1A|0b11|0o17|1_000|5abc|5 |5 abc|--1|+-1|- 1|١|½|' +
  '2147483647|2147483648|-2147483649|9007199254740993|9223372036854775807|9223372036854775808|18446744073709551616|' +
  '-9223372036854775809|1e19|1e30|-1e30|1e309|-1e309|NAN|INF|true|false|null|on|off|no'
const SPACES = [' ', '\t', '\n', '\r', '\v', '\f', '\u00a0', '']

const numeric = fc
  .tuple(fc.constantFrom(...SPACES), fc.constantFrom(...NUMBERS.split('|')), fc.constantFrom(...SPACES))
  .map((parts) => parts.join(''))
const text = fc.oneof(
  { weight: 4, arbitrary: numeric },
  fc.string({ maxLength: 6 }),
  fc.string({ maxLength: 4, unit: 'binary' }),
  fc.constantFrom('', 'gzip', 'http://127.0.0.1/', 'a=b', 'X: 1', 'áé', '\0', 'a\0b'),
)
const float = fc
  .oneof(
    fc.double().map(String),
    fc.constantFrom(
      'NAN',
      'INF',
      '-INF',
      '-0.0',
      '0.5',
      '-0.5',
      '1.9',
      '-1.9',
      '1e15',
      '1e19',
      '-1e19',
      '1e300',
    ),
  )
  .map((word) => ({ $float: word.replace('Infinity', 'INF').replace('NaN', 'NAN') }))
const int = fc.oneof(
  fc.integer({ min: -3, max: 120 }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(2 ** 31 - 1, 2 ** 31, 2 ** 32, -(2 ** 31), 2 ** 53 - 1),
)
const scalar: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 2, arbitrary: int },
  { weight: 2, arbitrary: float },
  fc.boolean(),
  fc.constant(null),
)
const object = fc.oneof(
  fc.constant({ $object: true } as const),
  text.map((printed) => ({ $stringable: printed })),
)
const list = (items: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof(
    fc.array(items, { maxLength: 3 }).map((values) => array(values)),
    fc
      .array(fc.tuple(fc.oneof(fc.stringMatching(/^[a-z]{1,3}$/), fc.integer({ min: 0, max: 9 })), items), {
        maxLength: 2,
      })
      .map((pairs) => ({ $array: [...new Map(pairs)] })),
  )

/** Any value. */
export const anyValue: fc.Arbitrary<Value> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  object,
  list(fc.oneof({ weight: 5, arbitrary: scalar }, object, list(scalar))),
)
