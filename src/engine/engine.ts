/**
 * The multi handles of one instance. Launches transfers, collects the ones that have ended, and reports them
 * in batches. Does not know which transfer comes next, nor what is done with an outcome.
 *
 * A plain request costs these native calls: setOpt(URL), addHandle, one write callback for each chunk,
 * onMessage, removeHandle, getInfo(RESPONSE_CODE). It costs no timer, no closure and no promise of its own.
 */
import { appended } from '../memory/appended.js'
import type { Transfer } from '../transfer/transfer.js'
import type { EngineOwner, EngineTransfer } from './request/engine-transfer.js'
import { getInfo, INFO, Multi, type NativeMulti } from './node-libcurl/binding.js'
import { startsWaitingAnew, stopWaiting, wakeAll } from './connections/pipewait.js'
import {
  hasLeftCleartext,
  HostSharding,
  MAX_PER_MULTI,
  type ShardedHost,
} from './connections/host-sharding.js'
import { DoubtfulPaths } from './outcome/doubtful-paths.js'
import { HTTP2_STREAM } from './outcome/early-response.js'
import { HandleDefaults } from './handle/default-options.js'
import { EasyPool } from './handle/easy-pool.js'
import { countHandles, type HandleCounts } from './handle/handle-counts.js'
import { MultiSettings } from './connections/multi-options.js'
import { shouldRetire, wearsOut } from './connections/multi-retirement.js'
import { MultiHandles, type MultiHandle } from './connections/multi-handles.js'
import { spareKeepers } from './connections/connection-budget.js'
import type { LaunchOrder } from './request/wire-request.js'
import type { EasyHandle } from './handle/easy-handle.js'
import type { Meter } from './handle/response-receiver.js'
import { running } from './running-engines.js'
import { canOpen, openFilesAfter } from './connections/open-files.js'
import { shownProxyOf } from './request/first-proxy.js'
import { isProxied, readEnvironment, type ProxyIdentity } from './request/proxy-identity.js'
import { wireOf, type Wire } from './request/wire.js'
import { isConnected, RawConnection } from './handle/raw-connection.js'
import { Http2Stalls } from './watchdogs/http2-stalls.js'
import { Overdue } from './watchdogs/overdue.js'
import type { Ticker } from './watchdogs/watchdog.js'
import { isHttps, isPlainHttp, wireUrl } from './node-libcurl/wire-url.js'
import { COULDNT_CONNECT, FAILED_INIT, OPERATION_TIMEDOUT } from '../curl-codes.js'

export type { EngineOwner }

/** File descriptors that a new multi handle needs: two to wake it, and two for its first connection. */
const FILES_OF_A_MULTI = 4
/** Interval between two reads of the proxy variables of the environment. One read takes 3 us. */
const LOOK_EVERY_MS = 1000

/** Drives the multi handles of one instance. */
export class Engine {
  /** Bytes of response bodies, in all and buffered. */
  readonly meter: Meter = { receivedBytes: 0, bufferedBytes: 0 }
  /** Stands in for the network, or listens to it; null: that of all engines. */
  wire: Wire | null = null

  readonly multiHandles = new MultiHandles(() => {
    this.settings.applySoon()
  })
  private readonly settings = new MultiSettings(this.multiHandles)
  private readonly sharding = new HostSharding()
  private readonly doubtful = new DoubtfulPaths()
  readonly pool: EasyPool
  private readonly stalls: Http2Stalls
  private readonly overdue: Overdue
  /** The number of handles that are launched and not yet taken back. */
  private liveCount = 0
  /** Handles whose transfers have ended, for the next batch. */
  private noted: EasyHandle[] | null = null
  /** Transfers that have ended without a handle, for the next batch. */
  private aside: EngineTransfer[] | null = null
  /** Handles that could not be added to their multi handles yet. */
  private deferred: EasyHandle[] = []
  /** Handles whose connections were kept open and are to be closed. */
  private dropped: EasyHandle[] = []
  private isScheduled = false
  /** True while this engine is in `running`: a flag is cheaper than asking the set. */
  private isRunning = false
  /** True once a request has set addresses (`RESOLVE`), which are visible in one multi handle only. */
  private hasAddresses = false
  private readonly defaults = new HandleDefaults()
  private environment = readEnvironment()
  private lookedAt = performance.now()

  /**
   * @param owner receives each batch of transfers that have ended, outside of libcurl's stack
   * @param clock gives the time at which transfers end, and the timers for stalled ones
   */
  constructor(
    private readonly owner: EngineOwner,
    private readonly clock: Ticker,
  ) {
    this.pool = new EasyPool((handle, code) => {
      // The handle may be idle by now.
      if (handle.isLive) this.note(handle, code)
    }, this.meter)
    this.stalls = new Http2Stalls(this.pool.all, clock, {
      giveUp: (handle, ms) => {
        handle.giveUp(ms)
        this.note(handle, OPERATION_TIMEDOUT)
        // The next transfer must not join a connection that has stalled.
        this.multiHandles.retire(handle.multiHandle as MultiHandle, Infinity)
      },
      settle: (handle) => {
        this.note(handle, HTTP2_STREAM)
      },
      wake: wakeAll,
    })
    this.overdue = new Overdue(this.pool.all, clock, (handle) => {
      this.note(handle, OPERATION_TIMEDOUT)
    })
  }

  /** Returns a snapshot of the numbers of native handles. */
  inspect(): HandleCounts {
    return countHandles(this.pool, this.multiHandles, this.liveCount)
  }

  /** The number of idle handles. */
  get idleHandles(): number {
    return this.pool.idleCount
  }

  /** Sets the number of transfers to expect. The size of the receive buffers depends on it. */
  expect(maxRequests: number): void {
    this.defaults.expect(maxRequests)
    if (maxRequests === this.settings.maxRequests) return
    this.settings.maxRequests = maxRequests
    this.settings.applySoon()
  }

  /** Sets options of the multi handles, of existing ones and of later ones. */
  setMultiOptions(options: Readonly<Record<string, unknown>>): void {
    this.settings.take(options)
  }

  /** Starts a transfer. Its end is always reported, even if it could not be started. */
  launch(transfer: EngineTransfer): void {
    const { order, url } = transfer
    const handle = this.pool.acquire(order)
    handle.isLive = true
    this.liveCount++
    if (!this.isRunning) this.run(true)
    if (!this.stalls.isWatching && (order.startsWithHttp2 || isHttps(url))) this.stalls.watch()
    if (!this.overdue.isWatching && order.timeLimits !== null) this.overdue.watch()
    const identity = this.identityOf(order.identity)
    if (isProxied(order.identity, this.environment)) transfer.proxy = shownProxyOf(order.options, url)
    handle.shardedHost = this.shardedHostOf(order, identity, url)
    handle.multiHandle = this.multiHandles.enter(identity, handle.shardedHost?.enter())
    handle.watchesHead = transfer.head === 'watched' || transfer.trace?.wantsHead || this.doubtful.has(url)
    const code =
      handle.configure(transfer, order, this.defaults.of(handle.easy), wireUrl(url)) ||
      ((handle.wire = wireOf(this.wire))?.begin(handle, this) ?? 0)
    if (code !== 0) {
      // Only some of the options are set, and it is not known which.
      handle.configuredFor = null
      this.note(handle, code)
    } else if (!this.tryAdd(handle)) {
      this.deferred.push(handle)
      this.schedule()
    }
  }

  /** Takes a transfer off the wire and closes its connection. It ends with `code`, in the next batch. */
  cancel(transfer: EngineTransfer, reason: unknown, code: number): void {
    const handle = transfer.source as EasyHandle
    // The code is stored, too: libcurl may have ended the transfer with another code in this same turn.
    handle.thrown ??= { error: reason, code }
    this.note(handle, code)
  }

  /** Reports a transfer that was never launched here, with the next batch. */
  settleAside(transfer: EngineTransfer): void {
    this.aside = appended(this.aside, transfer)
    this.schedule()
  }

  /** Gives the handle of a settled transfer back to the pool. Its infos can no longer be read. */
  release(transfer: Transfer): void {
    const handle = transfer.source as EasyHandle | null
    if (handle === null) return
    transfer.letGo()
    if (handle.isAdded) {
      this.dropped.push(handle)
      this.schedule()
    } else this.pool.release(handle)
  }

  /** True if a transfer in flight waits inside libcurl, because its multi handle limits connections. */
  waitsForConnection(transfer: Transfer): boolean {
    const handle = transfer.source as EasyHandle | null
    if (transfer.state !== 'inFlight' || !handle?.multiHandle?.isLimited) return false
    return getInfo(handle.easy, INFO.REQUEST_SIZE as number) === 0
  }

  /** Returns the connection that a transfer has left open. It is closed when the transfer is released. */
  connectionOf(transfer: Transfer): RawConnection {
    const handle = transfer.source as EasyHandle
    return new RawConnection(handle.easy, handle, transfer.url)
  }

  /** Frees every native handle. Call it only when nothing is in flight or held. */
  async close(): Promise<void> {
    await new Promise(setImmediate)
    this.drop(this.clock.now())
    this.multiHandles.close()
    this.pool.close()
  }

  private run(isRunning: boolean): void {
    this.isRunning = isRunning
    if (isRunning) running.add(this)
    else running.delete(this)
  }

  /** Returns the identity of a request at its proxy, which the environment may have set. */
  private identityOf({ text, usesEnvironment }: ProxyIdentity): string {
    if (!usesEnvironment || this.environment.identity === '') return text
    this.environment = readEnvironment()
    return `${text}\n${this.environment.identity}`
  }

  /** Returns the host counter for a transfer if its host may need several multi handles, else null. */
  private shardedHostOf(order: LaunchOrder, identity: string, url: string): ShardedHost | null {
    const { divisible, identity: proxy } = order
    // Addresses from RESOLVE are visible in one multi handle only.
    this.hasAddresses ||= order.namesAddresses
    const { maxRequests, isUndivided } = this.settings
    if (maxRequests <= MAX_PER_MULTI || isUndivided || this.hasAddresses) return null
    if (divisible === 'never' || !isPlainHttp(url, divisible === 'always')) return null
    // A proxy's connections serve all hosts, and a proxy may limit the number of its connections.
    return identity !== '' || isProxied(proxy, this.environment) ? null : this.sharding.at(url)
  }

  private open(multiHandle: MultiHandle): NativeMulti {
    const multi = new Multi()
    this.settings.apply(multi, multiHandle)
    multi.onMessage((_error, easy, code) => {
      // Only notes the end: on libcurl's stack most calls are refused, and some crash the process.
      const handle = this.pool.all.get(easy)
      if (handle?.isLive) this.note(handle, code)
    })
    return multi
  }

  private note(handle: EasyHandle, code: number): void {
    if (handle.isNoted) return
    handle.isNoted = true
    handle.code = code
    if (code !== 0) handle.files = openFilesAfter(code)
    this.noted = appended(this.noted, handle)
    this.schedule()
  }

  /**
   * Adds a handle to its multi handle. Returns false if that is not possible now, as on libcurl's stack: a
   * `startRequest` may run in the continuation of a promise that was resolved in a libcurl callback, and
   * node-libcurl runs such continuations before the callback has returned (its issues 332 and 439).
   */
  private tryAdd(handle: EasyHandle): boolean {
    try {
      const multiHandle = handle.multiHandle as MultiHandle
      // node-libcurl 5 ends the process if libcurl cannot create a multi handle.
      if (multiHandle.multi === null && !canOpen(FILES_OF_A_MULTI)) return false
      ;(multiHandle.multi ??= this.open(multiHandle)).addHandle(handle.easy)
      return (handle.isAdded = true)
    } catch {
      return false
    }
  }

  private schedule(): void {
    if (this.isScheduled) return
    this.isScheduled = true
    // setImmediate never runs on libcurl's stack, and one batch takes 15 % less time than single transfers.
    setImmediate(this.drain)
  }

  /** Takes a handle out of its multi handle. Never on libcurl's stack. */
  private remove(handle: EasyHandle, now: number): void {
    const multiHandle = handle.multiHandle as MultiHandle
    if (handle.isAdded) multiHandle.multi?.removeHandle(handle.easy)
    handle.isAdded = false
    this.multiHandles.leave(multiHandle, now)
    handle.shardedHost?.leave(multiHandle.beside)
    handle.shardedHost = null
    handle.isLive = false
    this.liveCount--
  }

  /** Takes a handle that has ended off the wire, unless its open connection is the result of the transfer. */
  private takeOut(handle: EasyHandle, now: number): EngineTransfer {
    const isCounted = handle.shardedHost !== null
    if (!handle.keepsConnection || !isConnected(handle)) this.remove(handle, now)
    const transfer = handle.finish(now)
    handle.wire?.end(handle)
    if (transfer.head === 'doubtful') this.doubtful.add(transfer.url)
    else if (handle.watchesHead && transfer.receivedBytes > 0) this.doubtful.remove(transfer.url)
    const multiHandle = handle.multiHandle as MultiHandle
    if (wearsOut && shouldRetire(multiHandle, handle.easy, transfer.url))
      this.multiHandles.retire(multiHandle, spareKeepers(this.settings.kept))
    if (isCounted && transfer.order.followsRedirects && hasLeftCleartext(transfer))
      this.sharding.keepTogether(transfer.url)
    return transfer
  }

  private drop(now: number): void {
    for (const handle of this.dropped.splice(0)) {
      this.remove(handle, now)
      this.pool.release(handle)
    }
  }

  private readonly drain = (): void => {
    this.isScheduled = false
    const { deferred } = this
    if (deferred.length > 0) {
      this.deferred = []
      for (const handle of deferred) {
        if (handle.isNoted || this.tryAdd(handle)) continue
        // Idle multi handles are closed: their file descriptors become free.
        const isOutOfFiles = handle.multiHandle?.multi === null && !canOpen(FILES_OF_A_MULTI)
        if (isOutOfFiles) this.multiHandles.closeIdle()
        if (!isOutOfFiles || !this.tryAdd(handle))
          this.note(handle, isOutOfFiles ? COULDNT_CONNECT : FAILED_INIT)
      }
    }
    const { noted } = this
    let batch = this.aside
    this.noted = this.aside = null
    const now = this.clock.now()
    let hasFailed = false
    if (noted !== null) {
      for (const handle of noted) {
        batch = appended(batch, this.takeOut(handle, now))
        hasFailed ||= handle.code !== 0
      }
    }
    if (startsWaitingAnew && hasFailed) stopWaiting(this.pool.all.values())
    if (this.dropped.length > 0) this.drop(now)
    this.multiHandles.sweep(now)
    if (now - this.lookedAt > LOOK_EVERY_MS) {
      this.environment = readEnvironment()
      this.lookedAt = now
    }
    if (batch !== null) this.owner.settled(batch, now)
    if (this.liveCount === 0 && this.isRunning) this.run(false)
  }
}
