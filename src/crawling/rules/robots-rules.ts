/**
 * The rules of one robots.txt (RFC 9309) for one crawler: which URLs it may fetch, and how often. Does not fetch
 * the file.
 */
import { RobotsPattern, spelled, type Budget } from './robots-pattern.js'

/** The bytes of a robots.txt that are read (RFC 9309, 2.5). */
export const MAX_ROBOTS_BYTES = 500 * 1024

/** The longest delay that is obeyed: rules are kept no longer. Milliseconds. */
export const RULES_LIVE_MS = 24 * 3_600_000

/** The steps that comparing one URL may take: some ten milliseconds. */
const MAX_STEPS = 5_000_000

/** The lines of groups. Others are no part of a group, and must not end one (RFC 9309, 2.2.4). */
const GROUP_LINE = /^[ \t]*(user-agent|allow|disallow|crawl-delay)[ \t]*:[ \t]*([^#]*)/i
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

/** Lines for one or several crawlers. */
interface Group {
  readonly agents: Set<string>
  readonly rules: RobotsPattern[]
  /** True once a rule has come, even an empty one: the next crawler begins a group. */
  hasRules: boolean
  /** Seconds. */
  delay: number
}

/** The rules where there are none: everything is allowed. */
export const NO_RULES: RobotsRules = { isUnreachable: false, delayMs: 0, allows: () => true }
/** The rules of a server that does not respond, or has an error: nothing is allowed (RFC 9309, 2.3.1.4). */
export const UNREACHABLE_RULES: RobotsRules = { isUnreachable: true, delayMs: 0, allows: () => false }

/** Returns the rules that a file has for a crawler with this product token. */
export function parseRobots(bytes: Buffer, agent: string): RobotsRules {
  const groups = groupsOf(bytes)
  const named = groups.filter(({ agents }) => agents.has(agent.toLowerCase()))
  // All groups of a crawler count as one; without any, those for all do (RFC 9309, 2.2.1).
  const own = named.length > 0 ? named : groups.filter(({ agents }) => agents.has('*'))
  const delay = own.reduce((longest, group) => Math.max(longest, group.delay), 0)
  // The first one that matches decides: the most specific, and Allow among equals (RFC 9309, 2.2.2).
  const rules = own
    .flatMap((group) => group.rules)
    .sort((a, b) => b.length - a.length || Number(b.isAllow) - Number(a.isAllow))
  return {
    isUnreachable: false,
    delayMs: Math.min(delay * 1000, RULES_LIVE_MS),
    allows: (url) => isAllowed(rules, url),
  }
}

/** Returns the sitemaps that a robots.txt names. */
export function sitemapsOf(bytes: Buffer): string[] {
  return linesOf(bytes, 'utf8').flatMap((line) => SITEMAP_LINE.exec(line)?.[1] ?? [])
}

/** Returns the product token of a user agent: the part that groups are named by (RFC 9309, 2.2.1). */
export function productToken(userAgent: string): string {
  return /^[^/\s]*/.exec(userAgent.trim())?.[0] ?? ''
}

function isAllowed(rules: readonly RobotsPattern[], url: string): boolean {
  const { pathname, search } = new URL(url)
  if (pathname === '/robots.txt') return true
  const target = spelled(pathname + search)
  const budget: Budget = { steps: MAX_STEPS }
  for (const rule of rules) {
    if (rule.matches(target, budget)) return rule.isAllow
    // The rest may forbid it.
    if (budget.steps < 0) return false
  }
  return true
}

function groupsOf(bytes: Buffer): Group[] {
  const groups: Group[] = []
  let group: Group | undefined
  // Paths are compared byte by byte: not all files are UTF-8.
  for (const line of linesOf(bytes, 'latin1')) {
    const [, field, rest = ''] = GROUP_LINE.exec(line) ?? []
    if (field === undefined) continue
    const value = withoutEnd(rest)
    const name = field.toLowerCase()
    if (name === 'user-agent') {
      if (group === undefined || group.hasRules) {
        group = { agents: new Set(), rules: [], hasRules: false, delay: 0 }
        groups.push(group)
      }
      group.agents.add(productToken(value).toLowerCase())
    } else if (group === undefined) continue
    else if (name === 'crawl-delay') group.delay = Math.max(group.delay, Number(value) || 0)
    else {
      group.hasRules = true
      if (value !== '') group.rules.push(new RobotsPattern(value, name === 'allow'))
    }
  }
  return groups
}

/** Returns a text without blanks at its end. An expression would take quadratic time for blanks within it. */
function withoutEnd(text: string): string {
  let end = text.length
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--
  return text.slice(0, end)
}

function linesOf(bytes: Buffer, encoding: 'utf8' | 'latin1'): string[] {
  const isCut = bytes.length > MAX_ROBOTS_BYTES
  const start = bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0
  const lines = bytes.toString(encoding, start, MAX_ROBOTS_BYTES).split(/\r\n|\r|\n/)
  // Half a rule may forbid more than the whole one, or less.
  if (isCut) lines.pop()
  return lines
}

const BYTE_ORDER_MARK = Buffer.from('\uFEFF')
