/**
 * `parallelcurl enqueue`, `work`, `status` and `drain`: their options, and what they make of the command's own. Does not know queues;
 * BullMQ is loaded only by those who ask for one.
 */
import type * as QueueCommands from '../bullmq/commands.js'
import type { QueuedRequest } from '../bullmq/request-data.js'
import type { StreamInput } from '../index.js'
import { allOf, has, lastOf, parseWords, type CommandLine } from './command-line.js'
import { FLAGS, type Flag } from './flags.js'
import { EXIT, messageOf, oneLine, UsageError } from './mistakes.js'
import { Naming } from './naming.js'
import { Requests, type Running } from './requests.js'
import { readSettings } from './settings.js'
import { wholeNumber } from './values.js'

const flag = (long: string, value: string | undefined, help: string): Flag => ({
  long,
  ...(value !== undefined && { value }),
  help,
  group: 'Queue',
  ofRequest: false,
  inCurl: false,
})

const PLACE = [
  flag('redis', 'URL', 'redis://[user:password@]host[:port][/db]; default: $PARALLELCURL_REDIS'),
  flag('queue', 'NAME', 'the name of the queue'),
  flag('shard-by-host', 'COUNT', 'so many queues, each host in one of them; the same for all commands'),
]
const ENQUEUE = [flag('attempts', 'COUNT', 'attempts of each request, on whatever machine; default: 3')]
const WORK = [
  flag('store', 'DIR', 'bodies as files in this folder; default: outcomes only'),
  flag('until-empty', undefined, 'end when nothing is left to do'),
]
const INPUT = new Set(['input', 'input-format', 'url-column', 'strict', 'url'])
const RUNNING = new Set(['In parallel', 'Retries'])

const COMMANDS: Readonly<Record<string, readonly Flag[]>> = {
  enqueue: [...PLACE, ...ENQUEUE, ...FLAGS.filter(({ long, ofRequest }) => ofRequest || INPUT.has(long))],
  work: [...PLACE, ...WORK, ...FLAGS.filter(({ group, ofRequest }) => ofRequest || RUNNING.has(group))],
  status: PLACE,
  drain: PLACE,
}

/** Runs the command that the first word names; undefined: it names none. */
export async function queueCommand(words: readonly string[], version: string): Promise<number | undefined> {
  const [name = '', ...rest] = words
  const flags = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (flags === undefined) return undefined
  const line = parseWords(rest, flags, `parallelcurl ${name}`)
  if (name !== 'enqueue' && line.urls.length > 0) throw new UsageError(`${name} takes no URLs`)
  const place = placeOf(line)
  const commands = await load()
  const streams = { stdout: process.stdout, stderr: process.stderr }
  switch (name) {
    case 'enqueue':
      return enqueue(commands, line, place, version)
    case 'work': {
      const { maxRequests, options } = readSettings(line, version)
      const work = { folder: lastOf(line, 'store'), untilEmpty: has(line, 'until-empty') }
      return commands.workCommand({ ...place, ...work, maxRequests, options }, streams)
    }
    case 'status':
      return commands.statusCommand(place, streams)
    default:
      return commands.drainCommand(place, streams)
  }
}

function placeOf(line: CommandLine): QueueCommands.QueuePlace {
  const redis = lastOf(line, 'redis') ?? process.env['PARALLELCURL_REDIS']
  const queue = lastOf(line, 'queue')
  if (redis === undefined)
    throw new UsageError('--redis URL is missing (or $PARALLELCURL_REDIS, which no list of processes shows)')
  if (queue === undefined) throw new UsageError('--queue NAME is missing')
  const shards = lastOf(line, 'shard-by-host')
  return {
    redis,
    queue,
    ...(shards !== undefined && { shardByHost: wholeNumber(shards, 'shard-by-host', 1) }),
  }
}

async function load(): Promise<typeof QueueCommands> {
  try {
    return await import('../bullmq/commands.js')
  } catch (error) {
    throw new UsageError(messageOf(error))
  }
}

async function enqueue(
  { enqueueCommand }: typeof QueueCommands,
  line: CommandLine,
  place: QueueCommands.QueuePlace,
  version: string,
): Promise<number> {
  if (line.urls.length === 0 && allOf(line, 'input').length === 0) {
    throw new UsageError('there is no URL: name some, or a file of them with -i')
  }
  const settings = readSettings(line, version)
  const requests = new Requests({
    settings,
    naming: new Naming(settings),
    journal: null,
    first: line.urls.map((url) => ({ url, where: 'the command line' })),
    taps: false,
    onBadLine: ({ where, problem }) => {
      process.stderr.write(`parallelcurl: ${oneLine(`${where}: ${problem}`)}\n`)
    },
  })
  const attempts = lastOf(line, 'attempts')
  const code = await enqueueCommand(
    {
      ...place,
      requests: queued(requests, settings.base.options),
      ...(attempts !== undefined && { attempts: wholeNumber(attempts, 'attempts', 1) }),
    },
    { stdout: process.stdout, stderr: process.stderr },
  )
  return code === EXIT.ok && requests.badLines > 0 ? EXIT.failed : code
}

/** What a run shares among all requests goes with each of them here: they are made elsewhere. */
async function* queued(requests: AsyncIterable<StreamInput>, shared: object): AsyncGenerator<QueuedRequest> {
  for await (const request of requests) {
    const { url, userData, ...own } = request as Exclude<StreamInput, string | URL>
    const { id } = (userData as Running).input
    yield { url, ...(id !== undefined && { id }), ...shared, ...own }
  }
}
