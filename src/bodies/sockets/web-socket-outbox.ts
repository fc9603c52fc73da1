/** The queue of WebSocket frames to send. Does not depend on received frames. */
import { AGAIN, type Wire } from './connection.js'
import { FLAG } from './web-socket-frames.js'

interface Frame {
  bytes: Buffer
  readonly flags: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** The send queue of one WebSocket. */
export class Outbox {
  private frames: Frame[] = []

  constructor(private readonly wire: Wire) {}

  get isEmpty(): boolean {
    return this.frames.length === 0
  }

  /** Queues a frame. Resolves when the operating system has accepted all of it. */
  add(bytes: Buffer, flags: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const frame = { bytes, flags, resolve, reject }
      // A ping goes before waiting messages, but after the first frame, which may be half sent. A close goes
      // last.
      if (flags & FLAG.ping) this.frames.splice(1, 0, frame)
      else this.frames.push(frame)
    })
  }

  /**
   * Sends queued frames until libcurl does not accept more. Returns 2 if something was sent, 0 if nothing
   * was, or a negative libcurl code on failure.
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

  /**
   * Sends a last frame, as far as libcurl accepts it at once. Does nothing if frames are queued, because one
   * may be half sent.
   */
  sendLast(bytes: Buffer, flags: number): void {
    if (this.isEmpty) this.wire.sendFrame(bytes, flags)
  }

  /** Drops all queued frames and rejects their promises. */
  reject(error: Error): void {
    for (const { reject } of this.frames.splice(0)) reject(error)
  }
}
