/**
 * WebSocket messages over a connection of libcurl's, which does the handshake and the frames. Does not know
 * how it was made.
 *
 * RFC 6455; curl_ws_recv(3), curl_ws_send(3).
 */
import { inspect, type InspectOptions } from 'node:util'
import type { Transfer } from '../../transfer/transfer.js'
import { ABORTED_BY_CALLBACK, AGAIN, type Connection } from './connection.js'
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
 * What is received at one look at most: others want their turn. Bytes, and pieces: empty ones cost time, too.
 */
const SHARE = 1 << 20
const SHARE_PIECES = 1024
/** How long nothing may go out before, nor be answered after, a close. Milliseconds. */
const CLOSE_TIMEOUT_MS = 5000
const DEFAULT_MAX_MESSAGE_SIZE = 1 << 24
/** What is said of a connection that ended without a close. */
const CUT: CloseInfo = { code: 1006, reason: '' }

export type { WebSocketMessage }

/** How a {@link CurlWebSocket} behaves. */
export interface WebSocketOptions {
  /**
   * The most bytes that a message may have, its fragments together: a longer one closes the connection
   * (1009). Default: 16 MiB.
   */
  maxMessageSize?: number | undefined
  /**
   * Subprotocols that are offered, the best one first; `protocol` is what the server has chosen. Default:
   * none.
   */
  protocols?: string | readonly string[] | undefined
}

interface Ping {
  readonly payload: string
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Into which is received: one for all, as each look is over before the next one begins. */
const buffer = Buffer.allocUnsafeSlow(1 << 16)

/**
 * A WebSocket that libcurl has opened, through whatever proxies: `curl.webSocket()`.
 *
 * ```ts
 * for await (const message of webSocket) await webSocket.send(`got ${message.length}`)
 * ```
 *
 * Reading slowly slows the peer down. Pings are answered, as long as there is room for what comes with them.
 * Where the connection breaks, or is aborted, whoever reads gets what had come before, and then a
 * `CurlError`; a peer that closes it ends the reading.
 */
export class CurlWebSocket implements AsyncIterable<WebSocketMessage>, AsyncDisposable {
  /**
   * The transfer of the handshake: `headers` are those of the server's answer. Its infos can be read as long
   * as it is open.
   */
  readonly transfer: Transfer
  /** The subprotocol that the server has chosen, `''` where none. */
  readonly protocol: string
  /**
   * Resolves when it is closed, with the code and the reason of the peer; 1005: it gave none, 1006: it was
   * cut. Never rejects.
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

  /** What `console.log()` shows. */
  [inspect.custom](depth: number, options: InspectOptions): string {
    if (depth < 0) return '[CurlWebSocket]'
    const { transfer, protocol, isOpen } = this
    return `CurlWebSocket ${inspect({ transfer, protocol, isOpen }, options)}`
  }

  /** Whether messages can be sent. */
  get isOpen(): boolean {
    return !this.isOver && !this.isClosing
  }

  /**
   * Sends a message: a string as text, bytes as binary. Resolves when the system has taken all of it: waiting
   * for that is the backpressure. Rejects with `CurlError` where it cannot be sent any more. Bytes are not
   * copied: do not change them before.
   */
  async send(message: string | ArrayBufferView | ArrayBuffer): Promise<void> {
    await this.enqueue(messagePayload(message), typeof message === 'string' ? FLAG.text : FLAG.binary)
  }

  /** Sends a ping with up to 125 bytes, and resolves with how long its pong took, in milliseconds. */
  async ping(payload: string | Uint8Array = ''): Promise<number> {
    const bytes = pingPayload(payload)
    const start = performance.now()
    const answered = new Promise<void>((resolve, reject) => {
      this.pings.push({ payload: bytes.toString('latin1'), resolve, reject })
    })
    // Both fail together, and one of them is told.
    answered.catch(() => undefined)
    await this.enqueue(bytes, FLAG.ping)
    await answered
    return performance.now() - start
  }

  /** The next message; null when the connection has been closed. Rejects where it has broken off. */
  receive(): Promise<WebSocketMessage | null> {
    const message = this.inbox.take()
    if (message === undefined) return this.inbox.next()
    if (!this.isOver && !this.inbox.isFull) this.watch.wake()
    return Promise.resolve(message)
  }

  /** Messages until it is closed. `break` closes it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<WebSocketMessage, void, undefined> {
    try {
      for (let message = await this.receive(); message !== null; message = await this.receive()) yield message
    } finally {
      await this.close()
    }
  }

  /**
   * Closes it in good order, after what has been sent: resolves when the peer has answered, or after 5 s in
   * which nothing could be sent, nor the answer came. What the peer sends until then is lost.
   *
   * @param code 1000, or 3000 to 4999
   * @param reason up to 123 bytes
   */
  async close(code = 1000, reason = ''): Promise<void> {
    const payload = checkedClose(code, reason)
    if (this.isOpen) this.sendClose(payload)
    await this.closed
  }

  /** `await using webSocket = await curl.webSocket(url)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Cuts the connection. Whoever reads or sends gets `error`; without one, reading just ends. */
  destroy(error?: Error): void {
    this.end(error ?? null, CUT)
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
    // Nobody reads any longer: there has to be room until the peer's close comes.
    this.inbox.clear()
    this.watch.wake()
  }

  /** It is the watch that holds the process, as long as there is something to look for. */
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
    // What was to be sent before it takes as long as the peer needs, while it takes something.
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
    for (; !this.isOver && !this.inbox.isFull && total < SHARE && pieces < SHARE_PIECES; pieces++) {
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
    if (total >= buffer.length || pieces === SHARE_PIECES) return 2
    return pieces > 0 ? 1 : 0
  }

  private onBroken(errno: number): void {
    const { brokenRule } = this.handshake
    if (errno === RECV_ERROR && brokenRule !== '') this.refuse(PROTOCOL_ERROR, RECV_ERROR, brokenRule)
    // After its own close it may end in any way.
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
      // What the peer has said is said back.
      this.outbox.sendLast(payload.subarray(0, 2), FLAG.close)
      if (this.assembly.isWithinMessage)
        failure = this.connection.failure(RECV_ERROR, new Error('the peer closed it within a message'))
    }
    this.end(failure, closeInfo(payload))
  }

  /** The peer has broken a rule: it is told which kind. After a close of its own there is nobody to tell. */
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
