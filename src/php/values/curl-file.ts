/**
 * PHP's CURLFile and CURLStringFile: values in post fields that are sent as files. Does not access the disk.
 */
import { OptionError } from '../../errors.js'
import { describe } from '../../wrong-value.js'
import { toTextArgument } from './arguments.js'

/**
 * A file to be sent in post fields. `mime` and `postname` are `''` if they were not given. The file is then
 * sent as `application/octet-stream`, and with `name` unchanged, including directories.
 */
export class CURLFile {
  name: string
  mime: string
  postname: string

  constructor(filename: string, mimeType: string | null = null, postedFilename: string | null = null) {
    this.name = text(filename, 'CURLFile::__construct()', 1, '$filename')
    if (this.name.includes('\0')) {
      throw new OptionError(
        `CURLFile::__construct(): Argument #1 ($filename) must not contain any null bytes, got ${describe(filename, false)}`,
      )
    }
    this.mime = text(mimeType ?? '', 'CURLFile::__construct()', 2, '$mime_type', true)
    this.postname = text(postedFilename ?? '', 'CURLFile::__construct()', 3, '$posted_filename', true)
  }

  /** Returns the path as it was given. */
  getFilename(): string {
    return this.name
  }

  getMimeType(): string {
    return this.mime
  }

  /** Returns the file name that is sent to the server; `''` means the path. */
  getPostFilename(): string {
    return this.postname
  }

  setMimeType(mimeType: string): void {
    this.mime = text(mimeType, 'CURLFile::setMimeType()', 1, '$mime_type')
  }

  setPostFilename(postedFilename: string): void {
    this.postname = text(postedFilename, 'CURLFile::setPostFilename()', 1, '$posted_filename')
  }
}

/** The same as `new CURLFile(...)`. */
export function curl_file_create(
  filename: string,
  mimeType: string | null = null,
  postedFilename: string | null = null,
): CURLFile {
  return new CURLFile(filename, mimeType, postedFilename)
}

/** A string or bytes, sent as if they came from a file. */
export class CURLStringFile {
  data: string | Uint8Array
  postname: string
  mime: string

  constructor(data: string | Uint8Array, postname: string, mime = 'application/octet-stream') {
    const call = 'CURLStringFile::__construct()'
    this.data = data instanceof Uint8Array ? data : text(data, call, 1, '$data')
    this.postname = text(postname, call, 2, '$postname')
    this.mime = text(mime, call, 3, '$mime')
  }
}

function text(value: unknown, where: string, position: number, name: string, isNullable = false): string {
  return toTextArgument({ where, position, name, isNullable }, value)
}
