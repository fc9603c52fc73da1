/**
 * A value in post fields that is sent as a file. Does not know the disk: a path is opened when the request is
 * launched.
 */
import { mustBe } from '../../wrong-value.js'

/** The source of a file's bytes. */
export type FileSource =
  | { readonly path: string }
  | { readonly content: string | Uint8Array }
  /**
   * A stream or another async iterable, a `Blob`, or a function that opens one of them each time that it is
   * sent.
   */
  | { readonly source: unknown }

/** A file in a form, from the disk or from memory. */
export class FormFile {
  /**
   * @param source - `{ path }`, `{ content }` with text or bytes, or `{ source }` with a stream, a `Blob` or a
   *   function that opens one of them
   * @param filename - the name that is sent to the server
   * @param contentType - the content type of this part; default: `application/octet-stream`
   * @throws OptionError for a source of another form, or a name or type that is no string
   */
  constructor(
    readonly source: FileSource,
    readonly filename: string,
    readonly contentType = 'application/octet-stream',
  ) {
    const wrong = (name: string, expected: string, value: unknown) =>
      mustBe(`the ${name}`, expected, value, { where: 'FormFile', option: 'postFields', isSecret: true })
    if (!isFileSource(source)) throw wrong('source', '{ path }, { content } or { source }', source)
    if (typeof filename !== 'string') throw wrong('filename', 'a string', filename)
    if (typeof contentType !== 'string') throw wrong('contentType', 'a string', contentType)
  }
}

function isFileSource(value: unknown): value is FileSource {
  if (typeof value !== 'object' || value === null) return false
  const { path, content, source } = value as Record<string, unknown>
  if (path !== undefined) return typeof path === 'string' && content === undefined
  if (content !== undefined) return typeof content === 'string' || content instanceof Uint8Array
  return source !== undefined
}
