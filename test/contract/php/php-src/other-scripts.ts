/**
 * Scripts of the comparison with PHP, after what php-src's own tests check: errors, infos, copies, loops.
 * Does not know which test checks what: php-src-tests.ts does.
 */
import { array, fn } from '../case.js'
import {
  add,
  constant,
  copy,
  drain,
  echo,
  errno,
  exec,
  handle,
  hasError,
  info,
  init,
  initMulti,
  loop,
  on,
  ref,
  remove,
  script,
  set,
  steadyInfo,
  type Script,
  type Step,
} from '../scripts/script.js'

const same = (one: string, other: string): Step => ['', '@sameInfo', handle(one), handle(other)]
const failing = (name: string, url: string, ...steps: Step[]): Script =>
  script(name, init('a', url), steps, exec('a'), errno('a'), hasError('a'))
const select = (timeout: number): Step[] => [
  ['', 'curl_multi_select', handle('m'), timeout],
  on('m', 'curl_multi_errno'),
]

const errors: Script[] = [
  failing('a host that does not exist', 'http://no-such-host.invalid/'),
  failing('a host without a dot that does not exist', 'no-such-host'),
  failing('a scheme that does not exist', 'nosuch://127.0.0.1/'),
  failing('a proxy that does not exist', echo, set('a', 'PROXY', 'no-such-host.invalid:1')),
  failing('a proxy that is none', echo, set('a', 'PROXY', 'no-such-host:no-such-port')),
  script(
    'the error of a message',
    ...[init('a', 'nosuch://127.0.0.1/'), initMulti, add('a'), loop, drain],
    ...[errno('a'), hasError('a'), on('a', 'curl_close'), on('m', 'curl_multi_close')],
  ),
  script(
    'a certificate that is refused, between two that are not',
    ...[init('a', '{https}/echo'), set('a', 'CAINFO', '{ca}'), exec('a'), init('b', '{https}/echo')],
    ...[exec('b'), errno('b'), exec('a'), errno('a')],
  ),
  script('options that are none', ...wrongOptions()),
  script(
    'an own list that is none leaves the handle as it was',
    ...[init('a', echo), set('a', 'HTTPHEADER', 1), exec('a')],
    ...[set('a', 'HTTPHEADER', array([])), exec('a')],
  ),
  script(
    'an unknown multi option has its text',
    initMulti,
    on('m', 'curl_multi_errno'),
    on('m', 'curl_multi_setopt', -1, -1),
    ['e', 'curl_multi_errno', handle('m')],
    ['', 'curl_multi_strerror', handle('e')],
  ),
  script(
    'timeouts of curl_multi_select',
    initMulti,
    ...[select(-2_500_000), select(2_500_000), select(1_000_000)],
    ['', 'curl_multi_select', handle('m')],
  ),
  ...['CurlHandle', 'CurlMultiHandle', 'CurlShareHandle'].map((name) =>
    script(`new ${name}`, ['', '@new', name]),
  ),
]

function wrongOptions(): Step[] {
  return [
    ['a', 'curl_init'],
    ['', 'curl_setopt', handle('a'), '', false],
    ['', 'curl_setopt', handle('a'), -10, 0],
    ['', 'curl_setopt', handle('a'), 1000, 0],
  ]
}

const infos: Script[] = [
  script(
    'infos of a transfer',
    ...[['a', 'curl_init'] as Step, info('a', 'HTTP_VERSION'), set('a', 'URL', '{http}/status/200')],
    ...[set('a', 'RETURNTRANSFER', 1), exec('a')],
    ...['HTTP_VERSION', 'PROTOCOL', 'PROXY_SSL_VERIFYRESULT', 'EFFECTIVE_METHOD'].map((name) =>
      info('a', name),
    ),
    ...['CONTENT_TYPE', 'HTTP_CODE', 'EFFECTIVE_URL'].map((name) => info('a', name)),
  ),
  script('the scheme of a transfer', init('a', echo), exec('a'), info('a', 'SCHEME')),
  script(
    'cookies of another host',
    ['a', 'curl_init'],
    ...['C1', 'C2'].map((name) =>
      set(
        'a',
        'COOKIELIST',
        `Set-Cookie: ${name}=v; expires=Thu, 31-Dec-2037 23:59:59 GMT; path=/; domain=.php.net`,
      ),
    ),
    info('a', 'COOKIELIST'),
  ),
  script(
    'PRIVATE of a failed transfer',
    ...[
      init('a', 'http://127.0.0.1:{refused}/'),
      set('a', 'PRIVATE', '123'),
      exec('a'),
      info('a', 'PRIVATE'),
    ],
  ),
  script(
    'PRIVATE with objects',
    ['one', '@new', 'CURLStringFile', 'data', 'one'],
    ['other', '@new', 'CURLStringFile', 'data', 'other'],
    ...[['a', 'curl_init'] as Step, set('a', 'PRIVATE', handle('one')), copy('a', 'b')],
    ...[['pa', 'curl_getinfo', handle('a'), constant('CURLINFO_PRIVATE')] as Step],
    ...[['pb', 'curl_getinfo', handle('b'), constant('CURLINFO_PRIVATE')] as Step],
    ...[
      ['', '@same', handle('pa'), handle('one')] as Step,
      ['', '@same', handle('pb'), handle('one')] as Step,
    ],
    set('b', 'PRIVATE', handle('other')),
    ...[['pa', 'curl_getinfo', handle('a'), constant('CURLINFO_PRIVATE')] as Step],
    ['', '@same', handle('pa'), handle('one')],
  ),
  script('curl_version', ['', '@versionKeys'], ['', '@hasFeature', 'CURL_VERSION_SSL']),
  script(
    'escaping there and back',
    ['a', 'curl_init'],
    ['e', 'curl_escape', handle('a'), 'http://www.php.net/ ?!'],
    ['', 'curl_unescape', handle('a'), handle('e')],
    ['', 'curl_unescape', handle('a'), 'a%00b'],
  ),
  script(
    'curl_close leaves a handle',
    ['a', 'curl_init'],
    on('a', 'curl_close'),
    ['', '@type', handle('a')],
    errno('a'),
  ),
  script(
    'curl_multi_close leaves a handle',
    ...[initMulti, on('m', 'curl_multi_close'), ['', '@type', handle('m')] as Step],
    on('m', 'curl_multi_close'),
  ),
  script(
    'curl_share_close leaves a handle',
    ...[['s', 'curl_share_init'] as Step, on('s', 'curl_share_close'), ['', '@type', handle('s')] as Step],
  ),
  script(
    'a share that is forgotten at once',
    ...[['s', 'curl_share_init'] as Step, init('a', echo), set('a', 'SHARE', handle('s')), init('b', echo)],
    ...[set('b', 'SHARE', handle('s')), ['', '@forgetName', 's'] as Step, exec('a'), exec('b')],
  ),
]

const copies: Script[] = [
  script(
    'infos of a copy',
    ...[['a', 'curl_init'] as Step, set('a', 'URL', 'http://www.example.com/'), set('a', 'HEADER', 0)],
    ...[copy('a', 'b'), same('a', 'b'), set('b', 'URL', 'http://www.bar.com/'), same('a', 'b')],
  ),
  script(
    'infos of a copy as its options change',
    ...[
      ['a', 'curl_init'] as Step,
      copy('a', 'b'),
      same('a', 'b'),
      set('b', 'URL', 'http://www.example.com/'),
    ],
    ...[same('a', 'b'), set('a', 'URL', 'http://www.example.com/'), same('a', 'b')],
    ...[set('b', 'URL', 'http://www.bar.com/'), same('a', 'b')],
  ),
  script(
    'copies of copies',
    ...[
      ['a', 'curl_init'] as Step,
      copy('a', 'b'),
      copy('a', 'b'),
      ['c', 'curl_init'] as Step,
      copy('c', 'b'),
    ],
    ['', '@type', handle('b')],
  ),
  script(
    'a copy with FILE',
    ...[init('a', echo), set('a', 'FILE', { $out: 'body' }), copy('a', 'b'), exec('b'), exec('a')],
  ),
  script(
    'a copy posts fields as its original has',
    ...[init('a', echo), set('a', 'POST', 1), set('a', 'POSTFIELDS', 'a=1&b=2'), exec('a')],
    ...[copy('a', 'b'), on('a', 'curl_close'), exec('b')],
  ),
  script(
    'a copy posts a form as its original has',
    ...[init('a', echo), set('a', 'POST', 1), set('a', 'POSTFIELDS', array({ a: '1', b: '2' }))],
    ...[set('a', 'HTTPHEADER', array(['Expect:'])), copy('a', 'b'), on('a', 'curl_close'), exec('b')],
  ),
  script(
    'copies with headers of their own in a loop',
    ...[init('a', echo), initMulti],
    ...['b', 'c'].flatMap((name) => [
      copy('a', name),
      set(name, 'HTTPHEADER', array(['Foo: Bar'])),
      add(name),
    ]),
    ...[loop, drain],
  ),
]

const loops: Script[] = [
  script(
    'a handle that is added twice is there once',
    ...[initMulti, init('a', echo), add('a'), add('a'), add('a')],
    ...[remove('a'), loop, drain],
  ),
  script(
    'messages without a count',
    ...[initMulti, init('a', echo), init('b', echo), add('a'), add('b'), loop],
    ['', 'curl_multi_info_read', handle('m')],
    ['', 'curl_multi_info_read', handle('m'), ref('left')],
    ['', '@ref', 'left'],
    ['', 'curl_multi_info_read', handle('m')],
  ),
  script(
    'handles that are added and never run',
    initMulti,
    ...['a', 'b', 'c', 'd'].flatMap((name): Step[] => [
      ['', '@forgetName', name],
      [name, 'curl_init'],
      add(name),
    ]),
    ...['a', 'b', 'c', 'd'].map((name): Step => ['', '@forgetName', name]),
    ['', '@forgetName', 'm'],
  ),
]

const functions: Script[] = [
  script(
    'options of a transfer in an array',
    ['a', 'curl_init'],
    on('a', 'curl_setopt_array', {
      $array: [
        [10002, echo],
        [19913, 1],
      ],
    }),
    exec('a'),
  ),
  script(
    'a list that is set ten thousand times',
    ...[init('a', echo), ['', '@repeat', 10_000, handle('a')] as Step, exec('a')],
  ),
  script(
    'HTTP versions',
    ...[init('a', echo), set('a', 'HTTP_VERSION', constant('CURL_HTTP_VERSION_1_0')), exec('a')],
    ...[set('a', 'HTTP_VERSION', constant('CURL_HTTP_VERSION_1_1')), exec('a')],
  ),
  script(
    'ACCEPT_ENCODING and back',
    ...[init('a', echo), set('a', 'ACCEPT_ENCODING', 'gzip'), set('a', 'CURLINFO_HEADER_OUT', 1), exec('a')],
    ...[info('a', 'HEADER_OUT'), set('a', 'ACCEPT_ENCODING', null), exec('a'), info('a', 'HEADER_OUT')],
  ),
  ...['USERPWD', 'USERNAME'].map((name) =>
    script(`${name} that is null`, init('a', echo), set('a', name, null), exec('a')),
  ),
  script(
    'WRITEFUNCTION that takes nothing',
    ...[init('a', echo), set('a', 'WRITEFUNCTION', fn('zero')), exec('a'), errno('a')],
  ),
  script(
    'READFUNCTION that has nothing',
    ...[init('a', echo), set('a', 'UPLOAD', 1), set('a', 'READFUNCTION', fn('zero')), exec('a'), errno('a')],
  ),
  script(
    'FOLLOWLOCATION and SSL_VERIFYHOST',
    ...[['a', 'curl_init'] as Step, set('a', 'FOLLOWLOCATION', true)],
    ...[false, true, 0, 1, 2].map((value) => set('a', 'SSL_VERIFYHOST', value)),
  ),
  script(
    'whole floats as strings',
    ...[init('a', echo), set('a', 'USERAGENT', { $float: '1e15' }), exec('a')],
    ...[set('a', 'USERAGENT', { $float: '-0.0' }), exec('a')],
  ),
  script(
    'numbers in strings that are too large',
    ...['1e309', '1e30', '18446744073709551616'].flatMap((text) => [
      ...init('a', '{http}/echo/x/../y'),
      ...[set('a', 'PATH_AS_IS', text), exec('a')],
    ]),
  ),
  script(
    'sizes of more than 32 bits',
    ...[init('a', echo), set('a', 'INFILESIZE', 5_000_000_000), set('a', 'MAXFILESIZE', 5_000_000_000)],
    ...[errno('a'), exec('a'), set('a', 'RESUME_FROM', 5_000_000_000), exec('a'), errno('a')],
  ),
  script(
    'an upload whose size is told twice',
    ...[init('a', echo), set('a', 'READFUNCTION', fn('read')), set('a', 'UPLOAD', 1)],
    ...[set('a', 'INFILESIZE', 5_000_000_000), set('a', 'INFILESIZE', 15), exec('a')],
  ),
  script('infos that are kept', init('a', '{http}/status/200'), exec('a'), steadyInfo('a')),
]

export const otherScripts: readonly Script[] = [...errors, ...infos, ...copies, ...loops, ...functions]
