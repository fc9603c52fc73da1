/** How many connections are worth keeping, against a model of libcurl's pool: the one that has been idle for longest goes. */
import { expect } from 'chai'
import fc from 'fast-check'
import { ReuseWatch } from '../../../src/engine/reuse-watch.js'

const USUAL = 1024
const MOST = 10_000
/** Between two requests, in ms. */
const STEP = 1

describe('unit: reuse watch', () => {
  const prefix = fc.stringMatching(/^[a-z]{1,12}$/)
  const urls = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `http://${name}${String(i)}.test/page/${String(i)}?a=b`)

  /** A pool that closes what has been idle for longest, and the watch that says how much it keeps. */
  class Pool {
    readonly watch = new ReuseWatch()
    asked = 0
    private readonly open = new Map<string, true>()
    private now = 0

    constructor(
      private readonly step = STEP,
      private readonly closes = false,
    ) {}

    /** Asks all of them, and gives how many had to connect. */
    request(all: Iterable<string>): number {
      let connects = 0
      for (const url of all) {
        const { host } = new URL(url)
        const hasConnected = !this.open.delete(host)
        if (hasConnected) connects++
        if (!this.closes) this.open.set(host, true)
        this.now += this.step
        if (this.watch.isWatched(url)) {
          this.watch.note({
            url,
            now: this.now,
            usual: USUAL,
            most: MOST,
            hasConnected: () => {
              this.asked++
              return hasConnected
            },
          })
        }
        while (this.open.size > Math.max(USUAL, this.watch.wanted))
          this.open.delete(this.open.keys().next().value as string)
      }
      return connects
    }
  }

  it('over more hosts than are kept, in turn, finds all of them before long', () => {
    fc.assert(
      fc.property(prefix, fc.integer({ min: 1030, max: 7000 }), (name, count) => {
        const all = urls(name, count)
        const pool = new Pool()
        expect(pool.request(all)).to.equal(count)
        pool.request(all)
        for (let round = 0; round < 3; round++) pool.request(all)
        expect(pool.request(all)).to.equal(0)
        expect(pool.watch.wanted).to.be.within(count, Math.min(MOST, 2 * count))
      }),
      { numRuns: 25 },
    )
  })

  it('in random order, finds most of them', () => {
    fc.assert(
      fc.property(prefix, fc.integer({ min: 2000, max: 5000 }), fc.integer(), (name, count, seed) => {
        const all = urls(name, count)
        let state = seed | 0
        const random = (): number => {
          state = (Math.imul(state, 1664525) + 1013904223) | 0
          return (state >>> 8) % count
        }
        const shuffled = (): string[] => Array.from({ length: 4 * count }, () => all[random()] as string)
        const pool = new Pool()
        pool.request(shuffled())
        expect(pool.request(shuffled())).to.be.below(0.2 * 4 * count)
      }),
      { numRuns: 10 },
    )
  })

  it('keeps no more for hosts that are asked once, nor for more of them than may be kept; asks nothing of libcurl for either', () => {
    const pool = new Pool()
    pool.request(urls('once', 30_000))
    expect(pool.watch.wanted).to.equal(0)
    expect(pool.asked).to.equal(0)
    for (let round = 0; round < 3; round++) pool.request(urls('again', 15_000))
    expect(pool.watch.wanted).to.equal(0)
    expect(pool.asked).to.equal(0)
  })

  it('forgets it when they are not asked again any more', () => {
    const pool = new Pool()
    for (let round = 0; round < 3; round++) pool.request(urls('again', 3000))
    const { wanted } = pool.watch
    expect(wanted).to.be.within(3000, 6000)
    pool.request(urls('once', 3 * wanted))
    expect(pool.watch.wanted).to.equal(0)
    pool.request(urls('again', 3000))
    pool.request(urls('again', 3000))
    expect(pool.watch.wanted).to.be.within(3000, 6000)
  })

  it('not for hosts that are asked again after their connections would have been too old', () => {
    const pool = new Pool(118_000 / 3000)
    for (let round = 0; round < 4; round++) pool.request(urls('late', 3200))
    expect(pool.watch.wanted).to.equal(0)
  })

  it('where servers close their connections, grows no further than it may', () => {
    const pool = new Pool(STEP, true)
    for (let round = 0; round < 20; round++) pool.request(urls('closing', 2000))
    expect(pool.watch.wanted).to.be.within(2000, MOST)
  })

  it('few hosts cost nothing but the look whether they are watched', () => {
    const pool = new Pool()
    for (let round = 0; round < 100; round++) pool.request(urls('few', 700))
    expect([pool.asked, pool.watch.wanted]).to.deep.equal([0, 0])
  })

  it('one host is watched once, whatever its path', () => {
    const watched = urls('w', 200).filter((url) => new ReuseWatch().isWatched(url))
    expect(watched.length).to.be.within(4, 30)
    const watch = new ReuseWatch()
    const [url] = watched as [string]
    const of = (path: string): string => new URL(path, url).href
    const hasConnected = (): boolean => true
    watch.note({ url, now: 0, usual: USUAL, most: MOST, hasConnected })
    expect([url, of('/'), of('/other')].filter((each) => watch.isWatched(each))).to.deep.equal([])
    expect(new ReuseWatch().isWatched(of('/other'))).to.equal(true)
  })
})
