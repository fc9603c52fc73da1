/**
 * Asks libcurl whether it takes a value, on a handle that is used for nothing else. Does not know what the
 * option means.
 */
import { Easy, setOption, type NativeEasy } from '../node-libcurl/binding.js'
import { BAD_FUNCTION_ARGUMENT } from '../../curl-codes.js'

/** libcurl copies every string that is set: forget them now and then. */
const PROBES_BETWEEN_RESETS = 64

let scratch: NativeEasy | undefined
let probes = 0

/** libcurl's code for setting this option to this value: 0 where it accepts it. */
export function probeOption(id: number, value: unknown): number {
  scratch ??= new Easy()
  if (++probes % PROBES_BETWEEN_RESETS === 0) scratch.reset()
  try {
    return setOption(scratch, id, value)
  } catch {
    // node-libcurl 5 throws where 4 returns a code.
    return BAD_FUNCTION_ARGUMENT
  }
}
