/**
 * The redirects of a crawl: where one leads, and whether it leads back to a page that may answer otherwise now.
 * Does not decide what belongs to the crawl.
 */
import * as crypto from 'node:crypto'
import type { Transfer } from '../transfer/transfer.js'
import type { Entry } from './frontier/frontier.js'
import type { PageFacts } from './frontier/url-line.js'
import { keyOfUrl } from './frontier/seen-set.js'
import { normalUrl } from './rules/normal-url.js'

/** A redirect. */
export interface Hop {
  /** Where it leads; null if that is no URL of a crawl. */
  readonly target: URL | null
  readonly facts: PageFacts
}

/** Returns where a response redirects, as libcurl has resolved it; null if it does not. */
export function redirectOf(transfer: Transfer): string | null {
  const { responseCode, errno } = transfer
  if (errno !== 0 || responseCode < 300 || responseCode > 399) return null
  const target = transfer.getInfo('REDIRECT_URL')
  return typeof target === 'string' && target !== '' ? target : null
}

/** Returns the redirect that a response is; null if it is none, or there were too many. */
export function hopOf(entry: Entry, transfer: Transfer, maxRedirects: number): Hop | null {
  const { url, key, depth, via, cookies, isSeed, userData } = entry
  const given = via.length < maxRedirects ? redirectOf(transfer) : null
  if (given === null) return null
  const facts = { depth, via: [...via, key + cookies], cookies: digestOf(transfer), isSeed, userData }
  return { target: normalUrl(given, url), facts }
}

/** True if a redirect leads back to a URL that it came from, and there are other cookies than at that time. */
export function leadsBack(target: URL, { via, cookies }: PageFacts): boolean {
  const key = keyOfUrl(target.href)
  const last = via.filter((step) => step.startsWith(key)).at(-1)
  return last !== undefined && last.slice(key.length) !== cookies
}

/** A frontier in a file holds digests of cookies: without the salt, short cookies could be guessed from them. */
const SALT = crypto.randomBytes(16).toString('base64url')

function digestOf({ cookies }: Transfer): string {
  return cookies.length === 0
    ? ''
    : crypto.hash('sha256', SALT + cookies.join('\n'), 'base64url').slice(0, 12)
}
