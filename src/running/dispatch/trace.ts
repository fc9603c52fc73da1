/**
 * Publishes what happens to requests on channels of `diagnostics_channel`, without secrets. Does not decide
 * what happens.
 */
import { channel, type Channel } from 'node:diagnostics_channel'
import { methodOf } from '../../engine/request/wire-request.js'
import { redactUrl } from '../../redaction.js'
import { inContext } from '../../transfer/caller-context.js'
import type { Timings, TransferTrace } from '../../transfer/transfer-types.js'
import type { TransferRecord } from '../record/transfer-record.js'
import type { Callbacks } from './delivery/callbacks.js'

/** A request in the messages of the channels. It is the same object in all messages of the request. */
export interface TracedRequest {
  /** The number of the request in its instance, from 1. */
  readonly id: number
  /** The URL with `***` in place of credentials. */
  readonly url: string
  readonly method: string
  /** The time of the call, in milliseconds since the epoch. */
  readonly startedAt: number
}

/** An attempt in the messages of the channels. It is the same object in all messages of the attempt. */
export interface TracedAttempt {
  /** The number of the attempt in its request, from 1. */
  readonly number: number
  /** The proxy, with `***` in place of credentials. null: none. */
  readonly proxy: string | null
  /** The name of the session. null: none. */
  readonly session: string | null
  /** The time of its launch, in milliseconds since the epoch. */
  readonly startedAt: number
}

/** The failure in a message. */
export interface TracedFailure {
  /** libcurl's code (`CURLE_*`). */
  readonly errno: number
  /** The name of that code, e.g. `CURLE_COULDNT_CONNECT`. */
  readonly code: string
  /** The message, without credentials. */
  readonly error: string
}

/** The message of `parallelcurl:request:start`. */
export interface RequestStartMessage {
  readonly request: TracedRequest
}

/** The message of `parallelcurl:request:headers`. */
export interface RequestHeadersMessage {
  readonly request: TracedRequest
  readonly attempt: TracedAttempt
  /** The status of the response. */
  readonly status: number
}

/** The message of `parallelcurl:request:end`. */
export interface RequestEndMessage {
  readonly request: TracedRequest
  /** The status of the response; 0 if there was none. */
  readonly status: number
  /** The URL of the response, after redirects, with `***` in place of credentials. */
  readonly effectiveUrl: string
  /** Bytes of the body, decoded. */
  readonly receivedBytes: number
  /** The number of attempts; 0 if the request was never launched. */
  readonly attempts: number
}

/** The message of `parallelcurl:request:error`. */
export interface RequestErrorMessage extends RequestEndMessage, TracedFailure {}

/** The message of `parallelcurl:attempt:start`. */
export interface AttemptStartMessage {
  readonly request: TracedRequest
  readonly attempt: TracedAttempt
}

/** The message of `parallelcurl:attempt:end`. */
export interface AttemptEndMessage extends AttemptStartMessage {
  /** The status of the response; 0 if there was none. */
  readonly status: number
  readonly durationMs: number
  /** Bytes of the body, decoded. */
  readonly receivedBytes: number
  /** The address of the server, or of the first proxy; `''` if there was no connection. */
  readonly remoteAddress: string
  readonly remotePort: number
  /** `'1.0'`, `'1.1'`, `'2'` or `'3'`; null for other protocols and without a response. */
  readonly httpVersion: string | null
  readonly timings: Timings
}

/** The message of `parallelcurl:attempt:error`. */
export interface AttemptErrorMessage extends AttemptEndMessage, TracedFailure {}

const requestStart = channel('parallelcurl:request:start')
const requestHeaders = channel('parallelcurl:request:headers')
const requestEnd = channel('parallelcurl:request:end')
const requestError = channel('parallelcurl:request:error')
const attemptStart = channel('parallelcurl:attempt:start')
const attemptEnd = channel('parallelcurl:attempt:end')
const attemptError = channel('parallelcurl:attempt:error')

/** Begins to trace a request if anybody listens. */
export function beginTrace(transfer: TransferRecord): void {
  if (
    requestStart.hasSubscribers ||
    requestEnd.hasSubscribers ||
    requestError.hasSubscribers ||
    requestHeaders.hasSubscribers ||
    attemptStart.hasSubscribers ||
    attemptEnd.hasSubscribers ||
    attemptError.hasSubscribers
  )
    transfer.trace = new RequestTrace(transfer)
}

/** `CURL_HTTP_VERSION_*`: the numbers of the info HTTP_VERSION. */
const HTTP_VERSIONS: Readonly<Record<number, string>> = { 1: '1.0', 2: '1.1', 3: '2', 30: '3' }
const UNAUTHORIZED: readonly number[] = [401, 407]

/** What was published of one request. */
export class RequestTrace implements TransferTrace {
  /** True if the header lines have to be read, to find out when they are complete. */
  readonly wantsHead = requestHeaders.hasSubscribers
  private readonly request: TracedRequest
  private attempt: TracedAttempt | null = null
  private hasHead = false

  constructor(transfer: TransferRecord) {
    this.request = {
      id: transfer.id,
      url: redactUrl(transfer.url),
      method: methodOf(transfer.order),
      startedAt: performance.timeOrigin + transfer.queuedAt,
    }
    publish(requestStart, transfer, (): RequestStartMessage => ({ request: this.request }))
  }

  /** Called when an attempt was put on the wire. */
  attemptStarted(transfer: TransferRecord): void {
    this.hasHead = false
    const attempt = (this.attempt = {
      number: transfer.attempts.length + 1,
      proxy: transfer.proxy,
      session: transfer.session?.name ?? null,
      startedAt: performance.timeOrigin + transfer.launchedAt,
    })
    publish(attemptStart, transfer, (): AttemptStartMessage => ({ request: this.request, attempt }))
  }

  /** Called at the end of each block of header lines. On libcurl's stack. */
  headArrived(transfer: TransferRecord): void {
    if (this.hasHead) return
    const status = Number(transfer.getInfo('RESPONSE_CODE'))
    // Other blocks follow those of 1xx and of redirects, and may follow a challenge.
    const isRedirect = status >= 300 && status < 400 && transfer.order.followsRedirects
    if (status < 200 || isRedirect || UNAUTHORIZED.includes(status)) return
    this.publishHead(transfer, status)
  }

  /** Called when the outcome of an attempt is known. The transfer must still hold its handle. */
  attemptEnded(transfer: TransferRecord): void {
    const { request, attempt } = this
    if (attempt === null) return
    if (!this.hasHead && transfer.responseCode > 0) this.publishHead(transfer, transfer.responseCode)
    this.attempt = null
    const isFailed = transfer.errno !== 0
    publish(isFailed ? attemptError : attemptEnd, transfer, (): AttemptEndMessage | AttemptErrorMessage => ({
      request,
      attempt,
      status: transfer.responseCode,
      durationMs: transfer.settledAt - transfer.launchedAt,
      receivedBytes: transfer.receivedBytes,
      ...connectionOf(transfer),
      ...(isFailed && failureOf(transfer)),
    }))
  }

  /** Called with the outcome of the request. */
  end(transfer: TransferRecord): void {
    const { request } = this
    // A transfer that several requests share goes by the trace of the first one, which has an end of its own.
    if (transfer.id !== request.id) return
    const isFailed = transfer.errno !== 0
    publish(isFailed ? requestError : requestEnd, transfer, (): RequestEndMessage | RequestErrorMessage => ({
      request,
      status: transfer.responseCode,
      effectiveUrl: redactUrl(transfer.effectiveUrl),
      receivedBytes: transfer.receivedBytes,
      attempts: transfer.attempts.length,
      ...(isFailed && failureOf(transfer)),
    }))
  }

  private publishHead(transfer: TransferRecord, status: number): void {
    const { request, attempt } = this
    this.hasHead = true
    if (attempt !== null)
      publish(requestHeaders, transfer, (): RequestHeadersMessage => ({ request, attempt, status }))
  }
}

/** Delivers a transfer that is traced. A callback comes after the message of the outcome. */
export function deliverTraced(transfer: TransferRecord, callbacks: Callbacks): void {
  const { callback, sink } = transfer
  const trace = transfer.trace as TransferTrace
  if (sink === null) {
    // A body that cannot be decoded is a failure, too.
    if (callback !== null) callbacks.contentOf(transfer)
    trace.end(transfer)
    callbacks.deliver(transfer)
    return
  }
  try {
    sink.deliver(transfer)
  } finally {
    trace.end(transfer)
  }
}

function failureOf(transfer: TransferRecord): TracedFailure {
  const { errno, error } = transfer
  return { errno, code: transfer.toError()?.code ?? '', error }
}

function connectionOf(
  transfer: TransferRecord,
): Pick<AttemptEndMessage, 'remoteAddress' | 'remotePort' | 'httpVersion' | 'timings'> {
  return {
    remoteAddress: String(transfer.getInfo('PRIMARY_IP') ?? ''),
    remotePort: Number(transfer.getInfo('PRIMARY_PORT')),
    httpVersion: HTTP_VERSIONS[Number(transfer.getInfo('HTTP_VERSION'))] ?? null,
    timings: transfer.timings,
  }
}

/**
 * Publishes in the context of the request's caller. An exception of a subscriber becomes an uncaught
 * exception in a later turn; `publish()` never throws.
 */
function publish(to: Channel, { caller }: TransferRecord, message: () => object): void {
  if (!to.hasSubscribers) return
  const made = message()
  const send = (): void => {
    to.publish(made)
  }
  inContext(caller, send, undefined)
}
