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
  readonly rules: RobotsRules
  readonly until: number
}

/** What a cache needs from outside. */
export interface RobotsOwner {
  now(): number
  /** Resolves with null if the request was aborted: the server has said nothing then. */
  fetch(url: string): Promise<RobotsResponse | null>
  /** False once no further file is to be fetched. */
  mayFetch(): boolean
  /** True if URLs wait for the rules of an origin. */
  isNeeded(origin: string): boolean
  /** Called when the rules of an origin have come; null: the request was aborted, and `of` fetches them again. */
  arrived(origin: string, rules: RobotsRules | null): void
  /** Called if a request could not be made. */
  failed(error: unknown): void
}

/** The rules of all origins of a crawl. */
export class RobotsCache {
  private readonly known = new Map<string, Known>()
  /** The origins whose files wait for a request in flight to end. */
  private readonly waiting = new Set<string>()
  private readonly inFlight = new Set<string>()

  /**
   * @param agent the product token of the crawler
   * @param window the most files that are fetched at once
   */
  constructor(
    private readonly agent: string,
    private readonly window: number,
    private readonly owner: RobotsOwner,
  ) {}

  /** Returns the rules of an origin; null if they are being fetched: `arrived` is called then. */
  of(origin: string): RobotsRules | null {
    const known = this.known.get(origin)
    if (known !== undefined && known.until > this.owner.now()) return known.rules
    if (!this.inFlight.has(origin)) {
      this.waiting.add(origin)
      this.fetchMore()
    }
    return null
  }

  private fetchMore(): void {
    for (const origin of this.waiting) {
      if (this.inFlight.size >= this.window || !this.owner.mayFetch()) return
      this.waiting.delete(origin)
      this.inFlight.add(origin)
      this.owner
        .fetch(`${origin}/robots.txt`)
        .then((response) => {
          this.inFlight.delete(origin)
          const rules = response === null ? null : this.rulesOf(response)
          if (rules !== null) this.keep(origin, rules)
          this.owner.arrived(origin, rules)
          this.fetchMore()
        })
        .catch((error: unknown) => {
          this.owner.failed(error)
        })
    }
  }

  private keep(origin: string, rules: RobotsRules): void {
    this.known.delete(origin)
    this.known.set(origin, { rules, until: this.owner.now() + RULES_LIVE_MS })
    let left = this.known.size - MAX_ORIGINS
    // The oldest first. Those that URLs wait for would be fetched again at once; so that they are not looked at
    // each time, they become the newest.
    for (const [oldest, kept] of this.known) {
      if (left-- <= 0) return
      this.known.delete(oldest)
      if (this.owner.isNeeded(oldest)) this.known.set(oldest, kept)
    }
  }

  /** RFC 9309, 2.3.1: what a response says, whatever it contains. */
  private rulesOf({ status, isLost, body }: RobotsResponse): RobotsRules {
    if (isLost) return NO_RULES
    if (status >= 200 && status < 300) return parseRobots(body, this.agent)
    return isUnreachable({ status, isLost }) ? UNREACHABLE_RULES : NO_RULES
  }
}

/** True if the file could not be fetched, for a reason that may pass. */
export function isUnreachable({ status, isLost }: Omit<RobotsResponse, 'body'>): boolean {
  return !isLost && (status < 200 || status >= 500)
}
