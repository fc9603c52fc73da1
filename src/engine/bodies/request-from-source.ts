/**
 * A request body on its way from a source to libcurl: the read and the seek callback, and the pauses. Does
 * not know where the bytes come from.
 */
import type { BodySource } from '../../transfer/transfer-types.js'
import { hold, letGo } from './process-hold.js'
import type { Guarded } from '../callbacks/user-callbacks.js'

/** `CURL_READFUNC_PAUSE` and `CURL_READFUNC_ABORT`. */
const PAUSE = 0x10000001
const ABORT = 0x10000000
const SEEK_OK = 0
const SEEK_FAIL = 1
const SEEK_SET = 0

/**
 * Reads one transfer's body from its source. Both callbacks are needed: libcurl rewinds the body when a
 * kept-alive connection turns out to be dead.
 */
export class BodyOutlet {
  isPaused = false

  constructor(
    private readonly source: BodySource,
    private readonly handle: Guarded,
  ) {}

  readonly onRead = (buffer: Buffer): number => {
    try {
      const count = this.source.read(buffer)
      if (count !== null) return count
      if (!this.isPaused) hold()
      this.isPaused = true
      return PAUSE
    } catch (error) {
      this.handle.onThrown(error, true)
      return ABORT
    }
  }

  readonly onSeek = (offset: number, origin: number): number => {
    try {
      if (origin !== SEEK_SET) return SEEK_FAIL
      this.source.rewind(offset)
      return SEEK_OK
    } catch (error) {
      this.handle.onThrown(error, true)
      return SEEK_FAIL
    }
  }

  endPause(): void {
    if (this.isPaused) letGo()
    this.isPaused = false
  }

  /** Ends the attempt. */
  end(): void {
    this.endPause()
    this.source.end()
  }
}
