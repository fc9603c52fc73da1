/**
 * --jsonl: one line of JSON for a transfer. Does not know where it goes.
 */
import { constants } from 'node:buffer'
import { outcomeOf } from '../../bullmq/outcome.js'
import type { Transfer } from '../../index.js'
import type { Input } from '../input/input-line.js'
import type { BodyForm } from '../settings/settings.js'
import { FILESIZE_EXCEEDED } from '../../curl-codes.js'

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

/** No byte takes more characters (`\\u0000`): below, nothing has to be tried. */
const MAX_ESCAPED = 6
/** For all else that a line says. Characters. */
const REST_OF_LINE = 2 ** 20

/**
 * Whether the body of a transfer can be in a line: V8's strings have an end. Where it cannot, the transfer
 * has failed.
 */
export function isInlinable(transfer: Transfer, form: BodyForm): boolean {
  const bytes = transfer.keptBytes
  if (bytes * MAX_ESCAPED + REST_OF_LINE < constants.MAX_STRING_LENGTH) return true
  try {
    const { length } = JSON.stringify(inlined(transfer, form))
    if (length + REST_OF_LINE < constants.MAX_STRING_LENGTH) return true
  } catch {
    // Too long even by itself.
  }
  if (transfer.errno === 0) {
    const message = `the body of ${String(bytes)} bytes makes a longer line than a string can be: write it to files (-o)`
    transfer.fail(FILESIZE_EXCEEDED, `Maximum file size exceeded: ${message}`, undefined)
  }
  return false
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
