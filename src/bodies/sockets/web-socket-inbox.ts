/**
 * The received WebSocket messages that were not read yet, and the readers that wait for the next one. Does
 * not depend on frames.
 */

/** A WebSocket message: a string for text, a Buffer for binary. */
export type WebSocketMessage = string | Buffer

/**
 * Limits of the queue for a slow reader. When one is reached, nothing more is received. Bytes, and messages.
 */
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

  /** True if the queue is full: nothing should be received before a message is read. */
  get isFull(): boolean {
    return this.queuedBytes >= MAX_QUEUED_BYTES || this.messages.length >= MAX_QUEUED_MESSAGES
  }

  /** Returns the first message of the queue, if there is one. */
  take(): WebSocketMessage | undefined {
    const message = this.messages.shift()
    if (message !== undefined) this.queuedBytes -= message.length
    return message
  }

  /**
   * Resolves with the next message that arrives, or with null at the end. Call it only when the queue is
   * empty. After a failure, the first call rejects and later ones resolve with null.
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

  /** Gives a received message to the first waiting reader, or queues it. */
  give(message: WebSocketMessage): void {
    const reader = this.readers.shift()
    if (reader !== undefined) reader.resolve(message)
    else {
      this.messages.push(message)
      this.queuedBytes += message.length
    }
  }

  /** Drops all queued messages and resolves waiting readers with null. */
  clear(): void {
    this.messages.length = this.queuedBytes = 0
    for (const { resolve } of this.readers.splice(0)) resolve(null)
  }

  /** Ends the inbox. Queued messages can still be read. */
  end(failure: Error | null): void {
    this.isOver = true
    this.failure = failure
    for (const reader of this.readers.splice(0)) {
      // As in a stream, the first reader gets the error; the others see the end.
      if (this.failure === null) reader.resolve(null)
      else reader.reject(this.failure)
      this.failure = null
    }
  }
}
