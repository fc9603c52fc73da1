/**
 * Compares two rows of what the fault servers saw and what came back, but for what differs by design or is a matter of time. Does not
 * know libcurl's options.
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

/** What a client makes up: boundaries, and its part of a digest. */
function blurred(text: string): string {
  return text
    .replace(/(boundary=|--)[-\w'()+,./:=?]{16,}/g, '$1BOUNDARY')
    .replace(/(cnonce|response)="[^"]*"/g, '$1="?"')
}

/** How far two may differ: what a break or an abort cuts depends on what had arrived. */
interface Leeway {
  readonly bodies: boolean
  readonly requests: boolean
  readonly results: boolean
  /** Two things go wrong, and which comes first is a matter of time: a source that fails, a connection that breaks under it. */
  readonly outcomes: boolean
}

const TIMED_OUT = '28'

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
  const isDouble = isUpload && (end.kind !== 'answer' || proxy.kind !== 'pass')
  return {
    requests: isGivenUp(step),
    bodies: isGivenUp(step) || isUpload || isCut || proxy.kind !== 'pass',
    results: isGivenUp(step) || isDouble,
    outcomes: isDouble,
  }
}

/**
 * On a connection that had been used before, libcurl takes the end of one that has not answered for an end that had come before its
 * request, and sends that again elsewhere. What was sent in vain is the same, byte by byte, or it is told of here.
 */
function withoutResent(records: readonly FaultRecord[]): FaultRecord[] {
  return records.filter((record, i) => {
    const next = records[i + 1]
    if (next === undefined || !record.isReused || record.isAnswered) return true
    return blurred(next.head) !== blurred(record.head) || !isPrefix(record.body, next.body)
  })
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
  const isTimed = step.conduct.kind === 'timeout' && [pool.outcome, fresh.outcome].includes(TIMED_OUT)
  if (pool.outcome !== fresh.outcome && !isTimed && !leeway.outcomes)
    return differs('outcome', pool.outcome, fresh.outcome)
  if (leeway.results) return null
  for (const key of Object.keys(fresh.result)) {
    const [one, other] = [pool.result[key], fresh.result[key]]
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
