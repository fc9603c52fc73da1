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
import { Crowds, SEATS, type Crowd } from './connections/host-sharding.js'
import { DoubtfulPaths } from './outcome/doubtful-paths.js'
import { HTTP2_STREAM } from './outcome/early-response.js'
import { HandleDefaults } from './handle/default-options.js'
import { EasyPool } from './handle/easy-pool.js'
import { LaneSettings } from './connections/multi-options.js'
import { isWornBy, wearsOut } from './connections/multi-retirement.js'
import { Lanes, type Lane } from './connections/multi-handles.js'
import { spareKeepers } from './connections/connection-budget.js'
import type { LaunchOrder } from './request/wire-request.js'
import type { EasyHandle } from './handle/easy-handle.js'
import type { Meter } from './handle/response-receiver.js'
import { canOpen } from './connections/open-files.js'
import { isProxied, readEnvironment, type ProxyIdentity } from './request/proxy-identity.js'
import { RawConnection } from './handle/raw-connection.js'
import { Standstills, type Ticker } from './handle/http2-stalls.js'
import { isHttps, isPlainHttp, wireUrl } from './node-libcurl/wire-url.js'

const FAILED_INIT = 2
const COULDNT_CONNECT = 7
/** What a multi handle opens: a pair to be woken by, and what its first connection takes. */
const FILES_OF_A_MULTI = 4
const OPERATION_TIMEDOUT = 28
const ABORTED_BY_CALLBACK = 42
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

  private readonly lanes = new Lanes(() => {
    this.settings.applySoon()
  })
  private readonly settings = new LaneSettings(this.lanes)
  private readonly crowds = new Crowds()
  private readonly doubtful = new DoubtfulPaths()
  private readonly pool: EasyPool
  private readonly standstills: Standstills
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
    this.pool = new EasyPool((carrier) => {
      // It may be idle by now.
      if (carrier.isLive) this.note(carrier, ABORTED_BY_CALLBACK)
    }, this.meter)
    this.standstills = new Standstills(this.pool.all, clock, {
      giveUp: (carrier, ms) => {
        carrier.giveUp(ms)
        this.note(carrier, OPERATION_TIMEDOUT)
        // The next one does not join a connection that has something wrong with it.
        this.lanes.retire(carrier.lane as Lane, Infinity)
      },
      settle: (carrier) => {
        this.note(carrier, HTTP2_STREAM)
      },
      wake: wakeAll,
    })
  }

  /** Easy handles that were made, lie idle, and are in use; and how many multi handles there are. */
  get handles(): { created: number; idle: number; live: number; lanes: number } {
    const { pool, liveCount, lanes } = this
    return { created: pool.created, idle: pool.idleCount, live: liveCount, lanes: lanes.size }
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
    const carrier = this.pool.acquire(order)
    carrier.isLive = true
    this.liveCount++
    if (!this.isRunning) this.run(true)
    if (!this.standstills.isWatching && isHttps(transfer.url)) this.standstills.watch()
    const identity = this.identityOf(order.identity)
    const crowd = (carrier.crowd = this.crowdOf(order, identity, transfer.url))
    carrier.lane = this.lanes.enter(identity, crowd?.enter())
    carrier.watchesHead = transfer.head === 'watched' || this.doubtful.has(transfer.url)
    const code = carrier.configure(transfer, order, this.defaults.of(carrier.easy), wireUrl(transfer.url))
    if (code !== 0) {
      // It has some of its options, and nobody knows which.
      carrier.configuredFor = null
      this.note(carrier, code)
    } else if (!this.tryAdd(carrier)) this.defer(carrier)
  }

  /** Takes a transfer off the wire; its connection is closed. It settles with `code`, in a batch like all the others. */
  cancel(transfer: EngineTransfer, reason: unknown, code: number): void {
    const carrier = transfer.source as EasyHandle
    // With its code: libcurl may have ended it in this very turn of the event loop, with one of its own.
    carrier.thrown ??= { error: reason, code }
    this.note(carrier, code)
  }

  /** Reports a transfer that never got here with the next batch. */
  settleAside(transfer: EngineTransfer): void {
    this.aside = appended(this.aside, transfer)
    this.schedule()
  }

  /** Gives the handle of a settled transfer back: its infos cannot be asked for any longer. */
  release(transfer: Transfer): void {
    const carrier = transfer.source as EasyHandle | null
    if (carrier === null) return
    transfer.letGo()
    if (carrier.isAdded) {
      this.dropped.push(carrier)
      this.schedule()
    } else this.pool.release(carrier)
  }

  /** Whether a transfer in flight waits inside libcurl for a connection, because those of its multi handle are limited. */
  waitsForConnection(transfer: Transfer): boolean {
    const carrier = transfer.source as EasyHandle | null
    if (transfer.state !== 'inFlight' || !carrier?.lane?.isLimited) return false
    return getInfo(carrier.easy, REQUEST_SIZE) === 0
  }

  /** The connection that a transfer has left open. It is closed when the transfer is released. */
  connectionOf(transfer: Transfer): RawConnection {
    const carrier = transfer.source as EasyHandle
    return new RawConnection(carrier.easy, carrier, transfer.url)
  }

  /** Frees every native handle. Only when nothing is in flight or held. */
  async close(): Promise<void> {
    await new Promise(setImmediate)
    this.drop(this.clock.now())
    this.lanes.close()
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
  private crowdOf(order: LaunchOrder, identity: string, url: string): Crowd | null {
    const { divisible, identity: proxy } = order
    // What one names, only those in the same multi handle see.
    this.hasAddresses ||= order.namesAddresses
    if (this.settings.maxRequests <= SEATS || this.settings.isUndivided || this.hasAddresses) return null
    if (divisible === 'never' || !isPlainHttp(url, divisible === 'always')) return null
    // Connections to a proxy are for all hosts, and a proxy may not like to have more of them than it has to.
    return identity !== '' || isProxied(proxy, this.environment) ? null : this.crowds.at(url)
  }

  private open(lane: Lane): NativeMulti {
    const multi = new Multi()
    this.settings.apply(multi, lane)
    multi.onMessage((_error, easy, code) => {
      // Nothing but noting here: on libcurl's stack most calls are refused, and some are fatal (on both majors, not the same ones).
      const carrier = this.pool.all.get(easy)
      if (carrier?.isLive) this.note(carrier, code)
    })
    return multi
  }

  private note(carrier: EasyHandle, code: number): void {
    if (carrier.isNoted) return
    carrier.isNoted = true
    carrier.code = code
    this.noted = appended(this.noted, carrier)
    this.schedule()
  }

  /**
   * False on libcurl's stack, where it may not be added: a user's `startRequest` may come from a promise that was resolved in a
   * libcurl callback, and node-libcurl runs such continuations before the callback has returned (its issues 332 and 439).
   */
  private tryAdd(carrier: EasyHandle): boolean {
    try {
      const lane = carrier.lane as Lane
      // node-libcurl 5 ends the process where libcurl cannot make one.
      if (lane.multi === null && !canOpen(FILES_OF_A_MULTI)) return false
      ;(lane.multi ??= this.open(lane)).addHandle(carrier.easy)
      return (carrier.isAdded = true)
    } catch {
      return false
    }
  }

  private defer(carrier: EasyHandle): void {
    this.deferred.push(carrier)
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
    for (const carrier of this.pool.all.values()) if (carrier.isLive) carrier.connections.wait(false)
  }

  /** Takes a handle out of its multi handle. Never on libcurl's stack. */
  private remove(carrier: EasyHandle, now: number): void {
    const lane = carrier.lane as Lane
    if (carrier.isAdded) lane.multi?.removeHandle(carrier.easy)
    carrier.isAdded = false
    this.lanes.leave(lane, now)
    carrier.crowd?.leave(lane.beside)
    carrier.crowd = null
    carrier.isLive = false
    this.liveCount--
  }

  /** Takes a handle that is done off the wire, unless its connection is what was wanted. */
  private takeOut(carrier: EasyHandle, now: number): EngineTransfer {
    const isCounted = carrier.crowd !== null
    if (!carrier.keepsConnection || !isConnected(carrier)) this.remove(carrier, now)
    const transfer = carrier.finish(now)
    if (transfer.head === 'doubtful') this.doubtful.add(transfer.url)
    else if (carrier.watchesHead && transfer.receivedBytes > 0) this.doubtful.remove(transfer.url)
    const lane = carrier.lane as Lane
    if (wearsOut && isWornBy(lane, carrier.easy, transfer.url))
      this.lanes.retire(lane, spareKeepers(this.settings.kept))
    if (isCounted && hasLeftCleartext(transfer)) this.crowds.keepTogether(transfer.url)
    return transfer
  }

  private drop(now: number): void {
    const { dropped } = this
    this.dropped = []
    for (const carrier of dropped) {
      this.remove(carrier, now)
      this.pool.release(carrier)
    }
  }

  private readonly drain = (): void => {
    this.isScheduled = false
    const { deferred } = this
    if (deferred.length > 0) {
      this.deferred = []
      for (const carrier of deferred) {
        if (carrier.isNoted || this.tryAdd(carrier)) continue
        // What rests gives its files to who has none.
        const isOutOfFiles = carrier.lane?.multi === null && !canOpen(FILES_OF_A_MULTI)
        if (isOutOfFiles) this.lanes.closeIdle()
        if (!isOutOfFiles || !this.tryAdd(carrier))
          this.note(carrier, isOutOfFiles ? COULDNT_CONNECT : FAILED_INIT)
      }
    }
    const { noted } = this
    let batch = this.aside
    this.noted = this.aside = null
    const now = this.clock.now()
    let hasFailed = false
    if (noted !== null) {
      for (const carrier of noted) {
        batch = appended(batch, this.takeOut(carrier, now))
        hasFailed ||= carrier.code !== 0
      }
    }
    if (startsWaitingAnew && hasFailed) this.waitNoLonger()
    if (this.dropped.length > 0) this.drop(now)
    this.lanes.sweep(now)
    if (now - this.lookedAt > LOOK_EVERY_MS) {
      this.environment = readEnvironment()
      this.lookedAt = now
    }
    if (batch !== null) this.owner.settled(batch, now)
    if (this.liveCount === 0 && this.isRunning) this.run(false)
  }
}

/** Whether a redirect has led from cleartext to where many may share a connection. */
function hasLeftCleartext({ order, url, effectiveUrl }: EngineTransfer): boolean {
  return order.followsRedirects && isPlainHttp(url) && !isPlainHttp(effectiveUrl)
}

/** Whether a transfer of which only the connection is wanted has got it, and has not been aborted since. */
function isConnected({ isAdded, code, thrown }: EasyHandle): boolean {
  return isAdded && code === 0 && thrown === null
}
