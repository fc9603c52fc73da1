/**
 * The library's options for transfers besides curl's own: functions that find their transfer by its user data.
 * They are the same for all transfers, so a handle needs no new ones. Does not know the effects of the functions.
 */
import type { CookieJar } from '../../../sessions/cookies/cookie-jar.js'
import type { Transfer } from '../../../transfer/transfer.js'
import type { GlobalSettings, Operation } from '../invocation.js'
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

/** Those of a request with a body that is read piece by piece. */
export const SENDING = { READFUNCTION: read, SEEKFUNCTION: seek } as const

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
  if (!job.keepsBody) options['WRITEFUNCTION'] = write
  // Else the library waits for a connection that others are making where that can be for many: over TLS.
  if (!global.parallel || global.parallelImmediate) options['PIPEWAIT'] = 0
  if (settings.fail === 'withoutBody') options['FAILONERROR'] = 1
  if (job.headers.isWanted) options['HEADERFUNCTION'] = header
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
