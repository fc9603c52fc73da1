/** The line of a URL in a frontier: how it is written, and what it must have. Does not know what is done with it. */
import { JournalProblem, type JournalRecord } from '../../journals/journal-file.js'

/** What is known of a URL beside its address. */
export interface PageFacts {
  readonly depth: number
  /** The redirects that led to it: the key of each URL, and the digest of the cookies before its request. */
  readonly via: readonly string[]
  /** The digest of the cookies after the last of them; empty if there are no cookies. */
  readonly cookies: string
  /** True for seeds, and for what seeds redirect to. */
  readonly isSeed: boolean
  /** True for seeds that the user has named, not a server. */
  readonly isAsked?: boolean
  /** A value of JSON; undefined if there is none. */
  readonly userData: unknown
}

/** Returns the line of a URL. */
export function lineOf(
  url: string,
  { depth, via, cookies, isSeed, isAsked = false, userData }: PageFacts,
  isReopened: boolean,
): string {
  return JSON.stringify({
    add: url,
    depth,
    ...(isReopened && { again: true }),
    ...(via.length > 0 && { via }),
    ...(cookies !== '' && { cookies }),
    ...(isSeed && { seed: true }),
    ...(isAsked && { asked: true }),
    ...(userData !== undefined && { data: userData }),
  })
}

/** True if a line has all that a URL needs. */
export function isUrlLine({ add, depth, via = [], cookies = '' }: JournalRecord): boolean {
  return (
    typeof add === 'string' &&
    /^https?:/.test(add) &&
    URL.canParse(add) &&
    Number.isSafeInteger(depth) &&
    Number(depth) >= 0 &&
    Array.isArray(via) &&
    via.every((step) => typeof step === 'string') &&
    typeof cookies === 'string'
  )
}

/** Returns the error of a line that no crawl has written. */
export function noLine(number: number): JournalProblem {
  return new JournalProblem(`, line ${String(number)}: this is no line of a crawl`)
}
