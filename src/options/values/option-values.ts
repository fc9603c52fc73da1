/**
 * The types of the values that options take, by kind. Does not know which option takes which.
 */

/** A number in decimal digits, as it comes from a command line. */
export type NumericString = `${number}`

/** A whole number; `true` and `false` are 1 and 0. Bit masks may be given as signed or unsigned. */
export type IntegerValue = number | bigint | boolean | NumericString

/** Text without CR, LF or NUL. Numbers are printed. `null` takes the option back to libcurl's own default. */
export type StringValue = string | number | null

/** Lines without CR, LF or NUL. `null` and `[]` take the option back to none. */
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

/** What `CHUNK_BGN_FUNCTION` is told of a file of a wildcard transfer. */
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
  /** `YYYYMMDD HH:MM:SS`, or null: never. */
  expire?: string | null
}

/** Which entry of how many `HSTSWRITEFUNCTION` gets. */
export interface HstsCacheCount {
  index: number
  count: number
}
