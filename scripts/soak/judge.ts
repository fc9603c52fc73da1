/**
 * Judges the outcome of a transfer: the body and headers must be its own, and a failure needs an explanation
 * in the generated data. Does not depend on how the transfer ran.
 */
import { capabilities } from '../../src/index.js'
import { answerOf, type SoakCase } from './case.js'

/** The outcome of a transfer. */
export interface Outcome {
  readonly errno: number
  readonly error: string
  readonly status: number
  /** The received body; null if it went elsewhere and was not kept. */
  readonly body: string | null
  /** The step number in the response's headers, if they were captured. */
  readonly step: string | undefined
  /** True if the body was not read to its end. */
  readonly isCutShort: boolean
}

const BROKEN = [1, 8, 18, 52, 55, 56, 61]
const NO_PROXY = [5, 7, 97]
const ABORTED = 42
const TIMED_OUT = 28
const READ_ERROR = 26
const WRITE_ERROR = 23
const TOO_LONG = 63
/** libuv reports only the reset, and libcurl 7.88 then does not read the response that arrived before it. */
const LOSES_ANSWERS = /^7\./.test(capabilities().versions['libcurl'] ?? '')
const TRANSIENT = new Set(['die', 'cutHead', 'cutBody', 'answer'])

/** Returns the error codes that the generated data explain. */
function explained(drawn: SoakCase): number[] {
  const { fault, isFaulty, sent, givenUp, plan } = drawn
  const errnos: number[] = []
  if (isFaulty) errnos.push(...BROKEN, ...NO_PROXY)
  if (fault !== null && !isOvercome(drawn)) errnos.push(...BROKEN)
  const isReset = plan.end.kind === 'answer' && plan.end.after === 'rst'
  // A redirect may lead to a kept connection that was reset. A GET or HEAD is then repeated, others fail.
  const mayMeetReset = plan.redirect !== null && sent !== null
  if (LOSES_ANSWERS && (isReset || mayMeetReset)) errnos.push(55, 56)
  if (sent?.kind === 'failing') errnos.push(ABORTED, READ_ERROR)
  switch (givenUp) {
    case 'signal':
    case 'abort':
    case 'destroys':
      errnos.push(ABORTED)
      break
    case 'WRITEFUNCTION':
      errnos.push(ABORTED, WRITE_ERROR)
      break
    case 'TIMEOUT_MS':
    case 'totalTimeoutMs':
      errnos.push(TIMED_OUT)
      break
    case 'maxBodySize':
      errnos.push(TOO_LONG)
      break
    case null:
  }
  return errnos
}

/** True if the retries are enough, so that the transfer must succeed. */
function isOvercome(drawn: SoakCase): boolean {
  const { fault, times, retries, sent, into, way, plan } = drawn
  if (fault === null || !TRANSIENT.has(fault.kind) || retries < times) return false
  const isSentAgain =
    sent === null || (!sent.isPost && !['text', 'form', 'bytes', 'failing'].includes(sent.kind))
  // Bytes given to a stream or a function cannot be taken back, and libcurl decides which method a redirect
  // gets.
  return isSentAgain && into !== 'onData' && way !== 'bodyStream' && plan.redirect === null
}

/**
 * True if a cut head can look like an empty response: a request that may change something is not sent again
 * to find out.
 */
const mayLookEmpty = ({ fault, sent }: SoakCase): boolean => fault?.kind === 'cutHead' && sent !== null

/**
 * True if the redirect leads to another host that asks for a login: credentials are not sent there, so the
 * transfer ends with 401.
 */
const isRefusedAway = ({ plan }: SoakCase): boolean =>
  plan.challenge !== null && plan.redirect?.to === 'other'

/** True if the transfer cannot succeed. */
function mustFail(drawn: SoakCase): boolean {
  const { fault, times, isHead, plan, givenUp, isFaulty } = drawn
  if (fault === null || times !== Infinity || isHead || plan.length === 0 || isFaulty) return false
  if (mayLookEmpty(drawn) || isRefusedAway(drawn)) return false
  return givenUp === null && ['die', 'cutHead', 'cutBody', 'garbage', 'badChunk'].includes(fault.kind)
}

/** Returns what is wrong with an outcome; null if nothing is. */
export function problemOf(drawn: SoakCase, outcome: Outcome): string | null {
  const { errno, error, body, isCutShort } = outcome
  if (errno !== 0) {
    if (!explained(drawn).includes(errno)) return `failed with ${errno} (${error}), and nothing explains it`
    return body === null || isBeginning(drawn, body) ? null : `failed with a body of its own: ${shown(body)}`
  }
  if (isCutShort) return body === null || isBeginning(drawn, body) ? null : `began with ${shown(body)}`
  if (mustFail(drawn)) return 'went well, and cannot have'
  return bodyProblem(drawn, outcome)
}

function bodyProblem(drawn: SoakCase, { status, body, step }: Outcome): string | null {
  const { plan, fault, isFaulty, proxy, isHead } = drawn
  const isRefused = isFaulty && proxy !== null && [403, 407, 502].includes(status)
  if (isRefused)
    return body === null || body === 'no' || body === '' ? null : `was refused with ${shown(body)}`
  const isEarly = fault?.kind === 'early' && [null, isHead ? '' : 'early'].includes(body)
  if (isRefusedAway(drawn) && status === 401) return null
  const honest = plan.end.kind === 'answer' ? plan.end.status : 200
  if (isEarly) return null
  const statuses = [honest, ...(fault === null ? [] : [200, 503]), ...(plan.isResumable ? [206] : [])]
  if (!statuses.includes(status)) return `has status ${status} in the place of ${honest}`
  if (step !== undefined && step !== String(drawn.id)) return `has the headers of ${step}`
  if (mayLookEmpty(drawn) && body === '') return null
  const expected = isHead || status === 204 ? '' : answerOf(drawn)
  return body === null || body === expected ? null : `has ${shown(body)} in the place of ${shown(expected)}`
}

/** True if the body of a failed transfer is the beginning of one of its own responses. */
function isBeginning(drawn: SoakCase, body: string): boolean {
  const { fault, isFaulty, proxy, plan } = drawn
  const others = [
    ...(fault?.kind === 'early' ? ['early'] : []),
    ...(isFaulty && proxy !== null ? ['no'] : []),
    ...(plan.redirect === null ? [] : ['moved']),
    ...(plan.challenge === null ? [] : ['who']),
    ...(fault?.kind === 'badChunk' ? ['hello'] : []),
    ...(fault?.kind === 'garbage' ? ['nothing of the kind'] : []),
  ]
  return [answerOf(drawn), ...others].some((answer) => answer.startsWith(body))
}

const shown = (body: string): string => `${JSON.stringify(body.slice(0, 60))} (${body.length} bytes)`
