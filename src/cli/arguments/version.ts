/**
 * The text of --version: the installed versions and their features. Does not depend on the options of a run.
 */
import { libcurlVersion } from '../../engine/node-libcurl/binding.js'
import { capabilities } from '../../engine/installed/capabilities.js'
import { wrapped } from './help.js'

/** Returns the text of --version. */
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
  // The rest of a long line is indented, to show that it belongs to the line above.
  return lines.map((line) => `${wrapped(line, width - 2).join('\n  ')}\n`).join('')
}
