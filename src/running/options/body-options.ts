/**
 * Options of ours that say where a body goes to. Does not know how it gets there.
 */
import type { DataFunction } from '../../bodies/uploads/data-handover.js'
import { pathProblem } from '../../bodies/files/output-path.js'
import { fromFile, toUploadSource, type UploadSource } from '../../bodies/uploads/upload-source.js'
import { OptionError } from '../../errors.js'
import type { ExtraSetting } from '../../options/settings.js'
import type { Transfer } from '../../transfer/transfer.js'

/** Where the body of an answer goes to, in the place of memory. */
export interface BodyOptions {
  /**
   * Writes the body to a file: a path; a function that gives one (it is called when the answer begins, with
   * `resume` before the request); or true: the name that the server says, below `outputDir`. The file appears
   * when it is complete, in the place of what was there. Only an answer below 300 becomes a file: the body of
   * any other one is `transfer.body`, as without `output`. Default: none.
   */
  output?: string | true | ((transfer: Transfer) => string) | undefined
  /**
   * The folder that `output` is below: it never leaves it. Default: none, and the working directory for
   * `output: true`.
   */
  outputDir?: string | undefined
  /** Makes the folders of `output` where they are missing. Default: false. */
  createDirs?: boolean | undefined
  /** Keeps what a failed download has got so far, as `<output>.part`. Default: that of `resume`. */
  keepPartial?: boolean | undefined
  /**
   * Continues what an earlier download has left as `<output>.part`, where the server still has the same.
   * Default: false.
   */
  resume?: boolean | undefined
  /**
   * Gets the body chunk by chunk in the place of memory, as it arrives, decoded. The next call comes when a
   * promise that it returns has settled, and the transfer is slowed down so long. What it throws ends the
   * transfer with errno 42. Once it has got something, there is no retry. Default: none.
   */
  onData?: DataFunction | undefined
  /**
   * `'stream'`: `request()` resolves when the headers are there, with the body as a stream; those of
   * `stream()` have it in `transfer.stream`. Not for `startRequest()`.
   *
   * `'none'`: the body is counted and dropped as it arrives, and takes no memory; `content` is `null`. Where
   * `output`, `onData`, `WRITEFUNCTION` or `RETURNTRANSFER: false` say where it goes, it goes there.
   *
   * Default: `'content'`.
   */
  responseType?: 'content' | 'stream' | 'none' | undefined
  /**
   * Sends a body while it is read, by PUT (with `POST: true` by POST): a path, a stream or another async
   * iterable, bytes, a `Blob`, or a function that opens one of them each time that it is sent. What is of
   * unknown length is sent in chunks. A stream can be sent again (redirect, authentication, retry) as long as
   * no more than 1 MiB of it has been read. Default: none.
   */
  upload?: UploadInput | undefined
  /**
   * The length of `upload` in bytes, for streams: what is shorter or longer fails with errno 26. Default: not
   * known.
   */
  uploadSize?: number | undefined
}

/** What can be uploaded, or a function that opens it each time that it is sent. */
export type UploadInput = UploadContent | (() => UploadContent)
/** A body that is uploaded: a path, bytes, or what can be read piece by piece. */
export type UploadContent = string | Blob | ArrayBufferView | ArrayBuffer | AsyncIterable<string | Uint8Array>

/** The checked form, among the settings of compiled options. */
export interface BodySettings {
  readonly output?: string | true | ((transfer: Transfer) => string)
  readonly outputDir?: string
  readonly createDirs?: boolean
  readonly keepPartial?: boolean
  readonly resume?: boolean
  readonly onData?: DataFunction
  readonly responseType?: 'content' | 'stream' | 'none'
  readonly upload?: UploadSource
  readonly uploadSize?: number
}

const flag = (name: string): ExtraSetting => ({
  check(value) {
    if (typeof value === 'boolean') return value
    throw new OptionError(`${name} must be true or false, got ${typeof value}`, name)
  },
})

const path = (name: string): ExtraSetting => ({
  check(value) {
    const problem = pathProblem(value)
    if (problem !== undefined) throw new OptionError(`${name} ${problem}`, name)
    return value
  },
})

/** How these options are checked. */
export const BODY_SETTINGS: Readonly<Record<string, ExtraSetting>> = {
  output: {
    check: (value) => (value === true || typeof value === 'function' ? value : path('output').check(value)),
  },
  outputDir: path('outputDir'),
  createDirs: flag('createDirs'),
  keepPartial: flag('keepPartial'),
  resume: flag('resume'),
  onData: {
    check(value) {
      if (typeof value === 'function') return value
      throw new OptionError(`onData must be a function, got ${typeof value}`, 'onData')
    },
  },
  upload: {
    check(value) {
      const source =
        typeof value === 'string' ? fromFile(path('upload').check(value) as string) : toUploadSource(value)
      if (source !== undefined) return source
      throw new OptionError(
        `upload must be a path, a stream, bytes, a Blob or a function that opens one, got ${value === null ? 'null' : typeof value}`,
        'upload',
      )
    },
  },
  uploadSize: {
    check(value) {
      if (Number.isSafeInteger(value) && (value as number) >= 0) return value
      throw new OptionError('uploadSize must be a whole number of bytes', 'uploadSize')
    },
  },
  responseType: {
    check(value) {
      if (value === 'content' || value === 'stream' || value === 'none') return value
      throw new OptionError("responseType must be 'content', 'stream' or 'none'", 'responseType')
    },
  },
}
