/** The options of `enqueue`, `work`, `status` and `drain`. Does not depend on queues. */
import { wholeNumber } from '../values.js'
import { FLAGS, flagNamed } from '../flags.js'
import { queueFlags, type Flag } from './flag.js'
import { on, parsed, text } from './run-effects.js'

const GROUP = 'Queue'
const atLeast1 = (value: string, long: string): number => wholeNumber(value, long, 1)

const PLACE = queueFlags(GROUP, [
  ['--redis URL', 'redis://[user:password@]host[:port][/db]; default: $PARALLELCURL_REDIS', text('redis')],
  ['--queue NAME', 'the name of the queue', text('queue')],
  [
    '--shard-by-host COUNT',
    'use so many queues, each host in one of them; the same number for all commands',
    parsed('shardByHost', atLeast1),
  ],
])
const ENQUEUE = queueFlags(GROUP, [
  [
    '--attempts COUNT',
    'attempts of each request, on all machines together; default: 3',
    parsed('attempts', atLeast1),
  ],
])
const WORK = queueFlags(GROUP, [
  [
    '--store DIR',
    'write bodies as files into this folder; default: outcomes only',
    text('store'),
    { complete: 'dir' },
  ],
  ['--until-empty', 'end when the queue is empty', on('untilEmpty')],
])
/** The option of the run, with what it means for queues. */
const TRUST: Flag = {
  ...(flagNamed('trust-input') as Flag),
  group: GROUP,
  help: 'allow requests to read and write files of the worker, connect to its sockets and use other protocols',
}
const HELP = flagNamed('help') as Flag

/** Returns the options of requests, and those of the run that are marked for the command. */
const marked = (command: 'enqueue' | 'work'): Flag[] =>
  FLAGS.filter(({ ofRequest, queueCommand }) => ofRequest || queueCommand === command)

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
      flags: [...PLACE, ...ENQUEUE, TRUST, ...marked('enqueue'), HELP],
    },
  ],
  [
    'work',
    {
      usage: '[options]',
      help: 'run what is in the queue, on any number of machines',
      flags: [...PLACE, ...WORK, TRUST, ...marked('work'), HELP],
    },
  ],
  ['status', { usage: '[options]', help: 'show how far it is, and what failed', flags: [...PLACE, HELP] }],
  ['drain', { usage: '[options]', help: 'remove the jobs that wait', flags: [...PLACE, HELP] }],
])

/** The options that only the commands for queues have, by name. */
export const QUEUE_FLAGS: ReadonlyMap<string, Flag> = new Map(
  [...PLACE, ...ENQUEUE, ...WORK].map((flag) => [flag.long, flag]),
)
