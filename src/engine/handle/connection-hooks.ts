/**
 * The connection and DNS settings of one handle: whether its transfer waits for a connection that another
 * transfer is opening, whether it wakes waiting transfers when it opens one, and whether it uses the DNS
 * cache without a check of the age of its entries. Does not know what is transferred.
 */
import type { EffectiveOptions } from '../request/effective-options.js'
import type { LaunchOrder } from '../request/wire-request.js'
import { FOR_EVER, isWalkedLately, LIBCURL_SECONDS, noteWalk } from '../connections/dns-cache.js'
import type { MultiHandle } from '../connections/multi-handles.js'
import { isOneAtATime, learnVersion, leavesWaiting, noteConnection } from '../connections/pipewait.js'
import { OPTION, setOption, type NativeEasy } from '../node-libcurl/binding.js'
import { isHttps } from '../node-libcurl/wire-url.js'
import { guard, type Guarded } from '../callbacks/user-callbacks.js'

const PIPEWAIT = OPTION.PIPEWAIT as number
const DNS_CACHE_TIMEOUT = OPTION.DNS_CACHE_TIMEOUT as number
const PREREQFUNCTION = OPTION['PREREQFUNCTION'] as number

/** The handle with these settings. */
export interface HookedHandle extends Guarded {
  readonly easy: NativeEasy
  readonly multiHandle: MultiHandle | null
}

/** The hooks of one handle. */
export class ConnectionHooks {
  /** The value of `PIPEWAIT` that is set on the handle. */
  private waits = false
  private trustsDnsCache = false
  /** True if the transfer wakes waiting transfers when it opens a connection. */
  private wakesWaiting = false

  constructor(private readonly handle: HookedHandle) {}

  /** Takes note that the handle has been reset. */
  forget(): void {
    this.waits = this.trustsDnsCache = this.wakesWaiting = false
  }

  /** True if the connection may turn out to carry many transfers, so that other transfers wait for it. */
  mayBeShared(url: string, order: LaunchOrder): boolean {
    return (
      isHttps(url) &&
      !(order.mayWaitForConnection && isOneAtATime(this.handle.multiHandle as MultiHandle, url))
    )
  }

  /**
   * Switches `PIPEWAIT` on or off. With it, a transfer waits while a connection to its host is being opened,
   * instead of opening its own: HTTP/2 carries many streams on one connection. Used for https only: over
   * cleartext, libcurl learns the version from the first response, and with 7.88 all transfers would wait for
   * that. Source: CURLOPT_PIPEWAIT(3).
   */
  wait(waits: boolean): void {
    if (waits === this.waits) return
    this.waits = waits
    setOption(this.handle.easy, PIPEWAIT, waits ? 1 : 0)
  }

  /** Chooses whether libcurl uses its DNS cache as it is, or drops old entries first. */
  believeNames(now: number, order: LaunchOrder): void {
    const trusts = order.leavesNamesToUs && isWalkedLately(this.handle.multiHandle as MultiHandle, now)
    if (trusts === this.trustsDnsCache) return
    this.trustsDnsCache = trusts
    setOption(this.handle.easy, DNS_CACHE_TIMEOUT, trusts ? FOR_EVER : LIBCURL_SECONDS)
  }

  /**
   * Sets the callback for new connections. It is needed even if the transfer itself has waited for a
   * connection.
   */
  tell(mayBeShared: boolean): void {
    if (mayBeShared === this.wakesWaiting) return
    this.wakesWaiting = mayBeShared
    if (leavesWaiting) setOption(this.handle.easy, PREREQFUNCTION, mayBeShared ? this.onConnected : null)
  }

  /**
   * Sets the callback for new connections beside a `PREREQFUNCTION` of the user's. If `isHeard` is true, the
   * verbose log reports connections in any case and calls {@link onConnected}.
   */
  wire(mayBeShared: boolean, options: EffectiveOptions, isHeard: boolean): 0 {
    const prereq = options.function('PREREQFUNCTION')
    if (isHeard) this.wakesWaiting = mayBeShared
    else if (prereq === null || !leavesWaiting || !mayBeShared) {
      if (mayBeShared) this.tell(true)
    } else {
      const usersFunction = guard(prereq, this.handle)
      this.wakesWaiting = true
      setOption(this.handle.easy, PREREQFUNCTION, (...about: [string, string, number, number]): unknown => {
        this.onConnected()
        return usersFunction === null ? 0 : usersFunction(...about)
      })
    }
    return 0
  }

  /** Stores what a successful transfer shows about the HTTP version of its host and about the DNS cache. */
  learn(url: string, order: LaunchOrder, now: number, keepsConnection: boolean): void {
    const { easy, multiHandle } = this.handle
    if (multiHandle === null) return
    if (leavesWaiting && this.wakesWaiting && order.isVersionOpen) learnVersion(multiHandle, url, easy)
    if (!this.trustsDnsCache && order.leavesNamesToUs && !keepsConnection) noteWalk(multiHandle, now, easy)
  }

  readonly onConnected = (): 0 => {
    const { easy, multiHandle } = this.handle
    if (leavesWaiting && multiHandle !== null) noteConnection(multiHandle, easy)
    return 0
  }
}
