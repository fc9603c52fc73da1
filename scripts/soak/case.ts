/**
 * One transfer of the soak as plain data, derived from the seed and its number. The client sends it, the
 * server answers it, and each side can derive what the other must do. Does not run transfers.
 */
import type { End, Plan } from '../../test/support/faults/plan.js'
import { answerText } from '../../test/support/faults/answers.js'
import { randomOf, type Random } from './random.js'

/** The method that starts the transfer. Transfers of `stream` run in batches. */
export type Way = 'callback' | 'promise' | 'stream' | 'bodyStream' | 'dedupe'

export interface Sent {
  readonly kind: 'text' | 'form' | 'bytes' | 'iterable' | 'blob' | 'file' | 'failing'
  readonly length: number
  /** True for POST where libcurl would use PUT. */
  readonly isPost: boolean
}

/** The user at the proxy; a pool has several. */
export type ProxyUse =
  { readonly kind: 'http' | 'tunnel' | 'socks'; readonly user: string } | { readonly kind: 'pool' }

export type Cookies = { readonly kind: 'jar'; readonly jar: number } | { readonly kind: 'own' | 'session' }

/** The way in which the client ends the transfer early. */
export type GivenUp =
  'signal' | 'abort' | 'TIMEOUT_MS' | 'totalTimeoutMs' | 'maxBodySize' | 'WRITEFUNCTION' | 'destroys'

export interface SoakCase {
  readonly id: number
  readonly way: Way
  /** True if the request has no options of its own, only the shared ones. */
  readonly isPlain: boolean
  /** True if the transfer goes to the servers that break connections and refuse proxies at random. */
  readonly isFaulty: boolean
  readonly host: 0 | 1
  readonly isHead: boolean
  readonly sent: Sent | null
  readonly login: 'user' | 'url' | 'bearer' | null
  readonly cookies: Cookies | null
  readonly proxy: ProxyUse | null
  readonly hasOwnAgent: boolean
  readonly into: 'memory' | 'file' | 'resumedFile' | 'onData'
  readonly capturesHeaders: boolean
  readonly acceptsGzip: boolean
  readonly retries: number
  readonly givenUp: GivenUp | null
  readonly afterMs: number
  /** True if the callback throws. */
  readonly throws: boolean
  readonly plan: Plan
  /** The faulty response in place of the honest one, for the first `times` responses. */
  readonly fault: End | null
  readonly times: number
}

export const JARS = 8
export const FILES = 4
/** The number of equal requests that are sent as one (dedupe). */
const COPIES = 4
const PROXY_USERS = 4
const LENGTHS = [0, 40, 300, 1_000, 5_000, 20_000, 120_000]
/** A body of up to this size fits into a socket's buffers, so that it arrives even before a reset. */
const SMALL = 5_000
export const SENT_LENGTHS = [0, 30, 1_000, 70_000]

export function answerOf({ id, plan }: SoakCase): string {
  return answerText(id, plan.length)
}

/** Returns the body to send: a repeated sentence. Several transfers send the same file. */
export function sentText(id: number, { kind, length }: Sent): string {
  const sentence = kind === 'file' ? `file ${id % FILES} is sent; ` : `sent by ${id}, and by nobody else; `
  return sentence.repeat(Math.ceil(length / sentence.length)).slice(0, length)
}

/** Returns the cookies that a jar or a header holds for a host; null if there are none. */
export function cookiesOf({ id, cookies }: SoakCase): string | null {
  if (cookies?.kind === 'jar') return `jar=${cookies.jar}`
  return cookies?.kind === 'own' ? `own=${id}` : null
}

function drawFault(random: Random): End {
  const how = random.pick(['fin', 'rst'] as const)
  return random.pick<() => End>([
    () => ({ kind: 'die', when: random.pick(['head', 'request'] as const), how }),
    () => ({ kind: 'cutHead', bytes: random.pick([3, 12, 17, 29, 46]), how }),
    () => ({ kind: 'cutBody', framing: random.pick(['length', 'chunked'] as const), how }),
    () => ({ kind: 'garbage' }),
    () => ({ kind: 'badChunk' }),
    () => ({ kind: 'early', status: random.pick([200, 413]) }),
    () => ({ kind: 'answer', status: 503, framing: 'length', version: '1.1', after: 'keep' }),
    () => ({ kind: 'stall', at: random.pick(['request', 'sentHead', 'sentBody'] as const) }),
  ])()
}

function drawEnd(random: Random, isSmall: boolean): End {
  const after = random.chance(0.75)
    ? ('keep' as const)
    : random.pick(isSmall ? (['close', 'fin', 'rst'] as const) : (['close', 'fin'] as const))
  return {
    kind: 'answer',
    status: random.chance(0.85) ? 200 : random.pick([204, 404, 410]),
    framing: random.pick(['length', 'length', 'chunked', 'close'] as const),
    version: random.chance(0.9) ? '1.1' : '1.0',
    after,
  }
}

function drawProxy(random: Random): ProxyUse {
  if (random.chance(0.4)) return { kind: 'pool' }
  return { kind: random.pick(['http', 'tunnel', 'socks'] as const), user: `user${random.below(PROXY_USERS)}` }
}

function drawSent(random: Random): Sent {
  return {
    kind: random.pick(['text', 'text', 'form', 'bytes', 'iterable', 'blob', 'file', 'failing'] as const),
    length: random.pick(SENT_LENGTHS),
    isPost: random.chance(0.5),
  }
}

function drawCookies(random: Random): Cookies {
  const kind = random.pick(['jar', 'jar', 'own', 'session'] as const)
  return kind === 'jar' ? { kind, jar: random.below(JARS) } : { kind }
}

const WAYS: readonly Way[] = ['callback', 'callback', 'callback', 'promise', 'stream', 'stream', 'bodyStream']
const GIVEN_UP: readonly GivenUp[] = [
  'signal',
  'signal',
  'abort',
  'TIMEOUT_MS',
  'totalTimeoutMs',
  'maxBodySize',
  'WRITEFUNCTION',
]

/** Returns the transfer with this number. `id` is the number of the first of several equal transfers. */
export function caseOf(seed: number, number: number): SoakCase {
  const first = number - (number % COPIES)
  if (!randomOf(seed, -1 - first).chance(0.06)) {
    const random = randomOf(seed, number)
    return drawCase(random, number, random.pick(WAYS))
  }
  const drawn = drawCase(randomOf(seed, first), first, 'dedupe')
  const fault = drawn.fault?.kind === 'stall' ? null : drawn.fault
  // Aborting one of the equal transfers must not affect the others.
  return { ...drawn, fault, givenUp: number === first + 1 && drawn.givenUp === 'signal' ? 'signal' : null }
}

function drawCase(random: Random, id: number, way: Way): SoakCase {
  const length = random.pick(LENGTHS)
  const base: SoakCase = {
    id,
    way,
    isFaulty: random.chance(0.06),
    host: random.chance(0.7) ? 0 : 1,
    throws: way === 'callback' && random.chance(0.01),
    fault: random.chance(0.15) ? drawFault(random) : null,
    times: random.pick([1, 1, 2, Infinity]),
    plan: { ...PLAN, length, end: drawEnd(random, length <= SMALL) },
    ...PLAIN,
  }
  const drawn = random.chance(0.2) ? base : drawOptions(random, base)
  // With a bad chunk, the file begins with other bytes than the response. A resumed download would mix both.
  if (drawn.fault?.kind === 'badChunk' && drawn.into === 'resumedFile') return { ...drawn, fault: null }
  if (drawn.fault?.kind !== 'stall' || ENDLESS.has(drawn.givenUp ?? 'WRITEFUNCTION')) return drawn
  // Without an early end, a stalled transfer would never end.
  return { ...drawn, fault: null }
}

const PLAN = { proxy: { kind: 'pass' }, redirect: null, challenge: null, cookies: [], gzip: true } as const
const PLAIN = {
  isPlain: true,
  isHead: false,
  sent: null,
  login: null,
  cookies: null,
  proxy: null,
  hasOwnAgent: false,
  into: 'memory',
  capturesHeaders: false,
  acceptsGzip: false,
  retries: 0,
  givenUp: null,
  afterMs: 0,
} as const
/** The early ends that also end a stalled transfer. */
const ENDLESS: ReadonlySet<GivenUp> = new Set(['signal', 'abort', 'TIMEOUT_MS', 'totalTimeoutMs'])

function drawOptions(random: Random, base: SoakCase): SoakCase {
  const { way } = base
  const isShared = way === 'dedupe'
  const isHead = random.chance(0.04)
  const sent = !isShared && !isHead && random.chance(0.35) ? drawSent(random) : null
  const login = random.chance(0.2) ? random.pick(['user', 'url', 'bearer'] as const) : null
  const cookies = random.chance(0.4) ? drawCookies(random) : null
  const into =
    isShared || way === 'bodyStream' || random.chance(0.85)
      ? 'memory'
      : random.pick(['file', 'resumedFile', 'onData'] as const)
  const challenge =
    login === 'user' && random.chance(0.4) ? random.pick(['basic', 'digest', 'both'] as const) : null
  const redirect = random.chance(0.1)
    ? {
        status: random.pick([301, 302, 303, 307, 308]),
        to: random.pick(['same', 'other'] as const),
        times: random.pick([1, 1, 2]),
      }
    : null
  const destroys = way === 'bodyStream' && random.chance(0.15)
  const isGivenUp = base.fault?.kind === 'stall' || random.chance(0.12)
  return {
    ...base,
    isPlain: false,
    isHead,
    sent,
    login,
    cookies,
    // A session has a proxy of its own, or that of the instance.
    proxy: random.chance(0.3) ? drawProxy(random) : null,
    hasOwnAgent: random.chance(0.2),
    into,
    capturesHeaders: random.chance(0.2),
    acceptsGzip: random.chance(0.2),
    retries: random.chance(0.4) ? random.pick([1, 2, 3]) : 0,
    givenUp: destroys ? 'destroys' : isGivenUp ? random.pick(GIVEN_UP) : null,
    afterMs: random.below(40),
    plan: { ...base.plan, redirect, challenge, isResumable: into === 'resumedFile' },
  }
}
