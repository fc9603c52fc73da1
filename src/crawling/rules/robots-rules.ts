/**
 * The rules of one robots.txt (RFC 9309) for one crawler: which URLs it may fetch, and how often. Does not fetch
 * the file.
 */
import { ownRequire } from '../../own-require.js'
import { normalEscapes } from './normal-url.js'

/** The bytes of a robots.txt that are read (RFC 9309, 2.5). */
export const MAX_ROBOTS_BYTES = 500 * 1024

/** The longest delay that is obeyed: rules are kept no longer. Milliseconds. */
export const RULES_LIVE_MS = 24 * 3_600_000

/** What `robots-parser` makes of a text. */
interface Parsed {
  isAllowed(url: string, agent: string): boolean | undefined
  getCrawlDelay(agent: string): number | undefined
}

/** The lines of groups. Others are no part of a group, and must not end one (RFC 9309, 2.2.4). */
const GROUP_LINE = /^\s*(?:user-agent|allow|disallow|crawl-delay)\s*:/i
const SITEMAP_LINE = /^\s*sitemap\s*:\s*([^#\s]+)/i

/** The rules for one origin. */
export interface RobotsRules {
  /** True if the file could not be fetched, for a reason that may pass: nothing is allowed then. */
  readonly isUnreachable: boolean
  /** The least time between two requests. Milliseconds. */
  readonly delayMs: number
  /** True if a URL in its normal form may be fetched. */
  allows(url: string): boolean
}

/** The rules where there are none: everything is allowed. */
export const NO_RULES: RobotsRules = { isUnreachable: false, delayMs: 0, allows: () => true }
/** The rules of a server that does not respond, or has an error: nothing is allowed (RFC 9309, 2.3.1.4). */
export const UNREACHABLE_RULES: RobotsRules = { isUnreachable: true, delayMs: 0, allows: () => false }

/** Returns the rules that a file has for a crawler with this product token. */
export function parseRobots(origin: string, bytes: Buffer, agent: string): RobotsRules {
  const lines = linesOf(bytes)
  const make = ownRequire()('robots-parser') as (url: string, text: string) => Parsed
  const parsed = make(`${origin}/robots.txt`, groupsOf(lines))
  const delay = parsed.getCrawlDelay(agent) ?? 0
  return {
    isUnreachable: false,
    delayMs: delay > 0 ? Math.min(delay * 1000, RULES_LIVE_MS) : 0,
    allows: (url) => parsed.isAllowed(url, agent) ?? true,
  }
}

/** Returns the sitemaps that a robots.txt names. */
export function sitemapsOf(bytes: Buffer): string[] {
  return linesOf(bytes).flatMap((line) => SITEMAP_LINE.exec(line)?.[1] ?? [])
}

/** Returns the product token of a user agent: the part that groups are named by (RFC 9309, 2.2.1). */
export function productToken(userAgent: string): string {
  return /^[^/\s]*/.exec(userAgent.trim())?.[0] ?? ''
}

function linesOf(bytes: Buffer): string[] {
  const isCut = bytes.length > MAX_ROBOTS_BYTES
  const text = bytes.toString('utf8', 0, MAX_ROBOTS_BYTES).replace(/^\uFEFF/, '')
  const lines = text.split(/\r\n|\r|\n/)
  // Half a rule may forbid more than the whole one, or less.
  if (isCut) lines.pop()
  return lines
}

/**
 * Returns the lines of groups, in the spelling that the parser compares: it does not know that escapes may be
 * equal to characters, nor a last group without rules, which allows everything.
 */
function groupsOf(lines: readonly string[]): string {
  const groups = lines.filter((line) => GROUP_LINE.test(line)).map(normalEscapes)
  return [...groups, 'disallow:'].join('\n')
}
