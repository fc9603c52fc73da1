/** Scripts of the comparison with PHP: functions of handles, cookies and mistakes. */
import { array, fn } from '../../case.js'
import {
  constant,
  content,
  copy,
  echo,
  errno,
  exec,
  handle,
  hasError,
  info,
  init,
  on,
  script,
  set,
  type Script,
  type Step,
} from '../script.js'

/** A transfer that a function of the handle ends. */
const ended = (name: string, ...options: Step[]): Script =>
  script(name, init('a', echo), options, exec('a'), errno('a'))

const functions: Script[] = [
  script(
    'a function gets the handle',
    init('a', '{http}/status/404'),
    set('a', 'WRITEFUNCTION', fn('askHandle')),
    exec('a'),
  ),
  script(
    'content is null with a function',
    init('a', echo),
    set('a', 'WRITEFUNCTION', fn('collect')),
    exec('a'),
    content('a'),
  ),
  script(
    'the last way of the content wins',
    init('a', echo),
    set('a', 'WRITEFUNCTION', fn('collect')),
    set('a', 'RETURNTRANSFER', 1),
    exec('a'),
  ),
  script(
    'RETURNTRANSFER off prints',
    init('a', echo),
    set('a', 'RETURNTRANSFER', 0),
    exec('a'),
    content('a'),
  ),
  script(
    'a file',
    init('a', '{http}/bytes/70000'),
    set('a', 'FILE', { $out: 'body' }),
    exec('a'),
    content('a'),
  ),
  script(
    'a file twice',
    init('a', '{http}/status/200'),
    set('a', 'FILE', { $out: 'body' }),
    exec('a'),
    exec('a'),
  ),
  script(
    'a file for headers',
    init('a', '{http}/status/200'),
    set('a', 'WRITEHEADER', { $out: 'head' }),
    exec('a'),
  ),
  script(
    'a file, then null',
    init('a', echo),
    set('a', 'FILE', { $out: 'b' }),
    set('a', 'FILE', null),
    exec('a'),
    content('a'),
  ),
  script('HEADERFUNCTION', init('a', '{http}/headers/2'), set('a', 'HEADERFUNCTION', fn('lines')), exec('a')),
  script(
    'progress',
    init('a', '{http}/status/200'),
    set('a', 'PROGRESSFUNCTION', fn('progress')),
    set('a', 'NOPROGRESS', 0),
    exec('a'),
  ),
  ended('progress that aborts', set('a', 'PROGRESSFUNCTION', fn('progressAbort')), set('a', 'NOPROGRESS', 0)),
  ended('a function that takes too little', set('a', 'WRITEFUNCTION', fn('short'))),
  script(
    'a function that throws',
    init('a', echo),
    set('a', 'WRITEFUNCTION', fn('throws')),
    exec('a'),
    errno('a'),
    hasError('a'),
  ),
  ended('a header function that throws', set('a', 'HEADERFUNCTION', fn('throws'))),
  ended(
    'a progress function that throws',
    set('a', 'PROGRESSFUNCTION', fn('throws')),
    set('a', 'NOPROGRESS', 0),
  ),
  script(
    'READFUNCTION',
    init('a', echo),
    set('a', 'READFUNCTION', fn('read')),
    set('a', 'UPLOAD', 1),
    set('a', 'INFILESIZE', 15),
    exec('a'),
  ),
  ended('READFUNCTION that aborts', set('a', 'READFUNCTION', fn('readAbort')), set('a', 'UPLOAD', 1)),
  script(
    'INFILE',
    init('a', echo),
    set('a', 'INFILE', { $in: '{small}' }),
    set('a', 'UPLOAD', 1),
    set('a', 'INFILESIZE', 11),
    exec('a'),
  ),
  script(
    'PRIVATE',
    ['a', 'curl_init'],
    info('a', 'PRIVATE'),
    set('a', 'PRIVATE', array({ a: 1 })),
    info('a', 'PRIVATE'),
  ),
  script(
    'HEADER_OUT',
    ...[
      init('a', echo),
      info('a', 'HEADER_OUT'),
      set('a', 'CURLINFO_HEADER_OUT', true),
      info('a', 'HEADER_OUT'),
    ],
    ...[exec('a'), info('a', 'HEADER_OUT'), copy('a', 'b'), info('b', 'HEADER_OUT')],
    ...[exec('b'), info('b', 'HEADER_OUT'), on('a', 'curl_reset'), info('a', 'HEADER_OUT')],
  ),
]

const line = '127.0.0.1\tFALSE\t/\tFALSE\t0\tn\tv'
const cookies: Script[] = [
  script(
    'cookies stay with the handle',
    init('a', '{http}/cookie-redirect'),
    set('a', 'COOKIEFILE', ''),
    exec('a'),
    set('a', 'URL', echo),
    exec('a'),
    exec('a'),
  ),
  script(
    'cookies without an engine',
    init('a', '{http}/cookie-redirect'),
    exec('a'),
    info('a', 'COOKIELIST'),
    set('a', 'URL', echo),
    exec('a'),
  ),
  script(
    'COOKIELIST',
    init('a', echo),
    set('a', 'COOKIELIST', line),
    info('a', 'COOKIELIST'),
    exec('a'),
    set('a', 'COOKIELIST', 'ALL'),
    info('a', 'COOKIELIST'),
    exec('a'),
  ),
  script(
    'COOKIELIST as a header',
    init('a', echo),
    set('a', 'COOKIELIST', 'Set-Cookie: x=9'),
    info('a', 'COOKIELIST'),
    exec('a'),
  ),
  script(
    'COOKIELIST SESS',
    init('a', echo),
    set('a', 'COOKIELIST', line),
    set('a', 'COOKIELIST', '127.0.0.1\tFALSE\t/\tFALSE\t4000000000\tp\t1'),
    set('a', 'COOKIELIST', 'SESS'),
    info('a', 'COOKIELIST'),
    exec('a'),
  ),
  script(
    'a cookie file',
    init('a', echo),
    set('a', 'COOKIEFILE', '{cookies}'),
    info('a', 'COOKIELIST'),
    exec('a'),
    info('a', 'COOKIELIST'),
  ),
  script(
    'a new session',
    init('a', echo),
    set('a', 'COOKIEFILE', '{cookies}'),
    set('a', 'COOKIESESSION', true),
    exec('a'),
  ),
  script(
    'a cookie file that is not there',
    init('a', echo),
    set('a', 'COOKIEFILE', '/no/such/file'),
    exec('a'),
    errno('a'),
  ),
  script(
    'a jar is written in the end',
    ...[
      init('a', '{http}/cookie-redirect'),
      set('a', 'COOKIEJAR', '{jar}'),
      exec('a'),
      ['', '@read', '{jar}'] as Step,
    ],
    ...[['', '@forget', 'a'] as Step, ['', '@read', '{jar}'] as Step, ['', '@remove', '{jar}'] as Step],
  ),
  script(
    'FLUSH writes a jar at once',
    ...[
      init('a', '{http}/cookie-redirect'),
      set('a', 'COOKIEJAR', '{jar}'),
      exec('a'),
      set('a', 'COOKIELIST', 'FLUSH'),
    ],
    ...[['', '@read', '{jar}'] as Step, ['', '@forget', 'a'] as Step, ['', '@remove', '{jar}'] as Step],
  ),
  script(
    'a jar is read by another handle',
    ...[init('a', '{http}/cookie-redirect'), set('a', 'COOKIEJAR', '{jar}'), exec('a')],
    ...[['', '@forget', 'a'] as Step, init('b', echo), set('b', 'COOKIEFILE', '{jar}'), exec('b')],
    ['', '@remove', '{jar}'],
  ),
  script(
    'RELOAD',
    init('a', echo),
    set('a', 'COOKIEFILE', '{cookies}'),
    set('a', 'COOKIELIST', 'RELOAD'),
    info('a', 'COOKIELIST'),
  ),
]

const wrong: Script[] = [
  script('an unknown option', init('a', echo), ['', 'curl_setopt', handle('a'), 999_999, 1], exec('a')),
  script('a name that is no option', init('a', echo), ['', 'curl_setopt', handle('a'), 'abc', 1], exec('a')),
  script(
    'an option as digits',
    init('a', '{http}/status/404'),
    ['', 'curl_setopt', handle('a'), '45', 1],
    exec('a'),
    errno('a'),
  ),
  script('an array of options', init('a', echo), on('a', 'curl_setopt_array', array([])), exec('a')),
  script('an array with an unknown number', init('a', echo), [
    '',
    'curl_setopt_array',
    handle('a'),
    { $array: [[999_999, 1]] },
  ]),
  script('an array with an unknown name', init('a', echo), on('a', 'curl_setopt_array', array({ abc: 1 }))),
  script('an array that is none', init('a', echo), on('a', 'curl_setopt_array', null)),
  script(
    'an array with a refused value',
    ...[
      init('a', echo),
      [
        '',
        'curl_setopt_array',
        handle('a'),
        {
          $array: [
            [13, -1],
            [10_018, 'lost'],
          ],
        },
      ] as Step,
    ],
    ...[errno('a'), exec('a')],
  ),
  script(
    'an array with a wrong value',
    ...[
      init('a', echo),
      [
        '',
        'curl_setopt_array',
        handle('a'),
        {
          $array: [
            [10_018, 'kept'],
            [10_023, 'x'],
            [13, 1],
          ],
        },
      ] as Step,
    ],
    exec('a'),
  ),
  script('an info that does not exist', init('a', echo), ['', 'curl_getinfo', handle('a'), 12_345]),
  script('pausing nothing', init('a', echo), on('a', 'curl_pause', constant('CURLPAUSE_ALL')), errno('a')),
  ...['curl_exec', 'curl_close', 'curl_reset', 'curl_copy_handle'].map((call) =>
    script(`${call}() of nothing`, ['', call, null]),
  ),
  script('curl_setopt() of a number', ['', 'curl_setopt', 1, 2, 3]),
]

export const functionScripts: readonly Script[] = [...functions, ...cookies, ...wrong]
