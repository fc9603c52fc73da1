/** The options of `enqueue`, `work`, `status` and `drain`. Does not depend on queues. */
import { FLAGS, flagNamed, type Flag } from './flags.js'

const flag = (long: string, value: string | undefined, help: string): Flag => ({
  long,
  ...(value !== undefined && { value }),
  help,
  group: 'Queue',
  ofRequest: false,
  inCurl: false,
})

const HELP = [flagNamed('help') as Flag]
const PLACE = [
  flag('redis', 'URL', 'redis://[user:password@]host[:port][/db]; default: $PARALLELCURL_REDIS'),
  flag('queue', 'NAME', 'the name of the queue'),
  flag(
    'shard-by-host',
    'COUNT',
    'use so many queues, each host in one of them; the same number for all commands',
  ),
]
const TRUST = flag(
  'trust-input',
  undefined,
  'allow requests to read and write files of the worker, connect to its sockets and use other protocols',
)
const ENQUEUE = [flag('attempts', 'COUNT', 'attempts of each request, on all machines together; default: 3')]
const WORK = [
  {
    ...flag('store', 'DIR', 'write bodies as files into this folder; default: outcomes only'),
    complete: 'dir' as const,
  },
  flag('until-empty', undefined, 'end when the queue is empty'),
  flagNamed('grace') as Flag,
]
const INPUT = new Set(['input', 'input-format', 'url-column', 'strict', 'url'])
const RUNNING = new Set(['Cookies, proxies, sessions', 'In parallel', 'Retries'])

/** One of the queue commands. */
export interface QueueCommand {
  /** The text after the command's name in the usage line. */
  readonly usage: string
  readonly help: string
  readonly flags: readonly Flag[]
}

/** All queue commands, by name. */
export const QUEUE_COMMANDS: ReadonlyMap<string, QueueCommand> = new Map([
  [
    'enqueue',
    {
      usage: '[options] [url...]',
      help: 'put requests into a queue in Redis',
      flags: [
        ...PLACE,
        ...ENQUEUE,
        TRUST,
        ...FLAGS.filter(({ long, ofRequest }) => ofRequest || INPUT.has(long)),
        ...HELP,
      ],
    },
  ],
  [
    'work',
    {
      usage: '[options]',
      help: 'run what is in the queue, on any number of machines',
      flags: [
        ...PLACE,
        ...WORK,
        TRUST,
        ...FLAGS.filter(({ group, ofRequest }) => ofRequest || RUNNING.has(group)),
        ...HELP,
      ],
    },
  ],
  ['status', { usage: '[options]', help: 'show how far it is, and what failed', flags: [...PLACE, ...HELP] }],
  ['drain', { usage: '[options]', help: 'remove the jobs that wait', flags: [...PLACE, ...HELP] }],
])
