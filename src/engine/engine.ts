/**
 * The multi handles of one instance: launches transfers, hears that they are done, and hands them on in batches. Does not know
 * who is next, nor what becomes of an outcome.
 *
 * What a plain request costs: setOpt(URL), addHandle, one write callback for each chunk, onMessage, removeHandle,
 * getInfo(RESPONSE_CODE). No timer, no closure and no promise of its own.
 */
import { appended } from '../memory/appended.js'
import type { Transfer } from '../transfer/transfer.js'
import type { EngineTransfer } from './request/engine-transfer.js'
import { getInfo, INFO, Multi, type NativeMulti } from './node-libcurl/binding.js'
import { startsWaitingAnew, wakeAll } from './connections/pipewait.js'
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
import { MultiSettings } from './connections/multi-options.js'
import { shouldRetire, wearsOut } from './connections/multi-retirement.js'
import { MultiHandles, type MultiHandle } from './connections/multi-handles.js'
import { spareKeepers } from './connections/connection-budget.js'
import type { LaunchOrder } from './request/wire-request.js'
import type { EasyHandle } from './handle/easy-handle.js'
import type { Meter } from './handle/response-receiver.js'
import { canOpen } from './connections/open-files.js'
import { isProxied, readEnvironment, type ProxyIdentity } from './request/proxy-identity.js'
import { isConnected, RawConnection } from './handle/raw-connection.js'
import { Http2Stalls, type Ticker } from './handle/http2-stalls.js'
import { isHttps, isPlainHttp, wireUrl } from './node-libcurl/wire-url.js'
import { ABORTED_BY_CALLBACK, COULDNT_CONNECT, OPERATION_TIMEDOUT } from '../curl-codes.js'

const FAILED_INIT = 2
/** What a multi handle opens: a pair to be woken by, and what its first connection takes. */
const FILES_OF_A_MULTI = 4
const REQUEST_SIZE = INFO.REQUEST_SIZE as number
/** How often the environment is looked at for proxies: it costs 3 us. */
const LOOK_EVERY_MS = 1000

/** Engines with something in flight: what the garbage collector takes early vanishes without a word, or crashes. */
const running = new Set<Engine>()

/** Who launches transfers. */
export interface EngineOwner {
  /** Takes transfers that are done: the very objects that it has launched. */
  settled(batch: EngineTransfer[], now: number): void
}

/** Drives the multi handles of one instance. */
export class Engine {
  /** Bytes of bodies so far. */
  readonly meter: Meter = { receivedBytes: 0, bufferedBytes: 0 }

  private readonly multiHandles = new MultiHandles(() => {
    this.settings.applySoon()
  })
  private readonly settings = new MultiSettings(this.multiHandles)
  private readonly sharding = new HostSharding()
  private readonly doubtful = new DoubtfulPaths()
  private readonly pool: EasyPool
  private readonly stalls: Http2Stalls
  /** How many handles are launched, and not taken back yet. */
  private liveCount = 0
  private noted: EasyHandle[] | null = null
  private aside: EngineTransfer[] | null = null
  private deferred: EasyHandle[] = []
  /** Whose connections were kept open, and are to be closed now. */
  private dropped: EasyHandle[] = []
  private isScheduled = false
  /** Whether it is in `running`: asking a set costs more. */
  private isRunning = false
  /** Whether a request has named addresses that later ones are to see. */
  private hasAddresses = false
  private readonly defaults = new HandleDefaults()
  private environment = readEnvironment()
  private lookedAt = performance.now()

  /**
   * @param owner gets each batch of transfers that are done, outside of libcurl's stack
   * @param clock the time that they are done at, and that they stand still for
   */
  constructor(
    private readonly owner: EngineOwner,
    private readonly clock: Ticker,
  ) {
    this.pool = new EasyPool((handle) => {
      // It may be idle by now.
      if (handle.isLive) this.note(handle, ABORTED_BY_CALLBACK)
    }, this.meter)
    this.stalls = new Http2Stalls(this.pool.all, clock, {
      giveUp: (handle, ms) => {
        handle.giveUp(ms)
        this.note(handle, OPERATION_TIMEDOUT)
        // The next one does not join a connection that has something wrong with it.
        this.multiHandles.retire(handle.multiHandle as MultiHandle, Infinity)
      },
      settle: (handle) => {
        this.note(handle, HTTP2_STREAM)
      },
      wake: wakeAll,
    })
  }

  /** Easy handles that were made, lie idle, and are in use; and how many multi handles there are. */
  get handles(): { created: number; idle: number; live: number; multiHandles: number } {
    const { pool, liveCount, multiHandles } = this
    return { created: pool.created, idle: pool.idleCount, live: liveCount, multiHandles: multiHandles.size }
  }

  /** How many handles could be used at once. */
  get idleHandles(): number {
    return this.pool.idleCount
  }

  /** Says how many transfers are to be expected at once: on old libcurl each has a buffer of its own. */
  expect(maxRequests: number): void {
    this.defaults.expect(maxRequests)
    if (maxRequests === this.settings.maxRequests) return
    this.settings.maxRequests = maxRequests
    this.settings.applySoon()
  }

  /** Sets options of the multi handle, now or when there is one. */
  setMultiOptions(options: Readonly<Record<string, unknown>>): void {
    this.settings.take(options)
  }

  /** Puts a transfer on the wire. Its end is always reported, also where it could not be launched. */
  launch(transfer: EngineTransfer): void {
    const order = transfer.order
    const handle = this.pool.acquire(order)
    handle.isLive = true
    this.liveCount++
    if (!this.isRunning) this.run(true)
    if (!this.stalls.isWatching && isHttps(transfer.url)) this.stalls.watch()
    const identity = this.identityOf(order.identity)
    const shardedHost = (handle.shardedHost = this.shardedHostOf(order, identity, transfer.url))
    handle.multiHandle = this.multiHandles.enter(identity, shardedHost?.enter())
    handle.watchesHead = transfer.head === 'watched' || this.doubtful.has(transfer.url)
    const code = handle.configure(transfer, order, this.defaults.of(handle.easy), wireUrl(transfer.url))
    if (code !== 0) {
      // It has some of its options, and nobody knows which.
      handle.configuredFor = null
      this.note(handle, code)
    } else if (!this.tryAdd(handle)) this.defer(handle)
  }

  /** Takes a transfer off the wire; its connection is closed. It settles with `code`, in a batch like all the others. */
  cancel(transfer: EngineTransfer, reason: unknown, code: number): void {
    const handle = transfer.source as EasyHandle
    // With its code: libcurl may have ended it in this very turn of the event loop, with one of its own.
    handle.thrown ??= { error: reason, code }
    this.note(handle, code)
  }

  /** Reports a transfer that never got here with the next batch. */
  settleAside(transfer: EngineTransfer): void {
    this.aside = appended(this.aside, transfer)
    this.schedule()
  }

  /** Gives the handle of a settled transfer back: its infos cannot be asked for any longer. */
  release(transfer: Transfer): void {
    const handle = transfer.source as EasyHandle | null
    if (handle === null) return
    transfer.letGo()
    if (handle.isAdded) {
      this.dropped.push(handle)
      this.schedule()
    } else this.pool.release(handle)
  }

  /** Whether a transfer in flight waits inside libcurl for a connection, because those of its multi handle are limited. */
  waitsForConnection(transfer: Transfer): boolean {
    const handle = transfer.source as EasyHandle | null
    if (transfer.state !== 'inFlight' || !handle?.multiHandle?.isLimited) return false
    return getInfo(handle.easy, REQUEST_SIZE) === 0
  }

  /** The connection that a transfer has left open. It is closed when the transfer is released. */
  connectionOf(transfer: Transfer): RawConnection {
    const handle = transfer.source as EasyHandle
    return new RawConnection(handle.easy, handle, transfer.url)
  }

  /** Frees every native handle. Only when nothing is in flight or held. */
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

  /** Who a request is at its proxy, with what the environment says where options say nothing. */
  private identityOf({ text, usesEnvironment }: ProxyIdentity): string {
    if (!usesEnvironment || this.environment.identity === '') return text
    this.environment = readEnvironment()
    return `${text}\n${this.environment.identity}`
  }

  /** Whom a transfer is to be counted among, where those may be too many for one multi handle. */
  private shardedHostOf(order: LaunchOrder, identity: string, url: string): ShardedHost | null {
    const { divisible, identity: proxy } = order
    // What one names, only those in the same multi handle see.
    this.hasAddresses ||= order.namesAddresses
    const { maxRequests, isUndivided } = this.settings
    if (maxRequests <= MAX_PER_MULTI || isUndivided || this.hasAddresses) return null
    if (divisible === 'never' || !isPlainHttp(url, divisible === 'always')) return null
    // Connections to a proxy are for all hosts, and a proxy may not like to have more of them than it has to.
    return identity !== '' || isProxied(proxy, this.environment) ? null : this.sharding.at(url)
  }

  private open(multiHandle: MultiHandle): NativeMulti {
    const multi = new Multi()
    this.settings.apply(multi, multiHandle)
    multi.onMessage((_error, easy, code) => {
      // Nothing but noting here: on libcurl's stack most calls are refused, and some are fatal (on both majors, not the same ones).
      const handle = this.pool.all.get(easy)
      if (handle?.isLive) this.note(handle, code)
    })
    return multi
  }

  private note(handle: EasyHandle, code: number): void {
    if (handle.isNoted) return
    handle.isNoted = true
    handle.code = code
    this.noted = appended(this.noted, handle)
    this.schedule()
  }

  /**
   * False on libcurl's stack, where it may not be added: a user's `startRequest` may come from a promise that was resolved in a
   * libcurl callback, and node-libcurl runs such continuations before the callback has returned (its issues 332 and 439).
   */
  private tryAdd(handle: EasyHandle): boolean {
    try {
      const multiHandle = handle.multiHandle as MultiHandle
      // node-libcurl 5 ends the process where libcurl cannot make one.
      if (multiHandle.multi === null && !canOpen(FILES_OF_A_MULTI)) return false
      ;(multiHandle.multi ??= this.open(multiHandle)).addHandle(handle.easy)
      return (handle.isAdded = true)
    } catch {
      return false
    }
  }

  private defer(handle: EasyHandle): void {
    this.deferred.push(handle)
    this.schedule()
  }

  private schedule(): void {
    if (this.isScheduled) return
    this.isScheduled = true
    // setImmediate is never on libcurl's stack, and a whole batch at once is quicker than each in its place (measured: 15 %).
    setImmediate(this.drain)
  }

  /** Those who wait for a connection open their own when they are woken. */
  private waitNoLonger(): void {
    for (const handle of this.pool.all.values()) if (handle.isLive) handle.connections.wait(false)
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

  /** Takes a handle that is done off the wire, unless its connection is what was wanted. */
  private takeOut(handle: EasyHandle, now: number): EngineTransfer {
    const isCounted = handle.shardedHost !== null
    if (!handle.keepsConnection || !isConnected(handle)) this.remove(handle, now)
    const transfer = handle.finish(now)
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
    const { dropped } = this
    this.dropped = []
    for (const handle of dropped) {
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
        // What rests gives its files to who has none.
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
    if (startsWaitingAnew && hasFailed) this.waitNoLonger()
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
