/** The options about identity: cookies, proxies, sessions. Does not apply them. */
import { mustBe } from '../../wrong-value.js'
import type { ExtraSetting } from '../../options/settings.js'
import { CookieJar } from '../../sessions/cookies/cookie-jar.js'
import type { ProxyEntry } from '../../sessions/proxies/proxy-options.js'
import { ProxyPool } from '../../sessions/proxies/proxy-pool.js'
import { SessionPool } from '../../sessions/session-pool.js'
import { Session } from '../../sessions/session.js'

/** Options that decide the identity of a request. */
export interface AccessOptions {
  /**
   * The cookie jar that the request reads and writes, shared live with all other requests that use it.
   * `finishAllRequests()` saves it before it resolves. false: no cookies, whatever other options say. Must
   * not be combined with `SHARE`. Default: libcurl's cookie options decide.
   */
  cookieJar?: CookieJar | false | undefined
  /**
   * The proxies for the request, one for each attempt: a pool, or a list (the same array object is the same
   * pool). null: no proxy, not even one from the environment. Must not be combined with `PROXY` in the same
   * options; a request's own `PROXY` wins over shared `proxies`. Default: `PROXY` or the environment decide.
   */
  proxies?: ProxyPool | readonly (ProxyEntry | string | null)[] | null | undefined
  /**
   * The session of the request, or a pool that gives each request a session. `transfer.session` is the
   * session that was used. null: no session. Default: none.
   */
  session?: Session | SessionPool | null | undefined
}

/** The checked options, among the settings of compiled options. */
export interface AccessSettings {
  readonly cookieJar?: CookieJar | false
  readonly proxies?: ProxyPool | null
  readonly session?: Session | SessionPool | null
  /** Names of headers, in lower case, that are not taken from a session. Not an option of the user's. */
  readonly withoutHeaders?: ReadonlySet<string> | undefined
}

const pools = new WeakMap<object, ProxyPool>()

/** A value may be a proxy URL with credentials. */
const IS_SECRET = { isSecret: true } as const

/** The checks of these options. */
export const ACCESS_SETTINGS: Readonly<Record<string, ExtraSetting>> = {
  cookieJar: {
    check(value) {
      if (value === false || value instanceof CookieJar) return value
      throw mustBe('cookieJar', 'a CookieJar, or false', value, IS_SECRET)
    },
  },
  proxies: {
    check(value) {
      if (value === null || value instanceof ProxyPool) return value
      if (!Array.isArray(value))
        throw mustBe('proxies', 'a ProxyPool, an array of proxies, or null', value, IS_SECRET)
      // Keyed by the array, because the state of the proxies must outlive an options object.
      let pool = pools.get(value)
      if (pool === undefined) pools.set(value, (pool = new ProxyPool(value as string[])))
      return pool
    },
  },
  session: {
    check(value) {
      if (value === null || value instanceof Session || value instanceof SessionPool) return value
      throw mustBe('session', 'a Session, a SessionPool, or null', value, IS_SECRET)
    },
  },
}
