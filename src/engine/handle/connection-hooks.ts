/**
 * What a handle's transfer has to do with connections and names: whether it waits for a connection that
 * others are making, whether it tells them of its own, and whether it believes the cache of names. Does not
 * know what is transferred.
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

/** The handle that they are set on. */
export interface HookedHandle extends Guarded {
  readonly easy: NativeEasy
  readonly multiHandle: MultiHandle | null
}

/** The hooks of one handle. */
export class ConnectionHooks {
  /** What `PIPEWAIT` is set to, by us. */
  private waits = false
  private believesNames = false
  /** Whether it tells those who wait of connections that it makes. */
  private tells = false

  constructor(private readonly handle: HookedHandle) {}

  /** The handle has been reset. */
  forget(): void {
    this.waits = this.believesNames = this.tells = false
  }

  /** Whether its connection may turn out to be for many transfers at once, and others wait for that. */
  mayBeShared(url: string, order: LaunchOrder): boolean {
    return (
      isHttps(url) &&
      !(order.mayWaitForConnection && isOneAtATime(this.handle.multiHandle as MultiHandle, url))
    )
  }

  /**
   * Many streams on one connection, where that can be: a transfer waits while another one's connection is
   * being made, instead of opening its own. For https only: over cleartext it is with the first answer that
   * libcurl knows, and with 7.88 all would wait for it. Source: CURLOPT_PIPEWAIT(3).
   */
  wait(waits: boolean): void {
    if (waits === this.waits) return
    this.waits = waits
    setOption(this.handle.easy, PIPEWAIT, waits ? 1 : 0)
  }

  /** Has libcurl believe its cache of names, or look through it. */
  believeNames(now: number, order: LaunchOrder): void {
    const believes = order.leavesNamesToUs && isWalkedLately(this.handle.multiHandle as MultiHandle, now)
    if (believes === this.believesNames) return
    this.believesNames = believes
    setOption(this.handle.easy, DNS_CACHE_TIMEOUT, believes ? FOR_EVER : LIBCURL_SECONDS)
  }

  /** Whoever makes a connection tells of it, whether it has waited for one itself or not. */
  tell(mayBeShared: boolean): void {
    if (mayBeShared === this.tells) return
    this.tells = mayBeShared
    if (leavesWaiting) setOption(this.handle.easy, PREREQFUNCTION, mayBeShared ? this.onConnected : null)
  }

  /**
   * Sets what hears of connections. `isHeard`: somebody else hears of them in any case, and calls
   * {@link onConnected}.
   */
  wire(mayBeShared: boolean, options: EffectiveOptions, isHeard: boolean): 0 {
    const prereq = options.function('PREREQFUNCTION')
    if (isHeard) this.tells = mayBeShared
    else if (prereq === null || !leavesWaiting || !mayBeShared) {
      if (mayBeShared) this.tell(true)
    } else {
      const theirs = guard(prereq, this.handle)
      this.tells = true
      setOption(this.handle.easy, PREREQFUNCTION, (...about: [string, string, number, number]): unknown => {
        this.onConnected()
        return theirs === null ? 0 : theirs(...about)
      })
    }
    return 0
  }

  /** Learns from a transfer that has ended well. */
  learn(url: string, order: LaunchOrder, now: number, keepsConnection: boolean): void {
    const { easy, multiHandle } = this.handle
    if (multiHandle === null) return
    if (leavesWaiting && this.tells && order.isVersionOpen) learnVersion(multiHandle, url, easy)
    if (!this.believesNames && order.leavesNamesToUs && !keepsConnection) noteWalk(multiHandle, now, easy)
  }

  readonly onConnected = (): 0 => {
    const { easy, multiHandle } = this.handle
    if (leavesWaiting && multiHandle !== null) noteConnection(multiHandle, easy)
    return 0
  }
}
