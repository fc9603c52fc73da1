/**
 * Has libcurl look after the data connection of an ftp transfer where it forgets to. Between the server's
 * word where to connect to (229, 227) and its word that the data come (150), libcurl 7.87 to 8.5 watches the
 * data connection only, as long as that is not complete (lib/ftp.c, ftp_domore_getsock): no socket at all
 * before it is begun; over TLS not the control connection, though no data connection is complete before the
 * answers that come there. Does not know what is transferred.
 */
import { nudge, OPTION, type NativeEasy } from '../node-libcurl/binding.js'
import type { LaunchOrder } from '../request/wire-request.js'
import { hasFault } from '../node-libcurl/faults.js'

const forgetsData = hasFault('ftp-data-forgotten')
/** An upload would go out in the clear. */
const baresData = hasFault('ftp-data-in-clear')
const FTPPORT = OPTION['FTPPORT'] as number
const USE_SSL = OPTION['USE_SSL'] as number
/** `CURLUSESSL_NONE`, and `CURLUSESSL_CONTROL`: the data are to go in the clear. */
const SSL_NONE = 0
const SSL_CONTROL = 2

const SMALL_F = 102
const ONE = 49
const TWO = 50
const SEVEN = 55
const NINE = 57
/**
 * How long to wait for an answer before the next look, and how much longer each time: a third of what the
 * answer takes.
 */
const FIRST_WAIT_MS = 1
const WAITS_GROW_BY = 4 / 3
const LONGEST_WAIT_MS = 100

/** Whether a transfer of this URL needs a driver. One comparison for most: it is asked of each request. */
export function needsFtpDriver(url: string): boolean {
  // Without a scheme, libcurl takes the host's name for one.
  return forgetsData && (url.charCodeAt(0) | 32) === SMALL_F && /^ftp(s?:|\.)/i.test(url)
}

/**
 * Whether the data of a transfer would go in the clear, though they are to go over TLS. Only for a URL that
 * needs a driver.
 */
export function wouldBareData(url: string, { options }: LaunchOrder): boolean {
  if (!baresData || !options.isSet(FTPPORT)) return false
  const level = options.value(USE_SSL) ?? SSL_NONE
  return level !== SSL_CONTROL && (level !== SSL_NONE || /^ftps:/i.test(url))
}

/** Drives one transfer. */
export class FtpDriver {
  private isDriving = false
  private isScheduled = false
  private waitMs = FIRST_WAIT_MS

  /** @param isInFlight whether the transfer still is: nobody else's may be touched */
  constructor(
    private readonly easy: NativeEasy,
    private readonly isInFlight: () => boolean,
  ) {}

  /** A line of the server's. On libcurl's stack. */
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
