/**
 * The orders of requests by the origin that they go to: credentials of the options go to the origins that were
 * asked for, and to no others. Does not make requests.
 */
import { OPTION } from '../../engine/node-libcurl/binding.js'
import type { LaunchOrder } from '../../engine/request/wire-request.js'
import { compileShared } from '../../running/make/compile-request.js'
import { CREDENTIAL_HEADERS, CREDENTIALS, entriesWithout } from '../../running/make/credentials.js'

const UNRESTRICTED_AUTH = OPTION['UNRESTRICTED_AUTH'] as number
const NAMES = new Set(CREDENTIALS)

/**
 * The entries of sitemaps that are of the origin of the sitemap that was asked for. Others are of an origin that
 * only a server has named.
 */
export const entriesOfAskedOrigin = new WeakSet()

/** The origins that were asked for. */
export class AskedOrigins {
  private readonly origins = new Set<string>()

  add({ origin }: URL): void {
    this.origins.add(origin)
  }

  has(origin: string): boolean {
    return this.origins.has(origin)
  }
}

/** The orders of one kind of requests. */
export class OriginOrders {
  /** The order with all options. */
  readonly full: LaunchOrder
  private bare: LaunchOrder | null

  /** Throws `OptionError` if an option is wrong. */
  constructor(
    private readonly entries: ReadonlyMap<string | number, unknown>,
    private readonly asked: AskedOrigins,
  ) {
    this.full = compileShared(entries)
    // As with redirects that libcurl follows.
    const isUnrestricted = Number(this.full.options.value(UNRESTRICTED_AUTH) ?? 0) !== 0
    this.bare = isUnrestricted ? this.full : null
  }

  /** Returns the order for an origin. */
  of(origin: string): LaunchOrder {
    if (this.asked.has(origin)) return this.full
    this.bare ??= compileShared(entriesWithout(this.entries, NAMES, CREDENTIAL_HEADERS), CREDENTIAL_HEADERS)
    return this.bare
  }
}
