/**
 * A value in post fields that is sent as a file. Does not know the disk: a path is opened when the request is
 * launched.
 */

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
   * @param filename - the name that is sent to the server
   * @param contentType - the content type of this part
   */
  constructor(
    readonly source: FileSource,
    readonly filename: string,
    readonly contentType: string,
  ) {}
}
