/**
 * The options of the multi handles of one engine: the user's options, and the number of connections that each
 * keeps. Does not know transfers.
 */
import { setMultiOption, type NativeMulti } from '../node-libcurl/binding.js'
import { wakeAll } from './pipewait.js'
import { keptBeside, keptByMain, keptConnections } from './connection-budget.js'
import { wornAt } from './multi-retirement.js'
import type { MultiHandle, MultiHandles } from './multi-handles.js'

/** Options that limit the connections of a multi handle. */
const LIMITS = ['MAX_HOST_CONNECTIONS', 'MAX_TOTAL_CONNECTIONS']
const NO_LIMITS = '0,0'
/**
 * libcurl's defaults: curl_multi_setopt(3). Of the other options, those that still have an effect cannot be
 * taken back.
 */
const DEFAULTS: Readonly<Record<string, number>> = {
  MAX_HOST_CONNECTIONS: 0,
  MAX_TOTAL_CONNECTIONS: 0,
  MAX_CONCURRENT_STREAMS: 100,
  PIPELINING: 2,
}

/** The settings of one engine's multi handles. */
export class MultiSettings {
  /** The number of transfers that may be in flight. */
  maxRequests = 0
  /**
   * True if connections are limited: then all of them have to be in one multi handle, where libcurl counts
   * them.
   */
  isUndivided = false
  private options: Readonly<Record<string, unknown>> = {}
  /** The options that were set and have to be set back once the user drops them. */
  private readonly changed = new Set<string>()
  private isScheduled = false

  constructor(private readonly multiHandles: MultiHandles) {}

  /** The number of connections that are kept for later transfers, those of proxy identities not included. */
  get kept(): number {
    return Number(this.options['MAXCONNECTS']) || keptConnections(this.maxRequests)
  }

  /** Takes the user's options and applies them to all multi handles, present and future. */
  take(options: Readonly<Record<string, unknown>>): void {
    this.options = options
    this.isUndivided = [...LIMITS, 'MAXCONNECTS'].some((name) => options[name])
    if (this.isUndivided) this.multiHandles.retireBeside()
    this.applySoon()
  }

  /**
   * Applies the settings to all multi handles in the next turn of the event loop. On libcurl's stack the
   * calls would be refused, and there is no way to tell whether this is libcurl's stack.
   */
  applySoon(): void {
    if (this.isScheduled || this.multiHandles.size === 0) return
    this.isScheduled = true
    setImmediate(() => {
      this.isScheduled = false
      for (const multiHandle of this.multiHandles.all())
        if (multiHandle.multi !== null) this.apply(multiHandle.multi, multiHandle)
    })
  }

  /** Applies the settings to one multi handle. */
  apply(multi: NativeMulti, multiHandle: MultiHandle): void {
    const { options, changed } = this
    const kept = this.keptBy(multiHandle)
    const before = multiHandle.limits
    multiHandle.limits = LIMITS.map((name) => Number(options[name] ?? 0)).join()
    multiHandle.isLimited = multiHandle.limits !== NO_LIMITS
    multiHandle.wornAt = multiHandle.isLimited ? Infinity : wornAt(kept)
    // There may be hundreds of identities, each with connections to the same hosts, so they keep libcurl's
    // default number.
    if (multiHandle.identity === '') setMultiOption(multi, 'MAXCONNECTS', kept)
    for (const name of changed) if (!(name in options)) setMultiOption(multi, name, DEFAULTS[name])
    for (const [name, value] of Object.entries(options)) {
      if (name in DEFAULTS) changed.add(name)
      setMultiOption(multi, name, value)
    }
    if (multiHandle.limits !== before) wakeAll(multiHandle)
  }

  private keptBy({ beside, most }: MultiHandle): number {
    const mostBeside = this.multiHandles.mostBeside()
    if (mostBeside === 0) return this.kept
    return beside > 0 ? keptBeside(this.kept, most, mostBeside) : keptByMain(this.kept, mostBeside)
  }
}
