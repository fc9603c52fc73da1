/**
 * The robots.txt of each origin of a crawl: fetched once, kept for 24 hours. Does not parse them, and does not
 * send requests.
 */
import {
  NO_RULES,
  parseRobots,
  RULES_LIVE_MS,
  UNREACHABLE_RULES,
  type RobotsRules,
} from '../rules/robots-rules.js'

/** The most origins whose rules are kept. */
const MAX_ORIGINS = 5000

/** What came back for a robots.txt. */
export interface RobotsResponse {
  /** The status; 0 if there was no response. */
  readonly status: number
  /** True if there were more redirects than are followed. */
  readonly isLost: boolean
  readonly body: Buffer
}

interface Known {
  readonly rules: RobotsRules | null
  readonly until: number
}

/** What a cache needs from outside. */
export interface RobotsOwner {
  now(): number
  fetch(url: string): Promise<RobotsResponse>
  /** Called when the rules of an origin have come. */
  arrived(origin: string, rules: RobotsRules): void
}

/** The rules of all origins of a crawl. */
export class RobotsCache {
  private readonly known = new Map<string, Known>()

  /** @param agent the product token of the crawler */
  constructor(
    private readonly agent: string,
    private readonly owner: RobotsOwner,
  ) {}

  /** Returns the rules of an origin; null if they are being fetched: `arrived` is called then. */
  of(origin: string): RobotsRules | null {
    const known = this.known.get(origin)
    if (known !== undefined && known.until > this.owner.now()) return known.rules
    this.keep(origin, null, Infinity)
    void this.owner.fetch(`${origin}/robots.txt`).then((response) => {
      const rules = this.rulesOf(response)
      this.keep(origin, rules, this.owner.now() + RULES_LIVE_MS)
      this.owner.arrived(origin, rules)
    })
    return null
  }

  private keep(origin: string, rules: RobotsRules | null, until: number): void {
    this.known.delete(origin)
    this.known.set(origin, { rules, until })
    if (this.known.size <= MAX_ORIGINS) return
    // The oldest first. One that is being fetched stays: somebody waits for it.
    for (const [oldest, { rules: kept }] of this.known) {
      if (kept === null) continue
      this.known.delete(oldest)
      return
    }
  }

  /** RFC 9309, 2.3.1: what a response says, whatever it contains. */
  private rulesOf({ status, isLost, body }: RobotsResponse): RobotsRules {
    if (isLost) return NO_RULES
    if (status >= 200 && status < 300) return parseRobots(body, this.agent)
    return status >= 300 && status < 500 ? NO_RULES : UNREACHABLE_RULES
  }
}
