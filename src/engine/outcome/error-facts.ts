/**
 * What there is to know of a failure: the infos of its handle, its options, the files that are open. Asked
 * for one by one, and of failures only. Does not know what they mean.
 */
import { shownUrl } from '../../redaction.js'
import type { InfoValue } from '../../transfer/transfer-types.js'
import { INFO, OPTION } from '../node-libcurl/binding.js'
import type { EffectiveOptions } from '../request/effective-options.js'
import { firstProxyOf } from '../request/first-proxy.js'
import type { OpenFiles } from '../connections/open-files.js'

/** Where the details come from. */
export interface FailedHandle {
  readonly lastInfoText: string
  readonly thrown: { readonly error: unknown } | null
  readInfo(id: number): InfoValue
}

/** What a failure was. The infos are read now: nothing is asked of a transfer that went well. */
export class FailureFacts {
  constructor(
    readonly code: number,
    private readonly handle: FailedHandle,
    /** As it was asked for. */
    readonly url: string,
    readonly options: EffectiveOptions | null,
    /** How many files are open. */
    readonly files: () => OpenFiles,
  ) {}

  /**
   * An info as a number; 0 where this build does not know it. Newer builds say -1 for ports that there were
   * not.
   */
  number(name: string): number {
    const id = INFO[name]
    return id === undefined ? 0 : Math.max(0, Number(this.handle.readInfo(id) ?? 0) || 0)
  }

  text(name: string): string {
    const id = INFO[name]
    return id === undefined ? '' : String(this.handle.readInfo(id) ?? '')
  }

  /** Where it was going when it failed: the target of the last redirect, where there was one. */
  get target(): string {
    return this.number('REDIRECT_COUNT') > 0 ? this.text('EFFECTIVE_URL') || this.url : this.url
  }

  /** The proxy that it went to first, as it may be shown; null: to the server itself. */
  get proxy(): string | null {
    // Newer builds know; older ones do not say.
    if (INFO['USED_PROXY'] !== undefined && this.number('USED_PROXY') === 0) return null
    const proxy = this.options === null ? null : firstProxyOf(this.options, this.target, process.env)
    return proxy === null ? null : shownUrl(proxy)
  }

  isSet(option: string): boolean {
    const id = OPTION[option]
    return id !== undefined && (this.options?.isSet(id) ?? false)
  }

  hasFunction(name: string): boolean {
    return (this.options?.function(name) ?? null) !== null
  }
}
