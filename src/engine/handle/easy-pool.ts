/**
 * Easy handles that wait to be used again: creating one costs more than all else that a plain request needs
 * of libcurl. Does not know what they are used for.
 */
import type { NativeEasy } from '../node-libcurl/binding.js'
import type { LaunchOrder } from '../request/wire-request.js'
import { EasyHandle } from './easy-handle.js'
import type { Meter } from './response-receiver.js'

/** How many handles may lie idle; 4 kB each. More are closed: they were needed for a burst. */
const MAX_IDLE = 1024

/**
 * A pool of handles: those that need nothing but a URL, those that have something over their shared options,
 * and blank ones.
 */
export class EasyPool {
  /** How many handles were made in all. */
  created = 0
  /**
   * All that there are, which also keeps those in use from the garbage collector: a multi handle does not.
   */
  readonly all = new Map<NativeEasy, EasyHandle>()

  private ready: EasyHandle[] = []
  private overlaid: EasyHandle[] = []
  private blank: EasyHandle[] = []
  private isClosed = false

  constructor(
    private readonly fail: (handle: EasyHandle) => void,
    private readonly meter: Meter,
  ) {}

  /** How many lie idle. */
  get idleCount(): number {
    return this.ready.length + this.overlaid.length + this.blank.length
  }

  /** Takes a handle, the one that needs the least work for this order. */
  acquire({ options: { own }, body, overlay }: LaunchOrder): EasyHandle {
    const { ready, overlaid, blank } = this
    if (own === null && body === null) return ready.pop() ?? blank.pop() ?? overlaid.pop() ?? this.create()
    const first = overlay === null ? blank : overlaid
    const second = overlay === null ? overlaid : blank
    return first.pop() ?? second.pop() ?? ready.pop() ?? this.create()
  }

  /** Gives a handle back. It must not be in a multi handle, and nobody may use it any longer. */
  release(easy: EasyHandle): void {
    if (!easy.recycle()) this.all.delete(easy.easy)
    else if (this.isClosed || this.idleCount >= MAX_IDLE) this.closeOne(easy)
    else if (easy.configuredFor === null) this.blank.push(easy)
    else (isPlain(easy) ? this.ready : this.overlaid).push(easy)
  }

  /** Closes all idle handles, and those that are still held when they come back. */
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
