/**
 * Makes libcurl look after the data connection of an ftp transfer. Between the server's reply with the
 * address to connect to (229, 227) and its reply that the data follow (150), libcurl 7.87 to 8.5 watches only
 * the data connection until it is established (lib/ftp.c, ftp_domore_getsock). Before it begins, libcurl
 * watches no socket at all. Over TLS it does not watch the control connection, though the data connection is
 * only established after replies that come there. Does not know what is transferred.
 */
import { nudge, OPTION, setOption, type NativeEasy } from '../node-libcurl/binding.js'
import type { EffectiveOptions } from '../request/effective-options.js'
import type { LaunchOrder } from '../request/wire-request.js'
import { hasFault } from '../node-libcurl/faults.js'

const forgetsData = hasFault('ftp-data-forgotten')
/** True if an upload would go out in the clear. */
const baresData = hasFault('ftp-data-in-clear')
const losesUploads = hasFault('ftp-data-closed-early')
const FTPPORT = OPTION['FTPPORT'] as number
const USE_SSL = OPTION['USE_SSL'] as number
const SSLVERSION = OPTION['SSLVERSION'] as number
/** `CURLUSESSL_NONE`, and `CURLUSESSL_CONTROL`: with these the data go in the clear as intended. */
const SSL_NONE = 0
const SSL_CONTROL = 2

/** `CURL_SSLVERSION_*`: the lowest version in the lower 16 bits, the highest one (`_MAX_`) above them. */
const LOWEST = 0xffff
const TLS_1_3 = 7
const MAX_DEFAULT = 0x10000
const MAX_TLS_1_2 = 0x60000

const SMALL_F = 102
const ONE = 49
const TWO = 50
const SEVEN = 55
const NINE = 57
/**
 * The first interval between two looks, its growth, and its limit. A reply is noticed at most a third later
 * than it arrives.
 */
const FIRST_WAIT_MS = 1
const WAITS_GROW_BY = 4 / 3
const LONGEST_WAIT_MS = 100

const hasFaults = forgetsData || baresData || losesUploads

/**
 * True if a transfer of this URL may meet a fault of this libcurl. One comparison for most URLs: every
 * request is checked.
 */
export function meetsFtpFaults(url: string): boolean {
  // Without a scheme, libcurl takes a host name that begins with "ftp." for one.
  return hasFaults && (url.charCodeAt(0) | 32) === SMALL_F && /^ftp(s?:|\.)/i.test(url)
}

/**
 * True if the data of a transfer would go in the clear though the options ask for TLS. Only for a URL of ftp.
 */
export function wouldBareData(url: string, { options }: LaunchOrder): boolean {
  if (!baresData || !options.isSet(FTPPORT)) return false
  const level = options.value(USE_SSL) ?? SSL_NONE
  return level !== SSL_CONTROL && (level !== SSL_NONE || /^ftps:/i.test(url))
}

/**
 * Makes TLS 1.2 the highest version where this libcurl may lose the end of an upload over TLS 1.3, unless the
 * options ask for 1.3 or name a highest version. Downloads too: they use the same control connections. Only
 * for a URL of ftp. Returns libcurl's code.
 */
export function limitTls(easy: NativeEasy, options: EffectiveOptions): number {
  const version = options.number(SSLVERSION)
  const lowest = version & LOWEST
  const isOpen = version - lowest === 0 || version - lowest === MAX_DEFAULT
  return losesUploads && isOpen && lowest < TLS_1_3 ? setOption(easy, SSLVERSION, lowest | MAX_TLS_1_2) : 0
}

/** Returns a driver for a transfer of ftp, null if this libcurl needs none. */
export function driverFor(easy: NativeEasy, isInFlight: () => boolean): FtpDriver | null {
  return forgetsData ? new FtpDriver(easy, isInFlight) : null
}

/** Drives one transfer. */
export class FtpDriver {
  private isDriving = false
  private isScheduled = false
  private waitMs = FIRST_WAIT_MS

  /**
   * @param isInFlight returns true while the transfer is in flight; the handle may belong to another transfer
   * later
   */
  constructor(
    private readonly easy: NativeEasy,
    private readonly isInFlight: () => boolean,
  ) {}

  /** Takes a line from the server. On libcurl's stack. */
  hear(line: Buffer): void {
    const [first, second, third] = line
    if (first === ONE) this.isDriving = false
    else if (first === TWO && second === TWO && (third === NINE || third === SEVEN)) this.isDriving = true
    if (!this.isDriving) return
    this.waitMs = FIRST_WAIT_MS
    if (this.isScheduled) return
    this.isScheduled = true
    setImmediate(this.look)
  }

  private readonly look = (): void => {
    this.isScheduled = false
    if (!this.isDriving || !this.isInFlight()) return
    nudge(this.easy)
    this.isScheduled = true
    setTimeout(this.look, this.waitMs)
    this.waitMs = Math.min(this.waitMs * WAITS_GROW_BY, LONGEST_WAIT_MS)
  }
}
