/**
 * WebSocket frames that wait to be sent, in their order. Does not know what comes back.
 */
import { AGAIN, type Wire } from './connection.js'
import { FLAG } from './web-socket-frames.js'

interface Frame {
  bytes: Buffer
  readonly flags: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** The frames of one WebSocket. */
export class Outbox {
  private frames: Frame[] = []

  constructor(private readonly wire: Wire) {}

  get isEmpty(): boolean {
    return this.frames.length === 0
  }

  /** Resolves when the system has taken all of it. */
  add(bytes: Buffer, flags: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const frame = { bytes, flags, resolve, reject }
      // A ping goes ahead of messages that wait, and after the one that may be half sent; a close after all.
      if (flags & FLAG.ping) this.frames.splice(1, 0, frame)
      else this.frames.push(frame)
    })
  }

  /**
   * Sends what can be sent. Returns whether something was: 2, else 0; or libcurl's code, negative, where it
   * failed.
   */
  flush(): number {
    let found = 0
    for (let first = this.frames[0]; first !== undefined; first = this.frames[0]) {
      do {
        const sent = this.wire.sendFrame(first.bytes, first.flags)
        if (sent === AGAIN) return found
        if (sent < 0) return sent
        found = 2
        first.bytes = first.bytes.subarray(sent)
      } while (first.bytes.length > 0)
      this.frames.shift()
      first.resolve()
    }
    return found
  }

  /** Sends a last frame, as far as it can be sent at once, where none is half sent. */
  sendLast(bytes: Buffer, flags: number): void {
    if (this.isEmpty) this.wire.sendFrame(bytes, flags)
  }

  /** What waits is not sent any more. */
  reject(error: Error): void {
    for (const { reject } of this.frames.splice(0)) reject(error)
  }
}
