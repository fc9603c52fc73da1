/**
 * Easy handles that wait to be used again: creating one costs more than everything else that a plain request
 * needs of libcurl. Does not know what they are used for.
 */
import type { NativeEasy } from '../node-libcurl/binding.js'
import type { LaunchOrder } from '../request/wire-request.js'
import { EasyHandle } from './easy-handle.js'
import type { Meter } from './response-receiver.js'

/** The limit of idle handles, 4 kB each. Further ones are closed: they were needed for a burst. */
const MAX_IDLE = 1024

/**
 * The pool of easy handles of one engine. It has three lists: handles that only need a URL, handles with
 * options over their shared ones, and blank handles.
 */
export class EasyPool {
  /** The number of native handles created in all. */
  created = 0
  /**
   * All handles of the engine. This map also keeps handles in use from the garbage collector: a multi handle
   * does not.
   */
  readonly all = new Map<NativeEasy, EasyHandle>()

  private ready: EasyHandle[] = []
  private overlaid: EasyHandle[] = []
  private blank: EasyHandle[] = []
  private isClosed = false

  constructor(
    private readonly fail: (handle: EasyHandle, code: number) => void,
    private readonly meter: Meter,
  ) {}

  /** The number of idle handles. */
  get idleCount(): number {
    return this.ready.length + this.overlaid.length + this.blank.length
  }

  /** Takes the handle that needs the least work for this order, or creates one. */
  acquire({ options: { own }, body, overlay }: LaunchOrder): EasyHandle {
    const { ready, overlaid, blank } = this
    if (own === null && body === null) return ready.pop() ?? blank.pop() ?? overlaid.pop() ?? this.create()
    const first = overlay === null ? blank : overlaid
    const second = overlay === null ? overlaid : blank
    return first.pop() ?? second.pop() ?? ready.pop() ?? this.create()
  }

  /** Gives a handle back. It must not be in a multi handle, nor be used afterwards. */
  release(easy: EasyHandle): void {
    if (!easy.recycle()) this.all.delete(easy.easy)
    else if (this.isClosed || this.idleCount >= MAX_IDLE) this.closeOne(easy)
    else if (easy.configuredFor === null) this.blank.push(easy)
    else (isPlain(easy) ? this.ready : this.overlaid).push(easy)
  }

  /** Closes all idle handles now, and those in use when they are released. */
  close(): void {
    this.isClosed = true
    for (const easy of [...this.ready, ...this.overlaid, ...this.blank]) this.closeOne(easy)
    this.ready = []
    this.overlaid = []
    this.blank = []
  }

  private create(): EasyHandle {
    this.created++
    const easy = new EasyHandle(this.fail, this.meter, this.renewed)
    this.all.set(easy.easy, easy)
    return easy
  }

  private readonly renewed = (easy: EasyHandle, before: NativeEasy): void => {
    this.created++
    this.all.delete(before)
    this.all.set(easy.easy, easy)
  }

  private closeOne(easy: EasyHandle): void {
    easy.close()
    this.all.delete(easy.easy)
  }
}

function isPlain({ overlay }: EasyHandle): boolean {
  return overlay?.ids.length === 0 && !overlay.hasBody
}
