/**
 * The proxy pool by a clock of the test's: strategies, limits, cool-down, and what holds whatever happens to
 * it.
 */
import { inspect } from 'node:util'
import { expect } from 'chai'
import { OptionError } from '../../../../src/errors.js'
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
const name = (pool: ProxyPool, request?: ProxyRequest): string => take(pool, request).proxy.name
const until = (pool: ProxyPool, request?: ProxyRequest): number => {
  const wait = pool.acquire(request)
  expect(wait.proxy, 'nothing to be had').to.equal(null)
  return (wait as { until: number }).until
}

describe('ProxyPool', () => {
  beforeEach(() => {
    now = 0
  })

  describe('strategies', () => {
    it('round-robin takes one after the other, whatever is given back when', () => {
      const pool = make(3)
      const first = take(pool)
      expect([name(pool), name(pool), name(pool)]).to.deep.equal(['#2', '#3', '#1'])
      pool.release(first, 'ok')
      expect([name(pool), name(pool)]).to.deep.equal(['#2', '#3'])
    })

    it('random takes what the random number says', () => {
      const numbers = [0.99, 0, 0.5, 0.99]
      const pool = make(3, { strategy: 'random', random: () => numbers.shift() ?? 0 })
      expect([name(pool), name(pool), name(pool), name(pool)]).to.deep.equal(['#3', '#1', '#2', '#3'])
    })

    it('least-used takes the proxy with the fewest in flight, then the one that has rested longest', () => {
      const pool = make(3, { strategy: 'least-used' })
      const leases = [take(pool), take(pool), take(pool)]
      pool.release(leases[1] as ProxyLease, 'ok')
      expect(name(pool)).to.equal('#2')
      pool.release(leases[2] as ProxyLease, 'ok')
      pool.release(leases[0] as ProxyLease, 'ok')
      expect([name(pool), name(pool)]).to.deep.equal(['#3', '#1'])
    })

    it('sticky keeps the proxy of a key while it works, waits while it is busy, and leaves it when it fails', () => {
      const pool = make(2, { strategy: 'sticky', maxRequestsPerProxy: 1, coolDown: { baseMs: 100 } })
      const a = take(pool, { host: 'a' })
      expect(a.proxy.name).to.equal('#1')
      expect(until(pool, { host: 'a' }), 'its own is busy').to.equal(Infinity)
      const b = take(pool, { host: 'b' })
      pool.release(a, 'ok')
      expect(name(pool, { host: 'a' })).to.equal('#1')
      pool.release(b, 'failed')
      expect(until(pool, { host: 'b' }), 'its own is cooling, the other one busy').to.equal(100)
      now = 100
      expect(name(pool, { host: 'b' })).to.equal('#2')
    })

    it('sticky takes any key, and a request’s own key first', () => {
      const pool = make(3, { strategy: 'sticky', stickyBy: ({ url }) => url?.length })
      expect([name(pool, { url: 'aa' }), name(pool, { url: 'b' }), name(pool, { url: 'cc' })]).to.deep.equal([
        '#1',
        '#2',
        '#1',
      ])
      expect([name(pool, { url: 'aa', key: 'k' }), name(pool, { url: 'b', key: 'k' })]).to.deep.equal([
        '#3',
        '#3',
      ])
      pool.unbind('k')
      expect(name(pool, { key: 'k' })).to.equal('#2')
    })

    it('any strategy keeps the proxy of a key', () => {
      const pool = make(3)
      expect([name(pool, { key: 1 }), name(pool), name(pool, { key: 1 }), name(pool)]).to.deep.equal([
        '#1',
        '#2',
        '#1',
        '#3',
      ])
    })

    it('a function gets those that may be used, and chooses once for each request', () => {
      let calls = 0
      const pool = make(3, {
        maxRequestsPerProxy: 1,
        strategy: ({ url }, available) => {
          calls++
          return url === 'wait' ? undefined : available.at(-1)
        },
      })
      const request = { url: 'x' }
      expect(pool.opensAt(request)).to.equal(0)
      expect(name(pool, request)).to.equal('#3')
      expect(calls).to.equal(1)
      expect(name(pool, { url: 'y' })).to.equal('#2')
      expect(until(pool, { url: 'wait' })).to.equal(Infinity)
      const wrong = make(2, { strategy: () => ({ name: '', url: null, inFlight: 0 }) })
      expect(() => wrong.acquire()).to.throw(OptionError, 'none of the proxies')
    })
  })

  describe('limits', () => {
    it('keep to so many at once through each proxy', () => {
      const pool = new ProxyPool(['a:1', { url: 'b:1', maxRequests: 2 }], { maxRequestsPerProxy: 1 })
      const leases = [take(pool), take(pool), take(pool)]
      expect(leases.map(({ proxy }) => proxy.name)).to.deep.equal(['#1', '#2', '#2'])
      expect(until(pool)).to.equal(Infinity)
      pool.release(leases[0] as ProxyLease, 'ok')
      expect(name(pool)).to.equal('#1')
    })

    it('keep to so many starts in any span of time through each proxy', () => {
      const pool = make(2, { rateLimitPerProxy: '2/1s' })
      const leases = [take(pool), take(pool), take(pool), take(pool)]
      for (const lease of leases) pool.release(lease, 'ok')
      expect(until(pool)).to.equal(1000)
      now = 999
      expect(until(pool)).to.equal(1000)
      now = 1000
      expect([name(pool), name(pool)]).to.deep.equal(['#1', '#2'])
    })
  })

  describe('cool-down', () => {
    const policy = { baseMs: 100, factor: 2, maxMs: 350, tolerance: 2 }

    it('is longer each time, up to a bound; a success ends it all', () => {
      const pool = make(1, { coolDown: policy })
      const pauses: number[] = []
      for (let i = 0; i < 4; i++) {
        pool.release(take(pool), 'failed')
        pauses.push(until(pool) - now)
        now = until(pool)
      }
      expect(pauses).to.deep.equal([100, 200, 350, 350])
      pool.release(take(pool), 'ok')
      pool.release(take(pool), 'failed')
      expect(until(pool) - now).to.equal(100)
    })

    it('comes for what the server may be to blame for only after a few in a row', () => {
      const pool = make(1, { coolDown: policy })
      pool.release(take(pool), 'suspect')
      pool.release(take(pool), 'ok')
      pool.release(take(pool), 'suspect')
      expect(pool.opensAt()).to.equal(0)
      pool.release(take(pool), 'neutral')
      pool.release(take(pool), 'suspect')
      expect(until(pool)).to.equal(100)
    })

    it('comes once for all that were in flight', () => {
      const pool = make(1, { coolDown: policy })
      const leases = [take(pool), take(pool), take(pool)]
      for (const lease of leases) pool.release(lease, 'failed')
      expect(until(pool)).to.equal(100)
      expect(pool.stats()[0]).to.include({ failed: 3, failuresInARow: 1 })
    })

    it('ends with one request that tries, while nobody else does', () => {
      const pool = make(1, { coolDown: policy })
      const [old, failing] = [take(pool), take(pool)]
      pool.release(failing, 'failed')
      now = 100
      const trial = take(pool)
      expect(pool.stats()[0]).to.include({ onTrial: true, coolingUntil: null })
      expect(until(pool)).to.equal(Infinity)
      pool.release(old, 'ok')
      expect(until(pool), 'what was launched before proves nothing').to.equal(Infinity)
      pool.release(trial, 'neutral')
      const second = take(pool)
      expect(until(pool)).to.equal(Infinity)
      pool.release(second, 'ok')
      expect([name(pool), name(pool)]).to.deep.equal(['#1', '#1'])
    })

    it('is over for those, too, who ask at an earlier time after one for whom it was over', () => {
      const pool = make(1, { coolDown: { baseMs: 10 } })
      pool.release(take(pool), 'failed')
      expect(pool.acquire(undefined, 9)).to.deep.equal({ proxy: null, until: 10 })
      // A callback that begins another request takes the time anew; the batch that it is in goes on with the
      // time of its begin.
      expect(pool.opensAt(undefined, 11)).to.equal(11)
      expect(pool.opensAt(undefined, 9)).to.equal(9)
      expect(pool.acquire(undefined, 9).proxy).not.to.equal(null)
    })

    it('makes the others do the work', () => {
      const pool = make(3, { coolDown: policy })
      pool.release(take(pool), 'failed')
      expect([name(pool), name(pool), name(pool)]).to.deep.equal(['#2', '#3', '#2'])
      now = 100
      expect([name(pool), name(pool), name(pool)]).to.deep.equal(['#3', '#2', '#1'])
    })
  })

  it('gives another proxy than those that were tried, unless there is no other', () => {
    for (const strategy of ['round-robin', 'random', 'least-used'] as const) {
      const pool = make(3, { strategy, maxRequestsPerProxy: 1, coolDown: { baseMs: 50 } })
      const [a, b] = [take(pool), take(pool)]
      pool.release(a, 'ok')
      const tried = [a.proxy, b.proxy]
      const c = take(pool, { exclude: tried })
      expect(tried).not.to.include(c.proxy)
      expect(until(pool, { exclude: tried }), 'it is worth waiting for').to.equal(Infinity)
      pool.remove(c.proxy)
      expect(take(pool, { exclude: tried }).proxy).to.equal(a.proxy)
    }
  })

  it('takes proxies in and out at any time', () => {
    const pool = make(2)
    const lease = take(pool)
    const told: string[] = []
    const stop = pool.watch((proxy) => told.push(proxy.name))
    expect(pool.remove('http://user0:s3cret@gate:8000')).to.equal(1)
    expect(pool.remove('nobody')).to.equal(0)
    expect([name(pool), name(pool)]).to.deep.equal(['#2', '#2'])
    pool.release(lease, 'ok')
    expect(pool.remove('#2')).to.equal(1)
    expect(pool.size).to.equal(0)
    expect(until(pool)).to.equal(Infinity)
    const added = pool.add({ url: 'socks5h://new:1', name: 'new' })
    expect(name(pool)).to.equal('new')
    expect(pool.list()).to.deep.equal([added])
    expect(told).to.deep.equal(['#1', '#1', '#2', 'new'])
    stop()
    pool.remove(added)
    expect(told).to.have.length(4)
  })

  it('gives a lease back once', () => {
    const pool = make(1, { maxRequestsPerProxy: 1 })
    const lease = take(pool)
    pool.release(lease, 'ok')
    take(pool)
    pool.release(lease, 'failed')
    expect(until(pool)).to.equal(Infinity)
    pool.release({ proxy: lease.proxy, url: null }, 'ok')
    expect(pool.stats()[0]).to.include({ inFlight: 1, ok: 1, failed: 0 })
  })

  it('shows no credentials', () => {
    const pool = new ProxyPool([...urls(1), { url: null, options: { PROXYHEADER: ['X: s3cret'] } }])
    const lease = take(pool)
    const shown = [pool, pool.list(), pool.stats(), lease, lease.proxy]
    for (const thing of shown) {
      expect(inspect(thing, { depth: 9, showHidden: true })).not.to.include('s3cret')
      expect(JSON.stringify(thing)).not.to.include('s3cret')
    }
    expect(pool.stats()[0]).to.include({ name: '#1', url: 'http://***@gate:8000', inFlight: 1, uses: 1 })
    expect(lease.url).to.equal('http://user0:s3cret@gate:8000')
  })

  it('refuses what makes no sense, and shows no credentials then either', () => {
    const cases: [proxies: unknown, options: unknown, shown: string][] = [
      [[], {}, 'at least one'],
      ['http://u:s3cret@h:1', {}, 'an array'],
      [null, {}, 'an array'],
      [['ok:1', 'http://u:s3cret@h:x'], {}, 'proxies[1]: "http://***@h:x"'],
      [[5], {}, 'proxies[0]'],
      [[{ url: 'a:1', s3: 1 }], {}, '"s3" is none of'],
      [[{ url: 'a:1', maxRequests: 0 }], {}, 'maxRequests'],
      [[{ url: 'a:1', rateLimit: '0/s' }], {}, 'rateLimit'],
      [[{ url: 'a:1', options: 's3cret' }], {}, 'options'],
      [['a:1'], { strategy: 'best' }, 'strategy'],
      [['a:1'], { stickyBy: 'host' }, 'stickyBy'],
      [['a:1'], { maxRequestsPerProxy: -1 }, 'maxRequestsPerProxy'],
      [['a:1'], { rateLimitPerProxy: '60/x' }, 'rateLimitPerProxy'],
      [['a:1'], { statusCodes: [403, 'x'] }, 'statusCodes'],
      [['a:1'], { retries: -1 }, 'retries'],
      [['a:1'], { coolDown: { baseMs: NaN } }, 'coolDown.baseMs'],
      [['a:1'], { coolDown: { factor: 0 } }, 'coolDown.factor'],
      [['a:1'], { coolDown: { pause: 1 } }, '"pause" is none of'],
      [['a:1'], { what: 1 }, '"what" is none of'],
    ]
    for (const [proxies, options, shown] of cases) {
      const attempt = (): unknown => new ProxyPool(proxies as string[], options as ProxyPoolOptions)
      expect(attempt, shown).to.throw(OptionError, shown)
      expect(attempt).not.to.throw('s3cret')
    }
  })

  it('is quick with ten thousand proxies, most of them busy', () => {
    for (const strategy of ['round-robin', 'random', 'least-used'] as const) {
      const pool = make(10_000, { strategy, maxRequestsPerProxy: 1 })
      for (let i = 0; i < 9_999; i++) take(pool)
      const started = performance.now()
      for (let i = 0; i < 20_000; i++) pool.release(take(pool), 'ok')
      // 20,000 looks at 10,000 proxies each would take seconds.
      expect(performance.now() - started).to.be.lessThan(1000)
    }
  })
})
