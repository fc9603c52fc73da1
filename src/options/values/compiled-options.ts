/**
 * What a set of options looks like once it has been checked: flat lists that the engine applies to an easy
 * handle in one pass. Does not know libcurl: ids are numbers and values are plain data.
 */

import type { PostFields } from './post-fields.js'
import type { SocketListener } from './socket-event.js'

/** A value in the form in which it is handed to libcurl. */
export type OptionValue = number | string | readonly string[] | Uint8Array | null | object

/**
 * A function of the user's that libcurl is to call. It is wrapped where it is set: nothing may be thrown into
 * libcurl.
 */
export interface FunctionOption {
  readonly id: number
  readonly name: string
  /** null: back to libcurl's default. */
  readonly callback: ((...args: never[]) => unknown) | null
}

/**
 * Who gets the body: the callback, stdout (`RETURNTRANSFER: false`), or a `WRITEFUNCTION`. The last one set
 * wins, as in PHP.
 */
export type BodyTarget = 'content' | 'stdout' | 'function'

/**
 * What has to happen to a handle that had these options before somebody else may use it: nothing but a new
 * URL when the next request has the very same options (`reusable`), a reset (`reset`), or, where libcurl's
 * reset keeps state (HSTS and alt-svc caches, aborted progress callbacks), closing it (`close`).
 */
export type Recycling = 'reusable' | 'reset' | 'close'

/** The options that are not libcurl's but ours; camelCase. What is not set is not there. */
export interface Settings {
  readonly captureHeaders?: boolean
  readonly captureErrorText?: boolean
  readonly encoding?: string
  readonly failedContent?: 'null' | 'partial'
  readonly keepInfo?: true | readonly number[]
  readonly maxBodySize?: number
  readonly maxHeaderSize?: number
  readonly standstillTimeoutMs?: number
  /** null: none, whatever the shared one is. */
  readonly onSocketEvent?: SocketListener | null
  /** Multi handle options by name: only among shared options. */
  readonly multi?: Readonly<Record<string, number | readonly string[]>>
}

/**
 * A checked set of options. Immutable; compared by identity: a handle that was configured with it need not be
 * configured again.
 */
export interface CompiledOptions {
  /**
   * libcurl's option numbers, in the order in which they were given. `values[i]` belongs to `ids[i]`.
   * Functions are not among them. A name stands where node-libcurl misreads the number: `TELNETOPTIONS`.
   */
  readonly ids: readonly (number | string)[]
  readonly values: readonly OptionValue[]
  readonly functions: readonly FunctionOption[]
  readonly bodyTarget: BodyTarget | undefined
  /**
   * The `HTTPHEADER` list where one was set (null: reset to none): a multipart body has to add its own line
   * to it.
   */
  readonly headers: readonly string[] | null | undefined
  /**
   * The body that `POSTFIELDS` gives; it is not among `ids`, because its size has to be set with it (a
   * `POSTFIELDSIZE` beyond the end of a string sends foreign memory). null: a method without one was set
   * after it (`HTTPGET`, `NOBODY`, `UPLOAD`, ...), which takes that of the shared options back, too.
   */
  readonly postFields: PostFields | null | undefined
  /**
   * `POSTFIELDSIZE`, `POSTFIELDSIZE_LARGE`: only for a body from `READFUNCTION`, never with post fields. Not
   * among `ids`.
   */
  readonly bodySize: number | undefined
  readonly recycling: Recycling
  /** Whether one of these switches libcurl's cookie engine on (`COOKIEFILE`, `COOKIEJAR`, `COOKIELIST`). */
  readonly cookieEngine: boolean
  readonly settings: Settings
}
