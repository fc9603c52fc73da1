/**
 * A body on its way to a sink instead of memory: libcurl's write and header callbacks for it, and its pauses.
 * Does not know what the sink does with it, nor when the transfer is over.
 */
import type { HeaderLines } from '../../transfer/response-headers.js'
import type { BodySink } from '../../transfer/transfer-types.js'
import { hold, letGo } from './process-hold.js'
import type { Guarded } from '../callbacks/user-callbacks.js'

/** `CURL_WRITEFUNC_PAUSE`: the chunk is not taken, and comes again. */
const PAUSE = 0x10000001
const STOP = -1
const CARRIAGE_RETURN = 13
const LINE_FEED = 10

/** Takes one transfer's body. */
export class BodyIntake {
  /** Of the body, decoded; those that memory took included. */
  bytes = 0
  isPaused = false

  /**
   * @param keep takes what the sink leaves to memory; returns what libcurl is told
   * @param admits whether the body may become this long; says why not by itself
   */
  constructor(
    private readonly sink: BodySink,
    private readonly handle: Guarded,
    private readonly headerLines: HeaderLines,
    private readonly keep: (chunk: Buffer) => number,
    private readonly admits: (bytes: number) => boolean,
  ) {}

  /** libcurl's write callback. */
  readonly onWrite = (chunk: Buffer): number => {
    try {
      const { sink } = this
      if (sink.isFull) {
        this.pause()
        return PAUSE
      }
      if (!this.admits(this.bytes + chunk.length)) return STOP
      this.bytes += chunk.length
      return sink.write(chunk) ? chunk.length : this.keep(chunk)
    } catch (error) {
      this.handle.onThrown(error, true)
      return STOP
    }
  }

  /** libcurl's header callback. */
  readonly onHeader = (line: Buffer): number => {
    this.headerLines.push(line)
    const [first] = line
    // The blank line at the end of a block; another one may follow. A carriage return alone is where an
    // answer was cut.
    const isWhole = line[line.length - 1] === LINE_FEED
    if (isWhole && (first === CARRIAGE_RETURN || first === LINE_FEED)) this.sink.headersArrived()
    return line.length
  }

  /** Whether there is a pause to end. The next chunk may begin another one. */
  endPause(): boolean {
    if (!this.isPaused) return false
    this.isPaused = false
    letGo()
    return true
  }

  private pause(): void {
    if (this.isPaused) return
    this.isPaused = true
    // Nothing else keeps the process alive then: node-libcurl 4 would let it exit.
    hold()
  }
}
