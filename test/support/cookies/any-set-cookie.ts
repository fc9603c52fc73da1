/**
 * Random `Set-Cookie` lines: cookies with names, values and attributes that servers send, and with odd ones.
 * Does not know what becomes of them.
 */
import fc from 'fast-check'
import { listsPathsAsGiven } from '../../../src/engine/node-libcurl/header-cookie.js'

/** The hosts that set cookies. */
export const HOSTS = [
  'www.example.com',
  'example.com',
  'www.example.co.uk',
  'me.github.io',
  'github.io',
  'localhost',
  '127.0.0.1',
]
const DOMAINS = [
  ...HOSTS,
  '.example.com',
  '..example.com',
  'EXAMPLE.com',
  'com',
  '.com',
  '.',
  'co.uk',
  'uk',
  'io',
  '"example.com"',
  'example.com:80',
  'example.com.',
  'evil.test',
  '0.0.0.0',
  '127.0.0.2',
  ' example.com ',
]
const PATHS = [
  '/',
  '',
  '"/"',
  '/a',
  '/a/',
  '"/a"',
  '"/a',
  '/a"',
  '/a/b',
  'a',
  '/*',
  '/a%20b',
  '"',
  '""',
  '/\u0001',
  'TRUE',
]
const TEXTS = [
  'a',
  'A',
  'b',
  'a b',
  'ž',
  '"q"',
  '',
  ' ',
  '\t',
  '=',
  'a=b',
  '{"x":1}',
  '\u0001',
  '\u007f',
  ',',
  '#',
  '\u00a0',
  '\ufeff',
]
const EXPIRIES = [
  'Wed, 09 Jun 2060 10:18:14 GMT',
  'Fri, 31-Dec-99 23:59:59 GMT',
  'Thu, 01 Jan 1970 00:00:00 GMT',
  'Sat, 07 Aug 2060 08:04:19 GMT, b=c',
  'tomorrow',
  '',
]
const AGES = ['0', '60', '-1', '"60"', '99999999999999999999', '60x', 'x', '']

const text = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.stringMatching(/^[ -~]{0,8}$/).map((some) => some.replaceAll(';', '')),
)
const name = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('a', 'A', 'b', '__Host-a', '__host-a', '__Secure-a', '__secure-A'),
  },
  { weight: 1, arbitrary: text },
)
const attribute = fc.oneof(
  fc.constantFrom(...PATHS).map((path) => ` Path=${path}`),
  fc.constantFrom(...DOMAINS).map((domain) => ` Domain=${domain}`),
  fc.constantFrom(...EXPIRIES).map((date) => ` Expires=${date}`),
  fc.constantFrom(...AGES).map((age) => ` max-age = ${age}`),
  fc.constantFrom(
    ' Secure',
    'secure=',
    ' Secure=1',
    ' HttpOnly',
    'httponly=',
    ' Path',
    ' Domain',
    '',
    '=',
    ' =x',
    '=x',
  ),
  text.map((some) => ` ${some}`),
)
const line = fc
  .record({
    name,
    equals: fc.constantFrom('=', '=', '=', '=', ' = ', ''),
    value: text,
    rest: fc.array(attribute, { maxLength: 5 }),
  })
  .map((of) => [`${of.name}${of.equals}${of.value}`, ...of.rest].join(';'))
/**
 * To libcurl 7.88, `Path=/` and a path that is none are two paths: a test of cookie-rules.test.ts has them.
 */
const isPathless = (text: string): boolean =>
  listsPathsAsGiven() &&
  text.split(';').some((part) => /^\s*path\s*=/i.test(part) && !/^\s*path\s*=\s*"?\//i.test(part))
/** The lines of one response. */
export const lines = fc
  .array(line, { minLength: 1, maxLength: 4 })
  .map((list) => (list.some(isPathless) ? list.slice(0, 1) : list))
/** The path of a URL that sets cookies. */
export const path = fc.constantFrom('/', '/a', '/a/', '/a/b/c', '/*/x')
