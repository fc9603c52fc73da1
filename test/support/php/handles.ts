/** PHP's handles as the tests of the migration kit need them. Does not run transfers. */
import { curl_init, curl_setopt, CURLOPT_RETURNTRANSFER, type CurlHandle } from '../../../src/php/index.js'

/** Returns a handle whose `curl_exec()` returns the content. */
export function handleFor(url: string): CurlHandle {
  const ch = curl_init(url)
  curl_setopt(ch, CURLOPT_RETURNTRANSFER, true)
  return ch
}
