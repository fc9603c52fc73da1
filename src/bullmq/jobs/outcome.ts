/**
 * What became of a request, as data: the return value of its job. Does not know queues.
 */
import type { Attempt, InfoValue, Timings, Transfer } from '../../index.js'
import { redactUrl } from '../../redaction.js'

/** The fields of a JSON line of the command. */
export interface Outcome {
  /** The request's own. */
  readonly id?: string
  /** Without credentials. */
  readonly url: string
  readonly effectiveUrl: string
  readonly ok: boolean
  readonly status: number
  readonly errno: number
  readonly error: string
  /** Those of the worker's own; BullMQ counts its own in `job.attemptsMade`. */
  readonly attempts: readonly Attempt[]
  readonly method?: InfoValue
  readonly contentType?: InfoValue
  readonly remoteIp?: InfoValue
  readonly sizes?: { download: number; upload: number; header: number; request: number }
  readonly timings?: Timings
  /** Where the store has put the body. */
  readonly output?: string
}

/** The outcome of a transfer that is held. */
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
