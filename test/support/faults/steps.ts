/**
 * The steps of the differential test and their random generation. Steps are plain data, so that a failed run
 * can be printed and shrunk. Does not run steps.
 */
import fc from 'fast-check'
import { STAGES, type End, type Plan, type ProxyConduct, type Stage } from './plan.js'
import { OPTION_SETS, type OptionSetName } from './options.js'

/**
 * The target of a request: an address, a name (resolved by RESOLVE or CONNECT_TO), or a port that refuses.
 */
export type Target = 'one' | 'two' | 'resolved' | 'connectTo' | 'refused'

/** The actions of a client on its own transfer. */
export type Conduct =
  | { readonly kind: 'waits' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'abort'; readonly at: 'before' | 'launched' | Stage }
  /** A user's function throws, or returns libcurl's value for a failure. */
  | { readonly kind: 'throws'; readonly where: ThrowingFunction; readonly isError: boolean }
  | { readonly kind: 'upload'; readonly chunks: number; readonly isSized: boolean; readonly fails: boolean }

export type ThrowingFunction =
  'WRITEFUNCTION' | 'HEADERFUNCTION' | 'READFUNCTION' | 'XFERINFOFUNCTION' | 'DEBUGFUNCTION' | 'onData'

export type Post = 'none' | 'text' | 'empty' | 'form' | 'bytes' | 'long' | 'blob'

export interface Step {
  readonly target: Target
  /** True if the URL contains credentials. */
  readonly isLoggedIn: boolean
  readonly shared: readonly OptionSetName[]
  readonly own: readonly OptionSetName[]
  readonly post: Post
  readonly conduct: Conduct
  readonly plan: Plan
}

const constants = fc.constantFrom
const how = constants('fin' as const, 'rst' as const)
const weighted = <T>(...choices: readonly (readonly [number, fc.Arbitrary<T>])[]): fc.Arbitrary<T> =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })))

const answer: fc.Arbitrary<End> = fc.record({
  kind: fc.constant('answer' as const),
  status: weighted([6, fc.constant(200)], [4, constants(204, 304, 401, 404, 407, 416, 500, 503)]),
  framing: constants('length' as const, 'length' as const, 'chunked' as const, 'close' as const),
  version: weighted([5, fc.constant('1.1' as const)], [1, fc.constant('1.0' as const)]),
  after: weighted<'keep' | 'close' | 'fin' | 'rst'>(
    [5, fc.constant('keep' as const)],
    [2, constants('close' as const, 'fin' as const, 'rst' as const)],
  ),
})

const broken: fc.Arbitrary<End> = fc.oneof(
  fc.record({
    kind: fc.constant('die' as const),
    when: constants('accepted' as const, 'head' as const, 'request' as const),
    how,
  }),
  fc.record({ kind: fc.constant('cutHead' as const), bytes: constants(3, 12, 17, 22, 29, 46, 48), how }),
  fc.record({
    kind: fc.constant('cutBody' as const),
    framing: constants('length' as const, 'chunked' as const),
    how,
  }),
  constants<End[]>(
    { kind: 'garbage' },
    { kind: 'badChunk' },
    { kind: 'early', status: 413 },
    { kind: 'early', status: 200 },
  ),
)

const stalled: fc.Arbitrary<End> = fc.record({
  kind: fc.constant('stall' as const),
  at: constants('request' as const, 'sentHead' as const, 'sentBody' as const),
})

const proxies: fc.Arbitrary<ProxyConduct> = weighted<ProxyConduct>(
  [5, fc.constant({ kind: 'pass' })],
  [
    1,
    fc.record({
      kind: fc.constant('challenge' as const),
      scheme: constants('Basic' as const, 'Digest' as const),
    }),
  ],
  [
    2,
    fc.record({
      kind: fc.constant('refuse' as const),
      status: constants(403, 407, 502),
      keeps: fc.boolean(),
    }),
  ],
  [1, fc.record({ kind: fc.constant('die' as const), how })],
  [1, fc.record({ kind: fc.constant('cutHead' as const), how })],
)

const redirects = weighted<Plan['redirect']>(
  [6, fc.constant(null)],
  [
    2,
    fc.record({
      status: constants(301, 302, 303, 307, 308),
      to: constants('same' as const, 'other' as const),
      times: constants(1, 1, 2),
    }),
  ],
  [
    1,
    fc.record({
      status: fc.constant(302),
      to: constants('ftp' as const, 'file' as const, 'gopher' as const, 'refused' as const),
      times: fc.constant(1),
    }),
  ],
)

const cookies = weighted<readonly string[]>(
  [3, fc.constant([])],
  [
    2,
    fc.subarray(['a=1; Path=/', 'b=2', 'c=3; Domain=own.test; Path=/', 'a=; Max-Age=0; Path=/'], {
      maxLength: 2,
    }),
  ],
)

const plan = (end: fc.Arbitrary<End>): fc.Arbitrary<Plan> =>
  fc.record({
    proxy: proxies,
    redirect: redirects,
    challenge: weighted<Plan['challenge']>(
      [6, fc.constant(null)],
      [2, constants('basic' as const, 'digest' as const, 'both' as const, 'expect' as const)],
    ),
    cookies,
    gzip: fc.boolean(),
    end,
  })

/**
 * The moment of an abort depends on timing, and so do the cookies that have arrived. So these plans set none.
 */
const withoutCookies = (given: fc.Arbitrary<Plan>): fc.Arbitrary<Plan> =>
  given.map((plan) => ({ ...plan, cookies: [] }))

type Happening = Pick<Step, 'plan' | 'conduct'>
const WAITS: Conduct = { kind: 'waits' }

const happenings: fc.Arbitrary<Happening> = weighted<Happening>(
  [8, fc.record({ plan: plan(answer), conduct: fc.constant(WAITS) })],
  [8, fc.record({ plan: plan(broken), conduct: fc.constant(WAITS) })],
  [1, fc.record({ plan: withoutCookies(plan(stalled)), conduct: fc.constant<Conduct>({ kind: 'timeout' }) })],
  [
    1,
    fc.record({
      plan: withoutCookies(plan(answer)).map((plan): Plan => ({
        ...plan,
        proxy: { kind: 'stall' },
        end: { kind: 'stall', at: 'request' },
      })),
      conduct: fc.constant<Conduct>({ kind: 'timeout' }),
    }),
  ],
  [
    3,
    fc
      .record({
        plan: withoutCookies(plan(fc.oneof(stalled, stalled, answer))),
        conduct: fc.record({
          kind: fc.constant('abort' as const),
          at: constants<(Conduct & { kind: 'abort' })['at'][]>(
            'before',
            'launched',
            'accepted',
            'head',
            'request',
            'sentHead',
            'sentBody',
          ),
        }),
      })
      .map((given): Happening => reachable(given)),
  ],
  [
    4,
    fc.record({
      plan: withoutCookies(plan(fc.oneof(answer, answer, broken))),
      conduct: fc.record({
        kind: fc.constant('throws' as const),
        where: constants<ThrowingFunction[]>(
          'WRITEFUNCTION',
          'HEADERFUNCTION',
          'READFUNCTION',
          'XFERINFOFUNCTION',
          'DEBUGFUNCTION',
          'onData',
        ),
        isError: fc.boolean(),
      }),
    }),
  ],
  [
    3,
    fc.record({
      plan: plan(fc.oneof(answer, broken)),
      conduct: fc.record({
        kind: fc.constant('upload' as const),
        chunks: constants(0, 1, 3),
        isSized: fc.boolean(),
        fails: constants(true, true, false),
      }),
    }),
  ],
)

/** If the server stalls before the stage of the abort, the abort happens at the stall instead. */
function reachable({ plan, conduct }: { plan: Plan; conduct: Conduct & { kind: 'abort' } }): Happening {
  const order: readonly string[] = ['before', 'launched', ...STAGES]
  const { end } = plan
  if (end.kind !== 'stall' || order.indexOf(conduct.at) <= order.indexOf(end.at)) return { plan, conduct }
  return { plan, conduct: { kind: 'abort', at: end.at } }
}

const names = Object.keys(OPTION_SETS) as OptionSetName[]
const sets = (maxLength: number): fc.Arbitrary<OptionSetName[]> =>
  fc.uniqueArray(constants(...names), { maxLength })

const step = fc
  .record({
    target: weighted<Target>(
      [6, constants('one' as const, 'two' as const)],
      [2, constants('resolved' as const, 'connectTo' as const)],
      [1, fc.constant('refused' as const)],
    ),
    isLoggedIn: weighted([6, fc.constant(false)], [1, fc.constant(true)]),
    own: weighted([2, fc.constant<OptionSetName[]>([])], [5, sets(3)]),
    post: weighted<Post>(
      [5, fc.constant('none' as const)],
      [
        4,
        constants(
          'text' as const,
          'text' as const,
          'empty' as const,
          'form' as const,
          'bytes' as const,
          'long' as const,
          'blob' as const,
        ),
      ],
    ),
    happening: happenings,
  })
  .map(({ happening, ...rest }): Omit<Step, 'shared'> => ({ ...rest, ...happening }))

const BODIES: ReadonlySet<OptionSetName> = new Set([
  'post',
  'fields',
  'form',
  'reads',
  'uploads',
  'uploadsText',
])

function hasBody({ post, conduct, shared, own }: Step): boolean {
  if (post !== 'none' || conduct.kind === 'upload') return true
  if (conduct.kind === 'throws' && conduct.where === 'READFUNCTION') return true
  return [...shared, ...own].some((name) => BODIES.has(name))
}

/**
 * Removes `RESUME_FROM` from steps with a body. On a dead connection, libcurl 7.88 applies it twice when it
 * sends again; libcurl 8.22 refuses it only when it is connected, so that a new connection and a kept one
 * differ.
 */
function resumeWithoutBody(steps: readonly Step[]): Step[] {
  const without = (names: readonly OptionSetName[]): OptionSetName[] =>
    names.filter((name) => name !== 'resume')
  const first = steps[0]!
  const shared = steps.some(hasBody) ? without(first.shared) : first.shared
  return steps.map((step) => ({ ...step, shared, own: hasBody(step) ? without(step.own) : step.own }))
}

/**
 * Sequences of steps. Steps with the same shared options follow each other, so that handles are reused
 * without new configuration.
 */
export const sequences: fc.Arbitrary<Step[]> = fc
  .array(
    fc.tuple(
      weighted([2, fc.constant<OptionSetName[]>([])], [3, sets(2)]),
      fc.array(step, { minLength: 1, maxLength: 3 }),
    ),
    {
      minLength: 1,
      maxLength: 2,
    },
  )
  .map((runs) =>
    runs.flatMap(([shared, steps]) => resumeWithoutBody(steps.map((step): Step => ({ shared, ...step })))),
  )
