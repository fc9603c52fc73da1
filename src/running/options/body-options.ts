/**
 * The options about bodies: where a response body goes, where a request body comes from. Does not move bytes.
 */
import type { DataFunction } from '../../bodies/streams/data-handover.js'
import { MAX_SEGMENTS } from '../../bodies/segments/segment-plan.js'
import { pathProblem } from '../../bodies/files/output-path.js'
import { fromFile, toUploadSource, type UploadSource } from '../../bodies/uploads/upload-source.js'
import { OptionError } from '../../errors.js'
import { mustBe } from '../../wrong-value.js'
import type { ExtraSetting } from '../../options/settings.js'
import type { Transfer } from '../../transfer/transfer.js'

/** Options that send a response body elsewhere than to memory, or read the request body from elsewhere. */
export interface BodyOptions {
  /**
   * Writes the body to a file. A path; a function that returns one (called when the response begins; with
   * `resume`, before the request); or true for the file name that the server gives, in `outputDir`. The file
   * appears when it is complete and replaces an existing one; a name that the server chose never replaces a
   * file. Only a response with a status below 300 is written; the body of any other response is in
   * `transfer.body`, as without `output`. Default: none.
   */
  output?: string | true | ((transfer: Transfer) => string) | undefined
  /**
   * The folder that `output` is relative to and must not leave. Default: none; for `output: true` the working
   * directory.
   */
  outputDir?: string | undefined
  /** Creates missing folders of `output`. Default: false. */
  createDirs?: boolean | undefined
  /** Keeps the received part of a failed download as `<output>.part`. Default: the value of `resume`. */
  keepPartial?: boolean | undefined
  /**
   * Continues the `<output>.part` that an earlier download has left, if the server still has the same file.
   * Default: false.
   */
  resume?: boolean | undefined
  /**
   * Fetches the file of `output` by up to this many requests at once, each for a range of it, if the server
   * sends ranges that can be joined: the length and a strong validator are known, and there is no content
   * encoding. Otherwise, and for files up to 1 MiB, one request fetches it. Each request counts for the limits
   * and has its own `retry`; the transfer has one outcome. Default: 1.
   */
  segments?: number | undefined
  /**
   * Receives the body chunk by chunk, decoded, instead of keeping it in memory. If it returns a promise, the
   * next call waits for it, and the transfer is slowed down meanwhile. An exception ends the transfer with
   * errno 42. After the first chunk the request is not retried. Default: none.
   */
  onData?: DataFunction | undefined
  /**
   * `'stream'`: `request()` resolves when the headers have arrived, with the body as a stream; transfers of
   * `stream()` have it in `transfer.stream`. Not for `startRequest()`.
   *
   * `'none'`: the body is counted and dropped as it arrives, without using memory; `content` is `null`. If
   * `output`, `onData`, `WRITEFUNCTION` or `RETURNTRANSFER: false` is set, the body goes there instead.
   *
   * Default: `'content'`.
   */
  responseType?: 'content' | 'stream' | 'none' | undefined
  /**
   * Sends a body while it is read, with PUT (or with POST if `POST: true`). A path, a stream or another async
   * iterable, bytes, a `Blob`, or a function that opens one of them each time the body is sent. A body of
   * unknown length is sent in chunks. A stream can be sent again (redirect, authentication, retry) as long as
   * no more than 1 MiB of it has been read. Default: none.
   */
  upload?: UploadInput | undefined
  /**
   * The length of `upload` in bytes, for streams. If the stream has another length, the transfer fails with
   * errno 26. Default: unknown.
   */
  uploadSize?: number | undefined
}

/** The value of {@link BodyOptions.upload}: content, or a function that opens it each time it is sent. */
export type UploadInput = UploadContent | (() => UploadContent)
/** The content of an upload: the path of a file, bytes, or an async iterable of chunks. */
export type UploadContent = string | Blob | ArrayBufferView | ArrayBuffer | AsyncIterable<string | Uint8Array>

/** The checked options, among the settings of compiled options. */
export interface BodySettings {
  readonly output?: string | true | ((transfer: Transfer) => string)
  readonly outputDir?: string
  readonly createDirs?: boolean
  readonly keepPartial?: boolean
  readonly resume?: boolean
  readonly segments?: number
  readonly onData?: DataFunction
  readonly responseType?: 'content' | 'stream' | 'none'
  readonly upload?: UploadSource
  readonly uploadSize?: number
}

/** The check of an option that is on or off. */
export const flag = (name: string): ExtraSetting => ({
  check(value) {
    if (typeof value === 'boolean') return value
    throw mustBe(name, 'true or false', value)
  },
})

const path = (name: string): ExtraSetting => ({
  check(value) {
    const problem = pathProblem(value)
    if (problem !== undefined) throw new OptionError(`${name} ${problem}`, name)
    return value
  },
})

/** The checks of these options. */
export const BODY_SETTINGS: Readonly<Record<string, ExtraSetting>> = {
  output: {
    check: (value) => (value === true || typeof value === 'function' ? value : path('output').check(value)),
  },
  outputDir: path('outputDir'),
  createDirs: flag('createDirs'),
  keepPartial: flag('keepPartial'),
  resume: flag('resume'),
  segments: {
    check(value) {
      if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_SEGMENTS) return value
      throw mustBe('segments', `a whole number from 1 to ${String(MAX_SEGMENTS)}`, value)
    },
  },
  onData: {
    check(value) {
      if (typeof value === 'function') return value
      throw mustBe('onData', 'a function', value)
    },
  },
  upload: {
    check(value) {
      const source =
        typeof value === 'string' ? fromFile(path('upload').check(value) as string) : toUploadSource(value)
      if (source !== undefined) return source
      throw mustBe('upload', 'a path, a stream, bytes, a Blob or a function that opens one', value, {
        isSecret: true,
      })
    },
  },
  uploadSize: {
    check(value) {
      if (Number.isSafeInteger(value) && (value as number) >= 0) return value
      throw mustBe('uploadSize', 'a whole number of bytes', value)
    },
  },
  responseType: {
    check(value) {
      if (value === 'content' || value === 'stream' || value === 'none') return value
      throw mustBe('responseType', "'content', 'stream' or 'none'", value)
    },
  },
}
