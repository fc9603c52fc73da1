/** The settings of a run: limits, retries, output, journal. Does not depend on single requests. */
import { TRANSIENT_STATUSES } from '../../http-semantics.js'
import type { ParallelCurlOptions, RetryOptions, Transfer } from '../../index.js'
import { allOf, ofRequest, type CommandLine } from '../arguments/command-line.js'
import { draftRun } from '../arguments/flags/drafts.js'
import type { RunDraft } from '../arguments/flags/run-draft.js'
import { UsageError } from '../errors/errors.js'
import { readInput } from '../files/read-input.js'
import { draftRequest, type RequestDraft } from '../requests/request-draft.js'

/** The settings of a run. */
export interface Settings extends Omit<Readonly<RunDraft>, 'options'> {
  readonly line: CommandLine
  readonly base: RequestDraft
  readonly options: ParallelCurlOptions
  readonly showErrors: boolean
}

/** Reads the settings from the command line. Throws `UsageError` if they are invalid. */
export function readSettings(line: CommandLine, version: string): Settings {
  const base = draftRequest(ofRequest(line))
  const run = draftRun(line.given)
  const settings: Settings = Object.assign(run, {
    line,
    base,
    options: {
      USERAGENT: `parallelcurl/${version}`,
      ...base.options,
      ...run.options,
      ...retriesOf(run),
    },
    writeOut: formatOf(run.writeOut),
    include: run.include || base.isHead,
    showErrors: !run.silent || run.showError,
  })
  check(settings)
  return settings
}

/** Checks combinations that the declarations of the options (`goesWith`) cannot say. */
function check(settings: Settings): void {
  const { line, inputs, cookieFiles, proxies, templates, remoteName, resumeFiles, options } = settings
  if (settings.crawl && settings.ifThere === 'skip')
    throw new UsageError('--crawl fetches each page for its links: not with --skip-existing')
  if (settings.crawl && settings.ordered)
    throw new UsageError('--crawl writes outcomes in the order in which they come: not with --ordered')
  const isFile = remoteName || templates.length > 0
  if (resumeFiles && !isFile) throw new UsageError('-C - continues files: it goes with -o or -O')
  if (options.segments !== undefined && !isFile)
    throw new UsageError('--segments is about files: it goes with -o or -O')
  if (remoteName && templates.length > 0)
    throw new UsageError('-O and -o name the same file: use one of them')
  const paths = [...inputs, ...cookieFiles, proxies, ...allOf(line, 'config')]
  if (paths.filter((path) => path === '-').length > 1)
    throw new UsageError('stdin (-) was named twice, and can be read once')
}

function formatOf(writeOut: string | undefined): string | undefined {
  if (writeOut === undefined || !writeOut.startsWith('@')) return writeOut
  return readInput(writeOut.slice(1), '--write-out').toString('utf8')
}

/** The transient statuses, and two with which a proxy in front of the server reports a timeout. */
const STATUSES = [...TRANSIENT_STATUSES, 522, 524]

function retriesOf(run: RunDraft): ParallelCurlOptions {
  const { retries: limit, retryMethods: methods, retryDelayMs: delayMs, retriesAll: isAll } = run
  if (limit === undefined) return {}
  const retry: RetryOptions = { limit, methods, statusCodes: STATUSES }
  if (delayMs === undefined && !isAll) return { retry }
  const isWanted = ({ errno, responseCode }: Transfer): boolean =>
    isAll ? errno !== 0 || responseCode >= 400 : errno === 0 && STATUSES.includes(responseCode)
  // As in curl, --retry-delay is a fixed time, and a Retry-After header wins over it.
  const shouldRetry = (transfer: Transfer): boolean | number | undefined => {
    const method = transfer.getInfo('EFFECTIVE_METHOD')
    const mayBe = typeof method === 'string' && methods.includes(method) && isWanted(transfer)
    if (!mayBe) return undefined
    if (Number(transfer.getInfo('RETRY_AFTER')) > 0 || delayMs === undefined) return isAll ? true : undefined
    return delayMs
  }
  const fixed = delayMs === undefined ? {} : ({ backoffMs: delayMs, jitter: 'none' } as const)
  return { retry: { ...retry, ...fixed, shouldRetry } }
}
