/**
 * Splits the bytes from a client into requests, each with head and body unchanged. Does not depend on the
 * responses.
 */

export interface ParserEvents {
  onHead(head: string): void
  onBody(bytes: string): void
  /** Called when the request is complete. Not called for CONNECT, because what follows need not be HTTP. */
  onEnd(): void
}

type State = 'head' | 'length' | 'chunk' | 'raw'

const CRLF = '\r\n'
const HEAD_END = '\r\n\r\n'

/** The requests of one connection. Bytes are handled as Latin-1 characters. */
export class RequestParser {
  #state: State = 'head'
  #pending = ''
  #left = 0

  constructor(private readonly events: ParserEvents) {}

  /** True in the middle of a request. */
  get isAmid(): boolean {
    return this.#state !== 'head' || this.#pending !== ''
  }

  /** The received part of an incomplete head. */
  get pending(): string {
    return this.#pending
  }

  push(bytes: string): void {
    this.#pending += bytes
    while (this.#step());
  }

  /** Parses the next part. Returns false if more bytes are needed. */
  #step(): boolean {
    switch (this.#state) {
      case 'head':
        return this.#readHead()
      case 'length':
        return this.#readLength()
      case 'chunk':
        return this.#readChunk()
      case 'raw':
        return false
    }
  }

  #take(count: number): string {
    const taken = this.#pending.slice(0, count)
    this.#pending = this.#pending.slice(count)
    return taken
  }

  #readHead(): boolean {
    const end = this.#pending.indexOf(HEAD_END)
    if (end < 0) return false
    const head = this.#take(end + HEAD_END.length)
    const length = /^content-length: *(\d+)/im.exec(head)?.[1]
    const isChunked = /^transfer-encoding:.*chunked/im.test(head)
    this.#state = isChunked ? 'chunk' : length === undefined || length === '0' ? 'head' : 'length'
    this.#left = Number(length ?? 0)
    const isEmpty = this.#state === 'head'
    this.events.onHead(head)
    if (isEmpty) this.events.onEnd()
    return this.#pending !== ''
  }

  #readLength(): boolean {
    if (this.#pending === '') return false
    const taken = this.#take(this.#left)
    this.#left -= taken.length
    this.events.onBody(taken)
    if (this.#left > 0) return false
    this.#end()
    return this.#pending !== ''
  }

  /** Records chunks without their sizes, because those depend on the state of libcurl's buffer. */
  #readChunk(): boolean {
    const line = this.#pending.indexOf(CRLF)
    if (line < 0) return false
    const size = parseInt(this.#pending.slice(0, line), 16)
    const after = line + CRLF.length + size + CRLF.length
    if (this.#pending.length < after) return false
    const chunk = this.#take(after)
    if (size > 0) this.events.onBody(chunk.slice(line + CRLF.length, -CRLF.length))
    else this.#end()
    return this.#pending !== ''
  }

  #end(): void {
    this.#state = 'head'
    this.events.onEnd()
  }
}
