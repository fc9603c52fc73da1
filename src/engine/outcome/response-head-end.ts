/**
 * Decides whether the head of a response was complete. If a server closes the connection within the head,
 * libcurl reports code 0, a status and no body, as for an empty response. Does not know what is done about
 * it.
 *
 * If the header lines are read, the blank line at the end decides. Otherwise only a response without a body
 * is in doubt, and most of these are not: libcurl notes a length at the end of the head and not before (also
 * 0 for 204, 304 and `Content-Length: 0`). The remaining case is an HTTP/1 response without a body and
 * without a length (closed, or chunked): at the end of such a head libcurl notes nothing that
 * curl_easy_getinfo(3) returns. Source: lib/http.c of 7.88.1 (Curl_http_readwrite_headers) and 8.22.0
 * (http_on_response).
 */
import { getInfo, INFO, type NativeEasy } from '../node-libcurl/binding.js'
import { hasFault } from '../node-libcurl/faults.js'

const RESPONSE_CODE = INFO.RESPONSE_CODE as number
const CONTENT_LENGTH = INFO.CONTENT_LENGTH_DOWNLOAD_T as number
const SIZE_DOWNLOAD = INFO.SIZE_DOWNLOAD_T as number
const HTTP_VERSION = INFO.HTTP_VERSION as number
const PROTOCOL = INFO.PROTOCOL as number
const REDIRECT_COUNT = INFO.REDIRECT_COUNT as number
/** `CURLPROTO_HTTP` and `CURLPROTO_HTTPS`. */
const HTTP = 1 | 2
/** `CURL_HTTP_VERSION_1_1`. Later versions have frames, which mark the end of a head. */
const HTTP_1_1 = 2
const CARRIAGE_RETURN = 13
const LINE_FEED = 10

/**
 * True if a handle may apply the end of one response to the next. Since 8.12 libcurl joins folded header
 * lines, and notes in the handle that it is about to do so. If a response ends with the blank that begins
 * such a line, the next response on the handle fails with 1 ("Received HTTP/0.9"), even after a reset.
 * Source: leading_unfold in lib/http.c, which is never cleared; seen with 8.22.0.
 */
export const keepsFolding = hasFault('folding-kept')

/** The state of the head of the last response. */
export type HeadVerdict = 'whole' | 'cut' | 'doubtful'

/** Reads the header lines of one transfer after the other. */
export class HeadEnd {
  /** True if header lines are read. */
  isHearing = false
  private isOpen = true

  /** Starts a new transfer. */
  restart(): void {
    this.isOpen = true
  }

  /**
   * Takes the next line from libcurl. Lines after the blank one are trailers or the next response. Returns
   * true if the line ends a head.
   */
  hear(line: Buffer): boolean {
    const wasOpen = this.isOpen
    const [first] = line
    // libcurl 8 also hands over the incomplete line at which a response was cut off.
    if (line[line.length - 1] !== LINE_FEED) this.isOpen = true
    else if (first === CARRIAGE_RETURN || first === LINE_FEED) this.isOpen = false
    else if (!wasOpen) this.isOpen = isStatusLine(line)
    return wasOpen && !this.isOpen
  }

  /** Judges a transfer that libcurl reports as a success without a body. */
  verdict(easy: NativeEasy): HeadVerdict {
    const info = (id: number): number => Number(getInfo(easy, id))
    if (this.isHearing) return this.isOpen && isHttp(info(PROTOCOL)) ? 'cut' : 'whole'
    if (info(CONTENT_LENGTH) >= 0 || !isHttp(info(PROTOCOL)) || info(SIZE_DOWNLOAD) > 0) return 'whole'
    const status = info(RESPONSE_CODE)
    if (status < 200) return 'cut'
    // An error status is no success in either case, and after a 429 the request must not be sent again at
    // once.
    if (status >= 400) return 'whole'
    if (info(HTTP_VERSION) <= HTTP_1_1) return 'doubtful'
    // The status and the version may be those of the redirect before this response.
    return status >= 300 && status < 400 && info(REDIRECT_COUNT) > 0 ? 'doubtful' : 'whole'
  }
}

function isHttp(protocol: number): boolean {
  return (protocol & HTTP) !== 0
}

function isStatusLine(line: Buffer): boolean {
  const start = line.toString('latin1', 0, 5)
  return start === 'HTTP/' || start === 'HTTP '
}
