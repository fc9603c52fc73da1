/** Compares the targets with the measurements. Does not measure. */
import {
  cpuMicroseconds,
  median,
  peakRss,
  ratio,
  requestsPerSecond,
  samplesOf,
  type Measured,
} from '../measure/measure.js'
import type { Facts } from '../measure/probes.js'
import { markdown } from './report.js'
import { FLOOR, FLOOR_WITH_HEADERS } from '../scenarios.js'

interface Target {
  readonly what: string
  readonly node20: number
  readonly node24: number
  /** True if the target is an upper bound; by default it is a lower bound. */
  readonly isUpperBound?: boolean
  /** Returns the measured value; undefined if it was not measured. */
  readonly value: (find: Find, facts: Partial<Facts>) => Value | undefined
}

/**
 * A ratio of throughputs comes with the inverse ratio of CPU per request, which is less affected by noise on
 * a busy machine, and with the ratio of the bare loop over node-libcurl, if that was measured: nothing built
 * on node-libcurl can be faster.
 */
type Value =
  | number
  | {
      readonly value: number
      readonly cpu?: number
      readonly floor: number | undefined
      readonly ofFloor: number | undefined
    }

/** If the bare loop itself misses a target, this share of the bare loop is enough. */
const NEAR_FLOOR = 0.9

type Find = (scenario: string, client: string) => Measured | undefined

const versus =
  (scenario: string, a: string, b: string) =>
  (find: Find): Value | undefined => {
    const [first, second] = [find(scenario, a), find(scenario, b)]
    if (!first || !second) return undefined
    const bare = find(scenario, a.endsWith('+headers') ? FLOOR_WITH_HEADERS : FLOOR)
    return {
      value: ratio(first, second, requestsPerSecond),
      cpu: ratio(second, first, cpuMicroseconds),
      floor: bare && ratio(bare, second, requestsPerSecond),
      // By CPU: the same work with less noise.
      ofFloor: bare && ratio(bare, first, cpuMicroseconds),
    }
  }

/**
 * Returns how much more CPU a request takes at 5,000 in flight than at 50, for this library and for the bare
 * loop.
 */
const atFiveThousand = (find: Find): Value | undefined => {
  const cost = (scenario: string, client: string): number => {
    const found = find(scenario, client)
    return median(found === undefined ? [] : samplesOf(found).map(cpuMicroseconds))
  }
  const [many, few] = [cost('slow-5000', 'startRequest'), cost('1k-50', 'startRequest')]
  if (Number.isNaN(many / few)) return undefined
  const bare = cost('slow-5000', FLOOR)
  return { value: many / few, floor: bare / cost('1k-50', FLOOR), ofFloor: bare / many }
}

/** Returns how much CPU a request of `a` takes, as a multiple of one of `b`. */
const cpuOver =
  (scenario: string, a: string, b: string) =>
  (find: Find): number | undefined => {
    const [first, second] = [find(scenario, a), find(scenario, b)]
    return first && second && ratio(first, second, cpuMicroseconds)
  }

const atPace = (_: Find, { pace, floorPace }: Partial<Facts>): Value | undefined =>
  pace === undefined || floorPace === undefined
    ? undefined
    : { value: pace, floor: floorPace, ofFloor: floorPace / pace }

const rssOverC = (find: Find): number | undefined => {
  const [ours, c] = [find('slow-5000', 'startRequest'), find('slow-5000', 'C')]
  return ours && c ? (peakRss(ours) - peakRss(c)) / 5000 : undefined
}

const atLeast = (what: string, node20: number, node24: number, value: Target['value']): Target => ({
  what,
  node20,
  node24,
  value,
})
const atMost = (what: string, node20: number, node24: number, value: Target['value']): Target => ({
  what,
  node20,
  node24,
  value,
  isUpperBound: true,
})

const TARGETS: readonly Target[] = [
  atLeast('1 KiB, 50 in flight: startRequest / undici', 1.3, 2.1, versus('1k-50', 'startRequest', 'undici')),
  atLeast('startRequest / curly', 2.0, 2.2, versus('1k-50', 'startRequest', 'curly')),
  atLeast('startRequest / fetch', 5, 5, versus('1k-50', 'startRequest', 'fetch')),
  atLeast('startRequest / C', 0.38, 0.55, versus('1k-50', 'startRequest', 'C')),
  atLeast(
    'startRequest / node-libcurl floor',
    NEAR_FLOOR,
    NEAR_FLOOR,
    versus('1k-50', 'startRequest', FLOOR),
  ),
  atLeast('100 KiB: startRequest / undici', 2, 2, versus('100k', 'startRequest', 'undici')),
  atLeast('10 MiB: startRequest / undici', 2, 2, versus('10m', 'startRequest', 'undici')),
  atLeast('stream / startRequest', 0.9, 0.9, versus('1k-50', 'stream', 'startRequest')),
  atLeast('request / startRequest', 0.9, 0.9, versus('1k-50', 'request', 'startRequest')),
  atLeast(
    'captureHeaders: startRequest / undici',
    1.0,
    1.3,
    versus('1k-50', 'startRequest+headers', 'undici'),
  ),
  atLeast('1 in flight: startRequest / undici', 1.4, 1.4, versus('1k-1', 'startRequest', 'undici')),
  atMost('5,000 in flight: CPU of a request / at 50', 2, 1.5, atFiveThousand),
  atMost('5,000 in flight: RSS each over C, KiB', 60, 60, rssOverC),
  atMost(
    'CPU of headers: startRequest / node-libcurl floor',
    1.05,
    1.05,
    cpuOver('1k-50', 'startRequest+headers', FLOOR_WITH_HEADERS),
  ),
  atMost(
    '1 KiB: CPU of createFetch / undici fetch',
    1.2,
    1.2,
    cpuOver('1k-50', 'createFetch', 'undici fetch'),
  ),
  atMost('100 KiB: CPU of createFetch / undici fetch', 1, 1, cpuOver('100k', 'createFetch', 'undici fetch')),
  atMost('100 x 100 ms, 20 in flight: time / ideal', 1.05, 1.05, atPace),
  atMost('100,000 not awaited: heap each, bytes', 600, 600, (_, facts) => facts.heapPerPending),
  atMost('import: time / that of node-libcurl', 1.3, 1.3, (_, facts) => facts.importRatio),
]

export function targetTable(all: readonly Measured[], facts: Partial<Facts>): string {
  const isModern = Number(process.versions.node.split('.')[0]) >= 24
  const find: Find = (scenario, client) =>
    all.find((each) => each.scenario === scenario && each.client === client && each.rounds.length > 0)
  const rows = TARGETS.flatMap(({ what, node20, node24, isUpperBound = false, value }) => {
    const found = value(find, facts)
    if (found === undefined) return []
    const measured = typeof found === 'number' ? found : found.value
    const target = isModern ? node24 : node20
    const isMet = isUpperBound ? measured <= target : measured >= target
    const sign = isUpperBound ? '<=' : '>='
    const { cpu, floor, ofFloor } =
      typeof found === 'number' ? { cpu: undefined, floor: undefined, ofFloor: undefined } : found
    const floorMeets = floor === undefined || (isUpperBound ? floor <= target : floor >= target)
    const isBeyond = !floorMeets && (ofFloor ?? 0) >= NEAR_FLOOR
    return [
      [
        what,
        measured >= 100 ? measured.toFixed(0) : measured.toFixed(2),
        cpu?.toFixed(2) ?? '',
        `${sign} ${target}`,
        floor?.toFixed(2) ?? '',
        ofFloor?.toFixed(2) ?? '',
        isMet ? 'yes' : isBeyond ? 'beyond the floor' : 'NO',
      ],
    ]
  })
  return rows.length === 0
    ? ''
    : `### Targets\n\n${markdown(['what', 'measured', 'by CPU', 'target', 'floor', 'of floor', 'met'], rows)}`
}
