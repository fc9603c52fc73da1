/**
 * A native easy handle that is used for one transfer after the other: made ready, wiped, and replaced where a
 * reset does not make it as good as new. Does not know what is transferred.
 */
import type { CompiledOptions } from '../../options/values/compiled-options.js'
import { keepsBuffers } from '../request/handle-reuse.js'
import type { Overlay } from '../request/replaceable-options.js'
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
/** The largest head of an HTTP/2 answer that libcurl 7.88 takes (`DYN_H2_HEADERS`). Bytes. */
const WHOLE_HEAD = 128 * 1024
const FUNCTION_IDS = FUNCTION_NAMES.map((name) => OPTION[name]).filter((id) => id !== undefined)

/** A handle that outlives its transfers. */
export abstract class ReusableHandle {
  easy: NativeEasy = makeNative()
  /** The shared options that it is configured with; null where it has to be configured anew. */
  configuredFor: CompiledOptions | null = null
  /** What else it is configured with, for another such request to replace. */
  overlay: Overlay | null = null
  /** What node-libcurl keeps of its overlays. */
  protected weight = 0
  /** Whether a `Host` header of an earlier request may still be what cookies go by. */
  protected remembersHost = false
  /** Whether its receive buffer takes the head of any HTTP/2 answer. */
  protected takesWholeHeads = false
  private isBlank = true

  /** It has another native handle than before. */
  protected abstract onRenewed(before: NativeEasy): void

  /** Frees the native handle. */
  close(): void {
    // node-libcurl 4 keeps the functions of a closed handle, and all they close over, for ever. A reset would
    // let them go, too, but also the names of the files that libcurl writes now (COOKIEJAR, HSTS, ALTSVC).
    for (const id of FUNCTION_IDS) setOption(this.easy, id, null)
    this.easy.close()
  }

  /** Makes it blank, and takes back what a reset keeps. */
  protected wipe(order: LaunchOrder | null): void {
    const uses = (name: string): boolean => order?.options.isNamed(OPTION[name] as number) ?? false
    const hadCookies = order === null || order.options.cookieEngine
    // PHP and libcurl write a COOKIEJAR when the handle is closed; this one lives on.
    if (hadCookies && uses('COOKIEJAR')) setNamed(this.easy, 'COOKIELIST', 'FLUSH')
    const hadShare = order === null || uses('SHARE')
    this.reset()
    // What curl_easy_reset(3) keeps: the share, the cookies, and that the cookie engine is on.
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

  /** It is blank: nothing of what was set on it holds any longer. */
  protected forget(): void {
    this.isBlank = true
    this.takesWholeHeads = false
    this.configuredFor = this.overlay = null
    this.weight = 0
  }

  /** Gives it a new native handle, where a reset does not make the old one as good as new. */
  private renew(): void {
    const before = this.easy
    this.close()
    this.easy = makeNative()
    this.remembersHost = false
    this.forget()
    this.onRenewed(before)
  }

  /** Nothing but the defaults. */
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
   * False where the handle still has the receive buffer of an earlier transfer: its size cannot be set, then.
   */
  private setDefaults(defaults: DefaultOptions): boolean {
    for (const [id, value] of defaults)
      if (setOption(this.easy, id, value) !== 0 && keepsBuffers && id === BUFFERSIZE) return false
    return true
  }

  /**
   * Sees to it that the head of an HTTP/2 answer fits into the receive buffer, whatever size was asked for.
   */
  protected takeWholeHeads(url: string, { mayBeHttp2, options }: LaunchOrder): 0 {
    if (mayBeHttp2 === 'never' || (mayBeHttp2 === 'overTls' && !isHttps(url))) return 0
    this.takesWholeHeads = true
    if (options.number(BUFFERSIZE) < WHOLE_HEAD) setOption(this.easy, BUFFERSIZE, WHOLE_HEAD)
    return 0
  }
}

/** node-libcurl 5 gives each handle certificates that nobody asked for. */
function makeNative(): NativeEasy {
  const easy = new Easy()
  if (hasDefaultCaBlob) setNamed(easy, 'CAINFO_BLOB', null)
  return easy
}
