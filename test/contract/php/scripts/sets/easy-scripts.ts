/** Scripts of the comparison with PHP: single handles, from `curl_init()` to `curl_close()`. */
import { array, fn, type Value } from '../../case.js'
import {
  content,
  copy,
  echo,
  errno,
  exec,
  handle,
  hasError,
  info,
  init,
  initMulti,
  on,
  script,
  set,
  steadyInfo,
  type Script,
} from '../script.js'

const life: Script[] = [
  script(
    'a handle before its transfer',
    ['a', 'curl_init'],
    steadyInfo('a'),
    errno('a'),
    hasError('a'),
    content('a'),
  ),
  script(
    'the URL of curl_init',
    ['a', 'curl_init', echo],
    info('a', 'EFFECTIVE_URL'),
    exec('a'),
    content('a'),
  ),
  script(
    'no URL',
    ['a', 'curl_init'],
    set('a', 'RETURNTRANSFER', 1),
    exec('a'),
    errno('a'),
    on('a', 'curl_error'),
  ),
  script('a NUL in a URL', ['', 'curl_init', 'a\0b']),
  script(
    'content and infos',
    init('a', '{http}/status/404'),
    exec('a'),
    content('a'),
    steadyInfo('a'),
    errno('a'),
  ),
  script('an empty body', init('a', '{http}/no-content'), exec('a'), content('a'), info('a', 'HTTP_CODE')),
  script('printed content', ['a', 'curl_init', echo], exec('a'), content('a')),
  script(
    'printed content with headers',
    ['a', 'curl_init', '{http}/status/200'],
    set('a', 'HEADER', 1),
    exec('a'),
  ),
  script(
    'a failure, then a success',
    init('a', 'http://127.0.0.1:{refused}/'),
    ...[exec('a'), errno('a'), hasError('a'), content('a'), info('a', 'HTTP_CODE')],
    ...[set('a', 'URL', echo), errno('a'), hasError('a'), info('a', 'EFFECTIVE_URL'), exec('a'), errno('a')],
  ),
  script(
    'the infos stay until the next transfer',
    init('a', '{http}/status/404'),
    ...[exec('a'), set('a', 'URL', echo), info('a', 'HTTP_CODE'), info('a', 'EFFECTIVE_URL')],
    ...[exec('a'), info('a', 'HTTP_CODE'), info('a', 'EFFECTIVE_URL')],
  ),
  script(
    'a refused value',
    init('a', echo),
    set('a', 'TIMEOUT', -1),
    errno('a'),
    hasError('a'),
    exec('a'),
    errno('a'),
  ),
  script(
    'a good value after a refused one',
    init('a', echo),
    set('a', 'TIMEOUT', -1),
    set('a', 'TIMEOUT', 1),
    errno('a'),
  ),
  script(
    'a handle is used again and again',
    init('a', '{http}/status/200'),
    ...[1, 2, 3].flatMap(() => [exec('a'), info('a', 'HTTP_CODE')]),
  ),
  script(
    'a redirect',
    init('a', '{http}/redirect/2'),
    set('a', 'FOLLOWLOCATION', 1),
    exec('a'),
    steadyInfo('a'),
  ),
  script(
    'a redirect that is not followed',
    init('a', '{http}/redirect/2'),
    exec('a'),
    info('a', 'REDIRECT_URL'),
  ),
  script(
    'FAILONERROR',
    init('a', '{http}/status/404'),
    set('a', 'FAILONERROR', 1),
    exec('a'),
    errno('a'),
    content('a'),
  ),
  script('a partial body', init('a', '{http}/truncate'), exec('a'), errno('a')),
  script('types', ['a', 'curl_init'], ['', '@type', handle('a')], initMulti, ['', '@type', handle('m')]),
]

const copies: Script[] = [
  script(
    'a copy has the options and no infos',
    init('a', '{http}/status/404'),
    ...[set('a', 'USERAGENT', 'me'), exec('a'), copy('a', 'b')],
    ...[steadyInfo('b'), errno('b'), content('b'), exec('b'), info('b', 'HTTP_CODE')],
  ),
  script(
    'a copy goes its own way',
    ...[init('a', echo), copy('a', 'b')],
    ...[set('b', 'URL', '{http}/status/500'), set('a', 'USERAGENT', 'a'), exec('a'), exec('b'), exec('a')],
  ),
  script(
    'a copy outlives its original',
    ...[init('a', echo), copy('a', 'b'), on('a', 'curl_close'), exec('b'), exec('a')],
  ),
  script(
    'a copy has PRIVATE and functions',
    ...[init('a', echo), set('a', 'PRIVATE', 'mine'), set('a', 'HEADERFUNCTION', fn('lines'))],
    ...[copy('a', 'b'), info('b', 'PRIVATE'), exec('b')],
  ),
  script(
    'a copy sends the same body',
    ...[init('a', echo), set('a', 'POSTFIELDS', 'a=1'), copy('a', 'b')],
    ...[set('a', 'POSTFIELDS', 'a=2'), exec('b'), exec('a')],
  ),
  script(
    'a copy sends the same form',
    ...[init('a', echo), set('a', 'POSTFIELDS', array({ a: '1' })), copy('a', 'b')],
    ...[exec('b'), exec('a')],
  ),
  script(
    'a copy has no cookies',
    ...[init('a', '{http}/cookie-redirect'), set('a', 'COOKIEFILE', ''), exec('a'), info('a', 'COOKIELIST')],
    ...[copy('a', 'b'), info('b', 'COOKIELIST'), set('b', 'URL', echo), exec('b')],
  ),
]

const resets: Script[] = [
  script(
    'a reset takes all options back',
    ...[
      init('a', echo),
      set('a', 'USERAGENT', 'me'),
      set('a', 'POSTFIELDS', 'a=1'),
      exec('a'),
      on('a', 'curl_reset'),
    ],
    ...[steadyInfo('a'), content('a'), set('a', 'URL', echo), set('a', 'RETURNTRANSFER', 1), exec('a')],
  ),
  script('a reset handle has no URL', init('a', echo), on('a', 'curl_reset'), exec('a'), errno('a')),
  script(
    'a reset keeps the error',
    init('a', echo),
    set('a', 'TIMEOUT', -1),
    on('a', 'curl_reset'),
    errno('a'),
    hasError('a'),
  ),
  script(
    'a reset keeps PRIVATE',
    init('a', echo),
    set('a', 'PRIVATE', 'x'),
    on('a', 'curl_reset'),
    info('a', 'PRIVATE'),
  ),
  script(
    'a reset keeps cookies',
    ...[init('a', '{http}/cookie-redirect'), set('a', 'COOKIEFILE', ''), exec('a'), on('a', 'curl_reset')],
    ...[info('a', 'COOKIELIST'), set('a', 'URL', echo), set('a', 'RETURNTRANSFER', 1), exec('a')],
  ),
  script('a reset inside a function', init('a', echo), set('a', 'WRITEFUNCTION', fn('resets')), exec('a')),
  script('closing inside a function', init('a', echo), set('a', 'WRITEFUNCTION', fn('closes')), exec('a')),
  script(
    'copying inside a function',
    init('a', echo),
    set('a', 'WRITEFUNCTION', fn('copies')),
    exec('a'),
    errno('a'),
  ),
  script(
    'a transfer inside a function',
    init('a', echo),
    set('a', 'WRITEFUNCTION', fn('executes')),
    exec('a'),
  ),
  script('closing twice', init('a', echo), on('a', 'curl_close'), on('a', 'curl_close'), exec('a')),
]

const method = (name: string, ...options: [string, Value][]): Script =>
  script(
    name,
    init('a', echo),
    options.flatMap(([option, value]) => [set('a', option, value), exec('a'), info('a', 'EFFECTIVE_METHOD')]),
  )

const methods: Script[] = [
  method(
    'POST and back',
    ['POSTFIELDS', 'a=1'],
    ['HTTPGET', 1],
    ['POST', 1],
    ['POST', 0],
    ['POSTFIELDS', 'b=2'],
  ),
  method('HEAD and back', ['NOBODY', 1], ['NOBODY', 0], ['NOBODY', 1], ['HTTPGET', 1]),
  method('HEAD after POST', ['POSTFIELDS', 'a=1'], ['NOBODY', 1], ['NOBODY', 0], ['POST', 1]),
  method('a form and a string', ['POSTFIELDS', array({ a: '1' })], ['POSTFIELDS', 'b=2'], ['HTTPGET', 1]),
  method(
    'custom methods',
    ['CUSTOMREQUEST', 'DELETE'],
    ['CUSTOMREQUEST', null],
    ['CUSTOMREQUEST', 'PROPFIND'],
  ),
  method(
    'a custom method with a body',
    ['CUSTOMREQUEST', 'PATCH'],
    ['POSTFIELDS', 'a=1'],
    ['CUSTOMREQUEST', null],
  ),
  method('empty fields', ['POSTFIELDS', ''], ['POSTFIELDS', array([])], ['HTTPGET', true]),
  method('upload and back', ['UPLOAD', 1], ['UPLOAD', 0], ['PUT', 1], ['HTTPGET', 1]),
  method('POST, UPLOAD, POST', ['POSTFIELDS', 'a=1'], ['UPLOAD', 1], ['POST', 1]),
  method(
    'headers and no headers',
    ['HTTPHEADER', array(['X: 1'])],
    ['HTTPHEADER', array([])],
    ['HTTPHEADER', array(['Y: 1'])],
  ),
  method('header on and off', ['HEADER', 1], ['HEADER', 0]),
  method('user agents', ['USERAGENT', 'one'], ['USERAGENT', null], ['USERAGENT', 'two']),
  method('encodings', ['ENCODING', 'gzip'], ['ENCODING', null], ['ACCEPT_ENCODING', 'br']),
  method('ranges', ['RANGE', '0-3'], ['RANGE', null]),
  method(
    'referers and cookies',
    ['REFERER', 'http://x/'],
    ['COOKIE', 'a=1'],
    ['COOKIE', null],
    ['REFERER', null],
  ),
]

export const easyScripts: readonly Script[] = [...life, ...copies, ...resets, ...methods]
