/**
 * Compares two rows of what the fault servers saw and what came back, but for what differs by design or is a
 * matter of time. Does not know libcurl's options.
 */
import type { FaultRecord } from './wire.js'
import { isGivenUp, type Observed, type Row } from './run.js'
import type { Step } from './steps.js'

/** The first thing in which two rows differ. */
export interface Divergence {
  /** -1: only in the end. */
  readonly step: number
  /** `outcome`, `requests`, `head`, `body`, `via`, `jars`, or the name of what a callback can see. */
  readonly what: string
  readonly pool: unknown
  readonly fresh: unknown
}

/**
 * What a client makes up: boundaries, and its part of a digest. It counts, too, what it sent in vain on a
 * connection that was dead.
 */
function blurred(text: string): string {
  return text
    .replace(/(boundary=|--)[-\w'()+,./:=?]{16,}/g, '$1BOUNDARY')
    .replace(/(cnonce|response)="[^"]*"/g, '$1="?"')
    .replace(/\bnc=\d{8}/g, 'nc=?')
}

/** How far two may differ: what a break or an abort cuts depends on what had arrived. */
interface Leeway {
  readonly bodies: boolean
  readonly requests: boolean
  readonly results: boolean
  /**
   * Two things go wrong, and which comes first is a matter of time: a function of the user's, a connection
   * that breaks under it.
   */
  readonly isDouble: boolean
}

const TIMED_OUT = '28'
const SUCCESS = '0'
/** What a source of the user's, and a function, that fail end a transfer with. */
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
  // A connection that is reset as soon as it is accepted is so before or after libcurl tells the progress of
  // having it.
  const isWatching = conduct.kind === 'throws' && conduct.where === 'XFERINFOFUNCTION'
  const isBroken = end.kind !== 'answer' || proxy.kind !== 'pass'
  return {
    requests: isGivenUp(step),
    bodies: isGivenUp(step) || isUpload || isCut || proxy.kind !== 'pass',
    results: isGivenUp(step) || (isUpload && isBroken),
    isDouble: (isReading && isBroken) || (isWatching && end.kind === 'die' && end.when === 'accepted'),
  }
}

/** libcurl refuses it once it is connected: a body of unknown length to HTTP 1.0. */
const REFUSED = '25'

/** Whether it is a matter of time which of these two it is. */
function isEither(step: Step, pool: string, fresh: string): boolean {
  if (step.conduct.kind === 'timeout') return pool === TIMED_OUT || fresh === TIMED_OUT
  const { end } = step.plan
  if (end.kind === 'die' && end.when === 'accepted' && [pool, fresh].includes(REFUSED)) return true
  const isOwn = [pool, fresh].some((outcome) => OWN_FAILURES.includes(outcome))
  if (!isOwn || !leewayOf(step).isDouble) return false
  // An answer to the head alone makes it a success.
  return end.kind === 'early' || (pool !== SUCCESS && fresh !== SUCCESS)
}

/**
 * On a connection that had been used before, libcurl takes the end of one that has not answered for an end
 * that had come before its request, and sends that again elsewhere. What was sent in vain is the same, byte
 * by byte, or it is told of here.
 */
function withoutResent(records: readonly FaultRecord[]): FaultRecord[] {
  return records.filter((record, i) => {
    const next = records[i + 1]
    if (next === undefined || !record.isReused || record.isAnswered) return true
    return blurred(next.head) !== blurred(record.head) || !isPrefix(record.body, next.body)
  })
}

/**
 * A function that refuses header lines refuses those of CONNECT: through a tunnel that is there already, none
 * come.
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
    // Through a tunnel that is there already, nobody asks for one.
    if (key === 'HTTP_CONNECTCODE' && one === 0 && ours.some(({ isReused }) => isReused)) continue
    if (JSON.stringify(one) !== JSON.stringify(other)) return differs(key, one, other)
  }
  return null
}

/** Null where the same happened on both. */
export function compareRows(steps: readonly Step[], pool: Row, fresh: Row): Divergence | null {
  for (const [index, step] of steps.entries()) {
    const divergence = compareStep(index, step, pool.steps[index]!, fresh.steps[index]!)
    if (divergence !== null) return divergence
  }
  const jars = [JSON.stringify(pool.jars), JSON.stringify(fresh.jars)]
  return jars[0] === jars[1] ? null : { step: -1, what: 'jars', pool: pool.jars, fresh: fresh.jars }
}
