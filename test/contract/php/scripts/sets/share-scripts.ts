/** Scripts of the comparison with PHP: share handles, and functions that need no transfer. */
import {
  constant,
  echo,
  exec,
  handle,
  info,
  init,
  on,
  script,
  set,
  type Script,
  type Step,
} from '../script.js'

const share = (name: string, ...steps: (Step | Step[])[]): Script =>
  script(name, ['s', 'curl_share_init'], ...steps)
const shared = (option: string, data: string): Step => [
  '',
  'curl_share_setopt',
  handle('s'),
  constant(`CURLSHOPT_${option}`),
  constant(`CURL_LOCK_DATA_${data}`),
]
const login = '{http}/cookie-redirect'

/** Scripts of share handles. */
export const shareScripts: readonly Script[] = [
  share(
    'shared cookies',
    ...[shared('SHARE', 'COOKIE'), init('a', login), set('a', 'SHARE', handle('s')), exec('a')],
    ...[init('b', echo), set('b', 'SHARE', handle('s')), exec('b'), info('b', 'COOKIELIST')],
  ),
  share(
    'shared cookies with engines',
    ...[
      shared('SHARE', 'COOKIE'),
      init('a', login),
      set('a', 'COOKIEFILE', ''),
      set('a', 'SHARE', handle('s')),
    ],
    ...[exec('a'), init('b', echo), set('b', 'SHARE', handle('s')), set('b', 'COOKIEFILE', ''), exec('b')],
    info('b', 'COOKIELIST'),
  ),
  share(
    'cookies that are not shared',
    ...[init('a', login), set('a', 'SHARE', handle('s')), set('a', 'COOKIEFILE', ''), exec('a')],
    ...[init('b', echo), set('b', 'SHARE', handle('s')), exec('b')],
  ),
  share(
    'a share that is taken back',
    ...[shared('SHARE', 'COOKIE'), init('a', login), set('a', 'SHARE', handle('s')), exec('a')],
    ...[set('a', 'SHARE', null), set('a', 'URL', echo), exec('a')],
  ),
  share(
    'a share after it was closed',
    ...[shared('SHARE', 'COOKIE'), init('a', login), set('a', 'SHARE', handle('s')), exec('a')],
    ...[on('s', 'curl_share_close'), set('a', 'URL', echo), exec('a')],
  ),
  ...['COOKIE', 'DNS', 'SSL_SESSION', 'CONNECT', 'PSL'].flatMap((data) =>
    ['SHARE', 'UNSHARE'].map((option) =>
      share(`${option} ${data}`, shared(option, data), on('s', 'curl_share_errno')),
    ),
  ),
  share(
    'an unknown share option',
    ['', 'curl_share_setopt', handle('s'), -2, 1],
    on('s', 'curl_share_errno'),
  ),
  share('nothing to share', ['', 'curl_share_setopt', handle('s'), 1, 99], on('s', 'curl_share_errno')),
  share('types of shares', ['', '@type', handle('s')]),
  ...[0, 1, 2, 3, 4, 5, 99].map((code) =>
    share(`curl_share_strerror(${String(code)})`, ['', 'curl_share_strerror', code]),
  ),
  share('sharing nothing', ['', 'curl_share_setopt', null, 1, 2]),
]

/** Scripts of error texts and of escaping. */
export const textScripts: readonly Script[] = [
  ...[0, 1, 6, 7, 22, 28, 42, 56, 999, -1].map((code) =>
    script(`curl_strerror(${String(code)})`, ['', 'curl_strerror', code]),
  ),
  ...[-1, 0, 1, 2, 3, 4, 6, 7, 8, 99].map((code) =>
    script(`curl_multi_strerror(${String(code)})`, ['', 'curl_multi_strerror', code]),
  ),
  ...['', 'a b~&', 'é', "!'()*", '%', '/?#'].map((text) =>
    script(`curl_escape ${JSON.stringify(text)}`, ['a', 'curl_init'], on('a', 'curl_escape', text)),
  ),
  ...['', 'a%20b', 'a+b', '%', '%zz', '%C3%A9'].map((text) =>
    script(`curl_unescape ${JSON.stringify(text)}`, ['a', 'curl_init'], on('a', 'curl_unescape', text)),
  ),
]
