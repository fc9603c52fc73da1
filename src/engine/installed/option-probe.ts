/**
 * Checks whether libcurl accepts a value, on a handle that is used for nothing else. Does not know what the
 * option means.
 */
import { Easy, setOption, type NativeEasy } from '../node-libcurl/binding.js'
import { BAD_FUNCTION_ARGUMENT } from '../../curl-codes.js'

/** libcurl copies every string that is set. A reset now and then frees the copies. */
const PROBES_BETWEEN_RESETS = 64

let scratch: NativeEasy | undefined
let probes = 0

/** Returns libcurl's code for setting this option to this value: 0 if libcurl accepts it. */
export function probeOption(id: number, value: unknown): number {
  scratch ??= new Easy()
  if (++probes % PROBES_BETWEEN_RESETS === 0) scratch.reset()
  try {
    return setOption(scratch, id, value)
  } catch {
    // node-libcurl 5 throws an exception for errors that are a code in version 4.
    return BAD_FUNCTION_ARGUMENT
  }
}
