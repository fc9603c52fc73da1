/**
 * Sets compiled options on a handle, in their order. Does not know what they mean.
 */
import type { CompiledOptions } from '../../options/values/compiled-options.js'
import type { PostFields } from '../../options/values/post-fields.js'
import { setText } from '../bodies/body-options.js'
import { guard, type Guarded } from '../callbacks/user-callbacks.js'
import { setOption, type NativeEasy } from '../node-libcurl/binding.js'
import { seekFrom } from '../request/resumed-body.js'
import type { Overlay } from '../request/replaceable-options.js'
import type { LaunchOrder } from '../request/wire-request.js'

/**
 * Sets options and functions, except the functions that receive data: the receiver sets those. Returns
 * libcurl's code.
 */
export function applyOptions(
  handle: Guarded & { readonly easy: NativeEasy },
  { ids, values, functions }: CompiledOptions,
  bodyStart: number,
): number {
  const { easy } = handle
  // Functions first: with VERBOSE, libcurl logs while a COOKIELIST is set, and the log has to reach
  // DEBUGFUNCTION.
  for (const option of functions) {
    const { id, name } = option
    if (name === 'WRITEFUNCTION' || name === 'HEADERFUNCTION') continue
    const guarded = guard(option, handle)
    const isSeek = name === 'SEEKFUNCTION' && guarded !== null
    const code = setOption(easy, id, isSeek ? seekFrom(guarded, bodyStart) : guarded)
    if (code !== 0) return code
  }
  return setValues(easy, ids, values)
}

/** A handle that has the values of an earlier request. */
interface Configured {
  readonly easy: NativeEasy
  overlay: Overlay | null
  configuredFor: CompiledOptions | null
  weight: number
}

/**
 * Replaces the options of an earlier request that had options of the same kind: sets the own options of the
 * request and its text. The very same options are on the handle already. Returns libcurl's code.
 */
export function replaceValues(handle: Configured, { options: { own }, body, overlay }: LaunchOrder): number {
  const { easy } = handle
  const isSame = own === null || overlay === handle.overlay
  handle.overlay = overlay
  if (!isSame || body !== null) handle.weight += overlay?.weight ?? 0
  const code =
    (isSame ? 0 : setValues(easy, own.ids, own.values)) ||
    (body === null ? 0 : setText(easy, (body as PostFields & { kind: 'text' }).text))
  // It is not known which of the values the handle has now.
  if (code !== 0) handle.configuredFor = null
  return code
}

function setValues(easy: NativeEasy, ids: readonly (number | string)[], values: readonly unknown[]): number {
  for (let i = 0; i < ids.length; i++) {
    const code = setOption(easy, ids[i] as number, values[i])
    if (code !== 0) return code
  }
  return 0
}
