/**
 * What the installed libcurl says of itself. Does not know transfers.
 */
import { libcurlVersion, strError } from '../../../engine/node-libcurl/binding.js'

/** As `curl_version()` has it. */
export function curlVersion(): string {
  return libcurlVersion
}

/** libcurl's text for a code. */
export function errorText(code: number): string {
  return strError(code)
}
