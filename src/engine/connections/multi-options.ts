/**
 * What the multi handles of one engine are told: the user's options, and how many connections each of them
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
 * What libcurl has where nobody says anything: curl_multi_setopt(3). Of the others, those that still do
 * something cannot be taken back.
 */
const DEFAULTS: Readonly<Record<string, number>> = {
  MAX_HOST_CONNECTIONS: 0,
  MAX_TOTAL_CONNECTIONS: 0,
  MAX_CONCURRENT_STREAMS: 100,
  PIPELINING: 2,
}

/** The settings of one engine's multi handles. */
export class MultiSettings {
  /** How many transfers may be in flight. */
  maxRequests = 0
  /** Whether connections are limited: then they are counted where all of them are. */
  isUndivided = false
  private options: Readonly<Record<string, unknown>> = {}
  /** Has been set, and has to be set back. */
  private readonly changed = new Set<string>()
  private isScheduled = false

  constructor(private readonly multiHandles: MultiHandles) {}

  /** How many connections there are for later transfers, in all but those of identities. */
  get kept(): number {
    return Number(this.options['MAXCONNECTS']) || keptConnections(this.maxRequests)
  }

  /** Takes the user's options, for those that there are and those to come. */
  take(options: Readonly<Record<string, unknown>>): void {
    this.options = options
    this.isUndivided = [...LIMITS, 'MAXCONNECTS'].some((name) => options[name])
    if (this.isUndivided) this.multiHandles.retireBeside()
    this.applySoon()
  }

  /**
   * Tells all of them again, where it is not refused: on libcurl's stack it would be, and whether this is on
   * it cannot be known.
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

  /** Tells one of them. */
  apply(multi: NativeMulti, multiHandle: MultiHandle): void {
    const { options, changed } = this
    const kept = this.keptBy(multiHandle)
    const before = multiHandle.limits
    multiHandle.limits = LIMITS.map((name) => Number(options[name] ?? 0)).join()
    multiHandle.isLimited = multiHandle.limits !== NO_LIMITS
    multiHandle.wornAt = multiHandle.isLimited ? Infinity : wornAt(kept)
    // Of identities there may be hundreds, each with connections to the same hosts: those keep what libcurl
    // keeps.
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
