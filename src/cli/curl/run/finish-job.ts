/**
 * Ends an attempt: prints errors, closes files, prints `-w`, or prepares another attempt. Does not know how
 * attempts are made.
 */
import type { Transfer } from '../../../transfer/transfer.js'
import { libcurlVersion, strError } from '../../../engine/node-libcurl/binding.js'
import { withHostAsIn } from '../../../url/ascii-host.js'
import type { RunMessages } from '../output/messages.js'
import { WriteOut } from '../output/write-out/write-out.js'
import type { WriteOutFacts } from '../output/write-out/variables.js'
import { DescriptorSink } from '../output/write-out/descriptor-sink.js'
import { urlPart } from '../request/url-parts.js'
import {
  HTTP_RETURNED_ERROR,
  OK,
  PEER_FAILED_VERIFICATION,
  RANGE_ERROR,
  WRITE_ERROR,
} from '../../../curl-codes.js'
import type { Job } from './job.js'

/** The end of an attempt. `transfer`: null where there was none. */
export interface AttemptEnd {
  readonly code: number
  readonly error: string
  readonly transfer: Transfer | null
}

/** The exit code so far. `retryMs`: the pause before another attempt; null where it was the last one. */
export interface Ending {
  readonly code: number
  readonly retryMs: number | null
}

/** Ends an attempt. Infos of the transfer must still be there. */
export function finishJob(job: Job, messages: RunMessages, end: AttemptEnd): Ending {
  const { settings } = job.operation
  const info = (name: string): unknown => readInfo(end.transfer, name)
  let { code } = end
  const error = code === OK ? '' : end.error || strError(code)
  const { ours, ticket } = job
  const isDropped = ours?.wasDropped(code) ?? false
  if (isDropped) job.isTold = true
  if (!job.isSkipped) {
    if (!job.releaseHeld() && code === OK) code = WRITE_ERROR
    const status = end.transfer?.responseCode ?? 0
    code = tell(job, messages, code, error, status)
    code = completeOutput(job, messages, code, info)
    // Each info is a call into libcurl: it is asked for only where it counts.
    if (settings.retry > 0 && end.transfer !== null && !isDropped) {
      const facts = {
        code,
        status,
        scheme: schemeOf(info),
        systemErrno: Number(info('OS_ERRNO') ?? 0),
        retryAfter: Number(info('RETRY_AFTER') ?? 0),
      }
      const mayRepeat = ours?.mayRetry(String(info('EFFECTIVE_METHOD'))) ?? true
      const retryMs = mayRepeat ? job.retries.next(facts) : null
      if (retryMs !== null) {
        job.note(end.transfer)
        if (prepareAgain(job, messages, facts, info)) return { code: OK, retryMs }
        code = WRITE_ERROR
      }
    }
    job.bar?.end()
    // Where nothing was transferred, there may not even be a place to write to.
    const body = job.body as Job['body'] | undefined
    if (body?.close(code !== OK) === false && code === OK) code = WRITE_ERROR
    if (code === OK && settings.remoteTime && body?.path !== undefined) {
      const time = Number(info('FILETIME_T') ?? -1)
      if (time !== -1) body.setTime(time)
    }
  }
  if (ours !== null && ticket !== null && !job.isSkipped && !isDropped)
    code = ours.report({ ...job.ended, ticket, transfer: end.transfer, code, error })
  if (settings.writeOut !== undefined && !isDropped) {
    const facts = writeOutFacts(job, code, error, info, end.transfer)
    new WriteOut(new DescriptorSink(messages.fd), libcurlVersion).print(settings.writeOut, facts)
  }
  const headers = job.headers as Job['headers'] | undefined
  headers?.close()
  if (ours !== null && ticket !== null && !job.isSkipped && !isDropped) ours.remember(ticket, code)
  return { code, retryMs: null }
}

function schemeOf(info: (name: string) => unknown): string {
  const scheme = info('SCHEME')
  return typeof scheme === 'string' ? scheme.toLowerCase() : ''
}

function readInfo(transfer: Transfer | null, name: string): unknown {
  if (transfer === null) return undefined
  try {
    return transfer.getInfo(name)
  } catch {
    // This build does not have it.
    return undefined
  }
}

const CERTIFICATE_HINT = `
The certificate of the server could not be verified, and so no connection was made.
What to do about it: https://curl.se/docs/sslcerts.html
`

/** Says what went wrong. With `--fail-with-body` an answer from 400 up is such, too. */
function tell(job: Job, messages: RunMessages, code: number, error: string, status: number): number {
  if (code !== OK) {
    if (job.isTold) return code
    messages.failure(code, error)
    if (code === PEER_FAILED_VERIFICATION && messages.showsErrors) messages.messages.write(CERTIFICATE_HINT)
    return code
  }
  if (job.operation.settings.fail !== 'withBody' || status < 400) return code
  messages.failure(HTTP_RETURNED_ERROR, `The requested URL returned error: ${String(status)}`)
  return HTTP_RETURNED_ERROR
}

function completeOutput(
  job: Job,
  messages: RunMessages,
  code: number,
  info: (name: string) => unknown,
): number {
  const body = job.body as Job['body'] | undefined
  if (body === undefined || body.isDiscarded) return code
  if (code === OK && job.operation.settings.xattr && body.isFile) {
    messages.warn(`Error setting extended attributes on '${String(body.path)}': Node.js has no call for it`)
  }
  // An answer without a body is an empty file, unless it says that what is there is good.
  if (code === OK && !body.isOpen && body.bytes === 0 && Number(info('CONDITION_UNMET') ?? 0) === 0) {
    if (!body.create()) return WRITE_ERROR
  }
  try {
    job.headers.release()
    body.flush()
  } catch {
    if (code === OK) {
      messages.error('Failed writing body')
      return WRITE_ERROR
    }
  }
  return code
}

/**
 * Takes back what the attempt has left, or keeps what the next one can go on with. False: that went wrong.
 */
function prepareAgain(
  job: Job,
  messages: RunMessages,
  { code, status, scheme }: { code: number; status: number; scheme: string },
  info: (name: string) => unknown,
): boolean {
  const { body, store } = job
  if (canGoOn(job, code)) {
    const isHttp = (scheme === 'http' || scheme === 'https') && info('EFFECTIVE_METHOD') === 'GET'
    const takesRanges = store.last('accept-ranges')[0]?.value === 'bytes'
    if (isHttp && ((status === 206 && job.resumeFrom > 0) || (status === 200 && takesRanges))) {
      messages.note(`Keeping ${String(body.bytes)} bytes`)
      job.resumeFrom = body.keep()
      store.restart()
      return true
    }
  }
  store.restart()
  try {
    const thrown = body.restart()
    if (thrown > 0) messages.note(`Throwing away ${String(thrown)} bytes`)
    return true
  } catch {
    messages.error('Failed to truncate file')
    return false
  }
}

function canGoOn({ operation, body, resumeFrom, expanded }: Job, code: number): boolean {
  const { continueAt, request, httpMethod } = operation.settings
  return (
    continueAt === 'auto' &&
    resumeFrom >= 0 &&
    body.start === resumeFrom &&
    body.bytes > 0 &&
    body.isFile &&
    request === undefined &&
    expanded.upload === undefined &&
    (httpMethod === 'unspecified' || httpMethod === 'get') &&
    code !== WRITE_ERROR &&
    code !== RANGE_ERROR
  )
}

function writeOutFacts(
  job: Job,
  exitCode: number,
  error: string,
  info: (name: string) => unknown,
  transfer: Transfer | null,
): WriteOutFacts {
  return {
    info: (name) => (name === 'EFFECTIVE_URL' ? shownUrl(info(name), job.url) : info(name)),
    url: job.url,
    exitCode,
    error,
    fileName: (job.body as Job['body'] | undefined)?.path,
    retries: job.retries.count,
    delivered: job.keepsBody || job.dropsBody ? (transfer?.receivedBytes ?? 0) : job.delivered,
    number: job.expanded.target.number,
    headers: job.store,
    urlPart,
  }
}

/** The library gives libcurl an international host in ASCII. It is shown as it was given. */
function shownUrl(url: unknown, given: string): unknown {
  return typeof url === 'string' ? withHostAsIn(url, given) : url
}
