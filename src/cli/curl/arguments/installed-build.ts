/**
 * The abilities of the installed libcurl and node-libcurl, as options ask for them. Does not know the
 * options.
 */
import { capabilities } from '../../../engine/installed/capabilities.js'
import { libcurlVersion, libcurlVersionNumber, OPTION } from '../../../engine/node-libcurl/binding.js'
import type { CurlBuild } from '../invocation.js'

export function installedBuild(): CurlBuild {
  return {
    version: /^libcurl\/(\S+)/.exec(libcurlVersion)?.[1] ?? '',
    versionNumber: libcurlVersionNumber,
    // Few options ask for these, and a file is read for them.
    get protocols() {
      return new Set(capabilities().protocols)
    },
    get features() {
      return new Set(capabilities().features)
    },
    has: (option) => OPTION[option] !== undefined,
  }
}
