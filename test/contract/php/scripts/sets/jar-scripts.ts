/**
 * Scripts about the files of cookies that handles write in the end: `CURLOPT_COOKIEJAR`. Does not know how
 * they are run.
 */
import {
  add,
  constant,
  copy,
  echo,
  exec,
  handle,
  info,
  init,
  initMulti,
  loop,
  on,
  remove,
  script,
  set,
  type Script,
  type Step,
} from '../script.js'

const login = '{http}/cookie-redirect'
const jar = (name: string): string => `{jar}-${name}`
const forget = (name: string): Step => ['', '@forget', name]
const read = (name: string): Step => ['', '@read', jar(name)]
const unlink = (...names: string[]): Step[] => names.map((name) => ['', '@remove', jar(name)])
const writes = (ch: string, name: string): Step => set(ch, 'COOKIEJAR', jar(name))
const share = (ch: string): Step => set(ch, 'SHARE', handle('s'))
const sharing: Step[] = [
  ['s', 'curl_share_init'],
  ['', 'curl_share_setopt', handle('s'), constant('CURLSHOPT_SHARE'), constant('CURL_LOCK_DATA_COOKIE')],
]

export const jarScripts: Script[] = [
  script(
    'a jar of a share, and one of each of its handles',
    ...[
      sharing,
      init('a', login),
      share('a'),
      writes('a', 'a'),
      init('b', echo),
      share('b'),
      writes('b', 'b'),
    ],
    ...[exec('a'), exec('b'), forget('a'), read('a'), read('b'), forget('b'), read('b'), unlink('a', 'b')],
  ),
  script(
    'a jar that was set before the share',
    ...[
      sharing,
      init('a', login),
      writes('a', 'a'),
      share('a'),
      exec('a'),
      forget('a'),
      read('a'),
      unlink('a'),
    ],
  ),
  script(
    'a jar of a handle that leaves its share',
    ...[sharing, init('a', login), share('a'), writes('a', 'a'), exec('a'), set('a', 'SHARE', null)],
    ...[info('a', 'COOKIELIST'), forget('a'), read('a'), unlink('a')],
  ),
  script(
    'a second jar takes the place of the first',
    ...[init('a', login), writes('a', 'a'), exec('a'), writes('a', 'b')],
    ...[forget('a'), read('a'), read('b'), unlink('a', 'b')],
  ),
  script(
    'a copy writes the jar, too',
    ...[init('a', login), writes('a', 'a'), exec('a'), copy('a', 'b')],
    ...[forget('a'), read('a'), exec('b'), info('b', 'COOKIELIST'), forget('b'), read('a'), unlink('a')],
  ),
  script(
    'a reset forgets the jar, and keeps the cookies',
    ...[init('a', login), writes('a', 'a'), exec('a'), on('a', 'curl_reset'), info('a', 'COOKIELIST')],
    ...[writes('a', 'b'), forget('a'), read('a'), read('b'), unlink('a', 'b')],
  ),
  script(
    'a jar after a reset without another one',
    ...[
      init('a', login),
      writes('a', 'a'),
      exec('a'),
      on('a', 'curl_reset'),
      forget('a'),
      read('a'),
      unlink('a'),
    ],
  ),
  script(
    'a jar of a transfer that failed',
    ...[
      init('a', 'http://127.0.0.1:{refused}/'),
      writes('a', 'a'),
      exec('a'),
      forget('a'),
      read('a'),
      unlink('a'),
    ],
  ),
  script(
    'a jar in a multi handle',
    ...[init('a', login), writes('a', 'a'), initMulti, add('a'), loop, read('a')],
    ...[remove('a'), forget('a'), read('a'), unlink('a')],
  ),
  script(
    'a jar that cannot be written',
    ...[init('a', login), set('a', 'COOKIEJAR', '/no/such/folder/jar'), exec('a'), forget('a')],
  ),
  script(
    'a jar without a name',
    ...[init('a', login), set('a', 'COOKIEJAR', ''), exec('a'), info('a', 'COOKIELIST'), forget('a')],
  ),
  script(
    'a jar that was taken back',
    ...[
      init('a', login),
      writes('a', 'a'),
      set('a', 'COOKIEJAR', null),
      exec('a'),
      forget('a'),
      read('a'),
      unlink('a'),
    ],
  ),
  script(
    'a jar without a transfer',
    ...[init('a', login), writes('a', 'a'), forget('a'), read('a'), unlink('a')],
  ),
  script(
    'a jar with a cookie of COOKIELIST, and no transfer',
    ...[init('a', login), writes('a', 'a'), set('a', 'COOKIELIST', 'Set-Cookie: a=b; domain=example.com')],
    ...[forget('a'), read('a'), unlink('a')],
  ),
  script(
    'a jar and the cookies of a file',
    ...[init('a', echo), set('a', 'COOKIEFILE', '{cookies}'), writes('a', 'a'), exec('a'), forget('a')],
    ...[read('a'), unlink('a')],
  ),
  script(
    'a jar and the cookies of a file that was not read',
    ...[
      init('a', echo),
      set('a', 'COOKIEFILE', '{cookies}'),
      writes('a', 'a'),
      forget('a'),
      read('a'),
      unlink('a'),
    ],
  ),
]
