/**
 * Scripts about what libcurl tells of transfers: `CURLOPT_VERBOSE`, `CURLOPT_STDERR`, `CURLINFO_HEADER_OUT`.
 * Does not know how they are run.
 */
import { array, type Value } from '../../case.js'
import {
  add,
  copy,
  echo,
  exec,
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

const log: Value = { $out: '_log' }
/** The content, once the file is closed: PHP keeps some of it until then. */
const filled: Step[] = [
  ['', '@fclose', log],
  ['', '@filled', '_log'],
]
const listens = (ch: string, is: Value): Step => set(ch, 'CURLINFO_HEADER_OUT', is)
const header = (ch: string): Step => info(ch, 'HEADER_OUT')

export const logScripts: Script[] = [
  script('a log', ...[init('a', echo), set('a', 'STDERR', log), set('a', 'VERBOSE', 1), exec('a'), filled]),
  script('a log without VERBOSE', ...[init('a', echo), set('a', 'STDERR', log), exec('a'), filled]),
  script(
    'a log of a multi handle',
    ...[init('a', echo), set('a', 'STDERR', log), set('a', 'VERBOSE', 1)],
    ...[initMulti, add('a'), loop, filled],
  ),
  script(
    'a log of a copy',
    ...[init('a', echo), set('a', 'STDERR', log), set('a', 'VERBOSE', 1)],
    ...[copy('a', 'b'), exec('b'), filled],
  ),
  script(
    'a log after a reset',
    ...[init('a', echo), set('a', 'STDERR', log), set('a', 'VERBOSE', 1), on('a', 'curl_reset')],
    ...[set('a', 'URL', echo), set('a', 'RETURNTRANSFER', 1), exec('a'), filled],
  ),
  script(
    'a log that is taken back',
    ...[init('a', echo), set('a', 'VERBOSE', 1), set('a', 'STDERR', log), set('a', 'VERBOSE', 0)],
    ...[exec('a'), filled],
  ),
  script(
    'a log and HEADER_OUT',
    ...[init('a', echo), set('a', 'STDERR', log), set('a', 'VERBOSE', 1), listens('a', true)],
    ...[exec('a'), filled, header('a')],
  ),
  script(
    'a log after HEADER_OUT',
    ...[init('a', echo), listens('a', true), set('a', 'STDERR', log), set('a', 'VERBOSE', 1)],
    ...[exec('a'), filled, header('a')],
  ),
  script(
    'a log after HEADER_OUT was switched off',
    ...[init('a', echo), set('a', 'STDERR', log), set('a', 'VERBOSE', 1), listens('a', true)],
    ...[listens('a', false), exec('a'), filled, header('a')],
  ),
  script(
    'a log that VERBOSE switches on again',
    ...[init('a', echo), set('a', 'STDERR', log), listens('a', true), listens('a', false)],
    ...[set('a', 'VERBOSE', 1), exec('a'), filled],
  ),
  script(
    'HEADER_OUT before VERBOSE 0',
    ...[init('a', echo), listens('a', true), set('a', 'VERBOSE', 0), exec('a'), header('a')],
  ),
  script(
    'HEADER_OUT after VERBOSE 0',
    ...[init('a', echo), set('a', 'VERBOSE', 0), listens('a', true), exec('a'), header('a')],
  ),
  script(
    'HEADER_OUT that is switched off after a transfer',
    ...[
      init('a', echo),
      listens('a', true),
      exec('a'),
      listens('a', false),
      header('a'),
      exec('a'),
      header('a'),
    ],
  ),
  script(
    'HEADER_OUT of a transfer without a request',
    ...[init('a', echo), listens('a', true), exec('a'), set('a', 'URL', 'http://127.0.0.1:{refused}/')],
    ...[exec('a'), header('a')],
  ),
  script(
    'HEADER_OUT in a multi handle',
    ...[init('a', echo), listens('a', true), initMulti, add('a'), loop, header('a')],
    ...[remove('a'), header('a'), exec('a'), header('a')],
  ),
  script(
    'HEADER_OUT of a form and of a body',
    ...[init('a', echo), listens('a', true), set('a', 'POSTFIELDS', 'a=1'), exec('a'), header('a')],
    ...[set('a', 'HTTPHEADER', array(['X-A: 1'])), exec('a'), header('a')],
  ),
]
