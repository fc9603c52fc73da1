/**
 * Whether the head of an answer has come to its end. A server that goes away within it leaves libcurl with
 * code 0, a status and no body, as an answer that is empty does. Does not know what is done about it.
 *
 * Where the lines of the head are heard, the blank one tells. Else only an answer without a body is in doubt,
 * and of these most are not: a length is noted by libcurl at the end of the head, and not before (204, 304
 * and `Content-Length: 0`, too). What is left is an answer over HTTP/1 without a body and without a length
 * (closed, or chunked): at the end of such a head libcurl notes nothing that curl_easy_getinfo(3) would give.
 * Source: lib/http.c of 7.88.1 (Curl_http_readwrite_headers) and 8.22.0 (http_on_response).
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
/** `CURL_HTTP_VERSION_1_1`; later ones have frames, which say where a head ends. */
const HTTP_1_1 = 2
const CARRIAGE_RETURN = 13
const LINE_FEED = 10

/**
 * From 8.12 libcurl joins folded header lines, and keeps in the handle that it is about to: where an answer
 * ends with the blank that begins such a line, the next one on the handle fails with 1 ("Received HTTP/0.9"),
 * also after a reset. Source: leading_unfold in lib/http.c, which nothing takes back; seen with 8.22.0.
 */
export const keepsFolding = hasFault('folding-kept')

/** What is known of the head of the last answer. */
export type HeadVerdict = 'whole' | 'cut' | 'doubtful'

/** Hears the header lines of one transfer after the other. */
export class HeadEnd {
  /** Whether it hears them. */
  isHearing = false
  private isOpen = true

  /** A transfer begins. */
  restart(): void {
    this.isOpen = true
  }

  /** The next line, as libcurl gives it. What follows the blank one is a trailer, or the next answer. */
  hear(line: Buffer): void {
    const [first] = line
    // libcurl 8 hands over what it has of the line in which an answer was cut.
    if (line[line.length - 1] !== LINE_FEED) this.isOpen = true
    else if (first === CARRIAGE_RETURN || first === LINE_FEED) this.isOpen = false
    else if (!this.isOpen) this.isOpen = isStatusLine(line)
  }

  /** Of a transfer that libcurl calls a success, and of which no body has come. */
  verdict(easy: NativeEasy): HeadVerdict {
    const info = (id: number): number => Number(getInfo(easy, id))
    if (this.isHearing) return this.isOpen && isHttp(info(PROTOCOL)) ? 'cut' : 'whole'
    if (info(CONTENT_LENGTH) >= 0 || !isHttp(info(PROTOCOL)) || info(SIZE_DOWNLOAD) > 0) return 'whole'
    const status = info(RESPONSE_CODE)
    if (status < 200) return 'cut'
    // It is no good answer either way, and who has just been told 429 must not ask again at once.
    if (status >= 400) return 'whole'
    if (info(HTTP_VERSION) <= HTTP_1_1) return 'doubtful'
    // The status and the version may be those of the answer that led here.
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
