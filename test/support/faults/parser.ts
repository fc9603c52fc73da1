/**
 * Cuts what a client sends into requests: head and body, byte by byte as they came. Does not know what is
 * answered.
 */

export interface ParserEvents {
  onHead(head: string): void
  onBody(bytes: string): void
  /** All of the request is there. Not for CONNECT, after which nothing is HTTP for sure. */
  onEnd(): void
}

type State = 'head' | 'length' | 'chunk' | 'raw'

const CRLF = '\r\n'
const HEAD_END = '\r\n\r\n'

/** The requests of one connection. Bytes are characters of latin1 here. */
export class RequestParser {
  #state: State = 'head'
  #pending = ''
  #left = 0

  constructor(private readonly events: ParserEvents) {}

  /** Whether it is in the midst of a request. */
  get isAmid(): boolean {
    return this.#state !== 'head' || this.#pending !== ''
  }

  /** What has come of a head that is not complete. */
  get pending(): string {
    return this.#pending
  }

  push(bytes: string): void {
    this.#pending += bytes
    while (this.#step());
  }

  /** False where it needs more. */
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

  /** Chunks are noted without their sizes: where libcurl cuts them depends on what its buffer held. */
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
