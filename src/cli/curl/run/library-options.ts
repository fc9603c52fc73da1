/**
 * The library's options for transfers besides curl's own: functions that find their transfer by its user
 * data. They are the same for all transfers, so a handle needs no new ones. Does not know the effects of the
 * functions.
 */
import { WRITE_ERROR } from '../../../curl-codes.js'
import { strError } from '../../../engine/node-libcurl/binding.js'
import { BodyFault } from '../../../errors.js'
import type { CookieJar } from '../../../sessions/cookies/cookie-jar.js'
import type { Transfer } from '../../../transfer/transfer.js'
import type { RequestOptions } from '../../../running/options/run-options.js'
import { asksForChunks, formLines } from '../request/form-body.js'
import type { GlobalSettings, Operation, TransferPlan } from '../invocation.js'
import type { Additions } from './additions.js'
import type { Job } from './job.js'

/** The parts of a run that the options depend on. */
export interface RunEnvironment {
  readonly global: GlobalSettings
  /** All transfers share their cookies. */
  readonly cookies: () => CookieJar
  /** The parts of the plain command; null if none of its options was given. */
  readonly ours: Additions | null
  /** True if libcurl may draw its meter: it writes to the stderr of the process. */
  readonly canDrawMeter: boolean
}

type OfJob = Transfer<Job>

function write(this: OfJob, chunk: Buffer): number {
  return this.userData.onBody(chunk, this)
}
function header(this: OfJob, line: Buffer): number {
  return this.userData.onHeader(line, this)
}
function read(this: OfJob, buffer: Buffer): number {
  return this.userData.onRead(buffer, this)
}
function seek(this: OfJob, offset: number, origin: number): number {
  return this.userData.onSeek(offset, origin)
}
function progress(this: OfJob, downTotal: number, down: number, upTotal: number, up: number): number {
  return this.userData.onProgress(downTotal, down, upTotal, up)
}
function debug(this: OfJob, type: number, data: Buffer): number {
  this.userData.onDebug(type, data, this)
  return 0
}

/** With a cache, libcurl does not see every response: its head is heard before the body, or at the end. */
function onData(chunk: Buffer, transfer: Transfer): void {
  const job = transfer.userData as Job
  const { length } = chunk
  if (!job.head.hear(job, transfer) || job.onBody(chunk, transfer) !== length)
    throw new BodyFault(strError(WRITE_ERROR), WRITE_ERROR)
}

/** Those of a request with a body that is read piece by piece. */
const SENDING = { READFUNCTION: read, SEEKFUNCTION: seek } as const

/** Returns the options that all transfers of an operation share. `planned`: curl's options. */
export function sharedOptions(
  planned: Readonly<Record<string, unknown>>,
  operation: Operation,
  job: Job,
  { global, cookies, canDrawMeter, ours }: RunEnvironment,
): Record<string, unknown> {
  const { settings } = operation
  const options: Record<string, unknown> = {
    PROTOCOLS_STR: 'all',
    // As long as curl itself believes a name.
    DNS_CACHE_TIMEOUT: 60,
    ...planned,
    asLibcurl: true,
  }
  const cache = ours?.cache
  if (cache !== undefined) Object.assign(options, { cache, captureHeaders: true })
  if (job.dropsBody) options['responseType'] = 'none'
  else if (!job.keepsBody && cache === undefined) options['WRITEFUNCTION'] = write
  else if (!job.keepsBody) options['onData'] = onData
  // Else the library waits for a connection that others are making where that can be for many: over TLS.
  if (!global.parallel || global.parallelImmediate) options['PIPEWAIT'] = 0
  if (settings.fail === 'withoutBody') options['FAILONERROR'] = 1
  if (job.headers.isWanted && cache === undefined) options['HEADERFUNCTION'] = header
  const isTraced = global.trace.kind !== 'none' || ours?.listens === true
  if (isTraced) Object.assign(options, { VERBOSE: 1, DEBUGFUNCTION: debug })
  // libcurl's own words for what goes wrong cost a call for each of its lines.
  if (!global.parallel || global.trace.kind !== 'none') options['captureErrorText'] = true
  if (job.bar !== null || job.amounts !== null)
    Object.assign(options, { NOPROGRESS: 0, XFERINFOFUNCTION: progress })
  else if (job.showsProgress && canDrawMeter && !global.parallel) options['NOPROGRESS'] = 0
  const { cookieJar } = settings
  if (cookieJar !== undefined) options['COOKIEJAR'] = cookieJar
  if (cookieJar !== undefined || options['COOKIEFILE'] !== undefined || options['COOKIELIST'] !== undefined)
    options['cookieJar'] = cookies()
  if (ours !== null) {
    Object.assign(options, ours.limits, ours.accessFor(planned))
    if (ours.needsHeaders) options['captureHeaders'] = true
    // Each session has a jar of its own.
    if (options['session'] !== undefined) {
      delete options['cookieJar']
      delete options['COOKIEJAR']
    }
  }
  return options
}

/** Returns the options that belong to one transfer; undefined: it needs none. */
export function ownOptions(job: Job): RequestOptions | undefined {
  const { plan, sent, resumeFrom } = job
  if (sent === null && resumeFrom === 0) return undefined
  const { body, options } = plan
  const own: Record<string, unknown> = {}
  if (resumeFrom !== 0) own['RESUME_FROM_LARGE'] = resumeFrom
  if (sent !== null) {
    Object.assign(own, SENDING)
    if (body.kind === 'form') {
      own['POST'] = 1
      const size = body.hasLength ? sent.size : undefined
      own['POSTFIELDSIZE_LARGE'] = size ?? -1
      // libcurl makes a Content-Range of it where it does not know that the body is a form.
      if (options['RANGE'] !== undefined) own['RANGE'] = null
      own['HTTPHEADER'] = formHeaders(options, body.contentType, size)
    } else if (body.kind === 'upload') {
      own['UPLOAD'] = 1
      if (sent.size !== undefined) own['INFILESIZE_LARGE'] = sent.size
    }
  }
  return own
}

/**
 * The headers of a form that is laid out here. libcurl puts the type of its own forms behind their length;
 * a type that is given as a header would stand before it. Where there may be redirects the length is left to
 * libcurl: it would send a given one even with a GET.
 */
function formHeaders(
  options: TransferPlan['options'],
  contentType: string,
  size: number | undefined,
): string[] {
  const given = (options['HTTPHEADER'] as readonly string[] | undefined) ?? []
  const isLeft = size === undefined || options['FOLLOWLOCATION'] !== undefined
  const hasLength = given.some((line) => /^content-length\s*[:;]/i.test(line)) || asksForChunks(given)
  const length = isLeft || hasLength ? [] : [`Content-Length: ${String(size)}`]
  return formLines(given, contentType, size, length)
}
