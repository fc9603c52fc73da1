/**
 * A libcurl connection as a Node.js stream. Does not depend on how the connection was made, on proxies, or on
 * TLS.
 */
import { Duplex } from 'node:stream'
import { inspect, type InspectOptions } from 'node:util'
import type { Transfer } from '../../transfer/transfer.js'
import { ABORTED_BY_CALLBACK, OPERATION_TIMEDOUT } from '../../curl-codes.js'
import { AGAIN, type Connection } from './connection.js'
import { IdleTimer } from './idle-timer.js'
import type { Found, Poller, Watch } from './poller.js'

/** The most bytes that one poll receives, so that other sockets get their turn. */
const MAX_PER_POLL = 1 << 20
const BUFFER_SIZE = 1 << 16
/**
 * A received chunk of at least this size is handed out as a slice of the receive buffer. A smaller chunk is
 * copied, and the buffer is used again. Bytes.
 */
const LARGE = BUFFER_SIZE / 2
/** Waiting small writes are joined into one write of up to this size. Bytes. */
const MAX_JOINED = 1 << 16

/** Options of a {@link CurlSocket}. */
export interface SocketOptions {
  /**
   * True if the socket can still be written to after the peer has ended its side. If false, the socket then
   * ends its own side, too. Default: false, as in `net`.
   */
  allowHalfOpen?: boolean | undefined
  /**
   * The size of the read buffer and of the write buffer, in bytes. A full read buffer stops receiving; a full
   * write buffer makes `write()` return false. Default: 65536.
   */
  highWaterMark?: number | undefined
  /**
   * Ends the connection with errno 28 if nothing was sent or received for this time. Milliseconds. Default:
   * no limit.
   */
  idleTimeoutMs?: number | undefined
}

/** The receive buffer of all sockets: each receive call is over before the next one begins. */
let buffer = Buffer.allocUnsafeSlow(BUFFER_SIZE)

/**
 * A TCP or TLS connection that libcurl has opened, through proxies where needed: the result of
 * `curl.connect()`. A `Duplex` with the interface of `net.Socket`. Fails with `CurlError` (errno 55: sending
 * failed, 56: receiving failed, 28: `idleTimeoutMs`, 42: aborted).
 *
 * * Reading slowly slows the peer down: while `highWaterMark` bytes are unread, nothing is received.
 *   `write()` returns false while the peer does not accept more.
 * * `end()` ends the writable side. Reading continues until the peer ends its side, then the socket closes.
 *   libcurl cannot half-close a connection (it has no equivalent of `shutdown(2)`): the peer sees the end
 *   only when the socket closes. For a peer that waits for the end, use {@link destroySoon}.
 * * Like a `net.Socket`, the socket keeps the process alive; {@link unref} changes that.
 *
 * Differs from `net`: the socket polls libcurl for received data: at once after sending, and less often the
 * longer the socket is idle. An idle socket notices new data within 16 ms.
 */
export class CurlSocket extends Duplex {
  /** The transfer that opened the connection. Its infos can be read as long as the socket is open. */
  readonly transfer: Transfer
  /** The IP address of the peer, or of the first proxy if there is one. */
  readonly remoteAddress: string
  readonly remotePort: number
  /** The local IP address. */
  readonly localAddress: string
  readonly localPort: number
  /** The number of bytes received. */
  bytesRead = 0
  /** The number of bytes sent, that is, accepted by the operating system. */
  bytesWritten = 0

  private readonly watch: Watch
  private isReading = false
  private unsent: { bytes: Buffer; readonly done: (error?: Error | null) => void } | null = null
  /** The timer of {@link setTimeout}. */
  private readonly timeoutTimer = new IdleTimer(() => this.emit('timeout'))
  /** The timer of `idleTimeoutMs`. Separate from the other one, because libraries call {@link setTimeout}. */
  private idleLimitTimer: IdleTimer | null = null

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
      this.idleLimitTimer = new IdleTimer(() => {
        const reason = new Error(
          `idleTimeoutMs: nothing was sent or received for ${String(idleTimeoutMs)} ms`,
        )
        this.destroy(connection.failure(OPERATION_TIMEDOUT, reason))
      })
      this.idleLimitTimer.start(idleTimeoutMs)
    }
    // Like net.Socket, notice the end and errors even if nobody reads. Also, libcurl treats a connection that
    // was read from as in use and does not close it together with idle connections (curl 7.88 and 8.22,
    // curl_easy_recv attaches it).
    this.read(0)
  }

  /** The output of `console.log()`. */
  [inspect.custom](depth: number, options: InspectOptions): string {
    if (depth < 0) return '[CurlSocket]'
    const { transfer, remoteAddress, remotePort, bytesRead, bytesWritten, destroyed } = this
    return `CurlSocket ${inspect({ transfer, remoteAddress, remotePort, bytesRead, bytesWritten, destroyed }, options)}`
  }

  /** Always false: a `CurlSocket` is connected from the start. For compatibility with `net.Socket`. */
  get connecting(): boolean {
    return false
  }

  /** The value of {@link setTimeout} in milliseconds; 0: no timeout. */
  get timeout(): number {
    return this.timeoutTimer.ms
  }

  /**
   * Emits `'timeout'` when nothing was sent or received for `ms` milliseconds; 0 switches it off. Does not
   * close the socket. As in `net.Socket`.
   */
  setTimeout(ms: number, listener?: () => void): this {
    if (listener !== undefined) {
      if (ms === 0) this.off('timeout', listener)
      else this.once('timeout', listener)
    }
    this.timeoutTimer.start(ms)
    return this
  }

  /** Makes the socket keep the process alive again. */
  ref(): this {
    this.watch.isRef = true
    return this
  }

  /** Allows the process to exit while the socket is open. */
  unref(): this {
    this.watch.isRef = false
    return this
  }

  /**
   * Closes the socket as soon as everything written has been sent. Data that arrives until then is dropped.
   * As in `net.Socket`.
   */
  destroySoon(): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }

  /** Does nothing; exists because Node's http calls it. Use the options `TCP_NODELAY` and `TCP_KEEPALIVE`. */
  setNoDelay(): this {
    return this
  }

  /** Does nothing, like {@link setNoDelay}. */
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
    // Most peers accept more data within a millisecond.
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
    this.timeoutTimer.stop()
    this.idleLimitTimer?.stop()
    this.isReading = false
    const { unsent, connection } = this
    this.unsent = null
    if (unsent !== null) {
      // Fails the pending write and those queued behind it. Not in this call, because _destroy() may run
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

  /** Sends pending data until libcurl does not accept more. */
  private flush(): Found {
    const { unsent, connection } = this
    if (unsent === null) return 0
    let found: Found = 0
    // After CURLE_AGAIN, libcurl expects the same bytes again.
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
      this.touchTimers()
      unsent.bytes = unsent.bytes.subarray(sent)
    }
    this.unsent = null
    // A response may arrive soon.
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
    while (this.isReading && total < MAX_PER_POLL) {
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
      // The listeners of push() may destroy the socket, stop reading, or ask for more.
      this.isReading = false
      if (this.push(receivedBytes(length))) this.isReading = true
    }
    if (total === 0) return 0
    this.touchTimers()
    return total >= BUFFER_SIZE ? 2 : 1
  }

  private touchTimers(): void {
    const { timeoutTimer, idleLimitTimer } = this
    if (timeoutTimer.ms === 0 && idleLimitTimer === null) return
    const now = performance.now()
    timeoutTimer.touch(now)
    idleLimitTimer?.touch(now)
  }
}

/**
 * Returns the received bytes: a slice of the receive buffer if they fill at least half of it, otherwise a
 * copy.
 */
function receivedBytes(length: number): Buffer {
  if (length < LARGE) return Buffer.from(buffer.subarray(0, length))
  const taken = buffer.subarray(0, length)
  buffer = Buffer.allocUnsafeSlow(BUFFER_SIZE)
  return taken
}
