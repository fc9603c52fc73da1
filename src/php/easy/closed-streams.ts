/**
 * Does what PHP does about streams of a handle that were closed too early: a warning, and the default again.
 * Does not know what is written to them.
 */
import type { CurlHandle } from '../handles/curl-handle.js'
import { isClosedInput, isClosedOutput } from '../options/streams.js'
import { CURLOPT_FILE, CURLOPT_INFILE, CURLOPT_STDERR, CURLOPT_WRITEHEADER } from '../values/constants.js'
import { warn } from '../values/warnings.js'

/** In PHP's order (`_php_curl_verify_handlers`), with the words for what counts then. */
const STREAMS: readonly (readonly [option: number, name: string, fallback: string])[] = [
  [CURLOPT_STDERR, 'CURLOPT_STDERR', 'stderr'],
  [CURLOPT_INFILE, 'CURLOPT_INFILE', 'default'],
  [CURLOPT_WRITEHEADER, 'CURLOPT_WRITEHEADER', 'default'],
  [CURLOPT_FILE, 'CURLOPT_FILE', 'default'],
]

/** Takes closed streams out of the options of a handle, as if they had been set to null last. */
export function resetClosedStreams({ options }: CurlHandle, where: string): void {
  for (const [option, name, fallback] of STREAMS) {
    const stream = options.get(option)
    const isClosed = option === CURLOPT_INFILE ? isClosedInput : isClosedOutput
    if (stream === undefined || stream === null || !isClosed(stream)) continue
    warn(`${where}: ${name} resource has gone away, resetting to ${fallback}`)
    options.delete(option)
    options.set(option, null)
  }
}
