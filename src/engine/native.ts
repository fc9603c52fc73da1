/**
 * Loads node-libcurl: what of it is used here, in the way that takes least time. Does not know what it is used for.
 *
 * Measured, against `import 'node-libcurl'`: required, it is there in two fifths of the time on Node 20, which reads all of its files twice
 * where it has to find the names of a CommonJS package's exports. Without `curly` and the enums, it is another quarter less on Node 24.
 */
import { createRequire } from 'node:module'
import type * as module from 'node-libcurl'

type NodeLibcurl = Pick<typeof module, 'Curl' | 'Easy' | 'Multi' | 'Share'>

const require = createRequire(import.meta.url)

function load(): NodeLibcurl {
  const part = (name: keyof NodeLibcurl): Partial<NodeLibcurl> =>
    require(`node-libcurl/dist/${name}.js`) as Partial<NodeLibcurl>
  try {
    return { ...part('Curl'), ...part('Easy'), ...part('Multi'), ...part('Share') } as NodeLibcurl
  } catch {
    // Its files are its own affair: another version may have them elsewhere. And if it is not there at all, this is who says so.
    return require('node-libcurl') as NodeLibcurl
  }
}

export const { Curl, Easy, Multi, Share } = load()
