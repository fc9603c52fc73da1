/** The outcome of a request as plain data: the return value of its job. Does not depend on queues. */
import type { Attempt, InfoValue, Timings, Transfer } from '../../index.js'
import { redactUrl } from '../../redaction.js'

/** The outcome of a request: the fields of a JSON line of the command. */
export interface Outcome {
  /** The request's own id, if it has one. */
  readonly id?: string
  /** The URL without credentials. */
  readonly url: string
  /** The URL of the response, after redirects, without credentials. */
  readonly effectiveUrl: string
  /** True if the transfer did not fail. A status of 400 or more is no failure. */
  readonly ok: boolean
  /** The status of the response; 0 if there was none. */
  readonly status: number
  /** libcurl's code; 0 if the transfer did not fail. */
  readonly errno: number
  /** The message of the failure; `''` if there is none. */
  readonly error: string
  /**
   * The attempts of the transfer in this run of the job (made by the instance's own `retry`). BullMQ counts
   * the runs in `job.attemptsMade`.
   */
  readonly attempts: readonly Attempt[]
  readonly method?: InfoValue
  readonly contentType?: InfoValue
  readonly remoteIp?: InfoValue
  /** Bytes on the wire. */
  readonly sizes?: { download: number; upload: number; header: number; request: number }
  /** Milliseconds. */
  readonly timings?: Timings
  /** The value that the store returned for the body, such as its path. */
  readonly output?: string
}

/** Returns the outcome of a transfer. The transfer must still hold its handle. */
export function outcomeOf(transfer: Transfer, id: string | undefined, output?: string): Outcome {
  const { attempts } = transfer
  const number = (name: string): number => Number(transfer.getInfo(name))
  return {
    ...(id !== undefined && { id }),
    url: redactUrl(transfer.url),
    effectiveUrl: redactUrl(transfer.effectiveUrl),
    ok: transfer.errno === 0,
    status: transfer.responseCode,
    errno: transfer.errno,
    error: transfer.error,
    attempts,
    ...(attempts.length > 0 && {
      method: transfer.getInfo('EFFECTIVE_METHOD'),
      contentType: transfer.getInfo('CONTENT_TYPE'),
      remoteIp: transfer.getInfo('PRIMARY_IP'),
      sizes: {
        download: number('SIZE_DOWNLOAD_T'),
        upload: number('SIZE_UPLOAD_T'),
        header: number('HEADER_SIZE'),
        request: number('REQUEST_SIZE'),
      },
      timings: transfer.timings,
    }),
    ...(output !== undefined && { output }),
  }
}
