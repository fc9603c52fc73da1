/**
 * The commands `parallelcurl enqueue`, `work`, `status` and `drain`: turns their options into settings. Does
 * not depend on queues; BullMQ is loaded only when one of these commands runs.
 */
import type * as QueueCommands from '../bullmq/commands.js'
import type { QueuedRequest } from '../bullmq/jobs/request-data.js'
import type { StreamInput } from '../index.js'
import { LoadingError } from '../engine/node-libcurl/loading-error.js'
import { Access } from './settings/visitor-state.js'
import { warner } from './errors/warner.js'
import { has, parseWords, type CommandLine } from './arguments/command-line.js'
import { writeAll } from './files/files.js'
import { helpWidth, queueHelpText } from './arguments/help.js'
import { GRACE_MS, graceText, Interruption } from './errors/interruption.js'
import { EXIT, messageOf, UsageError } from './errors/errors.js'
import { Naming } from './output/names/naming.js'
import { draftQueue } from './arguments/flags/drafts.js'
import type { QueueDraft } from './arguments/flags/queue-draft.js'
import type { QueueCommand } from './arguments/flags/queue-flags.js'
import { Requests, type Running } from './requests.js'
import { readSettings } from './settings/settings.js'

/** The settings of a command that has a Redis and a queue. */
type PlacedQueue = Omit<QueueDraft, keyof QueueCommands.QueuePlace> & QueueCommands.QueuePlace

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
  const queue = draftQueue(line.given)
  const place = placeOf(queue)
  const commands = await load()
  const streams = { stdout: process.stdout, stderr: process.stderr }
  switch (name) {
    case 'enqueue':
      return enqueue(commands, line, { ...queue, ...place }, version)
    case 'work':
      return work(commands, line, { ...queue, ...place }, version)
    case 'status':
      return commands.statusCommand(place, streams)
    default:
      return commands.drainCommand(place, streams)
  }
}

async function work(
  { workCommand }: typeof QueueCommands,
  line: CommandLine,
  { store: folder, untilEmpty = false, ...place }: PlacedQueue,
  version: string,
): Promise<number> {
  const runSettings = readSettings(line, version)
  const { maxRequests, options, graceMs = GRACE_MS, trustsInput } = runSettings
  const interruption = new Interruption(graceMs)
  const access = await Access.open(runSettings, interruption.stopped, warner(runSettings))
  const settings = {
    ...place,
    folder,
    untilEmpty,
    trustInput: trustsInput,
    maxRequests,
    options: { ...options, ...access.options },
    signals: {
      listen(who: { onFirst(): void; onLast(): void }): void {
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

function placeOf({
  redis = process.env['PARALLELCURL_REDIS'],
  queue,
  shardByHost,
}: QueueDraft): QueueCommands.QueuePlace {
  if (redis === undefined)
    throw new UsageError(
      '--redis URL is missing (or $PARALLELCURL_REDIS, which the process list does not show)',
    )
  if (queue === undefined) throw new UsageError('--queue NAME is missing')
  return { redis, queue, ...(shardByHost !== undefined && { shardByHost }) }
}

async function load(): Promise<typeof QueueCommands> {
  try {
    return await import('../bullmq/commands.js')
  } catch (error) {
    if (error instanceof LoadingError) throw error
    throw new UsageError(messageOf(error))
  }
}

async function enqueue(
  { enqueueCommand }: typeof QueueCommands,
  line: CommandLine,
  { attempts, ...place }: PlacedQueue,
  version: string,
): Promise<number> {
  const settings = readSettings(line, version)
  if (line.urls.length === 0 && settings.inputs.length === 0) {
    throw new UsageError('there is no URL: give some, or a file of URLs with -i')
  }
  if (settings.cookieFiles.length > 0)
    throw new UsageError('enqueue: -b must be name=value: workers cannot read files of this machine')
  const warn = warner({ showErrors: true })
  const requests = new Requests({
    curl: null,
    settings,
    naming: new Naming(settings),
    journal: null,
    first: line.urls.map((url) => ({ url, where: 'the command line' })),
    taps: false,
    toStdout: null,
    onBadLine: ({ where, problem }) => {
      warn(`${where}: ${problem}`)
    },
  })
  const code = await enqueueCommand(
    {
      ...place,
      requests: queued(requests, settings.base.options),
      trustInput: settings.trustsInput,
      ...(attempts !== undefined && { attempts }),
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
