/** The settings of a run: limits, retries, output, journal. Does not depend on single requests. */
import { readFileSync } from 'node:fs'
import { IDEMPOTENT, TRANSIENT_STATUSES } from '../../http-semantics.js'
import type { ParallelCurlOptions, RetryOptions, Transfer } from '../../index.js'
import {
  allOf,
  has,
  isCookieFile,
  lastOf,
  ofRequest,
  oneOf,
  type CommandLine,
} from '../arguments/command-line.js'
import type { InputFormat } from '../input/input.js'
import { messageOf, UsageError } from '../errors/errors.js'
import { draftRequest, type RequestDraft } from '../requests/request-draft.js'
import { bytes, milliseconds, rate, wholeNumber } from '../arguments/values.js'

/** The values of `--body`. */
export type BodyForm = 'text' | 'base64' | 'auto'

/** The settings of a run. */
export interface Settings {
  readonly line: CommandLine
  readonly base: RequestDraft
  readonly maxRequests: number
  readonly options: ParallelCurlOptions
  readonly inputs: readonly string[]
  readonly inputFormat: InputFormat | undefined
  readonly urlColumn: string
  readonly strict: boolean
  /** True if lines of input may access local files and sockets. */
  readonly trustsInput: boolean
  readonly templates: readonly string[]
  readonly remoteName: boolean
  readonly outputDir: string | undefined
  readonly resumeFiles: boolean
  readonly createDirs: boolean
  readonly jsonl: boolean
  readonly withHeaders: boolean
  readonly body: BodyForm | undefined
  readonly writeOut: string | undefined
  readonly include: boolean
  readonly ordered: boolean
  readonly failEarly: boolean
  readonly silent: boolean
  readonly showErrors: boolean
  readonly verbose: boolean
  readonly progressIntervalMs: number
  readonly graceMs: number
  readonly journal: string | undefined
  readonly resume: boolean
  readonly retryFailed: boolean
  readonly journalSyncMs: number
  readonly har: string | undefined
  readonly harSecrets: boolean
  readonly report: string | undefined
}

const DEFAULT_PARALLEL = 50
const DEFAULT_BUFFER = 256 * 1024 ** 2
const FORMATS = ['lines', 'csv', 'jsonl'] as const
const BODY_FORMS = ['text', 'base64', 'auto'] as const

/** Reads the settings from the command line. Throws `UsageError` if they are invalid. */
export function readSettings(line: CommandLine, version: string): Settings {
  const value = (long: string): string | undefined => lastOf(line, long)
  const flag = (long: string): boolean => has(line, long)
  const time = (long: string, otherwise: number): number => {
    const given = value(long)
    return given === undefined ? otherwise : milliseconds(given, long)
  }
  const base = draftRequest(ofRequest(line))
  const parallel = value('parallel-max')
  const settings: Settings = {
    line,
    base,
    maxRequests: parallel === undefined ? DEFAULT_PARALLEL : wholeNumber(parallel, 'parallel-max'),
    options: {
      USERAGENT: `parallelcurl/${version}`,
      ...base.options,
      ...limitsOf(line),
      ...retriesOf(line),
      ...(has(line, 'continue-at') && { resume: true }),
    },
    inputs: allOf(line, 'input'),
    inputFormat: oneOf(line, 'input-format', FORMATS),
    urlColumn: value('url-column') ?? 'url',
    strict: flag('strict'),
    trustsInput: flag('trust-input'),
    templates: allOf(line, 'output'),
    remoteName: flag('remote-name'),
    outputDir: value('output-dir'),
    createDirs: flag('create-dirs'),
    resumeFiles: has(line, 'continue-at'),
    jsonl: flag('jsonl'),
    withHeaders: flag('with-headers'),
    body: oneOf(line, 'body', BODY_FORMS),
    writeOut: formatOf(value('write-out')),
    include: flag('include') || base.isHead,
    ordered: flag('ordered'),
    failEarly: flag('fail-early'),
    silent: flag('silent'),
    showErrors: !flag('silent') || flag('show-error'),
    verbose: flag('verbose'),
    progressIntervalMs: time('progress-interval', 5000),
    graceMs: time('grace', 5000),
    journal: value('journal'),
    resume: flag('resume'),
    retryFailed: flag('retry-failed'),
    journalSyncMs: time('journal-sync', 1000),
    har: value('har'),
    harSecrets: flag('har-secrets'),
    report: value('report'),
  }
  check(settings)
  return settings
}

function check(settings: Settings): void {
  const continueAt = lastOf(settings.line, 'continue-at')
  const needs = (wrong: boolean, message: string): void => {
    if (wrong) throw new UsageError(message)
  }
  needs(
    continueAt !== undefined && continueAt !== '-',
    '-C takes only - here: the position is found automatically',
  )
  needs(
    settings.resumeFiles && settings.templates.length === 0 && !settings.remoteName,
    '-C - continues files: it goes with -o or -O',
  )
  needs(settings.resume && settings.journal === undefined, '--resume needs --journal FILE')
  needs(settings.retryFailed && !settings.resume, '--retry-failed goes with --resume')
  needs(settings.withHeaders && !settings.jsonl, '--with-headers goes with --jsonl')
  needs(settings.body !== undefined && !settings.jsonl, '--body goes with --jsonl')
  needs(settings.harSecrets && settings.har === undefined, '--har-secrets goes with --har FILE')
  needs(settings.remoteName && settings.templates.length > 0, '-O and -o name the same file: use one of them')
  needs(
    settings.progressIntervalMs === 0 || settings.journalSyncMs === 0,
    'an interval must be more than 0 seconds',
  )
  const { line, inputs } = settings
  const cookieFiles = line.given.filter(isCookieFile).map(([, value]) => value)
  needs(
    [...inputs, ...cookieFiles, ...allOf(line, 'proxies'), ...allOf(line, 'config')].filter(
      (path) => path === '-',
    ).length > 1,
    'stdin (-) was named twice, and can be read once',
  )
}

function formatOf(writeOut: string | undefined): string | undefined {
  if (writeOut === undefined || !writeOut.startsWith('@')) return writeOut
  try {
    return readFileSync(writeOut === '@-' ? 0 : writeOut.slice(1), 'utf8')
  } catch (error) {
    throw new UsageError(`--write-out: ${messageOf(error)}`)
  }
}

function limitsOf(line: CommandLine): ParallelCurlOptions {
  const given = (long: string, key: string, read: (value: string, long: string) => unknown): object => {
    const value = lastOf(line, long)
    return value === undefined ? {} : { [key]: read(value, long) }
  }
  const buffer = lastOf(line, 'buffer')
  return {
    ...given('parallel-max-host', 'maxRequestsPerHost', (value, long) => wholeNumber(value, long, 1)),
    ...given('rate', 'rateLimit', rate),
    ...given('rate-host', 'rateLimitPerHost', rate),
    ...given('delay-host', 'minDelayPerHostMs', milliseconds),
    ...given('retry-max-time', 'totalTimeoutMs', milliseconds),
    ...(has(line, 'adaptive') && { adaptive: true }),
    ...(has(line, 'dedupe') && { dedupe: true }),
    maxBufferedBytes: buffer === undefined ? DEFAULT_BUFFER : bytes(buffer, 'buffer'),
  }
}

/** The transient statuses, and two with which a proxy in front of the server reports a timeout. */
const STATUSES = [...TRANSIENT_STATUSES, 522, 524]

function retriesOf(line: CommandLine): ParallelCurlOptions {
  const count = lastOf(line, 'retry')
  if (count === undefined) return {}
  const methods = (lastOf(line, 'retry-methods') ?? [...IDEMPOTENT].join()).toUpperCase().split(',')
  const retry: RetryOptions = { limit: wholeNumber(count, 'retry'), methods, statusCodes: STATUSES }
  const delay = lastOf(line, 'retry-delay')
  const isAll = has(line, 'retry-all-errors')
  const delayMs = delay === undefined ? undefined : milliseconds(delay, 'retry-delay')
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
