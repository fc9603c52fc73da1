/** The frontier of a crawl: what it keeps of URLs, in which order it gives them, and what a journal brings back. */
import fs, { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { Frontier, type Entry, type PageEnding } from '../../../src/crawling/frontier/frontier.js'
import { PositionLine } from '../../../src/crawling/frontier/position-line.js'
import { keyOfUrl, SeenSet } from '../../../src/crawling/frontier/seen-set.js'
import { temporaryFolder } from '../../support/programs/command.js'

const NO_FACTS = { via: [], cookies: '', isSeed: false, userData: undefined }

/** Lets a disk with room for a few bytes take every write, until it is freed. */
function fullDisk(room: number): { free: () => void } {
  const { writeSync, ftruncateSync } = fs
  let left = room
  const write = (file: number, bytes: Buffer, at: number): number => {
    const taken = Math.min(left, bytes.length - at)
    if (taken === 0) throw new Error('ENOSPC: no space left on device, write')
    left -= taken
    return writeSync(file, bytes, at, taken)
  }
  const truncate = (file: number, size: number): void => {
    left = room
    ftruncateSync(file, size)
  }
  Object.assign(fs, { writeSync: write, ftruncateSync: truncate })
  syncBuiltinESMExports()
  return {
    free: () => {
      Object.assign(fs, { writeSync, ftruncateSync })
      syncBuiltinESMExports()
    },
  }
}

describe('SeenSet', () => {
  it('holds what a map holds, in a few bytes for a URL', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2000), fc.integer({ min: 1, max: 255 })), { size: '+2' }),
        (steps) => {
          const set = new SeenSet()
          const map = new Map<string, number>()
          for (const [n, state] of steps) {
            const key = keyOfUrl(`http://h/${n}`)
            expect(set.get(key)).to.equal(map.get(key) ?? 0)
            set.set(key, state)
            map.set(key, state)
          }
          for (const [key, state] of map) expect(set.get(key)).to.equal(state)
        },
      ),
      { numRuns: 12 },
    )
    const set = new SeenSet()
    const count = 50_000
    for (let i = 0; i < count; i++) set.set(keyOfUrl(`http://h/${i}`), 1)
    let found = 0
    for (let i = count; i < 2 * count; i++) found += set.get(keyOfUrl(`http://h/${i}`))
    expect([found, set.bytes / count < 30]).to.deep.equal([0, true])
  })
})

describe('PositionLine', () => {
  it('gives its numbers back in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1500), fc.nat(1500)), { maxLength: 12 }), (steps) => {
        const line = new PositionLine()
        const model: number[] = []
        let next = 2 ** 40
        for (const [pushes, shifts] of steps) {
          for (let i = 0; i < pushes; i++) {
            line.push(next)
            model.push(next++)
          }
          const taken = Array.from({ length: Math.min(shifts, model.length) }, () => line.shift())
          expect(taken).to.deep.equal(model.splice(0, shifts))
          if (model.length === 0) expect(line.shift()).to.be.undefined
          expect(line.length).to.equal(model.length)
        }
      }),
      { numRuns: 12 },
    )
  })
})

describe('Frontier', () => {
  const folder = temporaryFolder()
  const open = (
    path: string | undefined,
    others: { retryFailed?: boolean; exactDepth?: boolean } = {},
  ): Frontier =>
    new Frontier({ path, retryFailed: false, exactDepth: false, onSeed: () => undefined, ...others })
  const add = (frontier: Frontier, url: string, depth: number): boolean =>
    frontier.add(url, { ...NO_FACTS, depth })

  for (const kind of ['memory', 'a journal'] as const) {
    it(`gives each URL once and in the order of depths, in ${kind}; ends each in one way`, () => {
      let run = 0
      const step = fc.oneof(
        fc.record({ kind: fc.constant('add' as const), n: fc.nat(40), depth: fc.nat(130) }),
        fc.record({ kind: fc.constantFrom('next' as const, 'putBack' as const, 'reopen' as const) }),
        fc.record({
          kind: fc.constant('end' as const),
          ending: fc.constantFrom<PageEnding>('done', 'failed', 'redirected', 'disallowed', 'unreachable'),
        }),
      )
      fc.assert(
        fc.property(fc.array(step, { size: '+2' }), (steps) => {
          const path = kind === 'memory' ? undefined : join(folder(), `model-${++run}`)
          let frontier = open(path)
          const waiting = new Map<string, number>()
          const ended = { done: 0, failed: 0, redirected: 0, disallowed: 0, unreachable: 0 }
          const running: Entry[] = []
          const aside: Entry[] = []
          const seen = new Set<string>()
          for (const step of steps) {
            if (step.kind === 'add') {
              const url = `http://h/ü/${step.n}`
              expect(add(frontier, url, step.depth)).to.equal(!seen.has(url))
              const before = waiting.get(url)
              if (!seen.has(url)) waiting.set(url, step.depth)
              else if (before !== undefined && Math.min(step.depth, 100) < Math.min(before, 100))
                waiting.set(url, step.depth)
              seen.add(url)
            } else if (step.kind === 'next') {
              const entry = aside.length > 0 ? frontier.claim(aside.pop()!.position) : frontier.next()
              if (entry === null) continue
              if (entry === undefined) {
                expect(waiting.size).to.equal(0)
                continue
              }
              expect(entry.depth).to.equal(waiting.get(entry.url))
              running.push(entry)
              waiting.delete(entry.url)
            } else if (step.kind === 'putBack') {
              const entry = running.pop()
              if (entry === undefined) continue
              frontier.putBack(entry)
              aside.push(entry)
              waiting.set(entry.url, entry.depth)
            } else if (step.kind === 'end') {
              const entry = running.shift()
              if (entry === undefined) continue
              frontier.end(entry, step.ending)
              ended[step.ending]++
            } else if (path !== undefined) {
              frontier.flush()
              frontier.close()
              frontier = open(path)
              // What was in flight waits again.
              for (const { url, depth } of running.splice(0)) waiting.set(url, depth)
              aside.length = 0
            }
            expect(frontier.ended).to.deep.equal(ended)
            expect(frontier.seen).to.equal(seen.size)
            const all = Object.values(ended).reduce((sum, count) => sum + count, 0)
            expect(frontier.pending).to.equal(seen.size - all)
          }
          frontier.close()
        }),
        { numRuns: kind === 'memory' ? 40 : 6 },
      )
    })
  }

  it('keeps a level back while a shorter way may still be found, where depths have to be exact', () => {
    const frontier = open(undefined, { exactDepth: true })
    add(frontier, 'http://h/0', 0)
    add(frontier, 'http://h/1', 1)
    add(frontier, 'http://h/2', 2)
    const first = frontier.next()!
    // It may redirect to a URL of the next level, which would be of its own.
    expect([first.depth, frontier.next()]).to.deep.equal([0, undefined])
    frontier.answered(first)
    const second = frontier.next()!
    frontier.answered(second)
    // It may have links to a URL of the level after that.
    expect([second.depth, frontier.next()]).to.deep.equal([1, undefined])
    expect(add(frontier, 'http://h/2', 1)).to.be.false
    const third = frontier.next()!
    expect(third).to.include({ url: 'http://h/2', depth: 1 })
    frontier.end(first, 'done')
    add(frontier, 'http://h/3', 2)
    expect(frontier.next()).to.be.undefined
    frontier.putBack(third)
    frontier.end(frontier.claim(third.position)!, 'done')
    expect(frontier.next()).to.include({ url: 'http://h/3' })
  })

  it('takes a URL again that has redirected, also from a journal, and counts it once', () => {
    for (const path of [undefined, join(folder(), 'reopened')]) {
      let frontier = open(path, { exactDepth: true })
      const reopen = (url: string, running: Entry): boolean =>
        frontier.reopen(url, { ...NO_FACTS, depth: 0, via: ['x'], cookies: 'y' }, running)
      add(frontier, 'http://h/1', 0)
      frontier.end(frontier.next()!, 'redirected')
      add(frontier, 'http://h/2', 0)
      const second = frontier.next()!
      expect([reopen('http://h/1', second), reopen('http://h/1', second)]).to.deep.equal([true, false])
      expect(reopen('http://h/2', second)).to.be.true
      expect([frontier.seen, frontier.pending, frontier.ended.redirected]).to.deep.equal([2, 2, 0])
      if (path !== undefined) {
        frontier.close()
        frontier = open(path, { exactDepth: true })
        expect([frontier.seen, frontier.pending, frontier.ended.redirected]).to.deep.equal([2, 2, 0])
      }
      const rest = [frontier.next()!, frontier.next()!]
      expect(rest.map(({ url }) => url).sort()).to.deep.equal(['http://h/1', 'http://h/2'])
      // A resumed run has its first line, too, and begins anew with it.
      if (path === undefined) expect(rest[0]).to.deep.include({ via: ['x'], cookies: 'y' })
      for (const entry of rest) frontier.end(entry, 'done')
      expect([frontier.next(), frontier.pending, frontier.ended.done]).to.deep.equal([undefined, 0, 2])
      add(frontier, 'http://h/3', 2)
      expect(frontier.next()?.url).to.equal('http://h/3')
      frontier.close()
    }
  })

  it('is a journal also after the disk was full, and writes the rest once there is room', () => {
    const path = join(folder(), 'full')
    const first = open(path)
    add(first, 'http://h/1', 0)
    first.flush()
    const disk = fullDisk(30)
    try {
      add(first, 'http://h/2', 0)
      expect(() => {
        first.flush()
      }).to.throw('ENOSPC')
      first.end(first.next()!, 'done')
      expect(() => {
        first.flush()
      }).to.throw('ENOSPC')
    } finally {
      disk.free()
    }
    expect(readFileSync(path, 'utf8')).to.match(/\/1","depth":0}\n$/)
    expect(first.next()?.url).to.equal('http://h/2')
    first.close()
    const second = open(path)
    expect([second.seen, second.ended.done, second.next()?.url]).to.deep.equal([2, 1, 'http://h/2'])
    second.close()
  })

  it('fetches again what failed, if it is told to, and counts each URL by its last ending', () => {
    const path = join(folder(), 'failed')
    const first = open(path)
    for (const n of [1, 2, 3]) add(first, `http://h/${n}`, 0)
    first.end(first.next()!, 'done')
    first.end(first.next()!, 'failed')
    first.end(first.next()!, 'unreachable')
    first.close()
    const nothing = open(path)
    expect([nothing.next(), nothing.ended]).to.deep.equal([
      undefined,
      { done: 1, failed: 1, redirected: 0, disallowed: 0, unreachable: 1 },
    ])
    nothing.close()
    const again = open(path, { retryFailed: true })
    expect([again.pending, again.ended.failed]).to.deep.equal([2, 0])
    const [second, third] = [again.next()!, again.next()!]
    expect([second, third]).to.have.nested.property('[1].isAgain', true)
    again.end(second, 'done')
    again.end(third, 'done')
    again.flush()
    again.close()
    expect(readFileSync(path, 'utf8').match(/"again":true/g)).to.have.length(2)
    const last = open(path)
    expect(last.ended).to.deep.equal({ done: 3, failed: 0, redirected: 0, disallowed: 0, unreachable: 0 })
    last.close()
  })

  it('drops a line that was cut off, and refuses another file', () => {
    const path = join(folder(), 'cut')
    const first = open(path)
    add(first, 'http://h/1', 0)
    add(first, 'http://h/2', 0)
    first.flush()
    first.close()
    const whole = statSync(path).size
    truncateSync(path, whole - 5)
    const second = open(path)
    expect([second.seen, second.next()?.url]).to.deep.equal([1, 'http://h/1'])
    second.close()
    appendFileSync(path, 'no json\n')
    expect(() => open(path)).to.throw(/line 3: this is not a journal/)
    writeFileSync(path, '{"journal":"other"}\n')
    expect(() => open(path)).to.throw('this is not a journal of this version')
    writeFileSync(path, 'x'.repeat(5000))
    expect(() => open(path)).to.throw('line 1: this is not a journal')
  })
})
