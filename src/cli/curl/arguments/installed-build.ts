/**
 * The abilities of the installed libcurl and node-libcurl, as options ask for them. Does not know the options.
 */
import { capabilities } from '../../../engine/installed/capabilities.js'
import { libcurlVersionNumber, OPTION } from '../../../engine/node-libcurl/binding.js'
import type { CurlBuild } from '../invocation.js'

export function installedBuild(): CurlBuild {
  const { versions, protocols, features } = capabilities()
  return {
    version: versions['libcurl'] ?? '',
    versionNumber: libcurlVersionNumber,
    protocols: new Set(protocols),
    features: new Set(features),
    has: (option) => OPTION[option] !== undefined,
  }
}
