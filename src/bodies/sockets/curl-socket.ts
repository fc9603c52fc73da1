/**
 * A connection of libcurl's as a socket of Node. Does not know how it was made, through which proxies, nor
 * whether it is encrypted.
 */
import { Duplex } from 'node:stream'
import { inspect, type InspectOptions } from 'node:util'
import type { Transfer } from '../../transfer/transfer.js'
import { ABORTED_BY_CALLBACK, AGAIN, OPERATION_TIMEDOUT, type Connection } from './connection.js'
import { IdleTimer } from './idle-timer.js'
import type { Found, Poller, Watch } from './poller.js'

/** What is received at one look at most: others want their turn. Bytes. */
const SHARE = 1 << 20
const BUFFER_SIZE = 1 << 16
/**
 * What is handed out as a part of the buffer that it was received into; less is copied, and the buffer used
 * again.
 */
const LARGE = BUFFER_SIZE / 2
/** Small writes that wait are sent as one, up to here. Bytes. */
const MAX_JOINED = 1 << 16

/** How a socket behaves. */
export interface SocketOptions {
  /**
   * Whether the socket may still be written to when the peer has ended: if not, it ends by itself then.
   * Default: false, as in `net`.
   */
  allowHalfOpen?: boolean | undefined
  /**
   * How much is kept for a slow reader, and of a fast writer, before it has to wait. Bytes. Default: 65536.
   */
  highWaterMark?: number | undefined
  /**
   * Ends the connection with errno 28 when nothing has come or gone for so long. Milliseconds. Default: no
   * limit.
   */
  idleTimeoutMs?: number | undefined
}

/** Into which is received: one for all, as each look is over before the next one begins. */
let buffer = Buffer.allocUnsafeSlow(BUFFER_SIZE)

/**
 * A TCP or TLS connection that libcurl has made, through whatever proxies: `curl.connect()`. A `Duplex` that
 * is used as a `net.Socket` is; it fails with `CurlError` (55 sending, 56 receiving, 28 `idleTimeoutMs`, 42
 * aborted).
 *
 * * Reading slowly slows the peer down: where `highWaterMark` bytes wait, nothing is received. `write()`
 *   returns false while the peer takes no more.
 * * `end()` finishes writing; reading goes on until the peer ends, and then the socket closes. libcurl cannot
 *   say to the peer that nothing more will come (there is no `shutdown(2)` on a connection of its own): it
 *   hears of that when the socket closes. A peer that waits for it needs {@link destroySoon}.
 * * As a `net.Socket` it keeps the process alive while it waits for its peer; {@link unref} lets the process
 *   end.
 *
 * Differs from `net`: libcurl is asked for what has arrived, at once after something was sent and less often
 * the longer nothing happens; what comes to an idle socket is noticed within 16 ms.
 */
export class CurlSocket extends Duplex {
  /** The transfer that has made the connection: its infos can be read as long as the socket is open. */
  readonly transfer: Transfer
  /** The address of the peer; of the first proxy, where there is one. */
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
  /** Bytes received. */
  bytesRead = 0
  /** Bytes sent: what the system has taken. */
  bytesWritten = 0

  private readonly watch: Watch
  private isReading = false
  private unsent: { bytes: Buffer; readonly done: (error?: Error | null) => void } | null = null
  /** What {@link setTimeout} asks for. */
  private readonly quiet = new IdleTimer(() => this.emit('timeout'))
  /** `idleTimeoutMs`, which no library that is given the socket can lift. */
  private limit: IdleTimer | null = null

  /** @internal */
  constructor(
    private readonly connection: Connection,
    poller: Poller,
    { allowHalfOpen = false, highWaterMark = BUFFER_SIZE, idleTimeoutMs }: SocketOptions,
  ) {
    super({ allowHalfOpen, highWaterMark, decodeStrings: true })
    const { transfer } = connection
    this.transfer = transfer
    this.remoteAddress = String(transfer.getInfo('PRIMARY_IP') ?? '')
    this.remotePort = Number(transfer.getInfo('PRIMARY_PORT'))
    this.localAddress = String(transfer.getInfo('LOCAL_IP') ?? '')
    this.localPort = Number(transfer.getInfo('LOCAL_PORT'))
    this.watch = poller.watch(() => this.look())
    if (idleTimeoutMs !== undefined) {
      this.limit = new IdleTimer(() => {
        const reason = new Error(`idleTimeoutMs: nothing has come or gone for ${String(idleTimeoutMs)} ms`)
        this.destroy(connection.failure(OPERATION_TIMEDOUT, reason))
      })
      this.limit.start(idleTimeoutMs)
    }
    // As net.Socket: the end, and errors, are noticed though nobody reads. And libcurl holds a connection
    // that has been read from for one in use: it does not clear it away with idle ones (curl 7.88 and 8.22,
    // curl_easy_recv attaches it).
    this.read(0)
  }

  /** What `console.log()` shows. */
  [inspect.custom](depth: number, options: InspectOptions): string {
    if (depth < 0) return '[CurlSocket]'
    const { transfer, remoteAddress, remotePort, bytesRead, bytesWritten, destroyed } = this
    return `CurlSocket ${inspect({ transfer, remoteAddress, remotePort, bytesRead, bytesWritten, destroyed }, options)}`
  }

  /** Whether it is still being made: never; as in `net.Socket`. */
  get connecting(): boolean {
    return false
  }

  /** The milliseconds of {@link setTimeout}; 0: none. */
  get timeout(): number {
    return this.quiet.ms
  }

  /**
   * Emits `'timeout'` when nothing has come or gone for so long, and does nothing else; 0: never. As
   * `net.Socket` has it.
   */
  setTimeout(ms: number, listener?: () => void): this {
    if (listener !== undefined) {
      if (ms === 0) this.off('timeout', listener)
      else this.once('timeout', listener)
    }
    this.quiet.start(ms)
    return this
  }

  /** The process stays alive for it again. */
  ref(): this {
    this.watch.isRef = true
    return this
  }

  /** The process does not stay alive for it. */
  unref(): this {
    this.watch.isRef = false
    return this
  }

  /**
   * Closes it as soon as everything that was written has been sent; what the peer still sends is lost. As in
   * `net.Socket`.
   */
  destroySoon(): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }

  /**
   * Does nothing: `TCP_NODELAY` and `TCP_KEEPALIVE` among the options do. For Node's http, which calls it.
   */
  setNoDelay(): this {
    return this
  }

  /** Does nothing, as {@link setNoDelay}. */
  setKeepAlive(): this {
    return this
  }

  override _read(): void {
    if (this.isReading) return
    this.isReading = true
    this.watch.wake()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.unsent = { bytes: chunk, done }
    this.flush()
    // Most peers take more within a millisecond.
    if (this.isBlocked()) this.watch.wake()
  }

  override _writev(
    chunks: { chunk: Buffer; encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    const all = chunks.map(({ chunk }) => chunk)
    const next = (error?: Error | null): void => {
      if (error || all.length === 0) {
        done(error)
        return
      }
      let [count, length] = [0, 0]
      for (; count < all.length; count++) {
        length += (all[count] as Buffer).length
        if (count > 0 && length > MAX_JOINED) break
      }
      const some = all.splice(0, count)
      this._write(some.length === 1 ? (some[0] as Buffer) : Buffer.concat(some), 'utf8', next)
    }
    next()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.watch.rest()
    this.quiet.stop()
    this.limit?.stop()
    this.isReading = false
    const { unsent, connection } = this
    this.unsent = null
    if (unsent !== null) {
      // Whoever waits for it to be sent, and those behind it, hear of it; later, as this may be called from
      // anywhere.
      const reason = error ?? connection.failure(ABORTED_BY_CALLBACK, new Error('the socket was destroyed'))
      process.nextTick(unsent.done, reason)
    }
    connection.close()
    done(error)
  }

  private isBlocked(): boolean {
    return this.unsent !== null
  }

  /** Sends what can be sent. */
  private flush(): Found {
    const { unsent, connection } = this
    if (unsent === null) return 0
    let found: Found = 0
    // libcurl wants the very same bytes again after it has said "not now".
    while (unsent.bytes.length > 0) {
      const sent = connection.wire.send(unsent.bytes)
      if (sent === AGAIN) return found
      if (sent < 0) {
        this.unsent = null
        unsent.done(connection.failure(-sent))
        return 0
      }
      found = 2
      this.bytesWritten += sent
      this.isActive()
      unsent.bytes = unsent.bytes.subarray(sent)
    }
    this.unsent = null
    // There may be an answer.
    if (this.isReading) this.watch.wake()
    unsent.done()
    return 2
  }

  private look(): Found {
    const sent = this.flush()
    const received = this.receive()
    if (!this.isReading && this.unsent === null) this.watch.rest()
    return received > sent ? received : sent
  }

  private receive(): Found {
    let total = 0
    while (this.isReading && total < SHARE) {
      const length = this.connection.wire.receive(buffer)
      if (length === AGAIN) break
      if (length < 0) {
        this.destroy(this.connection.failure(-length))
        return 0
      }
      if (length === 0) {
        this.isReading = false
        this.push(null)
        break
      }
      total += length
      this.bytesRead += length
      // Whom it tells may destroy it, have enough, or ask for more.
      this.isReading = false
      if (this.push(take(length))) this.isReading = true
    }
    if (total === 0) return 0
    this.isActive()
    return total >= BUFFER_SIZE ? 2 : 1
  }

  private isActive(): void {
    const { quiet, limit } = this
    if (quiet.ms === 0 && limit === null) return
    const now = performance.now()
    quiet.touch(now)
    limit?.touch(now)
  }
}

/** What has been received: handed out where it fills the buffer well, else copied. */
function take(length: number): Buffer {
  if (length < LARGE) return Buffer.from(buffer.subarray(0, length))
  const taken = buffer.subarray(0, length)
  buffer = Buffer.allocUnsafeSlow(BUFFER_SIZE)
  return taken
}
