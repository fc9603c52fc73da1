/**
 * Gets HTTP/2 transfers going again that libcurl has left standing: up to 8.0, bytes that it has taken from the socket may wait in its
 * buffers, and no event tells of them. Seen with 7.88.1 and the last bytes from nghttpd
 * (up to one of fifty transfers of 1 MB with 300 streams on a connection), not with 8.22. Does not know whose turn it is, nor what is a failure.
 */
import { getInfo, INFO, libcurlVersionNumber, nudge } from './binding.js'
import type { PooledEasy } from './pooled-easy.js'

const leavesStanding = libcurlVersionNumber < 0x080100
/** How often it looks. One that stands still is helped within two looks. */
const LOOK_EVERY_MS = 500
/** One that goes on standing still waits for its server: it is helped after 1, 2, 4 ... looks, and then each time after as many as this. */
const MOST_LOOKS = 64
const HTTP_VERSION = INFO.HTTP_VERSION as number
const HTTP_2 = 3

interface Standing {
  readonly progress: number
  readonly looks: number
}

/** Watches over what is in flight, where this build needs it. */
export class Standstills {
  private timer: NodeJS.Timeout | null = null
  private seen = new Map<PooledEasy, Standing>()

  constructor(private readonly carriers: ReadonlyMap<unknown, PooledEasy>) {}

  /** Null where libcurl can do without. */
  static watching(carriers: ReadonlyMap<unknown, PooledEasy>): Standstills | null {
    return leavesStanding ? new Standstills(carriers) : null
  }

  /** Something has been launched over TLS: nothing else is ever helped. The timer ends by itself, and keeps no process alive. */
  watch(): void {
    this.timer ??= setInterval(this.look, LOOK_EVERY_MS).unref()
  }

  /** One look at all of them. Outside of libcurl's stack. */
  readonly look = (): void => {
    const { seen } = this
    this.seen = new Map()
    let hasLive = false
    for (const carrier of this.carriers.values()) {
      if (!carrier.isLive) continue
      hasLive = true
      const { progress } = carrier
      if (progress === null) continue
      const before = seen.get(carrier)
      const looks = before?.progress === progress ? before.looks + 1 : 0
      this.seen.set(carrier, { progress, looks })
      if (isTime(looks, carrier.hasSpeedLimit)) this.help(carrier)
    }
    if (hasLive || this.timer === null) return
    clearInterval(this.timer)
    this.timer = null
  }

  private help({ easy }: PooledEasy): void {
    const version = getInfo(easy, HTTP_VERSION)
    // 0 before the answer.
    if (version === 0 || version === HTTP_2) nudge(easy)
  }
}

/** Help sets libcurl's clock for `LOW_SPEED_TIME` back: once is enough for what is in its buffers already. */
function isTime(looks: number, hasSpeedLimit: boolean): boolean {
  if (looks === 0) return false
  if (hasSpeedLimit) return looks === 1
  return looks < MOST_LOOKS ? (looks & (looks - 1)) === 0 : looks % MOST_LOOKS === 0
}
