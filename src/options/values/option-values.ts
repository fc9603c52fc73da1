/**
 * The types of the values that options take, by kind. Does not know which option takes which.
 */

/** A number in decimal digits, as it comes from a command line. */
export type NumericString = `${number}`

/** A whole number; `true` and `false` are 1 and 0. Bit masks may be signed or unsigned. */
export type IntegerValue = number | bigint | boolean | NumericString

/** Text without CR, LF or NUL. Numbers are converted. `null` restores libcurl's default. */
export type StringValue = string | number | null

/** Lines without CR, LF or NUL. `null` and `[]` remove all lines. */
export type ListValue = readonly (string | number)[] | null

/** The content of a file, e.g. of a PEM file. */
export type BlobValue = Uint8Array | string | null

/** A `Share` of node-libcurl: cookies, TLS sessions or connections that several handles use. */
export interface ShareHandle {
  setOpt(option: never, value: never): unknown
  close(): void
}

/** A field of `HTTPPOST`: text, or a file that libcurl reads when it sends it. */
export type HttpPostField =
  | { name: string; contents: string; file?: never; type?: never; filename?: never }
  | { name: string; file: string; contents?: never; type?: string; filename?: never }
  | { name: string; file: string; contents?: never; type: string; filename: string }

/** The file of a wildcard transfer, passed to `CHUNK_BGN_FUNCTION`. */
export interface ChunkFileInfo {
  fileType: number
  fileName: string
  time: Date
  perm: number
  uid: number
  gid: number
  /** Bytes. */
  size: number
  hardLinks: number
  strings: { time: string; perm: string; user: string; group: string; target: string | null }
}

/** A host of the HSTS cache. */
export interface HstsCacheEntry {
  host: string
  includeSubDomains?: boolean
  /** `YYYYMMDD HH:MM:SS`, or null for an entry that never expires. */
  expire?: string | null
}

/** The position of an entry for `HSTSWRITEFUNCTION`, and the number of entries. */
export interface HstsCacheCount {
  index: number
  count: number
}
