/**
 * Scripts of the comparison with PHP, after what php-src's own tests check: files in forms, copies of handles
 * with forms. Does not know which test checks what: php-src-tests.ts does.
 */
import { array, bytes, file, stringFile, type Value } from '../case.js'
import {
  add,
  copy,
  drain,
  echo,
  exec,
  handle,
  init,
  initMulti,
  loop,
  remove,
  script,
  set,
  type Script,
  type Step,
} from '../scripts/script.js'

const method = (name: string, call: string, ...args: Value[]): Step => [
  '',
  '@call',
  handle(name),
  call,
  ...args,
]
const form = (name: string, value: Value): Step => set(name, 'POSTFIELDS', array({ file: value }))
const sent = (name: string, value: Value): Script =>
  script(name, init('a', echo), form('a', value), exec('a'))

export const formScripts: readonly Script[] = [
  script(
    'the methods of a CURLFile',
    ['f', 'curl_file_create', '{small}'],
    ...['getFilename', 'getMimeType', 'getPostFilename'].map((name) => method('f', name)),
    ...[method('f', 'setMimeType', 'text/plain'), method('f', 'setPostFilename', 'shown.txt')],
    ...['getMimeType', 'getPostFilename'].map((name) => method('f', name)),
    ...[init('a', echo), form('a', handle('f')), exec('a')],
  ),
  script(
    'a CURLFile that changes after it was set',
    ['f', 'curl_file_create', '{small}'],
    ...[init('a', echo), form('a', handle('f')), method('f', 'setMimeType', 'text/plain'), exec('a')],
  ),
  sent('a CURLFile with a name in Cyrillic', file('{cyrillic}')),
  sent('a CURLFile with a name in Cyrillic to show', file('{small}', null, 'АБВ.txt')),
  script('@ is text', init('a', echo), set('a', 'SAFE_UPLOAD', 1), form('a', '@{small}'), exec('a')),
  script('SAFE_UPLOAD off', init('a', echo), set('a', 'SAFE_UPLOAD', 0), form('a', '@{small}'), exec('a')),
  sent('a CURLStringFile with NUL in its data', stringFile('test\0test', 'foo.txt')),
  sent('a CURLStringFile without a name', stringFile('data', '')),
  sent('a CURLStringFile without data', stringFile('', 'foo.txt', 'text/plain')),
  sent('a CURLStringFile with NUL in its name', stringFile('data', 'foo.txt\0more')),
  sent('a CURLStringFile with NUL in its type', stringFile('data', 'foo.txt', 'text/plain\0more')),
  sent('a CURLFile with NUL in its name', file('{small}', null, 'foo.txt\0more')),
  sent('a CURLFile with NUL in its type', file('{small}', 'text/plain\0more')),
  sent('a CURLFile of a data URL', file('data://text/plain;base64,aGVsbG8=', 'text/plain', 'hello')),
  sent('a CURLFile of a http URL', file('{http}/bytes/10', 'text/plain', 'hello')),
  script(
    'the fields of a CURLStringFile',
    ['f', '@new', 'CURLStringFile', 'data', 'foo.txt'],
    ...['data', 'mime', 'postname'].map((name): Step => ['', '@get', handle('f'), name]),
    ['', '@put', handle('f'), 'mime', 'text/plain'],
    ...[init('a', echo), form('a', handle('f')), exec('a')],
  ),
  script(
    'a CURLStringFile of a copied handle',
    ...[init('a', echo), form('a', stringFile('data', 'foo.txt')), copy('a', 'b'), exec('b'), exec('a')],
  ),
  script(
    'a CURLFile of a copied handle',
    ...[init('a', echo), form('a', file('{small}')), copy('a', 'b'), exec('a')],
    ...[['', 'curl_close', handle('a')] as Step, exec('b')],
  ),
  script(
    'a CURLFile of copied handles in a loop',
    ...[init('a', echo), form('a', file('{small}')), copy('a', 'b'), copy('a', 'c')],
    ...[initMulti, add('a'), add('b'), loop, drain],
    ...['a', 'b', 'c'].map((name) => remove(name)),
  ),
  script(
    'copies of a handle whose form changes',
    ...[init('a', echo), form('a', file('{small}')), copy('a', 'b'), form('b', file('{cookies}'))],
    ...[copy('b', 'c'), exec('a'), exec('b'), exec('c')],
  ),
  script(
    'numbers as names of fields',
    init('a', '{http}/echo?a=b%20c'),
    set('a', 'POST', 1),
    set('a', 'POSTFIELDS', {
      $array: [
        ['a', 'b'],
        [100, 'c'],
      ],
    }),
    exec('a'),
  ),
  script(
    'a form, then no fields',
    ...[init('a', echo), set('a', 'POST', true), set('a', 'POSTFIELDS', array({ a: '1' })), exec('a')],
    ...[set('a', 'POSTFIELDS', array([])), exec('a')],
  ),
  script(
    'no fields of a POST, and its header',
    ...[init('a', echo), set('a', 'POST', true), set('a', 'POSTFIELDS', array([]))],
    ...[set('a', 'CURLINFO_HEADER_OUT', true), exec('a'), ['', '@info', handle('a')] as Step],
  ),
  script('a form of empty arrays', init('a', echo), set('a', 'POSTFIELDS', array([array([])])), exec('a')),
  sent('bytes in a form of a handle', bytes('\xff\0\xfe')),
  sent('fields with several values', array(['one', 'two'])),
]
