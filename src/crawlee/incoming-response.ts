/**
 * One response while it arrives: its head as a promise, its body as a stream. Does not know redirects.
 */
import { Readable } from 'node:stream'
import type { ResponseReceiver } from '../bodies/streams/response-handover.js'
import { MAX_QUEUED } from '../bodies/streams/chunk-handoff.js'
import type { CurlError } from '../errors.js'
import type { StartedRequest } from '../running/entry/responses.js'
import { lastResponseLines, statusOf, type ResponseHeaders } from '../transfer/response-headers.js'
import type { Transfer } from '../transfer/transfer.js'
import type { CrawleeHeaders } from './crawlee-types.js'

/** The head of a response. */
export interface ResponseHead {
  readonly status: number
  readonly statusText: string
  readonly headers: CrawleeHeaders
  /** The address of the peer; an empty string if it is not known. */
  readonly ip: string
}

/** The events whose listeners show that somebody reads. */
const READING = new Set<string | symbol>(['data', 'readable', 'error'])

/** One response. */
export class IncomingResponse implements ResponseReceiver {
  readonly stream: Readable
  /** Rejects with `CurlError` if no response has arrived. */
  readonly head: Promise<ResponseHead>
  /** Filled at the end of the body. */
  readonly trailers: CrawleeHeaders = {}
  /** Bytes of the body so far. */
  received = 0
  isPaused = false
  readonly joinsChunks = true
  private hasHead = false
  private isOver = false
  private started: StartedRequest | null = null
  private resolve!: (head: ResponseHead) => void
  private reject!: (error: Error) => void

  constructor() {
    this.head = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    this.stream = new Readable({
      highWaterMark: MAX_QUEUED,
      read: () => {
        this.isPaused = false
        this.started?.continue()
      },
      destroy: (error, callback) => {
        if (!this.isOver) this.started?.abort(error ?? new Error('the body stream was destroyed'))
        callback(error)
      },
    })
  }

  /** Called with the request that the engine has started. */
  startedAs(started: StartedRequest): void {
    this.started = started
  }

  onAttempt(): void {
    // Each attempt is like the first: nothing of an earlier one is handed out.
  }

  onHead(transfer: Transfer): void {
    this.hasHead = true
    const { statusLine } = lastResponseLines(transfer.headerList)
    this.resolve({
      status: transfer.responseCode,
      statusText: statusOf(statusLine).text,
      headers: plain(transfer.headers),
      // The transfer may be over, and its handle another's, when the promise is read.
      ip: String(transfer.getInfo('PRIMARY_IP') ?? ''),
    })
  }

  onChunk(chunk: Buffer): void {
    this.received += chunk.length
    this.isPaused = !this.stream.push(chunk)
  }

  onEnd(transfer: Transfer): void {
    this.isOver = true
    const error = transfer.toError()
    if (error === null) {
      Object.assign(this.trailers, plain(transfer.trailers))
      this.stream.push(null)
    } else if (this.hasHead) this.breakOff(error)
    else {
      this.stream.destroy()
      this.reject(error)
    }
  }

  /**
   * Ends the stream with an error, once somebody reads. Crawlee reads after its hooks: an error without a
   * listener would take the process down, and one that came before the listener would be lost.
   */
  private breakOff(error: CurlError): void {
    const { stream } = this
    if (stream.listenerCount('error') > 0) {
      stream.destroy(error)
      return
    }
    const onListener = (event: string | symbol): void => {
      if (!READING.has(event)) return
      stream.off('newListener', onListener)
      // After the other listeners of the same reader.
      process.nextTick(() => stream.destroy(error))
    }
    stream.on('newListener', onListener)
  }
}

/** Returns headers as those of Node.js: an object whose values may be changed. */
function plain(headers: ResponseHeaders): CrawleeHeaders {
  return { ...headers } as CrawleeHeaders
}
