/**
 * One rule of a robots.txt: a path with `*` and `$`, in the normal form in which it is compared with URLs. Does
 * not know groups.
 */
import { UNRESERVED } from './normal-url.js'

/**
 * Escapes, and characters that are compared as escapes: a rule may spell them either way. Those that delimit
 * (RFC 3986, 2.2) are not the same as their escapes, but for what URLs or rules cannot hold as it is: `'[]*$`.
 * A `%` of no escape stays.
 */
const SPELLING = /%([0-9a-f]{2})|[^\w.~\-:/?#@!&()+,;=%]/gi

/** Returns a text of bytes (`latin1`) in the one form in which rules and URLs are compared (RFC 9309, 2.2.2). */
export function spelled(text: string): string {
  return text.replace(SPELLING, (found, digits?: string) => {
    const octet = digits === undefined ? found.charCodeAt(0) : parseInt(digits, 16)
    const character = String.fromCharCode(octet)
    if (UNRESERVED.test(character)) return character
    return `%${octet.toString(16).toUpperCase().padStart(2, '0')}`
  })
}

/** The steps that comparing one URL may take. Rules and URLs come from elsewhere, and may be made to be slow. */
export interface Budget {
  steps: number
}

/** A rule. */
export class RobotsPattern {
  /** Its length, which says how specific it is. A run of `*` counts as one. */
  readonly length: number
  /** What stands between the `*`. The first part is the beginning, and may be empty. */
  private readonly parts: readonly string[]
  private readonly isAnchored: boolean

  /** @param path as it stands in the file, as bytes (`latin1`) */
  constructor(
    path: string,
    readonly isAllow: boolean,
  ) {
    this.isAnchored = path.endsWith('$')
    const [first = '', ...rest] = (this.isAnchored ? path.slice(0, -1) : path).split(/\*+/).map(spelled)
    this.parts = [first, ...rest]
    this.length = this.parts.join('*').length + (this.isAnchored ? 1 : 0)
  }

  /**
   * True if the rule is about a target: a path with its query, `spelled`. Takes the steps off the budget. The
   * first place of each part is the best one, so none is tried twice.
   */
  matches(target: string, budget: Budget): boolean {
    const { parts, isAnchored } = this
    const [first = ''] = parts
    budget.steps--
    if (!target.startsWith(first)) return false
    if (parts.length === 1) return !isAnchored || target.length === first.length
    let position = first.length
    const last = isAnchored ? parts.length - 1 : parts.length
    for (let i = 1; i < last; i++) {
      const found = findWithin(target, parts[i] ?? '', position, budget)
      if (found < 0) return false
      position = found + (parts[i] ?? '').length
    }
    if (!isAnchored) return true
    const end = parts[last] ?? ''
    return target.length - end.length >= position && target.endsWith(end)
  }
}

/** The part of a step that each character of what is sought takes for each character that it is sought in. */
const SHARE = 0.01

/** Returns where a part stands; -1 if it does not, or if finding it may take more steps than there are. */
function findWithin(target: string, part: string, position: number, budget: Budget): number {
  const room = target.length - position
  if (part.length > room) return -1
  const rate = 1 + part.length * SHARE
  if (room * rate > budget.steps) {
    budget.steps = -1
    return -1
  }
  const found = target.indexOf(part, position)
  budget.steps -= (found < 0 ? room : found - position) * rate
  return found
}
