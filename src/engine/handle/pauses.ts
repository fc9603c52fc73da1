/**
 * The pauses of a handle: those of sinks and sources, and the one that a user has asked for
 * (`curl_pause()`). Does not know what causes them.
 */
import { hold, letGo } from '../bodies/process-hold.js'
import { setPause, unpause, type NativeEasy } from '../node-libcurl/binding.js'
import type { EngineTransfer } from '../request/engine-transfer.js'

/** The handle that is paused. */
interface PausedHandle {
  readonly easy: NativeEasy
  readonly transfer: EngineTransfer | null
  readonly receiver: { readonly intake: { readonly isPaused: boolean; endPause(): unknown } | null }
  readonly sender: { readonly isPaused: boolean; readonly outlet: { endPause(): unknown } | null }
  isInFlight(transfer: EngineTransfer | null): boolean
}

/** Pauses and continues one handle. */
export class Pauses {
  private isUsers = false

  /** @param fail ends the transfer with a code of libcurl */
  constructor(
    private readonly handle: PausedHandle,
    private readonly fail: (code: number) => void,
  ) {}

  /** True if something has paused the transfer. */
  get areOn(): boolean {
    const { receiver, sender } = this.handle
    return this.isUsers || (receiver.intake?.isPaused ?? false) || sender.isPaused
  }

  /**
   * Ends the pauses. It does so in the next turn of the event loop: the caller may be on libcurl's stack, and
   * the chunk that was held back would arrive at once.
   */
  resume(): void {
    this.later(({ easy, receiver, sender }) => {
      receiver.intake?.endPause()
      sender.outlet?.endPause()
      return unpause(easy)
    })
  }

  /** Pauses or continues receiving and sending (`CURLPAUSE_*`), in the next turn of the event loop. */
  setUsers(bits: number): void {
    this.later(({ easy }) => {
      this.keep(bits !== 0)
      return setPause(easy, bits)
    })
  }

  /** Called when the transfer is over. */
  end(): void {
    this.keep(false)
  }

  /** @param action returns libcurl's code */
  private later(action: (handle: PausedHandle) => number): void {
    const { handle } = this
    const { transfer } = handle
    setImmediate(() => {
      if (!handle.isInFlight(transfer)) return
      const code = action(handle)
      // A function has refused what the pause had held back. libcurl tells only here, and goes on waiting.
      if (code !== 0 && handle.isInFlight(transfer)) this.fail(code)
    })
  }

  /** A transfer that is paused keeps the process alive: with node-libcurl 4 nothing else does. */
  private keep(isUsers: boolean): void {
    if (this.isUsers === isUsers) return
    this.isUsers = isUsers
    if (isUsers) hold()
    else letGo()
  }
}
