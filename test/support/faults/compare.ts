/**
 * Compares what the servers saw and what came back in two runs of the same steps, except for intended
 * differences and matters of timing. Does not depend on libcurl's options.
 */
import type { FaultRecord } from './wire.js'
import { isGivenUp, type Observed, type Row } from './run.js'
import type { Step } from './steps.js'

/** The first difference between two runs. */
export interface Divergence {
  /** The index of the step; -1 for a difference after all steps. */
  readonly step: number
  /**
   * The name of the difference: `outcome`, `requests`, `head`, `body`, `via`, `jars`, or a value that a
   * callback can see.
   */
  readonly what: string
  readonly pool: unknown
  readonly fresh: unknown
}

/**
 * Replaces values that a client invents: multipart boundaries, and parts of a digest. The nonce count is
 * replaced, too, because it includes requests sent in vain on a dead connection.
 */
function blurred(text: string): string {
  return text
    .replace(/(boundary=|--)[-\w'()+,./:=?]{16,}/g, '$1BOUNDARY')
    .replace(/(cnonce|response)="[^"]*"/g, '$1="?"')
    .replace(/\bnc=\d{8}/g, 'nc=?')
}

/**
 * The differences that are allowed in a step. What an aborted or broken transfer has received depends on
 * timing.
 */
interface Leeway {
  readonly bodies: boolean
  readonly requests: boolean
  readonly results: boolean
  /**
   * True if two things go wrong and timing decides which one comes first: a failing user function, and a
   * connection that breaks.
   */
  readonly isDouble: boolean
}

const TIMED_OUT = '28'
const SUCCESS = '0'
/** The outcomes when a user's source or function fails. */
const OWN_FAILURES = ['26', '42']

function leewayOf(step: Step): Leeway {
  const { conduct } = step
  const { end, proxy } = step.plan
  const isUpload =
    conduct.kind === 'upload' || (conduct.kind === 'throws' && conduct.where === 'READFUNCTION')
  const isCut =
    end.kind === 'early' ||
    end.kind === 'cutBody' ||
    end.kind === 'cutHead' ||
    end.kind === 'garbage' ||
    end.kind === 'die' ||
    end.kind === 'badChunk'
  const isReading =
    (conduct.kind === 'upload' && conduct.fails) ||
    (conduct.kind === 'throws' && conduct.where === 'READFUNCTION')
  // A connection that is reset at once may be reset before or after libcurl has called the progress function
  // for it.
  const isWatching = conduct.kind === 'throws' && conduct.where === 'XFERINFOFUNCTION'
  const isBroken = end.kind !== 'answer' || proxy.kind !== 'pass'
  return {
    requests: isGivenUp(step),
    bodies: isGivenUp(step) || isUpload || isCut || proxy.kind !== 'pass',
    results: isGivenUp(step) || (isUpload && isBroken),
    isDouble: (isReading && isBroken) || (isWatching && end.kind === 'die' && end.when === 'accepted'),
  }
}

/** A body of unknown length for HTTP 1.0: libcurl refuses it only when it is connected. */
const REFUSED = '25'

/** True if timing decides which of the two outcomes happens. */
function isEither(step: Step, pool: string, fresh: string): boolean {
  if (step.conduct.kind === 'timeout') return pool === TIMED_OUT || fresh === TIMED_OUT
  const { end } = step.plan
  if (end.kind === 'die' && end.when === 'accepted' && [pool, fresh].includes(REFUSED)) return true
  const isOwn = [pool, fresh].some((outcome) => OWN_FAILURES.includes(outcome))
  if (!isOwn || !leewayOf(step).isDouble) return false
  // With a response to the head alone, the outcome can also be success.
  return end.kind === 'early' || (pool !== SUCCESS && fresh !== SUCCESS)
}

/**
 * Removes requests that libcurl has sent twice. If a reused connection ends without a response, libcurl
 * assumes that it was closed before the request, and sends the request again elsewhere. A request counts as
 * resent only if both are equal byte by byte.
 */
function withoutResent(records: readonly FaultRecord[]): FaultRecord[] {
  return records.filter((record, i) => {
    const next = records[i + 1]
    if (next === undefined || !record.isReused || record.isAnswered) return true
    return blurred(next.head) !== blurred(record.head) || !isPrefix(record.body, next.body)
  })
}

/**
 * True if the tunnel was refused by a header function in one run only: through an existing tunnel there are
 * no CONNECT headers that the function could refuse.
 */
function isRefusedTunnel(
  { conduct }: Step,
  ours: readonly FaultRecord[],
  theirs: readonly FaultRecord[],
): boolean {
  const isRefusing = conduct.kind === 'throws' && conduct.where === 'HEADERFUNCTION'
  return isRefusing && theirs.length === 0 && ours.length === 1 && / (for|to) /.test(ours[0]?.via ?? '')
}

function isPrefix(one: string, other: string): boolean {
  const [a, b] = [blurred(one), blurred(other)]
  return a.startsWith(b) || b.startsWith(a)
}

function compareStep(index: number, step: Step, pool: Observed, fresh: Observed): Divergence | null {
  const differs = (what: string, one: unknown, other: unknown): Divergence => ({
    step: index,
    what,
    pool: one,
    fresh: other,
  })
  const leeway = leewayOf(step)
  const ours = withoutResent(pool.records)
  const theirs = withoutResent(fresh.records)
  if (isRefusedTunnel(step, ours, theirs)) return null
  const common = Math.min(ours.length, theirs.length)
  for (let i = 0; i < common; i++) {
    const [one, other] = [ours[i]!, theirs[i]!]
    const heads = [blurred(one.head), blurred(other.head)]
    if (leeway.requests ? !isPrefix(one.head, other.head) : heads[0] !== heads[1])
      return differs('head', ...(heads as [string, string]))
    if (blurred(one.via) !== blurred(other.via)) return differs('via', one.via, other.via)
    const mayBeCut = leeway.bodies || !one.isWhole || !other.isWhole
    const isSame = mayBeCut ? isPrefix(one.body, other.body) : blurred(one.body) === blurred(other.body)
    if (!isSame) return differs('body', one.body, other.body)
  }
  if (ours.length !== theirs.length && !leeway.requests)
    return differs(
      'requests',
      ours.map(({ head }) => head),
      theirs.map(({ head }) => head),
    )
  if (pool.outcome !== fresh.outcome && !isEither(step, pool.outcome, fresh.outcome))
    return differs('outcome', pool.outcome, fresh.outcome)
  if (leeway.results) return null
  for (const key of Object.keys(fresh.result)) {
    const [one, other] = [pool.result[key], fresh.result[key]]
    // Through an existing tunnel, no CONNECT is sent.
    if (key === 'HTTP_CONNECTCODE' && one === 0 && ours.some(({ isReused }) => isReused)) continue
    if (JSON.stringify(one) !== JSON.stringify(other)) return differs(key, one, other)
  }
  return null
}

/** Returns the first difference, or null if the same happened in both runs. */
export function compareRows(steps: readonly Step[], pool: Row, fresh: Row): Divergence | null {
  for (const [index, step] of steps.entries()) {
    const divergence = compareStep(index, step, pool.steps[index]!, fresh.steps[index]!)
    if (divergence !== null) return divergence
  }
  const jars = [JSON.stringify(pool.jars), JSON.stringify(fresh.jars)]
  return jars[0] === jars[1] ? null : { step: -1, what: 'jars', pool: pool.jars, fresh: fresh.jars }
}
