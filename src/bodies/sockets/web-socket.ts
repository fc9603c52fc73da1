/**
 * WebSocket messages over a libcurl connection. libcurl does the handshake and the framing. Does not depend
 * on how the connection was made. Source: RFC 6455; curl_ws_recv(3), curl_ws_send(3).
 */
import { inspect, type InspectOptions } from 'node:util'
import type { Transfer } from '../../transfer/transfer.js'
import { ABORTED_BY_CALLBACK } from '../../curl-codes.js'
import { AGAIN, type Connection } from './connection.js'
import type { Found, Poller, Watch } from './poller.js'
import { Assembly } from './web-socket-assembly.js'
import {
  checkedClose,
  closeInfo,
  closePayload,
  closeProblem,
  FLAG,
  isControl,
  messagePayload,
  pingPayload,
  PROTOCOL_ERROR,
  type CloseInfo,
} from './web-socket-frames.js'
import type { Handshake } from './web-socket-handshake.js'
import { Inbox, type WebSocketMessage } from './web-socket-inbox.js'
import { Outbox } from './web-socket-outbox.js'
import { GOT_NOTHING, RECV_ERROR } from '../../curl-codes.js'

/**
 * Limits of one poll, so that other sockets get their turn. Bytes, and pieces, because empty pieces cost
 * time, too.
 */
const MAX_BYTES = 1 << 20
const MAX_PIECES = 1024
/**
 * The time that a close waits for the peer: to accept data that is still queued, and then to answer.
 * Milliseconds.
 */
const CLOSE_TIMEOUT_MS = 5000
const DEFAULT_MAX_MESSAGE_SIZE = 1 << 24
/** The close info of a connection that ended without a close frame. */
const CUT: CloseInfo = { code: 1006, reason: '' }

export type { WebSocketMessage }

/** Options of a {@link CurlWebSocket}. */
export interface WebSocketOptions {
  /**
   * The longest message that is accepted, all fragments together. A longer one closes the connection with
   * code 1009. Bytes. Default: 16 MiB.
   */
  maxMessageSize?: number | undefined
  /**
   * The subprotocols to offer, the preferred one first. The server's choice is in
   * {@link CurlWebSocket.protocol}. Default: none.
   */
  protocols?: string | readonly string[] | undefined
}

interface Ping {
  readonly payload: string
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** The receive buffer of all WebSockets: each receive call is over before the next one begins. */
const buffer = Buffer.allocUnsafeSlow(1 << 16)

/**
 * A WebSocket that libcurl has opened, through proxies where needed: the result of `curl.webSocket()`.
 *
 * ```ts
 * for await (const message of webSocket) await webSocket.send(`got ${message.length}`)
 * ```
 *
 * Reading slowly slows the peer down. Pings are answered automatically while the read queue has room. If the
 * connection breaks or is aborted, readers get the messages received before, then a `CurlError`. If the peer
 * closes the WebSocket, reading ends without an error.
 */
export class CurlWebSocket implements AsyncIterable<WebSocketMessage>, AsyncDisposable {
  /**
   * The transfer of the handshake: `headers` are the headers of the server's response. Its infos can be read
   * as long as the WebSocket is open.
   */
  readonly transfer: Transfer
  /** The subprotocol that the server chose; `''` if none. */
  readonly protocol: string
  /**
   * Resolves with the peer's close code and reason when the WebSocket is closed. Code 1005: the peer gave no
   * code; 1006: the connection ended without a close. Never rejects.
   */
  readonly closed: Promise<CloseInfo>

  private readonly watch: Watch
  private readonly inbox = new Inbox()
  private readonly assembly: Assembly
  private readonly outbox: Outbox
  private readonly pings: Ping[] = []
  private isOver = false
  private isClosing = false
  private closeTimer: NodeJS.Timeout | null = null
  private resolveClosed!: (info: CloseInfo) => void

  /** @internal */
  constructor(
    private readonly connection: Connection,
    poller: Poller,
    private readonly handshake: Handshake,
    { maxMessageSize = DEFAULT_MAX_MESSAGE_SIZE }: WebSocketOptions,
  ) {
    this.transfer = connection.transfer
    this.protocol = String(this.transfer.headers['sec-websocket-protocol'] ?? '')
    this.assembly = new Assembly(maxMessageSize, {
      onMessage: (message) => this.inbox.give(message),
      onClose: (payload) => this.onClose(payload),
      onPong: (payload) => this.onPong(payload),
      onRefused: (code, errno, rule) => this.refuse(code, errno, rule),
    })
    this.outbox = new Outbox(connection.wire)
    this.closed = new Promise((resolve) => (this.resolveClosed = resolve))
    this.watch = poller.watch(() => this.look())
    this.watch.wake()
  }

  /** The output of `console.log()`. */
  [inspect.custom](depth: number, options: InspectOptions): string {
    if (depth < 0) return '[CurlWebSocket]'
    const { transfer, protocol, isOpen } = this
    return `CurlWebSocket ${inspect({ transfer, protocol, isOpen }, options)}`
  }

  /** True if messages can be sent. */
  get isOpen(): boolean {
    return !this.isOver && !this.isClosing
  }

  /**
   * Sends a message: a string as text, bytes as binary. Resolves when the operating system has accepted all
   * of it; await it for backpressure. Rejects with `CurlError` if the message cannot be sent. Bytes are not
   * copied: do not change them before the promise settles.
   */
  async send(message: string | ArrayBufferView | ArrayBuffer): Promise<void> {
    await this.enqueue(messagePayload(message), typeof message === 'string' ? FLAG.text : FLAG.binary)
  }

  /**
   * Sends a ping with a payload of up to 125 bytes. Resolves with the time until its pong arrived, in
   * milliseconds.
   */
  async ping(payload: string | Uint8Array = ''): Promise<number> {
    const bytes = pingPayload(payload)
    const start = performance.now()
    const answered = new Promise<void>((resolve, reject) => {
      this.pings.push({ payload: bytes.toString('latin1'), resolve, reject })
    })
    // On failure both promises reject. The caller gets the first one, so the other one must not count as
    // unhandled.
    answered.catch(() => undefined)
    await this.enqueue(bytes, FLAG.ping)
    await answered
    return performance.now() - start
  }

  /**
   * Returns the next message; null when the WebSocket was closed. Rejects with `CurlError` if the connection
   * broke.
   */
  receive(): Promise<WebSocketMessage | null> {
    const message = this.inbox.take()
    if (message === undefined) return this.inbox.next()
    if (!this.isOver && !this.inbox.isFull) this.watch.wake()
    return Promise.resolve(message)
  }

  /** Yields messages until the WebSocket is closed. Leaving the loop closes it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<WebSocketMessage, void, undefined> {
    try {
      for (let message = await this.receive(); message !== null; message = await this.receive()) yield message
    } finally {
      await this.close()
    }
  }

  /**
   * Closes the WebSocket after all queued messages were sent. Resolves when the peer has answered the close,
   * or after 5 s in which nothing could be sent and no answer arrived. Messages that arrive until then are
   * dropped.
   *
   * @param code 1000 (default), or 3000 to 4999
   * @param reason up to 123 bytes; default: none
   * @throws OptionError if the code or the reason is invalid
   */
  async close(code = 1000, reason = ''): Promise<void> {
    const payload = checkedClose(code, reason)
    if (this.isOpen) this.sendClose(payload)
    await this.closed
  }

  /** Closes the WebSocket at the end of a block: `await using webSocket = await curl.webSocket(url)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /**
   * Cuts the connection without a close frame. Pending calls reject with `error`; without an error, reading
   * just ends.
   */
  destroy(error?: Error): void {
    this.end(error ?? null, CUT)
  }

  /** Makes the WebSocket keep the process alive again. */
  ref(): this {
    this.watch.isRef = true
    return this
  }

  /** Allows the process to exit while the WebSocket is open. */
  unref(): this {
    this.watch.isRef = false
    return this
  }

  private enqueue(bytes: Buffer, flags: number): Promise<void> {
    if (!this.isOpen) {
      const reason = new Error('the WebSocket is closed')
      return Promise.reject(this.connection.failure(ABORTED_BY_CALLBACK, reason))
    }
    const sent = this.outbox.add(bytes, flags)
    this.flush()
    if (!this.isOver) this.watch.wake()
    return sent
  }

  private sendClose(payload: Buffer): void {
    this.isClosing = true
    this.outbox.add(payload, FLAG.close).catch(() => undefined)
    this.flush()
    if (this.isOver) return
    this.setCloseTimer()
    // Nobody reads from now on. The inbox must have room so that the peer's close can arrive.
    this.inbox.clear()
    this.watch.wake()
  }

  /**
   * The timer is unreferenced, because the watch keeps the process alive while there is something to wait
   * for.
   */
  private setCloseTimer(): void {
    if (this.closeTimer !== null) clearTimeout(this.closeTimer)
    this.closeTimer = setTimeout(() => {
      this.destroy()
    }, CLOSE_TIMEOUT_MS).unref()
  }

  private flush(): Found {
    const found = this.outbox.flush()
    if (found < 0) this.end(this.connection.failure(-found), CUT)
    if (found <= 0) return 0
    // Restarts the timeout whenever the peer accepts data: messages queued before the close may take long.
    if (this.closeTimer !== null && !this.isOver) this.setCloseTimer()
    return 2
  }

  private look(): Found {
    const sent = this.flush()
    const received = this.isOver ? 0 : this.receivePieces()
    if (!this.isOver && this.outbox.isEmpty) this.connection.wire.sendAnswers()
    if (!this.isOver && this.inbox.isFull && this.outbox.isEmpty) this.watch.rest()
    return received > sent ? received : sent
  }

  private receivePieces(): Found {
    let [total, pieces] = [0, 0]
    for (; !this.isOver && !this.inbox.isFull && total < MAX_BYTES && pieces < MAX_PIECES; pieces++) {
      const { length, flags, isLast } = this.connection.wire.receiveFrame(buffer)
      if (length === AGAIN) break
      if (length < 0) {
        this.onBroken(-length)
        return 0
      }
      total += length
      const piece = buffer.subarray(0, length)
      if (isControl(flags)) this.assembly.takeControl(piece, flags, isLast)
      else if (!this.isClosing) this.assembly.takeData(piece, flags, isLast)
    }
    if (total >= buffer.length || pieces === MAX_PIECES) return 2
    return pieces > 0 ? 1 : 0
  }

  private onBroken(errno: number): void {
    const { brokenRule } = this.handshake
    if (errno === RECV_ERROR && brokenRule !== '') this.refuse(PROTOCOL_ERROR, RECV_ERROR, brokenRule)
    // After our close frame, the connection may end in any way.
    else if (this.isClosing) this.end(null, CUT)
    else this.end(this.connection.failure(errno === GOT_NOTHING ? RECV_ERROR : errno), CUT)
  }

  private onPong(payload: Buffer): void {
    const text = payload.toString('latin1')
    const at = this.pings.findIndex((ping) => ping.payload === text)
    if (at >= 0) this.pings.splice(at, 1)[0]?.resolve()
  }

  private onClose(payload: Buffer): void {
    const problem = closeProblem(payload)
    if (problem !== null) {
      this.refuse(problem.code, RECV_ERROR, problem.text)
      return
    }
    let failure: Error | null = null
    if (!this.isClosing) {
      // Answers with the peer's code.
      this.outbox.sendLast(payload.subarray(0, 2), FLAG.close)
      if (this.assembly.isWithinMessage)
        failure = this.connection.failure(
          RECV_ERROR,
          new Error('the peer closed the WebSocket within a message'),
        )
    }
    this.end(failure, closeInfo(payload))
  }

  /**
   * Closes the connection because the peer broke a rule, and sends the close code, unless a close was sent
   * already.
   */
  private refuse(code: number, errno: number, rule: string): void {
    if (this.isClosing) {
      this.end(null, CUT)
      return
    }
    this.outbox.sendLast(closePayload(code), FLAG.close)
    this.end(this.connection.failure(errno, new Error(rule)), CUT)
  }

  private end(failure: Error | null, info: CloseInfo): void {
    if (this.isOver) return
    this.isOver = true
    this.watch.rest()
    if (this.closeTimer !== null) clearTimeout(this.closeTimer)
    const reason =
      failure ?? this.connection.failure(ABORTED_BY_CALLBACK, new Error('the WebSocket is closed'))
    this.outbox.reject(reason)
    for (const { reject } of this.pings.splice(0)) reject(reason)
    this.inbox.end(failure)
    this.connection.close()
    this.resolveClosed(info)
  }
}
