/**
 * What a transfer is made of, and what it wants of whoever carries it: types only. Does not know the transfer
 * itself.
 */
/**
 * Where a transfer is. Delayed: waiting for a time (a retry). In flight: added to the multi handle. Done:
 * settled.
 */
export type TransferState = 'pending' | 'delayed' | 'inFlight' | 'done'

/** The value of an info, as libcurl has it: a number, a string, a list of strings, or null. */
export type InfoValue = number | string | readonly string[] | null

/** The live handle of a transfer that is held. */
export interface InfoSource {
  /** Reads one info by its number, for whoever has it as its source. */
  readInfo(id: number, asker: { readonly source: InfoSource | null }): InfoValue
  /** Lets a transfer go on that a function of the user's has paused. */
  resume?(): void
}

/**
 * What all transfers of one instance have in common: how names become numbers, and libcurl's names for its
 * codes.
 */
export interface TransferContext {
  /** The number of an info, by any of its spellings. Unknown: `OptionError`. */
  infoNumber(info: string | number): number
  /** All infos of this build, by name. */
  readonly infoNames: readonly string[]
  /** `CURLE_COULDNT_CONNECT` for 7. */
  codeName(errno: number): string
}

/**
 * Phases of the last attempt in milliseconds, each counted from its start as libcurl does. Source:
 * curl_easy_getinfo(3), TIMES.
 */
export interface Timings {
  /** From the call to the launch: the time spent pending, of which libcurl knows nothing. */
  queueMs: number
  nameLookupMs: number
  connectMs: number
  /** TLS done; 0 without TLS. */
  appConnectMs: number
  preTransferMs: number
  /** First byte of the answer. */
  startTransferMs: number
  /** All redirects before the last transfer. */
  redirectMs: number
  totalMs: number
}

/** One try on the wire. */
export interface Attempt {
  errno: number
  responseCode: number
  /** When it was launched, in milliseconds since the epoch. */
  startedAt: number
  /** From launch to settling. */
  durationMs: number
}

/**
 * Takes a body as it arrives, in the place of memory; its transfer is the one that it was made for. What it
 * throws fails the attempt. {@link BodySink.write} and {@link BodySink.headersArrived} are called on
 * libcurl's stack.
 */
export interface BodySink {
  /** Whether the next chunk has to wait. Once it need not, the sink calls `transfer.resume()`. */
  readonly isFull: boolean
  /** Header lines that stand for those of the same name in the request; none: as it is. */
  readonly requestHeaders: readonly string[]
  /** Whether this attempt is to be made again at once, because its answer is of no use. */
  readonly isToRestart: boolean
  /** Whether somebody has got a part of the body: there can be no other attempt. */
  readonly isCommitted: boolean
  /** An attempt begins. */
  begin(): void
  /** Takes a chunk; false: it belongs into memory, as without a sink. */
  write(chunk: Buffer): boolean
  /** A block of header lines is complete; others may follow it. */
  headersArrived(): void
  /**
   * The outcome is known. A promise: it must not be told before; null: there is nothing left to do. It may
   * change the outcome.
   */
  finish(): Promise<void> | null
}

/**
 * Gives a body as it is sent; its transfer is the one that it was made for. What it throws fails the attempt.
 */
export interface BodySource {
  /** In bytes; null: not known. Right after {@link begin}. */
  readonly size: number | null
  readonly contentType: string | undefined
  /** Whether it can never be sent again: there can be no other attempt. */
  readonly isSpent: boolean
  /** An attempt begins. */
  begin(): void
  /**
   * On libcurl's stack: fills the buffer as far as it can. 0: the end; null: nothing yet, `transfer.resume()`
   * follows.
   */
  read(buffer: Buffer): number | null
  /** On libcurl's stack: goes back to here. */
  rewind(offset: number): void
  /** The attempt is over. */
  end(): void
}

/** Where a body went, for `output`. */
export interface OutputFile {
  /** Absolute. */
  readonly path: string
  /** In bytes. */
  readonly size: number
}

/** The session that a transfer was made for, as one sees it from there. */
export interface TransferSession {
  readonly name: string
  /** Whether a pool still hands it out. */
  readonly isUsable: boolean
  /** It did what it should: its error score shrinks. */
  markGood(): void
  /** It did not, it has been blocked, say: its error score grows. */
  markBad(): void
  /** Ends it: a pool hands it out no more. */
  retire(): void
}

/** The settings that a transfer needs of its options once it is done. */
export interface OutcomeSettings {
  readonly captureHeaders?: boolean
  readonly encoding?: string
  readonly failedContent?: 'null' | 'partial'
  readonly keepInfo?: true | readonly number[]
}
