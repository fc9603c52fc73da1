/**
 * --jsonl: one line of JSON for a transfer. Does not know where it goes.
 */
import { redactUrl } from '../errors.js'
import type { Transfer } from '../index.js'
import type { Input } from './input-line.js'
import type { BodyForm } from './settings.js'

/** What is to be in the line. */
export interface LineContent {
  readonly input: Input
  readonly n: number
  readonly failed: boolean
  readonly path: string | undefined
  readonly withHeaders: boolean
  readonly body: BodyForm | undefined
}

/** The line of a transfer that is held, with its end. */
export function jsonLine(transfer: Transfer, content: LineContent): string {
  const { input, n, failed, path, withHeaders, body } = content
  const wasLaunched = transfer.attempts.length > 0
  const number = (name: string): number => Number(transfer.getInfo(name))
  return `${JSON.stringify({
    ...(input.id !== undefined && { id: input.id }),
    n,
    url: redactUrl(transfer.url),
    effectiveUrl: redactUrl(transfer.effectiveUrl),
    ok: !failed,
    status: transfer.responseCode,
    errno: transfer.errno,
    error: transfer.error,
    attempts: transfer.attempts,
    ...(wasLaunched && {
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
    ...(path !== undefined && { output: path }),
    ...(withHeaders && { headers: transfer.headers }),
    ...(body !== undefined && inlined(transfer, body)),
  })}\n`
}

const strict = new TextDecoder('utf-8', { fatal: true })

function inlined(transfer: Transfer, form: BodyForm): object {
  if (form === 'text') return { body: transfer.text() }
  const { body } = transfer
  if (form === 'auto') {
    try {
      return { body: strict.decode(body) }
    } catch {
      // No UTF-8: its bytes have to survive.
    }
  }
  return { body: body.toString('base64'), bodyEncoding: 'base64' }
}
