/**
 * A native easy handle that is used for one transfer after the other. It is made ready, wiped, and replaced
 * if a reset leaves state behind. Does not know what is transferred.
 */
import type { CompiledOptions } from '../../options/values/compiled-options.js'
import type { OpenFiles } from '../connections/open-files.js'
import { keepsBuffers } from '../request/reset-leftovers.js'
import type { Overlay } from '../request/replaceable-options.js'
import type { Wire } from '../request/wire.js'
import type { LaunchOrder } from '../request/wire-request.js'
import { FUNCTION_NAMES } from '../callbacks/user-callbacks.js'
import type { DefaultOptions } from '../installed/ca-certificates.js'
import {
  Easy,
  hasDefaultCaBlob,
  OPTION,
  setNamed,
  setOption,
  type NativeEasy,
} from '../node-libcurl/binding.js'
import { isHttps } from '../node-libcurl/wire-url.js'

const BUFFERSIZE = OPTION.BUFFERSIZE as number
/** The largest head of an HTTP/2 response that libcurl 7.88 accepts (`DYN_H2_HEADERS`). Bytes. */
const WHOLE_HEAD = 128 * 1024
const FUNCTION_IDS = FUNCTION_NAMES.map((name) => OPTION[name]).filter((id) => id !== undefined)

/** A handle that is used for many transfers. */
export abstract class ReusableHandle {
  /** What stood between the handle and the network when its attempt began. */
  wire: Wire | null = null
  easy: NativeEasy = makeNative()
  /** The shared options that are set on the handle; null if it has to be configured from scratch. */
  configuredFor: CompiledOptions | null = null
  /** The options that are set over the shared ones, which the next request may replace. */
  overlay: Overlay | null = null
  /** The open files when the last failed transfer failed, if too many may be the cause. */
  files: OpenFiles | null = null
  /** Bytes that node-libcurl keeps of earlier overlays. */
  weight = 0
  /** True if libcurl may still match cookies by the `Host` header of an earlier request. */
  protected remembersHost = false
  /** True if the receive buffer is large enough for the head of any HTTP/2 response. */
  protected takesWholeHeads = false
  private isBlank = true

  /** Called when the native handle has been replaced. */
  protected abstract onRenewed(before: NativeEasy): void

  /** Frees the native handle. */
  close(): void {
    // node-libcurl 4 keeps the functions of a closed handle, and everything that they refer to, for ever. A
    // reset would free them, but it would also drop the names of the files that libcurl writes on close
    // (COOKIEJAR, HSTS, ALTSVC).
    for (const id of FUNCTION_IDS) setOption(this.easy, id, null)
    this.easy.close()
  }

  /** Resets the handle, and also clears what a reset keeps. */
  protected wipe(order: LaunchOrder | null): void {
    const uses = (name: string): boolean => order?.options.isNamed(OPTION[name] as number) ?? false
    const hadCookies = order === null || order.options.cookieEngine
    // PHP and libcurl write a COOKIEJAR when the handle is closed. This handle stays open, so the file is
    // written here.
    if (hadCookies && uses('COOKIEJAR')) setNamed(this.easy, 'COOKIELIST', 'FLUSH')
    const hadShare = order === null || uses('SHARE')
    this.reset()
    // curl_easy_reset(3) keeps the share, the cookies, and the state of the cookie engine.
    if (hadShare) setNamed(this.easy, 'SHARE', null)
    if (hadCookies || hadShare) {
      setNamed(this.easy, 'COOKIELIST', 'ALL')
      setNamed(this.easy, 'COOKIEFILE', null)
    }
  }

  protected reset(): void {
    this.easy.reset()
    this.forget()
    if (hasDefaultCaBlob) setNamed(this.easy, 'CAINFO_BLOB', null)
  }

  /** Takes note that no option is set any longer. */
  protected forget(): void {
    this.isBlank = true
    this.takesWholeHeads = false
    this.configuredFor = this.overlay = null
    this.weight = 0
  }

  /** Replaces the native handle, if a reset would leave state behind. */
  private renew(): void {
    const before = this.easy
    this.close()
    this.easy = makeNative()
    this.remembersHost = false
    this.forget()
    this.onRenewed(before)
  }

  /** Leaves nothing but the defaults on the handle. */
  protected makeReady(defaults: DefaultOptions): void {
    if (this.remembersHost) this.renew()
    else if (!this.isBlank) this.reset()
    if (!this.setDefaults(defaults)) {
      this.renew()
      this.setDefaults(defaults)
    }
    this.isBlank = false
  }

  /**
   * Sets the defaults. Returns false if the handle still has the receive buffer of an earlier transfer:
   * libcurl then refuses to change its size.
   */
  private setDefaults(defaults: DefaultOptions): boolean {
    for (const [id, value] of defaults)
      if (setOption(this.easy, id, value) !== 0 && keepsBuffers && id === BUFFERSIZE) return false
    return true
  }

  /**
   * Makes the receive buffer large enough for the head of any HTTP/2 response, even if a smaller one was set.
   */
  protected takeWholeHeads(url: string, { mayBeHttp2, options }: LaunchOrder): 0 {
    if (mayBeHttp2 === 'never' || (mayBeHttp2 === 'overTls' && !isHttps(url))) return 0
    this.takesWholeHeads = true
    if (options.number(BUFFERSIZE) < WHOLE_HEAD) setOption(this.easy, BUFFERSIZE, WHOLE_HEAD)
    return 0
  }
}

/** Creates a native handle without the CA certificates that node-libcurl 5 sets on each. */
function makeNative(): NativeEasy {
  const easy = new Easy()
  if (hasDefaultCaBlob) setNamed(easy, 'CAINFO_BLOB', null)
  return easy
}
