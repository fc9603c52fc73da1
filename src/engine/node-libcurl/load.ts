/**
 * Loads the parts of node-libcurl that this library uses, in the fastest way. Does not know what they are
 * used for.
 *
 * Measured against `import 'node-libcurl'`: with `require` it takes two fifths of the time on Node 20, which
 * reads all of its files twice to find the names of a CommonJS package's exports. Without `curly` and the
 * enums it takes another quarter less on Node 24.
 */
import type * as module from 'node-libcurl'
import { ownPath, ownRequire } from '../../own-require.js'
import { loadingError } from './loading-error.js'
import { soleUser } from './sole-user.js'
import { isWorkerThread } from './worker-thread.js'

type Classes = Pick<typeof module, 'Easy' | 'Multi' | 'Share'>
type NodeLibcurl = Classes & {
  readonly Curl: Pick<typeof module.Curl, 'option' | 'info' | 'getVersion' | 'getVersionInfo' | 'VERSION_NUM'>
}
/** The exports of node-libcurl 5's addon. */
type Addon = Classes & {
  readonly Curl: Omit<NodeLibcurl['Curl'], 'getVersionInfo'>
  readonly CurlVersionInfo: ReturnType<typeof module.Curl.getVersionInfo>
}

const require = ownRequire()

/**
 * Throws in a worker thread with node-libcurl 4, which does not support them: its binding loads once per
 * process, and ends the process when a worker's environment ends.
 */
function refuseWorkers(): void {
  if (!isWorkerThread()) return
  const { version } = require('node-libcurl/package.json') as { version: string }
  if (parseInt(version, 10) >= 5) return
  throw new Error(
    `parallelcurl: node-libcurl ${version} does not work in worker threads; node-libcurl 5 (Node 22.14 or newer) does. Use a child process, or the main thread`,
  )
}

/**
 * Returns node-libcurl 5's addon without its JavaScript, whose classes are those of the addon. This leaves
 * out Node's 145 CA certificates, which its JavaScript gives to the addon for every later user, and which
 * this library replaces. With `node:tls` they take two fifths of loading node-libcurl. null: another version.
 */
function loadAddon(): NodeLibcurl | null {
  // Without any text, node-libcurl 5.1.2 reads a pointer that was never set. An empty one is set nowhere.
  const shared = globalThis as { __libcurlTls?: { getCACertificates(): string[] } }
  shared.__libcurlTls = { getCACertificates: () => [''] }
  let addon: Partial<Addon>
  try {
    addon = require('node-libcurl/lib/binding/node_libcurl.node') as Partial<Addon>
  } finally {
    delete shared.__libcurlTls
  }
  const { Curl, Easy, Multi, Share, CurlVersionInfo } = addon
  if (!Curl || !Easy || !Multi || !Share || !CurlVersionInfo || !('perform' in Multi.prototype)) return null
  const { option, info, getVersion, VERSION_NUM } = Curl
  return {
    Curl: { option, info, getVersion, VERSION_NUM, getVersionInfo: () => CurlVersionInfo },
    Easy,
    Multi,
    Share,
  }
}

function load(): NodeLibcurl {
  const part = (name: keyof NodeLibcurl): Partial<NodeLibcurl> =>
    require(`node-libcurl/dist/${name}.js`) as Partial<NodeLibcurl>
  try {
    const addon = soleUser.isDeclared ? loadAddon() : null
    if (addon !== null) return addon
    return { ...part('Curl'), ...part('Easy'), ...part('Multi'), ...part('Share') } as NodeLibcurl
  } catch {
    // The files inside node-libcurl may move in another version.
    return require('node-libcurl') as NodeLibcurl
  }
}

function loadOrExplain(): NodeLibcurl {
  try {
    refuseWorkers()
    return load()
  } catch (error) {
    throw loadingError(error, require, ownPath())
  }
}

/**
 * Sets the locale that node-libcurl uses. libcurl converts the international names of redirects in a UTF-8
 * locale only, which scripts often switch off. node-libcurl 5 reads it at the first transfer. node-libcurl 4
 * reads it at each socket event, where a UTF-8 locale takes 15 % of a small request.
 */
function setLocale(isMajor5: boolean): void {
  if (isMajor5) {
    delete process.env['LC_ALL']
    Object.assign(process.env, { LANG: 'C', LC_CTYPE: 'C.UTF-8' })
  } else process.env['LC_ALL'] = 'C'
}

export const { Curl, Easy, Multi, Share } = loadOrExplain()

// Safe in a program of this library: it starts no other program that could inherit the locale.
if (soleUser.isDeclared) setLocale('perform' in Multi.prototype)
