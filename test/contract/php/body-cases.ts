/**
 * Cases of the comparison with PHP: post fields of every kind. Does not know how they are run.
 */
import { array, bytes, differs, file, options, stringFile, type Case, type Value } from './case.js'

const on = '{http}/echo'
const post = (name: string, postFields: Value, more: Partial<Case> = {}): Case => ({
  name,
  url: on,
  postFields,
  ...more,
})

const texts: Case[] = [
  post('a string', 'a=1&b=2'),
  post('an empty string', ''),
  post('"0"', '0'),
  post('0', 0),
  post('false', false),
  post('true', true),
  post('a float', { $float: '12.5' }),
  post('a float of many digits', { $float: '3.141592653589793' }),
  post('a large float', { $float: '1e25' }),
  post('a Stringable', { $stringable: 'printed' }),
  post('UTF-8', 'žluťoučký kůň'),
  post('bytes with NUL', bytes('a\0b\xff')),
  post('an empty array', array([])),
  post('an object', { $object: true }),
  post('JSON', '{"a":1}', { options: options({ HTTPHEADER: array(['Content-Type: application/json']) }) }),
  post('a large string', 'x'.repeat(2_000_000)),
  post('a large string without Expect', 'x'.repeat(2_000_000), {
    options: options({ HTTPHEADER: array(['Expect:']) }),
  }),
  post('PUT with fields', 'a=1', { options: options({ CUSTOMREQUEST: 'PUT' }) }),
  post('HTTPGET among the options loses', 'a=1', { options: options({ HTTPGET: true }) }),
  post('NOBODY among the options loses', 'a=1', { options: options({ NOBODY: true }) }),
  post('POST => false among the options loses', 'a=1', { options: options({ POST: false }) }),
  post('POSTFIELDS among the options lose', 'a=1', { options: options({ POSTFIELDS: 'b=2' }) }),
  { name: 'POSTFIELDS among the options', url: on, options: options({ POSTFIELDS: 'a=1' }) },
  { name: 'POSTFIELDS null among the options', url: on, options: options({ POSTFIELDS: null }) },
  {
    name: 'POSTFIELDS array among the options',
    url: on,
    options: options({ POSTFIELDS: array({ a: 'b' }) }),
  },
  { name: 'POST without fields', url: on, options: options({ POST: true }) },
]

const forms: Case[] = [
  post('a form', array({ a: '1', b: 'two' })),
  post('a form with a header', array({ a: '1' }), {
    options: options({ HTTPHEADER: array(['X: 1']) }),
  }),
  post('a list', array(['x', 'y'])),
  post(
    'values of all types',
    array({ t: true, f: false, n: null, i: 5, d: { $float: '1.5' }, pi: { $float: '3.141592653589793' } }),
    {},
  ),
  post('an array in a form', array({ a: array(['x', 'y']), b: 'z' })),
  post('an array with keys in a form', array({ a: array({ k: 'x', l: 'y' }) })),
  post('an array in an array in a form', array({ a: array([array(['x'])]) })),
  post('NAN and INF in a form', array({ a: { $float: 'NAN' }, b: { $float: 'INF' } })),
  post('names with quotes and lines', array({ 'a"b': '1', 'c\r\nd': '2', 'e\\f': '3' })),
  post('UTF-8 in a form', array({ jméno: 'kůň' })),
  post('bytes in a form', array({ a: bytes('\xff\0\xfe') })),
  post('@ is nothing special', array({ a: '@{file}' })),
  post('a Stringable in a form', array({ a: { $stringable: 'printed' } })),
  post('an object in a form', array({ a: { $object: true } })),
  post('a form with a content type', array({ a: '1' }), {
    options: options({ HTTPHEADER: array(['Content-Type: multipart/form-data']) }),
  }),
]

const uploads: Case[] = [
  post('a file', array({ f: file('{small}') })),
  post('a file with a type', array({ f: file('{small}', 'text/plain') })),
  post('a file with a name', array({ f: file('{small}', 'text/plain', 'shown.txt') })),
  post('a file with a name only', array({ f: file('{small}', null, 'sh"own.txt') })),
  post('a file among values', array({ a: '1', f: file('{small}'), b: '2' })),
  post('files in an array', array({ f: array([file('{small}', null, 'a'), file('{small}', null, 'b')]) }), {
    differs: differs('files in lists', 'threw', 'requests'),
  }),
  post('a large file', array({ f: file('{file}') })),
  post('a missing file', array({ f: file('/no/such/file') }), {
    differs: differs(
      'missing files',
      'requests',
      'errno',
      'httpCode',
      'info.http_code',
      'info.header_size',
      'info.primary_ip',
      'info.primary_port',
      'info.http_version',
      'info.protocol',
      'info.scheme',
      'info.effective_method',
    ),
  }),
  post('a string as a file', array({ f: stringFile('data\0\xff', 'a.bin') })),
  post('a string as a file with a type', array({ f: stringFile('data', 'a.txt', 'text/plain') })),
  post('a file again after 307', array({ f: file('{small}') }), {
    url: '{http}/redirect/1?code=307',
    options: options({ FOLLOWLOCATION: true }),
  }),
  post('a file that is the whole body', file('{small}')),
]

export const bodyCases: readonly Case[] = [...texts, ...forms, ...uploads]
