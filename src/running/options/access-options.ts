/**
 * Options of ours that say as whom a request goes out: cookies, proxies, a session. Does not know how they
 * are applied.
 */
import { OptionError } from '../../errors.js'
import type { ExtraSetting } from '../../options/settings.js'
import { CookieJar } from '../../sessions/cookies/cookie-jar.js'
import type { ProxyEntry } from '../../sessions/proxies/proxy-options.js'
import { ProxyPool } from '../../sessions/proxies/proxy-pool.js'
import { SessionPool } from '../../sessions/session-pool.js'
import { Session } from '../../sessions/session.js'

/** As whom a request goes out. */
export interface AccessOptions {
  /**
   * The jar that the request reads and writes, live, with all others that use it. It is saved before
   * `finishAllRequests()` resolves. false: no cookies, whatever else is said. Not together with `SHARE`.
   * Default: as libcurl's options say.
   */
  cookieJar?: CookieJar | false | undefined
  /**
   * The proxies that the request goes through, one for each attempt: a pool, or a list (the same array is the
   * same pool). null: no proxy, not even those of the environment. Not together with `PROXY`; a request's own
   * `PROXY` stands over shared ones. Default: as `PROXY` or the environment say.
   */
  proxies?: ProxyPool | readonly (ProxyEntry | string | null)[] | null | undefined
  /**
   * Whose request it is: a session, or a pool of which each request gets one. `transfer.session` says which
   * it was. null: none. Default: none.
   */
  session?: Session | SessionPool | null | undefined
}

/** The checked form, among the settings of compiled options. */
export interface AccessSettings {
  readonly cookieJar?: CookieJar | false
  readonly proxies?: ProxyPool | null
  readonly session?: Session | SessionPool | null
}

const pools = new WeakMap<object, ProxyPool>()

/** How these options are checked. */
export const ACCESS_SETTINGS: Readonly<Record<string, ExtraSetting>> = {
  cookieJar: {
    check(value) {
      if (value === false || value instanceof CookieJar) return value
      throw mismatch('cookieJar', 'a CookieJar, or false', value)
    },
  },
  proxies: {
    check(value) {
      if (value === null || value instanceof ProxyPool) return value
      if (!Array.isArray(value)) throw mismatch('proxies', 'a ProxyPool, an array of proxies, or null', value)
      // What is known of proxies must outlive an object of options.
      let pool = pools.get(value)
      if (pool === undefined) pools.set(value, (pool = new ProxyPool(value as string[])))
      return pool
    },
  },
  session: {
    check(value) {
      if (value === null || value instanceof Session || value instanceof SessionPool) return value
      throw mismatch('session', 'a Session, a SessionPool, or null', value)
    },
  },
}

function mismatch(name: string, expected: string, value: unknown): OptionError {
  // Not the value: it may be the URL of a proxy.
  return new OptionError(`${name} must be ${expected}; got ${value === null ? 'null' : typeof value}`, name)
}
