/**
 * Loads node-libcurl: what of it is used here, in the way that takes least time. Does not know what it is
 * used for.
 *
 * Measured, against `import 'node-libcurl'`: required, it is there in two fifths of the time on Node 20,
 * which reads all of its files twice where it has to find the names of a CommonJS package's exports. Without
 * `curly` and the enums, it is another quarter less on Node 24.
 */
import { createRequire } from 'node:module'
import type * as module from 'node-libcurl'

type NodeLibcurl = Pick<typeof module, 'Curl' | 'Easy' | 'Multi' | 'Share'>

const require = createRequire(import.meta.url)

/**
 * node-libcurl 4 is not made for worker threads: its binding loads once in a process, and ends it when a
 * worker's environment ends.
 */
function refuseWorkers(): void {
  if (process.getBuiltinModule('node:worker_threads').isMainThread) return
  const { version } = require('node-libcurl/package.json') as { version: string }
  if (parseInt(version, 10) >= 5) return
  throw new Error(
    `parallelcurl: node-libcurl ${version} does not work in worker threads; node-libcurl 5 (Node 22.14 or newer) does. Use a child process, or the main thread`,
  )
}

function load(): NodeLibcurl {
  refuseWorkers()
  const part = (name: keyof NodeLibcurl): Partial<NodeLibcurl> =>
    require(`node-libcurl/dist/${name}.js`) as Partial<NodeLibcurl>
  try {
    return { ...part('Curl'), ...part('Easy'), ...part('Multi'), ...part('Share') } as NodeLibcurl
  } catch {
    // Its files are its own affair: another version may have them elsewhere. And if it is not there at all,
    // this is who says so.
    return require('node-libcurl') as NodeLibcurl
  }
}

export const { Curl, Easy, Multi, Share } = load()
