/**
 * --version: what is installed, and what it can do. Does not know what of it is used.
 */
import { libcurlVersion } from '../../engine/node-libcurl/binding.js'
import { capabilities } from '../../engine/installed/capabilities.js'
import { wrapped } from './help.js'

/** The text of --version. */
export function versionText(version: string, width: number): string {
  const { versions, protocols, features, httpVersions, decoders, proxies, webSocket } = capabilities()
  const lists: readonly (readonly [name: string, items: readonly string[]])[] = [
    ['HTTP versions', httpVersions],
    ['Compression', decoders],
    ['Proxies', proxies],
    ['Protocols', webSocket ? protocols : protocols.filter((name) => !/^wss?$/.test(name))],
    ['Features', features],
  ]
  const lines = [
    `parallelcurl ${version} (Node ${String(versions['node'])}, node-libcurl ${String(versions['node-libcurl'])})`,
    libcurlVersion,
    ...lists.map(([name, items]) => `${name}: ${items.join(', ')}`),
  ]
  // What is too long goes on below, where one sees that it belongs to the line.
  return lines.map((line) => `${wrapped(line, width - 2).join('\n  ')}\n`).join('')
}
