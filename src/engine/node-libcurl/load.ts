/**
 * Loads the parts of node-libcurl that this library uses, in the fastest way. Does not know what they are
 * used for.
 *
 * Measured against `import 'node-libcurl'`: with `require` it takes two fifths of the time on Node 20, which
 * reads all of its files twice to find the names of a CommonJS package's exports. Without `curly` and the
 * enums it takes another quarter less on Node 24.
 */
import { createRequire } from 'node:module'
import type * as module from 'node-libcurl'

type NodeLibcurl = Pick<typeof module, 'Curl' | 'Easy' | 'Multi' | 'Share'>

const require = createRequire(import.meta.url)

/**
 * Throws in a worker thread with node-libcurl 4, which does not support them: its binding loads once per
 * process, and ends the process when a worker's environment ends.
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
    // The files inside node-libcurl may move in another version. If node-libcurl is not installed at all,
    // this call throws the usual error.
    return require('node-libcurl') as NodeLibcurl
  }
}

export const { Curl, Easy, Multi, Share } = load()
