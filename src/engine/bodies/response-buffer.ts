/**
 * A body that is kept in memory while it arrives. Does not know whose it is, nor what it says.
 *
 * libcurl hands over 16 KiB at a time. Most bodies are one such chunk, which is kept as it is. Of a longer
 * one whose length is announced, chunks are copied to their place at once: what lies in memory until the end,
 * and is copied then, makes every collection longer, and the memory of a chunk that is used again at once is
 * still in the cache.
 */

import { freeBuffer } from '../../memory/free-buffer.js'
import { giveSpare, takeSpare } from '../../memory/buffer-pool.js'

/** No more than this is set aside for what has only been announced, or as much more as has come. Bytes. */
const MAX_AHEAD = 1024 * 1024
const GROWTH = 4

/** Collects one body after the other. */
export class BodyBuffer {
  /** How much there is. */
  bytes = 0
  private chunks: Buffer | Buffer[] | null = null
  /** `chunks` is a place for all of it, filled up to `bytes`. */
  private isAhead = false
  private announced = 0

  /** @param announcedBytes how long the body will be, as its headers say; not above 0 where they do not */
  constructor(private readonly announcedBytes: () => number) {}

  /** Takes a chunk, which is its own from now on. */
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

  /** Gives away what there is. */
  take(): Buffer | Buffer[] | null {
    const { chunks, bytes, isAhead } = this
    this.clear()
    if (!isAhead || chunks === null || chunks.length === bytes) return chunks
    // What was announced has not come: it must not hold on to a place for all of it.
    const place = chunks as Buffer
    const come = Buffer.from(place.subarray(0, bytes))
    giveSpare(place)
    return come
  }

  /** Forgets what there is. */
  clear(): void {
    this.bytes = 0
    this.chunks = null
    this.isAhead = false
  }

  /**
   * Sees to it that `this.chunks` has room for all that has come. False where the length is not known, or
   * more than was announced has come.
   */
  private makeRoom(filled: Buffer, bytes: number): boolean {
    if (this.isAhead && this.bytes <= filled.length) return true
    if (!this.isAhead) this.announced = this.announcedBytes()
    const isKnown = this.bytes <= this.announced
    // Asked for once: a list from here on.
    this.isAhead = isKnown
    if (!isKnown) return false
    const room = Math.min(this.announced, Math.max(MAX_AHEAD, GROWTH * this.bytes))
    try {
      const place = takeSpare(this.announced) ?? Buffer.allocUnsafeSlow(room)
      place.set(filled.subarray(0, bytes))
      this.chunks = place
      freeBuffer(filled)
    } catch {
      // More than a buffer may hold, or than there is; nothing may be thrown on libcurl's stack.
      this.isAhead = false
    }
    return this.isAhead
  }
}
