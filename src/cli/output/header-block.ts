/** The header lines of a transfer as they came, for `--include`. Does not write them. */
import type { Transfer } from '../../index.js'
import { lastResponseLines } from '../../transfer/response-headers.js'

const CRLF = '\r\n'

/** Header lines before and after a body. */
export interface HeaderBlock {
  /** Ends with an empty line. */
  readonly head: Buffer
  readonly trailers: Buffer
}

/** Returns the header lines of all responses so far. */
export function headerBlock(transfer: Transfer): HeaderBlock {
  const lines = transfer.headerList
  const ends = transfer.headerLines?.lineEnds() ?? []
  const { trailers } = lastResponseLines(lines)
  const bytes = (from: number, to?: number): Buffer =>
    Buffer.from(
      lines
        .slice(from, to)
        .map((line, index) => line + (ends[from + index] || CRLF))
        .join(''),
      'latin1',
    )
  const headLines = lines.length - trailers.length
  const isWhole = headLines === 0 || lines[headLines - 1] === ''
  return {
    head: Buffer.concat([bytes(0, headLines), Buffer.from(isWhole ? '' : CRLF)]),
    trailers: bytes(headLines),
  }
}
