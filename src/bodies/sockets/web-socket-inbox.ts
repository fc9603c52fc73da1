/**
 * The messages of a WebSocket that nobody has read yet, and who waits for the next one. Does not know frames.
 */

/** A message: text as a string, binary as bytes. */
export type WebSocketMessage = string | Buffer

/** What is kept for a slow reader before nothing more is received. Bytes, and messages. */
const MAX_QUEUED_BYTES = 1 << 18
const MAX_QUEUED_MESSAGES = 1024

interface Reader {
  readonly resolve: (message: WebSocketMessage | null) => void
  readonly reject: (error: Error) => void
}

export class Inbox {
  private readonly messages: WebSocketMessage[] = []
  private queuedBytes = 0
  private readers: Reader[] = []
  private failure: Error | null = null
  private isOver = false

  /** Whether nothing more is to be received before somebody reads. */
  get isFull(): boolean {
    return this.queuedBytes >= MAX_QUEUED_BYTES || this.messages.length >= MAX_QUEUED_MESSAGES
  }

  /** The next message that is there. */
  take(): WebSocketMessage | undefined {
    const message = this.messages.shift()
    if (message !== undefined) this.queuedBytes -= message.length
    return message
  }

  /**
   * The next message that comes, where none is there; null: it ended. The first one to ask after a failure
   * gets that.
   */
  next(): Promise<WebSocketMessage | null> {
    const { failure } = this
    if (failure !== null) {
      this.failure = null
      return Promise.reject(failure)
    }
    if (this.isOver) return Promise.resolve(null)
    return new Promise((resolve, reject) => this.readers.push({ resolve, reject }))
  }

  /** A message has come. */
  give(message: WebSocketMessage): void {
    const reader = this.readers.shift()
    if (reader !== undefined) reader.resolve(message)
    else {
      this.messages.push(message)
      this.queuedBytes += message.length
    }
  }

  /** Nobody reads any longer: what is there is dropped, and those who wait get null. */
  clear(): void {
    this.messages.length = this.queuedBytes = 0
    for (const { resolve } of this.readers.splice(0)) resolve(null)
  }

  /** Nothing more comes. Messages that are there can still be read. */
  end(failure: Error | null): void {
    this.isOver = true
    this.failure = failure
    for (const reader of this.readers.splice(0)) {
      // The first one is told, as in a stream; the others see the end.
      if (this.failure === null) reader.resolve(null)
      else reader.reject(this.failure)
      this.failure = null
    }
  }
}
