/**
 * Scripts of the comparison with PHP, after what php-src's own tests check: streams that are closed too
 * early, and where content goes. Does not know which test checks what: php-src-tests.ts does.
 */
import { array, fn, type Value } from '../case.js'
import {
  add,
  constant,
  copy,
  drain,
  echo,
  errno,
  exec,
  handle,
  info,
  init,
  initMulti,
  loop,
  on,
  script,
  set,
  type Script,
  type Step,
} from '../scripts/script.js'

const close = (stream: Value): Step => ['', '@fclose', stream]
const output: Value = { $out: '_closed' }

/** Each option that takes a stream, and what it needs beside it. */
const STREAMS: readonly (readonly [option: string, stream: Value, more: (name: string) => Step[]])[] = [
  ['STDERR', output, () => []],
  ['WRITEHEADER', output, () => []],
  ['FILE', output, () => []],
  ['INFILE', handle('input'), (name) => [set(name, 'UPLOAD', 1)]],
]

const closed = STREAMS.flatMap(([option, stream, more]): Script[] => {
  const withStream = (name: string): Step[] => [...init(name, echo), ...more(name), set(name, option, stream)]
  return [
    script(
      `${option} that was closed before curl_exec`,
      ['input', '@fopen', '{small}'],
      ...[withStream('a'), close(stream), exec('a'), errno('a'), exec('a')],
    ),
    script(
      `${option} that was closed before curl_multi_exec`,
      ['input', '@fopen', '{small}'],
      ...[withStream('a'), withStream('b'), close(stream)],
      ...[initMulti, add('a'), add('b'), loop, drain],
    ),
  ]
})

export const streamScripts: readonly Script[] = [
  ...closed,
  script(
    'FILE that a header function closes',
    ['a', 'curl_init', '{http}/bytes/100'],
    ...[set('a', 'FILE', { $out: 'body' }), set('a', 'HEADERFUNCTION', fn('closesBody'))],
    ...[exec('a'), errno('a')],
  ),
  script(
    'STDERR that is closed after the transfer',
    ...[init('a', echo), set('a', 'STDERR', output), set('a', 'VERBOSE', 1), exec('a'), close(output)],
    ...[['', '@filled', '_closed'] as Step, on('a', 'curl_close'), set('a', 'VERBOSE', 0), exec('a')],
  ),
  script(
    'STDERR of several transfers',
    ...[['a', 'curl_init'] as Step, set('a', 'VERBOSE', 1), set('a', 'STDERR', output), exec('a')],
    ...[set('a', 'URL', echo), exec('a'), close(output), ['', '@filled', '_closed'] as Step],
  ),
  script(
    'a reset takes FILE back',
    ...[
      ['a', 'curl_init', echo] as Step,
      set('a', 'FILE', { $out: 'body' }),
      exec('a'),
      on('a', 'curl_reset'),
    ],
    ...[set('a', 'URL', echo), exec('a')],
  ),
  script(
    'an upload that becomes a GET',
    ['input', '@fopen', '{small}'],
    init('a', '{http}/redirect/1'),
    on('a', 'curl_setopt_array', {
      $array: [
        [46, true],
        [10009, handle('input')],
        [14, 11],
      ],
    }),
    close(handle('input')),
    on('a', 'curl_setopt_array', {
      $array: [
        [46, false],
        [10009, null],
        [14, 0],
      ],
    }),
    ...[exec('a'), info('a', 'RESPONSE_CODE'), info('a', 'EFFECTIVE_METHOD')],
  ),
  script(
    'INFILE of a POST whose length a header tells',
    ['input', '@fopen', '{small}'],
    ...[init('a', echo), set('a', 'POST', true), set('a', 'INFILE', handle('input'))],
    ...[set('a', 'HTTPHEADER', array(['Expect:', 'Content-Length: 11'])), exec('a')],
  ),
  script(
    'READFUNCTION gets the INFILE',
    ['input', '@fopen', '{small}'],
    ...[init('a', echo), set('a', 'UPLOAD', 1), set('a', 'INFILE', handle('input'))],
    ...[set('a', 'READFUNCTION', fn('read')), set('a', 'INFILESIZE', 15), exec('a')],
  ),
  script(
    'READFUNCTION that pauses an upload in a loop',
    ...[init('a', echo), set('a', 'UPLOAD', 1), set('a', 'READFUNCTION', fn('readPauses'))],
    ...[initMulti, add('a'), ['', '@loopPausing', handle('m'), handle('a')] as Step],
    ...[drain, on('a', 'curl_multi_getcontent')],
  ),
  script(
    'READFUNCTION whose upload becomes a file',
    init('a', 'file://{written}'),
    ...[set('a', 'PROTOCOLS', constant('CURLPROTO_FILE')), set('a', 'UPLOAD', 1)],
    ...[set('a', 'READFUNCTION', fn('read')), exec('a'), ['', '@read', '{written}'] as Step],
    ['', '@remove', '{written}'],
  ),
  script(
    'INFILE that becomes a file',
    ...[['input', '@fopen', '{small}'] as Step, init('a', 'file://{written}')],
    ...[set('a', 'PROTOCOLS', constant('CURLPROTO_FILE')), set('a', 'UPLOAD', 1)],
    ...[set('a', 'INFILE', handle('input')), exec('a'), ['', '@remove', '{written}'] as Step],
  ),
  ...(
    [
      ['RETURNTRANSFER', true],
      ['RETURNTRANSFER', false],
      ['WRITEFUNCTION', fn('collect')],
      ['FILE', { $out: 'body' }],
    ] as const
  ).map(([option, value]) =>
    script(
      `file:// that is allowed, with ${option} ${typeof value === 'boolean' ? String(value) : 'set'}`,
      ['a', 'curl_init', 'file://{small}'],
      ...[set('a', 'PROTOCOLS', constant('CURLPROTO_FILE')), set('a', option, value), exec('a'), errno('a')],
      ...[initMulti, add('a'), loop, drain, on('a', 'curl_multi_getcontent')],
    ),
  ),
  script(
    'HEADERFUNCTION that says nothing',
    ...[init('a', '{http}/headers/2'), set('a', 'HEADERFUNCTION', fn('noteOnly')), exec('a'), errno('a')],
  ),
  ...['PROGRESSFUNCTION', 'XFERINFOFUNCTION'].map((name) =>
    script(
      `${name} of a copy that outlives its original`,
      ...[init('a', echo), set('a', name, fn('progressVoid')), set('a', 'NOPROGRESS', 0)],
      ...[copy('a', 'b'), exec('a'), ['', '@forget', 'a'] as Step, exec('b')],
    ),
  ),
]
