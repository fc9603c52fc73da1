/**
 * A value in post fields that is sent as a file. Does not touch the disk: a path is opened when the request
 * is launched.
 */

/** Where the bytes of a file come from. */
export type FileSource =
  | { readonly path: string }
  | { readonly content: string | Uint8Array }
  /**
   * A stream or another async iterable, a `Blob`, or a function that opens one of them each time that it is
   * sent.
   */
  | { readonly source: unknown }

/** A file of a form: from the disk, or from memory. */
export class FormFile {
  /**
   * @param filename - what the server is told
   * @param contentType - of this part
   */
  constructor(
    readonly source: FileSource,
    readonly filename: string,
    readonly contentType: string,
  ) {}
}
