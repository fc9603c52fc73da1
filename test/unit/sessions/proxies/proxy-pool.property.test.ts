/**
 * The proxy pool in random orders of events: what holds whatever happens to it.
 */
import { expect } from 'chai'
import fc from 'fast-check'
import type { ProxyOutcome } from '../../../../src/sessions/proxies/pooled-proxy.js'
import type { ProxyPoolOptions, ProxyRequest } from '../../../../src/sessions/proxies/proxy-options.js'
import { ProxyPool, type ProxyLease } from '../../../../src/sessions/proxies/proxy-pool.js'

let now = 0
const urls = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `http://user${String(i)}:s3cret@gate:${String(8000 + i)}`)
const make = (count: number, options: ProxyPoolOptions = {}): ProxyPool =>
  new ProxyPool(urls(count), { clock: () => now, ...options })

function take(pool: ProxyPool, request?: ProxyRequest): ProxyLease {
  const lease = pool.acquire(request)
  if (lease.proxy === null) throw new Error(`no proxy until ${String(lease.until)}`)
  return lease
}

describe('ProxyPool in any order of events', () => {
  beforeEach(() => {
    now = 0
  })

  it('exceeds no limit, starts nothing early, and keeps no request waiting in vain', () => {
    const outcomes = fc.constantFrom<ProxyOutcome>('ok', 'ok', 'failed', 'suspect', 'neutral')
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constant('acquire' as const),
          key: fc.option(fc.nat(3)),
          avoid: fc.nat(3),
        }),
      },
      {
        weight: 4,
        arbitrary: fc.record({ do: fc.constant('release' as const), which: fc.nat(), outcome: outcomes }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(150) }) },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constantFrom('add' as const, 'remove' as const), which: fc.nat() }),
      },
    )
    const limits = { perMs: 100, requests: 3 }
    const max = 2
    const strategies = fc.constantFrom<NonNullable<ProxyPoolOptions['strategy']>>(
      'round-robin',
      'random',
      'least-used',
      'sticky',
      (_request, available) => available[available.length >> 1],
    )
    fc.assert(
      fc.property(strategies, fc.array(step, { maxLength: 120 }), (strategy, steps) => {
        now = 0
        const coolDown = { baseMs: 40, factor: 2, maxMs: 120, tolerance: 2 }
        const pool = make(3, {
          strategy,
          maxRequestsPerProxy: max,
          rateLimitPerProxy: limits,
          coolDown,
          random: () => 0.5,
        })
        const held: { lease: ProxyLease; period: number }[] = []
        const starts = new Map<unknown, number[]>()
        // The model's state of each proxy: only transfers that were launched after its last pause began
        // count.
        const known = new Map<
          unknown,
          { period: number; strikes: number; suspicions: number; until: number }
        >()
        const of = (proxy: unknown) => {
          const model = known.get(proxy) ?? { period: 0, strikes: 0, suspicions: 0, until: 0 }
          known.set(proxy, model)
          return model
        }
        const learn = (lease: ProxyLease, period: number, outcome: ProxyOutcome): void => {
          const model = of(lease.proxy)
          if (model.period !== period) return
          if (outcome === 'ok') model.strikes = model.suspicions = 0
          if (outcome === 'suspect') model.suspicions++
          // One that is being tried goes at the first suspicion.
          const fails = outcome === 'suspect' && (model.suspicions >= 2 || model.strikes > 0)
          if (outcome !== 'failed' && !fails) return
          model.until = now + Math.min(120, 40 * 2 ** model.strikes++)
          model.suspicions = 0
          model.period++
        }
        const check = (lease: ProxyLease): void => {
          const { proxy } = lease
          const list = starts.get(proxy) ?? []
          starts.set(proxy, [...list, now])
          expect(held.filter((other) => other.lease.proxy === proxy).length, 'in flight').to.be.lessThan(max)
          expect(list.filter((at) => at > now - limits.perMs).length, 'starts in a span').to.be.lessThan(
            limits.requests,
          )
          expect(of(proxy).until, 'cooled down').to.be.at.most(now)
          if (of(proxy).strikes > 0) {
            const trying = held.filter(
              ({ lease: { proxy: other }, period }) => other === proxy && period === of(proxy).period,
            )
            expect(trying, 'one at a time tries').to.deep.equal([])
          }
          expect(pool.list(), 'not removed').to.include(proxy)
          held.push({ lease, period: of(proxy).period })
        }
        for (const step of steps) {
          if (step.do === 'wait') now += step.ms
          else if (step.do === 'acquire') {
            const exclude = pool.list().slice(0, step.avoid)
            const request = { ...(step.key === null ? {} : { key: step.key }), exclude, host: 'h' }
            const opensAt = pool.opensAt(request)
            const lease = pool.acquire(request)
            if (lease.proxy === null) {
              expect(opensAt).to.equal(lease.until).and.be.greaterThan(now)
              // The wait has an end if nothing is in flight.
              if (held.length === 0 && pool.size > 0) expect(lease.until).to.be.lessThan(Infinity)
            } else {
              expect(opensAt).to.equal(now)
              if (step.key === null && exclude.length < pool.size && strategy !== 'sticky')
                expect(exclude, 'another one').not.to.include(lease.proxy)
              check(lease)
            }
          } else if (step.do === 'release') {
            const [entry] = held.splice(step.which % Math.max(1, held.length), 1)
            if (entry === undefined) continue
            pool.release(entry.lease, step.outcome)
            learn(entry.lease, entry.period, step.outcome)
          } else if (step.do === 'add') pool.add(`new:${String(1 + (step.which % 60000))}`)
          else pool.remove(pool.list()[step.which % Math.max(1, pool.size)] ?? '')
        }
        // Everything is given back: in the end every proxy can be had again.
        for (const { lease, period } of held.splice(0)) {
          pool.release(lease, 'ok')
          learn(lease, period, 'ok')
        }
        now += 1000
        expect(pool.stats().every(({ inFlight }) => inFlight === 0)).to.equal(true)
        const all = pool.size
        for (let i = 0; i < all; i++) check(take(pool))
      }),
      { numRuns: 300 },
    )
  })
})
