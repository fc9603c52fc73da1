/**
 * The URLs of a crawl: which were seen, which wait, and how each ended. Nearest to the seeds first. Does not
 * fetch, and does not know which URLs are wanted.
 */
import type { JournalRecord } from '../../journals/journal-file.js'
import { JournalLines, MemoryLines, type LineStore } from './line-store.js'
import { PositionLine } from './position-line.js'
import { keyOfUrl, SeenSet } from './seen-set.js'
import { isUrlLine, lineOf, noLine, type PageFacts } from './url-line.js'

/** How a URL ended, each in exactly one way. */
export type PageEnding = 'done' | 'failed' | 'redirected' | 'disallowed' | 'unreachable'

/** A URL that waits or is fetched. */
export interface Entry extends PageFacts {
  readonly url: string
  readonly key: string
  readonly position: number
  /** True if it failed in an earlier run. */
  readonly isAgain: boolean
}

/** The depth from which on depths are not told apart. */
const DEEPEST = 100
/** States of a URL: from 1 it waits, with its depth; what failed before waits likewise, in a range of its own. */
const WAITS = 1
const WAITS_AGAIN = 121
const RUNS = 250
const ENDED = 251
/** Ended, and may be fetched again by a later run. */
const FAILED = 252
const UNREACHABLE = 253

/** The endings that a journal names beside `end`. */
const ENDINGS: ReadonlySet<unknown> = new Set(['redirected', 'disallowed', 'unreachable'])
/** Those after which a later run may fetch the URL again. */
const FAILURES: ReadonlySet<PageEnding> = new Set<PageEnding>(['failed', 'unreachable'])

/** Settings of a frontier. */
export interface FrontierSettings {
  /** The journal; undefined: in memory. */
  readonly path: string | undefined
  /** True to fetch again what failed in an earlier run. */
  readonly retryFailed: boolean
  /**
   * True to keep a URL back while another one could still turn out to lead to it by a shorter way: by a link, one
   * that is at least two levels nearer to the seeds and has not ended; by a redirect, one that is a level nearer
   * and has not {@link Frontier.answered}.
   */
  readonly exactDepth: boolean
  /** Called for each seed of an earlier run. */
  readonly onSeed: (url: string, isAsked: boolean) => void
}

/** The URLs of one crawl. */
export class Frontier {
  readonly ended: Record<PageEnding, number> = {
    done: 0,
    failed: 0,
    redirected: 0,
    disallowed: 0,
    unreachable: 0,
  }
  /** The number of distinct URLs. */
  seen = 0
  private readonly states = new SeenSet()
  private readonly store: LineStore
  /** The positions of URLs that wait, by depth. What is stale is skipped when its turn comes. */
  private readonly lines: PositionLine[] = []
  /** The number of URLs of each depth that have not ended. */
  private readonly open: number[] = []
  /** The number of those among them that may still redirect, and the keys of the others. */
  private readonly unanswered: number[] = []
  private readonly answeredKeys = new Set<string>()
  private shallowest = 0

  /** Throws `JournalProblem`, or an error of the file system. */
  constructor(private readonly settings: FrontierSettings) {
    const { path } = settings
    this.store =
      path === undefined
        ? new MemoryLines()
        : new JournalLines(path, (record, position, number) => {
            this.load(record, position, number)
          })
  }

  /** The number of URLs that have not ended. */
  get pending(): number {
    const { done, failed, redirected, disallowed, unreachable } = this.ended
    return this.seen - done - failed - redirected - disallowed - unreachable
  }

  /** The bytes of the set of URLs seen. */
  get setBytes(): number {
    return this.states.bytes
  }

  /**
   * Adds a URL in its normal form. Returns false if it was seen; the depth of one that waits is corrected
   * then, if this one is shorter.
   */
  add(url: string, facts: PageFacts): boolean {
    const key = keyOfUrl(url)
    const state = this.states.get(key)
    if (state !== 0 && !this.isNearer(state, facts.depth)) return false
    this.take(key, facts.depth, this.store.add(lineOf(url, facts, false)), state)
    return state === 0
  }

  /**
   * Lets a URL wait again that has redirected, or does so at this moment (`running` itself). Returns false if it
   * waits or runs already.
   */
  reopen(url: string, facts: PageFacts, running: Entry): boolean {
    const key = keyOfUrl(url)
    const isItself = key === running.key
    if (!isItself && this.states.get(key) !== ENDED) return false
    const position = this.store.add(lineOf(url, facts, true))
    if (isItself) this.store.drop(running.position)
    else this.unend(facts.depth)
    this.line(key, facts.depth, position, isItself && running.isAgain)
    return true
  }

  /** Returns the URL that is next, and marks it as running; undefined if none is, or none may be yet. */
  next(): Entry | undefined {
    for (let depth = this.shallowest; depth < this.lines.length; depth++) {
      if (this.settings.exactDepth && this.mayComeNearer(depth)) return undefined
      const line = this.lines[depth]
      for (let position = line?.shift(); position !== undefined; position = line?.shift()) {
        const entry = this.claim(position)
        if (entry !== null) return entry
      }
      if (depth === this.shallowest) this.shallowest++
    }
    return undefined
  }

  /** Returns the URL at a position that {@link putBack} has given back; null if it came another way since. */
  claim(position: number): Entry | null {
    const entry = this.read(position)
    const state = this.states.get(entry.key)
    if (!isWaitingAt(state, entry.depth)) {
      this.store.drop(position)
      return null
    }
    this.states.set(entry.key, RUNS)
    return state >= WAITS_AGAIN ? { ...entry, isAgain: true } : entry
  }

  /** Lets a URL wait again, at the same depth. The caller keeps its position. */
  putBack({ key, depth, isAgain }: Entry): void {
    this.states.set(key, stateOf(depth, isAgain))
    if (this.answeredKeys.delete(key)) count(this.unanswered, depth, 1)
  }

  /** Call it when a URL that runs has turned out not to redirect. */
  answered({ key, depth }: Entry): void {
    if (!this.settings.exactDepth) return
    this.answeredKeys.add(key)
    count(this.unanswered, depth, -1)
  }

  /** Records how a URL ended. */
  end({ key, depth, position, isAgain }: Entry, ending: PageEnding): void {
    const record = {
      key,
      end: FAILURES.has(ending) ? 'failed' : 'done',
      ...(ENDINGS.has(ending) && { as: ending }),
      ...(isAgain && { again: true }),
    }
    this.store.note(JSON.stringify(record))
    this.store.drop(position)
    this.states.set(key, ENDED)
    count(this.open, depth, -1)
    if (!this.answeredKeys.delete(key)) count(this.unanswered, depth, -1)
    this.ended[ending]++
  }

  /** Writes down all that was added and ended. Throws if that fails. */
  flush(): void {
    this.store.flush()
  }

  /** Writes down the rest, and closes the journal. Throws if that fails. */
  close(): void {
    this.store.close()
  }

  private isNearer(state: number, depth: number): boolean {
    if (state >= RUNS) return false
    return Math.min(depth, DEEPEST) < depthOf(state)
  }

  /** True if a URL that waits at this depth may turn out to be nearer. */
  private mayComeNearer(depth: number): boolean {
    if ((this.unanswered[depth - 1] ?? 0) > 0) return true
    for (let i = 0; i < depth - 1; i++) if ((this.open[i] ?? 0) > 0) return true
    return false
  }

  private read(position: number): Entry {
    const record = JSON.parse(this.store.read(position)) as JournalRecord
    const { add, depth, via = [], cookies = '', seed = false, data } = record
    const url = String(add)
    return {
      url,
      key: keyOfUrl(url),
      position,
      depth: Number(depth),
      via: via as string[],
      cookies: String(cookies),
      isSeed: seed === true,
      userData: data,
      isAgain: false,
    }
  }

  /** Takes a URL that is new (`state` 0), or waits at a greater depth. */
  private take(key: string, depth: number, position: number, state: number): void {
    if (state === 0) this.seen++
    else this.countBoth(depthOf(state), -1)
    this.countBoth(depth, 1)
    this.line(key, depth, position, state >= WAITS_AGAIN)
  }

  /** Takes back that a URL of this depth has redirected. */
  private unend(depth: number): void {
    this.ended.redirected--
    this.countBoth(depth, 1)
  }

  /** Puts a URL into the line of its depth. */
  private line(key: string, depth: number, position: number, isAgain: boolean): void {
    this.states.set(key, stateOf(depth, isAgain))
    const level = Math.min(depth, DEEPEST)
    for (let i = this.lines.length; i <= level; i++) this.lines.push(new PositionLine())
    this.lines[level]?.push(position)
    this.shallowest = Math.min(this.shallowest, level)
  }

  private countBoth(depth: number, by: number): void {
    count(this.open, depth, by)
    count(this.unanswered, depth, by)
  }

  /** Takes a line of an earlier run. */
  private load(record: JournalRecord, position: number, number: number): void {
    const { add, depth, seed, asked, key, end, as, again } = record
    if (typeof add === 'string') {
      if (!isUrlLine(record)) throw noLine(number)
      const own = keyOfUrl(add)
      const state = this.states.get(own)
      if (state === 0 || this.isNearer(state, Number(depth))) this.take(own, Number(depth), position, state)
      else if (again === true && state === ENDED) {
        this.unend(Number(depth))
        this.line(own, Number(depth), position, false)
      }
      if (seed === true) this.settings.onSeed(add, asked === true)
      return
    }
    if (typeof key !== 'string') return
    const state = this.states.get(key)
    // A key without a URL is that of a run without a crawl.
    if (state === 0) return
    if (end !== 'done' && end !== 'failed') throw noLine(number)
    const ending = (ENDINGS.has(as) ? as : end) as PageEnding
    const waits = state < RUNS
    const at = waits ? depthOf(state) : 0
    if (end === 'failed' && this.settings.retryFailed) {
      if (waits) this.states.set(key, stateOf(at, true))
      return
    }
    if (!waits) {
      if (again !== true) return
      // Failed before, and now ended anew: only the newer ending counts.
      this.ended[state === UNREACHABLE ? 'unreachable' : 'failed']--
    }
    this.ended[ending]++
    if (waits) this.countBoth(at, -1)
    const failed = ending === 'unreachable' ? UNREACHABLE : FAILED
    this.states.set(key, end === 'failed' ? failed : ENDED)
  }
}

function count(levels: number[], depth: number, by: number): void {
  const level = Math.min(depth, DEEPEST)
  levels[level] = (levels[level] ?? 0) + by
}

function stateOf(depth: number, isAgain: boolean): number {
  return (isAgain ? WAITS_AGAIN : WAITS) + Math.min(depth, DEEPEST)
}

function depthOf(state: number): number {
  return state - (state >= WAITS_AGAIN ? WAITS_AGAIN : WAITS)
}

function isWaitingAt(state: number, depth: number): boolean {
  return state !== 0 && state < RUNS && depthOf(state) === Math.min(depth, DEEPEST)
}
