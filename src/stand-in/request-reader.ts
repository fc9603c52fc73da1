/**
 * Reads the requests of libcurl from the bytes of one connection: HTTP/1.1 with heads and bodies. Node's own parser
 * refuses methods that it does not know, and changes what it reads. Does not know who answers.
 */

/** A request as it arrived. */
export interface ReadRequest {
  readonly method: string
  /** The path and the query, as in the request line. */
  readonly target: string
  /** Names and values in the order of arrival, spelled as they came. One character for each byte. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
}

type Head = Omit<ReadRequest, 'body'>

const END_OF_HEAD = Buffer.from('\r\n\r\n')
const LINE_END = Buffer.from('\r\n')

/** Reads one request after the other. */
export class RequestReader {
  private bytes: Buffer = Buffer.alloc(0)
  private head: Head | null = null
  private body: BodyReader | null = null

  /**
   * @param onHead called when the head of a request is complete, before its body: a client that expects a 100 waits
   * for it
   */
  constructor(private readonly onHead: (head: Head) => void) {}

  /** Takes the next bytes. Returns the request that they complete; null if there is none yet. */
  read(chunk: Buffer): ReadRequest | null {
    this.bytes = this.bytes.length === 0 ? chunk : Buffer.concat([this.bytes, chunk])
    if (this.head === null || this.body === null) {
      const end = this.bytes.indexOf(END_OF_HEAD)
      if (end < 0) return null
      const head = headOf(this.bytes.toString('latin1', 0, end))
      this.bytes = this.bytes.subarray(end + END_OF_HEAD.length)
      this.head = head
      this.body = bodyReaderOf(head)
      this.onHead(head)
    }
    this.bytes = this.body.read(this.bytes)
    if (!this.body.isDone) return null
    const request = { ...this.head, body: this.body.content }
    this.head = this.body = null
    return request
  }
}

/** Returns the values of a header, in any case. */
export function valuesOf(headers: ReadRequest['headers'], name: string): string[] {
  return headers.flatMap(([given, value]) => (given.toLowerCase() === name ? [value] : []))
}

function headOf(text: string): Head {
  const [line = '', ...lines] = text.split('\r\n')
  const [method = '', ...rest] = line.split(' ')
  const headers = lines.map((field): [string, string] => {
    const colon = field.indexOf(':')
    return colon < 0 ? [field, ''] : [field.slice(0, colon), field.slice(colon + 1).trim()]
  })
  // A target may hold blanks: libcurl sends those of CURLOPT_REQUEST_TARGET as they are.
  return { method, target: rest.slice(0, -1).join(' '), headers }
}

interface BodyReader {
  readonly isDone: boolean
  readonly content: Buffer
  /** Takes bytes of the body. Returns those that are not part of it, or not complete. */
  read(bytes: Buffer): Buffer
}

function bodyReaderOf({ headers }: Head): BodyReader {
  const isChunked = valuesOf(headers, 'transfer-encoding').some((value) => /chunked\s*$/i.test(value))
  return isChunked
    ? new ChunkedBody()
    : new SizedBody(Number(valuesOf(headers, 'content-length')[0] ?? 0) || 0)
}

class SizedBody implements BodyReader {
  private readonly chunks: Buffer[] = []

  constructor(private missing: number) {}

  get isDone(): boolean {
    return this.missing === 0
  }

  get content(): Buffer {
    return Buffer.concat(this.chunks)
  }

  read(bytes: Buffer): Buffer {
    const taken = bytes.subarray(0, this.missing)
    if (taken.length > 0) this.chunks.push(taken)
    this.missing -= taken.length
    return bytes.subarray(taken.length)
  }
}

/** A body in chunks (RFC 9112, 7.1). Trailers of requests are skipped. */
export class ChunkedBody implements BodyReader {
  isDone = false
  private readonly chunks: Buffer[] = []
  private isAtTrailers = false

  get content(): Buffer {
    return Buffer.concat(this.chunks)
  }

  read(given: Buffer): Buffer {
    let bytes = given
    while (!this.isDone) {
      const end = bytes.indexOf(LINE_END)
      if (end < 0) break
      if (this.isAtTrailers) {
        this.isDone = end === 0
        bytes = bytes.subarray(end + LINE_END.length)
        continue
      }
      const size = parseInt(bytes.toString('latin1', 0, end), 16)
      if (!(size >= 0)) break
      const start = end + LINE_END.length
      if (size === 0) {
        this.isAtTrailers = true
        bytes = bytes.subarray(start)
        continue
      }
      if (bytes.length < start + size + LINE_END.length) break
      this.chunks.push(bytes.subarray(start, start + size))
      bytes = bytes.subarray(start + size + LINE_END.length)
    }
    return bytes
  }
}
