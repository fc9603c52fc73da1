/**
 * The types of a transfer's parts, and of the handle, sinks and sources that it uses. Does not know the
 * transfer itself.
 */
/**
 * The state of a transfer. Pending: in the queue. Delayed: waiting for a time (a retry). In flight: added to
 * the multi handle. Done: settled.
 */
export type TransferState = 'pending' | 'delayed' | 'inFlight' | 'done'

/** The value of an info from libcurl: a number, a string, a list of strings, or null. */
export type InfoValue = number | string | readonly string[] | null

/** The source of the infos of a transfer that is held. */
export interface InfoSource {
  /** Reads one info by its number. `asker` is the transfer that reads it. */
  readInfo(id: number, asker: { readonly source: InfoSource | null }): InfoValue
  /** Ends the pause of a transfer that a user's function has paused. */
  resume?(): void
  /** Pauses or continues receiving and sending, in the next turn of the event loop: `CURLPAUSE_*`. */
  pauseTo?(bits: number): void
}

/**
 * The context that all transfers of one instance share: the numbers of infos, and libcurl's names for its
 * codes.
 */
export interface TransferContext {
  /** Returns the number of an info in any spelling. Throws `OptionError` for an unknown info. */
  infoNumber(info: string | number): number
  /** The names of all infos of this build. */
  readonly infoNames: readonly string[]
  /** Returns the name of a code: `CURLE_COULDNT_CONNECT` for 7. */
  codeName(errno: number): string
}

/**
 * The times of the last attempt in milliseconds. As in libcurl, each is measured from the start of the
 * attempt. Source: curl_easy_getinfo(3), TIMES.
 */
export interface Timings {
  /** The time from the call to the launch, which libcurl does not measure. */
  queueMs: number
  nameLookupMs: number
  connectMs: number
  /** The end of the TLS handshake; 0 without TLS. */
  appConnectMs: number
  preTransferMs: number
  /** The first byte of the response. */
  startTransferMs: number
  /** The time of all redirects before the last request. */
  redirectMs: number
  totalMs: number
}

/** One attempt of a transfer. */
export interface Attempt {
  /** libcurl's code; 0 if it went well. */
  errno: number
  /** The status of the response; 0 if there was none. */
  responseCode: number
  /**
   * The proxy that it went through, with `***` in place of credentials: that of a pool, of `PROXY` or of the
   * environment; with `PRE_PROXY`, the one behind it. null: none.
   */
  proxy: string | null
  /** The time of its launch, in milliseconds since the epoch. */
  startedAt: number
  /** The time from the launch to the end. Milliseconds. */
  durationMs: number
}

/**
 * Receives a response body as it arrives, instead of memory. Each sink belongs to one transfer. If a method
 * throws, the attempt fails. {@link BodySink.write} and {@link BodySink.headersArrived} are called on
 * libcurl's stack.
 */
export interface BodySink {
  /** True if the next chunk has to wait. The sink calls `transfer.resume()` once it has room again. */
  readonly isFull: boolean
  /** Request headers that replace those of the same name; empty to change nothing. */
  readonly requestHeaders: readonly string[]
  /** True if the response is useless, and the request has to be sent again at once. */
  readonly isToRestart: boolean
  /** True if part of the body has been delivered: there can be no other attempt. */
  readonly isCommitted: boolean
  /** Called at the beginning of each attempt. */
  begin(): void
  /** Takes a chunk. Returns false if it has to be kept in memory, as without a sink. */
  write(chunk: Buffer): boolean
  /** Called at the end of a block of header lines. Other blocks may follow. */
  headersArrived(): void
  /**
   * Called when the outcome is known. It may change the outcome. If it returns a promise, the outcome is
   * delivered when the promise has settled; null if there is nothing to wait for.
   */
  finish(): Promise<void> | null
}

/**
 * Gives a request body while it is sent. Each source belongs to one transfer. If a method throws, the attempt
 * fails.
 */
export interface BodySource {
  /** The size in bytes, null if it is not known. Valid after {@link begin}. */
  readonly size: number | null
  readonly contentType: string | undefined
  /** True if the body cannot be sent again: there can be no other attempt. */
  readonly isSpent: boolean
  /** Called at the beginning of each attempt. */
  begin(): void
  /**
   * Fills the buffer as far as possible, on libcurl's stack. Returns the number of bytes, 0 at the end, or
   * null if there are none yet: `transfer.resume()` is called once there are.
   */
  read(buffer: Buffer): number | null
  /** Goes back to an offset of the body. On libcurl's stack. */
  rewind(offset: number): void
  /** Called at the end of each attempt. */
  end(): void
}

/** Publishes what happens to a transfer. */
export interface TransferTrace {
  /** True if the header lines have to be read, to find out when they are complete. */
  readonly wantsHead: boolean
  attemptStarted(transfer: object): void
  headArrived(transfer: object): void
  attemptEnded(transfer: object): void
  end(transfer: object): void
}

/** A body that is read when it is asked for. */
export interface LaterBody {
  /** Bytes. */
  readonly size: number
  /** Throws `CurlError` if it cannot be read. */
  read(): Buffer
}

/**
 * What became of a request with a cache. `'hit'`: the response came from the cache, and nothing was sent (or, with
 * `stale-if-error`, the server failed). `'revalidated'`: the server said that the stored response is still right.
 * `'miss'`: the response came from the server. `'bypass'`: the cache does not serve such requests.
 */
export type CacheOutcome = 'hit' | 'revalidated' | 'miss' | 'bypass'

/** The file of a body, with the option `output`. */
export interface OutputFile {
  /** An absolute path. */
  readonly path: string
  /** Bytes. */
  readonly size: number
}

/** The session of a transfer. */
export interface TransferSession {
  readonly name: string
  /** True as long as a pool hands it out. */
  readonly isUsable: boolean
  /** Reports a success: its error score decreases. */
  markGood(): void
  /** Reports a failure, such as a block by the server: its error score increases. */
  markBad(): void
  /** Ends the session: a pool no longer hands it out. */
  retire(): void
}

/** The settings that are needed once a transfer is done. */
export interface OutcomeSettings {
  readonly captureHeaders?: boolean
  readonly encoding?: string
  readonly failedContent?: 'null' | 'partial'
  readonly keepInfo?: true | readonly number[]
}
