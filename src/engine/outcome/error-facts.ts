/**
 * The facts about a failed transfer: the infos of its handle, its options, and the open files. Each is read
 * when it is asked for, and only for failures. Does not know what they mean.
 */
import { shownText } from '../../redaction.js'
import { shownProxy, withoutProxies } from '../../shown-proxy.js'
import type { InfoValue } from '../../transfer/transfer-types.js'
import { INFO, OPTION } from '../node-libcurl/binding.js'
import type { EffectiveOptions } from '../request/effective-options.js'
import { allProxiesOf, firstProxyOf } from '../request/first-proxy.js'
import type { OpenFiles } from '../connections/open-files.js'

/** The handle of the failed transfer. */
export interface FailedHandle {
  readonly errorLines: { readonly last: string } | null
  readonly thrown: { readonly error: unknown } | null
  readInfo(id: number): InfoValue
}

/** The facts about one failure. The infos are read from the handle at each call. */
export class FailureFacts {
  constructor(
    readonly code: number,
    private readonly handle: FailedHandle,
    /** The URL of the request. */
    readonly url: string,
    readonly options: EffectiveOptions | null,
    /** Reads the number of open files. */
    readonly files: () => OpenFiles,
  ) {}

  /**
   * Returns an info as a number, 0 if this build does not have it. Newer builds give -1 for a port that is
   * missing; that is 0, too.
   */
  number(name: string): number {
    const id = INFO[name]
    return id === undefined ? 0 : Math.max(0, Number(this.handle.readInfo(id) ?? 0) || 0)
  }

  text(name: string): string {
    const id = INFO[name]
    return id === undefined ? '' : String(this.handle.readInfo(id) ?? '')
  }

  /**
   * The URL that the transfer was fetching when it failed: the target of the last redirect, if there was one.
   */
  get target(): string {
    return this.number('REDIRECT_COUNT') > 0 ? this.text('EFFECTIVE_URL') || this.url : this.url
  }

  /** The first proxy of the transfer, without credentials; null if it went to the server directly. */
  get proxy(): string | null {
    // Newer builds have an info for this.
    if (INFO['USED_PROXY'] !== undefined && this.number('USED_PROXY') === 0) return null
    const proxy = this.options === null ? null : firstProxyOf(this.options, this.target, process.env)
    return proxy === null ? null : shownProxy(proxy)
  }

  /** Returns a text of libcurl about this transfer for a message: without the credentials of URLs and proxies. */
  withoutSecrets(text: string): string {
    const proxies = this.options === null ? [] : allProxiesOf(this.options, this.target)
    return shownText(withoutProxies(text, proxies))
  }

  isSet(option: string): boolean {
    const id = OPTION[option]
    return id !== undefined && (this.options?.isSet(id) ?? false)
  }

  hasFunction(name: string): boolean {
    return (this.options?.function(name) ?? null) !== null
  }
}
