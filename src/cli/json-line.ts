/**
 * --jsonl: one line of JSON for a transfer. Does not know where it goes.
 */
import { outcomeOf } from '../bullmq/outcome.js'
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
  const outcome = outcomeOf(transfer, input.id, path)
  const { session } = transfer
  return `${JSON.stringify({
    ...(input.id !== undefined && { id: input.id }),
    n,
    ...outcome,
    ok: !failed,
    ...(session !== null && { session: session.name }),
    ...(withHeaders && { headers: transfer.headers }),
    ...(withHeaders && Object.keys(transfer.trailers).length > 0 && { trailers: transfer.trailers }),
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
