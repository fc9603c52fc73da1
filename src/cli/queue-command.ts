/**
 * The commands `parallelcurl enqueue`, `work`, `status` and `drain`: turns their options into settings. Does
 * not depend on queues; BullMQ is loaded only when one of these commands runs.
 */
import type * as QueueCommands from '../bullmq/commands.js'
import type { QueuedRequest } from '../bullmq/jobs/request-data.js'
import type { StreamInput } from '../index.js'
import { oneLine } from '../redaction.js'
import { Access } from './settings/visitor-state.js'
import { allOf, has, isCookieFile, lastOf, parseWords, type CommandLine } from './arguments/command-line.js'
import { writeAll } from './files/files.js'
import { helpWidth, queueHelpText } from './arguments/help.js'
import { graceText, Interruption, type Interrupted } from './errors/interruption.js'
import { EXIT, messageOf, UsageError } from './errors/errors.js'
import { Naming } from './output/naming.js'
import type { QueueCommand } from './arguments/queue-flags.js'
import { Requests, type Running } from './requests.js'
import { readSettings } from './settings/settings.js'
import { wholeNumber } from './arguments/values.js'

/** Runs one of the commands. Resolves with the exit code. */
export async function queueCommand(
  name: string,
  command: QueueCommand,
  words: readonly string[],
  version: string,
): Promise<number> {
  const line = parseWords(words, command.flags, `parallelcurl ${name}`)
  if (has(line, 'help')) {
    await writeAll(process.stdout, queueHelpText(name, command, helpWidth(process.stdout.columns)), 'stdout')
    return EXIT.ok
  }
  if (name !== 'enqueue' && line.urls.length > 0) throw new UsageError(`${name} takes no URLs`)
  const place = placeOf(line)
  const commands = await load()
  const streams = { stdout: process.stdout, stderr: process.stderr }
  switch (name) {
    case 'enqueue':
      return enqueue(commands, line, place, version)
    case 'work':
      return work(commands, line, place, version)
    case 'status':
      return commands.statusCommand(place, streams)
    default:
      return commands.drainCommand(place, streams)
  }
}

async function work(
  { workCommand }: typeof QueueCommands,
  line: CommandLine,
  place: QueueCommands.QueuePlace,
  version: string,
): Promise<number> {
  const { maxRequests, options, graceMs } = readSettings(line, version)
  const interruption = new Interruption(graceMs)
  const access = await Access.open(line, interruption.stopped)
  const settings = {
    ...place,
    folder: lastOf(line, 'store'),
    untilEmpty: has(line, 'until-empty'),
    trustInput: has(line, 'trust-input'),
    maxRequests,
    options: { ...options, ...access.options },
    signals: {
      listen(who: Interrupted): void {
        interruption.listen({
          onFirst() {
            process.stderr.write(`parallelcurl: ${graceText(graceMs)}\n`)
            who.onFirst()
          },
          onLast() {
            who.onLast()
          },
        })
      },
    },
  }
  // If Redis is unreachable, jobs in flight cannot be given back. They return to the queue when their locks
  // expire.
  const isLeft = new Promise<null>((resolve) => {
    interruption.left.addEventListener('abort', () => {
      resolve(null)
    })
  })
  try {
    const working = workCommand(settings, { stdout: process.stdout, stderr: process.stderr })
    // If the race is lost, the rejection must not count as unhandled.
    working.catch(() => undefined)
    const code = await Promise.race([working, isLeft])
    return interruption.exitCode ?? code ?? EXIT.failed
  } finally {
    // Cookies and sessions are saved, however the work ended.
    await access.finish()
    interruption.end()
  }
}

function placeOf(line: CommandLine): QueueCommands.QueuePlace {
  const redis = lastOf(line, 'redis') ?? process.env['PARALLELCURL_REDIS']
  const queue = lastOf(line, 'queue')
  if (redis === undefined)
    throw new UsageError(
      '--redis URL is missing (or $PARALLELCURL_REDIS, which the process list does not show)',
    )
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
    throw new UsageError('there is no URL: give some, or a file of URLs with -i')
  }
  if (line.given.some(isCookieFile))
    throw new UsageError('enqueue: -b must be name=value: workers cannot read files of this machine')
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
      trustInput: has(line, 'trust-input'),
      ...(attempts !== undefined && { attempts: wholeNumber(attempts, 'attempts', 1) }),
    },
    { stdout: process.stdout, stderr: process.stderr },
  )
  return code === EXIT.ok && requests.badLines > 0 ? EXIT.failed : code
}

/**
 * Yields the requests for the queue, each with the options that a run would share: the worker does not have
 * them.
 */
async function* queued(requests: AsyncIterable<StreamInput>, shared: object): AsyncGenerator<QueuedRequest> {
  for await (const request of requests) {
    const { url, userData, ...own } = request as Exclude<StreamInput, string | URL>
    const { id } = (userData as Running).input
    yield { url, ...(id !== undefined && { id }), ...shared, ...own }
  }
}
