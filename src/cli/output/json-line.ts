/** The JSON line of a transfer, for --jsonl. Does not write it. */
import { constants } from 'node:buffer'
import { outcomeOf } from '../../bullmq/jobs/outcome.js'
import type { Attempt, Transfer } from '../../index.js'
import { redactUrl } from '../../redaction.js'
import type { Input } from '../input/input-line.js'
import type { BodyForm } from '../arguments/flags/run-draft.js'
import { FILESIZE_EXCEEDED } from '../../curl-codes.js'

/** The content of a JSON line. */
export interface LineContent {
  readonly input: Input
  readonly n: number
  readonly failed: boolean
  readonly path: string | undefined
  readonly withHeaders: boolean
  readonly body: BodyForm | undefined
  /** Attempts before those of the transfer, if it is not the first one for its request. */
  readonly earlier?: readonly Attempt[]
}

/** Returns the line of a transfer, with its line end. The transfer must still hold its handle. */
export function jsonLine(transfer: Transfer, content: LineContent): string {
  const { input, n, failed, path, withHeaders, body, earlier = [] } = content
  const outcome = outcomeOf(transfer, input.id, path)
  const { session } = transfer
  return `${JSON.stringify({
    ...(input.id !== undefined && { id: input.id }),
    n,
    ...outcome,
    attempts: [...earlier, ...outcome.attempts],
    ok: !failed,
    ...(session !== null && { session: session.name }),
    ...(transfer.cache !== null && { cache: transfer.cache }),
    ...(withHeaders && { headers: transfer.headers }),
    ...(withHeaders && Object.keys(transfer.trailers).length > 0 && { trailers: transfer.trailers }),
    ...(body !== undefined && inlined(transfer, body)),
  })}\n`
}

/** Returns the line of a request that was never sent, with its line end. */
export function lineOfUnsent(url: string, n: number, errno: number, error: string): string {
  const shown = redactUrl(url)
  const outcome = { url: shown, effectiveUrl: shown, ok: false, status: 0, errno, error, attempts: [] }
  return `${JSON.stringify({ n, ...outcome })}\n`
}

/**
 * The most characters that JSON needs for one byte (`\\u0000`). Below this bound, the length need not be
 * tried out.
 */
const MAX_ESCAPED = 6
/** Room for the rest of the line. Characters. */
const REST_OF_LINE = 2 ** 20

/**
 * True if the body fits into a line, because V8 limits the length of a string. If it does not, the transfer
 * is marked as failed.
 */
export function isInlinable(transfer: Transfer, form: BodyForm): boolean {
  const bytes = transfer.keptBytes
  if (bytes * MAX_ESCAPED + REST_OF_LINE < constants.MAX_STRING_LENGTH) return true
  try {
    const { length } = JSON.stringify(inlined(transfer, form))
    if (length + REST_OF_LINE < constants.MAX_STRING_LENGTH) return true
  } catch {
    // The body alone is too long.
  }
  if (transfer.errno === 0) {
    const message = `the body of ${String(bytes)} bytes makes a line longer than a string can be: write bodies to files (-o)`
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
      // The body is not UTF-8, so base64 keeps its bytes.
    }
  }
  return { body: body.toString('base64'), bodyEncoding: 'base64' }
}
