/**
 * The body of a request: a text, bytes, files, or the data of a source. Does not know when it is sent.
 */
import type { PostFields } from '../../options/values/post-fields.js'
import { inContext, NO_CONTEXT } from '../../transfer/caller-context.js'
import type { BodySource } from '../../transfer/transfer-types.js'
import type { EffectiveOptions } from '../request/effective-options.js'
import { seekFrom } from '../request/resumed-body.js'
import type { LaunchOrder } from '../request/wire-request.js'
import { setBodySize, setSender, setSource, setText } from '../bodies/body-options.js'
import { SegmentedBody, sendBytes } from '../bodies/request-bytes.js'
import { BodyOutlet } from '../bodies/request-from-source.js'
import { guard, type Guarded } from '../callbacks/user-callbacks.js'
import { setNamed, type NativeEasy } from '../node-libcurl/binding.js'
import { READ_ERROR } from '../../curl-codes.js'

/** The handle that sends the body. */
export interface SendingHandle extends Guarded {
  readonly easy: NativeEasy
}

/** Sends for one handle, one transfer after the other. */
export class RequestSender {
  /** Reads from the source of the body; null if there is none. */
  outlet: BodyOutlet | null = null
  /** The body with open files; null if there are none. */
  private upload: SegmentedBody | null = null

  constructor(private readonly handle: SendingHandle) {}

  /** True if the transfer waits for bytes from the source. */
  get isPaused(): boolean {
    return this.outlet?.isPaused ?? false
  }

  /** Closes files and the source once the outcome is known. */
  end(): void {
    this.upload?.close()
    this.upload = null
    this.outlet?.end()
  }

  /** Sets the body of a request. Returns libcurl's code. */
  wire(source: BodySource | null, order: LaunchOrder): number {
    const { body, options, isEmptyPost } = order
    if (source !== null) return this.wireSource(source, order)
    if (body !== null) return this.wirePost(body, options, order.bodyStart)
    return isEmptyPost ? setText(this.handle.easy, '') : setBodySize(this.handle.easy, options.bodySize)
  }

  private wireSource(source: BodySource, order: LaunchOrder): number {
    try {
      const begin = (): void => {
        source.begin()
      }
      inContext(this.handle.transfer?.caller ?? NO_CONTEXT, begin, undefined)
    } catch (error) {
      this.handle.onThrown(error, true)
      return READ_ERROR
    }
    this.outlet = new BodyOutlet(source, this.handle)
    return setSource(this.handle.easy, source, this.outlet, order)
  }

  private wirePost(body: PostFields, { headers }: EffectiveOptions, start: number): number {
    const { easy } = this.handle
    if (body.kind === 'text') return setNamed(easy, 'POST', 1) || setText(easy, body.text)
    // A body of kind 'sources' always comes as `source`.
    if (body.kind === 'sources') return READ_ERROR
    const sender = body.kind === 'bytes' ? sendBytes(body.bytes) : this.openFiles(body.segments)
    if (sender === null) return READ_ERROR
    const { size, read } = sender
    const guarded = guard({ id: 0, name: 'READFUNCTION', callback: read }, this.handle)
    const seek = seekFrom(sender.seek, start)
    return setSender(easy, { size, read: guarded, seek }, body.contentType, headers)
  }

  /** Returns null if a file cannot be read. Nothing has been sent then. */
  private openFiles(segments: readonly (Uint8Array | { readonly path: string })[]): SegmentedBody | null {
    try {
      return (this.upload = new SegmentedBody(segments))
    } catch (error) {
      this.handle.onThrown(error, true)
      return null
    }
  }
}
