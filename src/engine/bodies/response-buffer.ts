/**
 * A response body that is kept in memory while it arrives. Does not know the transfer, nor the content.
 *
 * libcurl hands over 16 KiB at a time. Most bodies are one such chunk, which is kept as it is. If a longer
 * body has an announced length, each chunk is copied to its place at once: chunks that stay in memory until
 * the end make every garbage collection longer, and the memory of a chunk that is reused at once is still in
 * the CPU's cache.
 */

import { freeBuffer } from '../../memory/free-buffer.js'
import { giveSpare, takeSpare } from '../../memory/buffer-pool.js'

/**
 * The largest buffer that is reserved for bytes that are only announced. Once more has arrived, the reserve
 * grows with it. Bytes.
 */
const MAX_AHEAD = 1024 * 1024
const GROWTH = 4

/** Collects one body after the other. */
export class BodyBuffer {
  /** The number of bytes so far. */
  bytes = 0
  private chunks: Buffer | Buffer[] | null = null
  /** True while `chunks` is one buffer for the whole body, filled up to `bytes`. */
  private isAhead = false
  private announced = 0

  /**
   * @param announcedBytes returns the length of the body according to the headers, 0 or less if they have
   * none
   */
  constructor(private readonly announcedBytes: () => number) {}

  /** Takes a chunk and keeps it: the caller must not use the chunk afterwards. */
  add(chunk: Buffer): void {
    const { bytes, chunks } = this
    this.bytes = bytes + chunk.length
    if (chunks === null) this.chunks = chunk
    else if (Array.isArray(chunks)) chunks.push(chunk)
    else if (!this.makeRoom(chunks, bytes)) this.chunks = [chunks.subarray(0, bytes), chunk]
    else {
      ;(this.chunks as Buffer).set(chunk, bytes)
      freeBuffer(chunk)
    }
  }

  /** Returns the body so far, and empties the buffer. */
  take(): Buffer | Buffer[] | null {
    const { chunks, bytes, isAhead } = this
    this.clear()
    if (!isAhead || chunks === null || chunks.length === bytes) return chunks
    // Less has arrived than was announced: the body must not hold on to the whole buffer.
    const place = chunks as Buffer
    const come = Buffer.from(place.subarray(0, bytes))
    giveSpare(place)
    return come
  }

  /** Drops the body so far. */
  clear(): void {
    this.bytes = 0
    this.chunks = null
    this.isAhead = false
  }

  /**
   * Makes room in `this.chunks` for everything that has arrived. Returns false if the length is not known, or
   * if more than the announced length has arrived.
   */
  private makeRoom(filled: Buffer, bytes: number): boolean {
    if (this.isAhead && this.bytes <= filled.length) return true
    if (!this.isAhead) this.announced = this.announcedBytes()
    const isKnown = this.bytes <= this.announced
    // The length is read once per body. If it does not help, the chunks become a list.
    this.isAhead = isKnown
    if (!isKnown) return false
    const room = Math.min(this.announced, Math.max(MAX_AHEAD, GROWTH * this.bytes))
    try {
      const place = takeSpare(this.announced) ?? Buffer.allocUnsafeSlow(room)
      place.set(filled.subarray(0, bytes))
      this.chunks = place
      freeBuffer(filled)
    } catch {
      // The length is beyond the limit of a buffer or beyond the free memory. Nothing may be thrown on
      // libcurl's stack.
      this.isAhead = false
    }
    return this.isAhead
  }
}
