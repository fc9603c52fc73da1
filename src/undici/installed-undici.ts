/**
 * The version of undici that is installed. package.json allows any: npm 10 fails over a narrower range,
 * because node-libcurl 5 brings an undici 6 of its own, through node-gyp. Does not load undici.
 */
import { ownRequire } from '../own-require.js'

/** The first version that works. */
const FIRST = [7, 16] as const

let isChecked = false

/** @throws Error if undici is older than 7.16 */
export function checkUndici(): void {
  if (isChecked) return
  let version: string
  try {
    version = (ownRequire()('undici/package.json') as { version: string }).version
  } catch {
    // It is part of a bundle.
    isChecked = true
    return
  }
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < FIRST[0] || (major === FIRST[0] && minor < FIRST[1]))
    throw new Error(
      `parallelcurl: undici ${version} is installed, and ${FIRST.join('.')} or newer is needed: npm install undici`,
    )
  isChecked = true
}
