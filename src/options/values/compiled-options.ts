/**
 * Checked options as flat lists, which the engine sets on an easy handle in one pass. Does not know libcurl:
 * ids are numbers and values are plain data.
 */

import type { PostFields } from './post-fields.js'
import type { SocketListener } from './socket-event.js'

/** A value in the form for libcurl. */
export type OptionValue = number | string | readonly string[] | Uint8Array | null | object

/**
 * A function of the user's that libcurl calls. It is wrapped when it is set, because no exception may reach
 * libcurl.
 */
export interface FunctionOption {
  readonly id: number
  readonly name: string
  /** null means libcurl's default. */
  readonly callback: ((...args: never[]) => unknown) | null
}

/**
 * The destination of the response body: the callback, stdout (`RETURNTRANSFER: false`), or a `WRITEFUNCTION`.
 * The last option set wins, as in PHP.
 */
export type BodyTarget = 'content' | 'stdout' | 'function'

/**
 * The treatment of a handle after a transfer with these options. `reusable`: a request with the same options
 * only needs a new URL. `reset`: the handle has to be reset. `close`: a reset would keep state (HSTS and
 * alt-svc caches, aborted progress callbacks), so the handle has to be closed.
 */
export type Recycling = 'reusable' | 'reset' | 'close'

/** The options of this library, in camelCase. Options that are not set are missing. */
export interface Settings {
  readonly asLibcurl?: boolean
  readonly captureHeaders?: boolean
  readonly captureErrorText?: boolean
  readonly encoding?: string
  readonly failedContent?: 'null' | 'partial'
  readonly keepInfo?: true | readonly number[]
  readonly maxBodySize?: number
  readonly maxHeaderSize?: number
  readonly standstillTimeoutMs?: number
  /** null switches a shared function off. */
  readonly onSocketEvent?: SocketListener | null
  /** Options of the multi handle by name; for an instance only. */
  readonly multi?: Readonly<Record<string, number | readonly string[]>>
}

/**
 * A checked set of options. Immutable. Compared by identity: a handle that was configured with a set need not
 * be configured with it again.
 */
export interface CompiledOptions {
  /**
   * libcurl's option numbers, in the given order. `values[i]` belongs to `ids[i]`. Functions are not among
   * them. If node-libcurl misreads a number, the name stands in its place: `TELNETOPTIONS`.
   */
  readonly ids: readonly (number | string)[]
  readonly values: readonly OptionValue[]
  readonly functions: readonly FunctionOption[]
  readonly bodyTarget: BodyTarget | undefined
  /**
   * The `HTTPHEADER` list if one was set (null: taken back). A multipart body has to add its own line to it.
   */
  readonly headers: readonly string[] | null | undefined
  /**
   * The body from `POSTFIELDS`. It is not among `ids`, because its size has to be set with it (with a
   * `POSTFIELDSIZE` beyond the end of a string, libcurl sends memory that is not part of the body). null: an
   * option after it chose a method without a body (`HTTPGET`, `NOBODY`, `UPLOAD`, ...), which also takes back
   * the body of the shared options.
   */
  readonly postFields: PostFields | null | undefined
  /**
   * `POSTFIELDSIZE` or `POSTFIELDSIZE_LARGE`. Used for a body from `READFUNCTION` only, never with post
   * fields. It is not among `ids`.
   */
  readonly bodySize: number | undefined
  readonly recycling: Recycling
  /** True if an option switches libcurl's cookie engine on (`COOKIEFILE`, `COOKIEJAR`, `COOKIELIST`). */
  readonly cookieEngine: boolean
  readonly settings: Settings
}
