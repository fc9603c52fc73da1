/**
 * A response body on its way to a sink instead of memory: libcurl's write and header callbacks, and the
 * pauses. Does not know what the sink does with the body, nor when the transfer is over.
 */
import type { HeaderLines } from '../../transfer/response-headers.js'
import type { BodySink } from '../../transfer/transfer-types.js'
import { hold, letGo } from './process-hold.js'
import type { Guarded } from '../callbacks/user-callbacks.js'

/** `CURL_WRITEFUNC_PAUSE`: libcurl keeps the chunk and hands it over again later. */
const PAUSE = 0x10000001
const STOP = -1
const CARRIAGE_RETURN = 13
const LINE_FEED = 10

/** Gives one transfer's body to its sink. */
export class BodyIntake {
  /** Decoded bytes of the body, including those that are kept in memory. */
  bytes = 0
  isPaused = false

  /**
   * @param keep keeps a chunk in memory that the sink refuses; returns the value for libcurl
   * @param admits returns true if the body may become this long; reports the reason itself if not
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
    // A blank line ends a block of headers; another block may follow. A carriage return without a line feed
    // means that the response was cut off here.
    const isWhole = line[line.length - 1] === LINE_FEED
    if (isWhole && (first === CARRIAGE_RETURN || first === LINE_FEED)) this.sink.headersArrived()
    return line.length
  }

  /** Ends the pause. Returns false if there was none. The next chunk may begin a new pause. */
  endPause(): boolean {
    if (!this.isPaused) return false
    this.isPaused = false
    letGo()
    return true
  }

  private pause(): void {
    if (this.isPaused) return
    this.isPaused = true
    // Nothing else keeps the process alive during a pause: with node-libcurl 4 it would exit.
    hold()
  }
}
