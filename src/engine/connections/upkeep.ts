/**
 * Upkeep of connections: libcurl's PINGs for HTTP/2. Does not know transfers.
 */
import { NOT_BUILT_IN, OK, RECURSIVE_API_CALL } from '../../curl-codes.js'
import { Easy, setNamed } from '../node-libcurl/binding.js'
import { hasFault } from '../node-libcurl/faults.js'
import type { MultiHandle } from './multi-handles.js'

/**
 * Calls curl_easy_upkeep(3) for the connections of multi handles that had none for `intervalMs`. Returns
 * libcurl's code; without multi handles 0.
 *
 * libcurl finds the connections through a handle that is in the multi handle: one that is never transferred.
 */
export function keepUp(multiHandles: Iterable<MultiHandle>, intervalMs: number): number {
  const multis = [...multiHandles].flatMap(({ multi }) => multi ?? [])
  if (multis.length === 0) return OK
  if (hasFault('upkeep-of-perform-only')) return NOT_BUILT_IN
  const easy = new Easy()
  try {
    let code = setNamed(easy, 'UPKEEP_INTERVAL_MS', intervalMs)
    for (const multi of multis) {
      if (code !== OK) break
      multi.addHandle(easy)
      code = easy.upkeep()
      multi.removeHandle(easy)
    }
    return code
  } catch {
    // On libcurl's stack, no handle can be added.
    return RECURSIVE_API_CALL
  } finally {
    easy.close()
  }
}
