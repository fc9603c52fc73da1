/**
 * Gives a transfer its response from the cache: the outcome, the header lines, and the body, to memory or to a sink.
 * Does not decide which response that is.
 */
import type { FileHandle } from 'node:fs/promises'
import { BodyFault, messageOf } from '../errors.js'
import { inContext } from '../transfer/caller-context.js'
import type { Transfer } from '../transfer/transfer.js'
import type { BodySink, InfoSource } from '../transfer/transfer-types.js'
import { CachedSource, linesOf, type KnownInfos } from './cached-source.js'
import { BROKEN, crcOf, files, type KeptBody } from './kept-body.js'
import type { StoredResponse } from './stored-entry.js'
import { SMALL_BODY } from './body-copy.js'
import { READ_ERROR, WRITE_ERROR } from '../curl-codes.js'

/** A transfer that may be aborted. */
export interface CachedTransfer extends Transfer {
  isAborted: boolean
}

/** What the dispatcher does for the cache. */
export interface CacheOwner {
  readonly infos: KnownInfos
  /** Releases a transfer that has its own handle as its source. */
  release(transfer: Transfer): void
  /** Called while the body goes to a sink: the transfer can be aborted. */
  handingOut(transfer: Transfer, isOn: boolean): void
}

/** The response for a transfer. */
export interface Given {
  readonly stored: StoredResponse
  /** The status line and the fields for the user. */
  readonly lines: readonly string[]
  /** null: it has none, or the request was HEAD. */
  readonly body: KeptBody | null
  /** The handle that has validated it; null if none has. */
  readonly handle: InfoSource | null
  /** The sink of the body; null: memory. */
  readonly sink: BodySink | null
  readonly dropsBody: boolean
}

const CHUNK = 64 * 1024

/**
 * Gives the response. Returns a promise if the body goes to a sink: it resolves when the sink has all of it, or when
 * the transfer has failed.
 */
export function handOut(transfer: CachedTransfer, given: Given, owner: CacheOwner): Promise<void> | null {
  const { stored, lines, body, handle, sink, dropsBody } = given
  const source = new CachedSource(owner.infos, stored, transfer.url, handle, (released) => {
    owner.release(released)
  })
  transfer.source = source
  transfer.fail(0, '', undefined)
  transfer.responseCode = stored.status
  transfer.headerLines = linesOf(stored, lines)
  transfer.chunks = null
  transfer.receivedBytes = body?.size ?? 0
  transfer.hasContent = sink === null && !dropsBody
  if (sink === null) {
    if (!dropsBody) transfer.laterBody = body
    return null
  }
  transfer.state = 'pending'
  owner.handingOut(transfer, true)
  return new Feed(transfer, source, sink).run(body).finally(() => {
    owner.handingOut(transfer, false)
    transfer.state = 'done'
  })
}

/** Hands one body to a sink, at the pace of the sink. */
class Feed {
  private isOver = false
  private wake: (() => void) | null = null
  private readonly kept: Buffer[] = []

  constructor(
    private readonly transfer: CachedTransfer,
    private readonly source: CachedSource,
    private readonly sink: BodySink,
  ) {
    source.onResume = () => {
      this.goOn()
    }
    source.cancel = (reason, errno) => {
      this.fail(errno, `aborted while the cached body was read: ${messageOf(reason)}`, reason)
    }
  }

  async run(body: KeptBody | null): Promise<void> {
    const { transfer, sink, source } = this
    try {
      const begin = (): void => {
        sink.begin()
        sink.headersArrived()
      }
      inContext(transfer.caller, begin, undefined)
      if (body !== null) await (body.size <= SMALL_BODY ? this.small(body) : this.large(body))
    } catch (error) {
      const errno = error instanceof BodyFault ? error.errno : WRITE_ERROR
      this.fail(errno, messageOf(error), error)
    }
    source.onResume = source.cancel = null
    if (this.kept.length === 0) return
    transfer.chunks = this.kept
    transfer.hasContent = true
  }

  private async small(body: KeptBody): Promise<void> {
    const bytes = body.tryRead()
    if (bytes === null) this.fail(READ_ERROR, BROKEN, undefined)
    else if (bytes.length > 0) await this.give(bytes)
  }

  private async large(body: KeptBody): Promise<void> {
    let file: FileHandle
    try {
      file = await files().open(body.path, 'r')
    } catch (error) {
      body.onBroken()
      this.fail(READ_ERROR, BROKEN, error)
      return
    }
    try {
      let crc = 0
      let done = 0
      while (!this.isOver && done < body.size) {
        const bytes = Buffer.allocUnsafeSlow(Math.min(CHUNK, body.size - done))
        const { bytesRead } = await file.read(bytes, 0, bytes.length, done)
        if (bytesRead === 0) break
        const chunk = bytes.subarray(0, bytesRead)
        done += bytesRead
        crc = crcOf(chunk, crc)
        await this.give(chunk)
      }
      if (this.isOver || (done === body.size && crc === body.crc)) return
      body.onBroken()
      this.fail(READ_ERROR, BROKEN, undefined)
    } finally {
      await file.close()
    }
  }

  private async give(chunk: Buffer): Promise<void> {
    while (this.sink.isFull && !this.isOver)
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    if (!this.isOver && !this.sink.write(chunk)) this.kept.push(chunk)
  }

  private goOn(): void {
    const { wake } = this
    this.wake = null
    wake?.()
  }

  private fail(errno: number, message: string, cause: unknown): void {
    if (this.isOver) return
    this.isOver = true
    this.transfer.fail(errno, message, cause)
    this.goOn()
  }
}
