/**
 * -w of the plain command: curl's own text and variables, with what this command knows of a transfer. Does
 * not print the text.
 */
import { nearest } from '../../options/catalog/suggest.js'
import type { Transfer } from '../../index.js'
import { HeaderStore } from '../curl/output/header-store.js'
import {
  asksForHeaders,
  WriteOut,
  type WriteOutSink,
  type WriteOutTarget,
} from '../curl/output/write-out/write-out.js'
import { VARIABLES, type WriteOutFacts } from '../curl/output/write-out/variables.js'
import { urlPart } from '../curl/request/url-parts.js'

/** A transfer that is over, and the facts that only the run knows. */
export interface Written {
  readonly transfer: Transfer
  readonly n: number
  readonly path: string | undefined
  /** True if response headers were captured. */
  readonly hasHeaders: boolean
}

/** A piece of text and its destination. A file is created even if the text is empty. */
export interface Piece {
  readonly text: Uint8Array
  readonly to: WriteOutTarget
}

const WORDS = ['json', 'header_json', 'onerror', 'stdout', 'stderr']

/** A format of -w. */
export class WriteOutFormat {
  /** True if response headers have to be captured. */
  readonly needsHeaders: boolean
  /** True if libcurl has to keep the server's certificates (`CERTINFO`). */
  readonly needsCertificates: boolean

  /** @param libcurl the version of libcurl, for `%{json}` */
  constructor(
    private readonly text: string,
    private readonly libcurl: string,
  ) {
    this.needsHeaders = asksForHeaders(text)
    this.needsCertificates = /%\{(certs|num_certs|json)\}/.test(text)
  }

  /** Returns a message for each variable that does not exist. */
  problems(): string[] {
    const all = [...VARIABLES.keys(), ...WORDS]
    const names = new Set([...this.text.matchAll(/%%|%\{([^{}]*)\}/g)].flatMap(([, name]) => name ?? []))
    return [...names]
      .filter((name) => !all.includes(name))
      .map((name) => {
        const near = nearest(name, all)
        return `-w: there is no %{${name}}${near === undefined ? '' : ` (did you mean %{${near}}?)`}`
      })
  }

  /** Expands the format for a transfer. The transfer must still hold its handle. */
  expand(written: Written): Piece[] {
    const pieces = new Pieces()
    new WriteOut(pieces, this.libcurl).print(this.text, factsOf(written))
    return pieces.list
  }
}

class Pieces implements WriteOutSink {
  readonly list: Piece[] = []
  private to: WriteOutTarget = 'stdout'

  put(text: Buffer): void {
    this.list.push({ text, to: this.to })
  }

  turnTo(target: WriteOutTarget): void {
    this.to = target
    if (typeof target !== 'string') this.put(Buffer.alloc(0))
  }

  unknown(): void {
    // It was reported before anything was fetched.
  }

  end(): void {
    // The pieces are written by whoever asked for them.
  }
}

function factsOf({ transfer, n, path, hasHeaders }: Written): WriteOutFacts {
  const info = (name: string): unknown => {
    // Requests wait in this command's own queue before they are given to libcurl, and this counts, too.
    if (name === 'QUEUE_TIME_T') return transfer.timings.queueMs * 1000
    if (name === 'XFER_ID') return n - 1
    try {
      const value: unknown = transfer.getInfo(name)
      // node-libcurl returns '' where libcurl has no value.
      return value === '' || value === null ? undefined : value
    } catch {
      // The info is not in this build, or the transfer was never launched.
      return undefined
    }
  }
  return {
    info: (name) => info(name) ?? (name === 'EFFECTIVE_URL' ? transfer.url : undefined),
    url: transfer.url,
    exitCode: transfer.errno,
    error: transfer.errno === 0 ? '' : transfer.error,
    fileName: path,
    retries: Math.max(0, transfer.attempts.length - 1),
    delivered: transfer.output?.size ?? transfer.receivedBytes,
    number: n - 1,
    headers: headersOf(hasHeaders ? transfer.headerList : [], Number(info('HTTP_CONNECTCODE') ?? 0) > 0),
    urlPart,
  }
}

/** @param isTunnelled true if the first response is a proxy's */
function headersOf(lines: readonly string[], isTunnelled: boolean): HeaderStore {
  const store = new HeaderStore()
  let responses = 0
  for (const line of lines) {
    if (line.startsWith('HTTP/')) responses++
    store.hear(Buffer.from(`${line}\r\n`, 'latin1'), isTunnelled && responses === 1 ? 'proxy' : 'server')
  }
  return store
}
