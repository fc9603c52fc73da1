/** Collects the garbage of this process, however it was started. Does not know what is collected. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Collects garbage after each turn of the event loop until the condition is true, at most for some turns. */
export async function collectUntil(condition: () => boolean, turns = 50): Promise<void> {
  for (let turn = 0; turn < turns && !condition(); turn++) {
    await new Promise(setImmediate)
    collect()
  }
}
