/**
 * What the fault servers do with one request, as plain data that a failed run can print. Does not know who
 * asks.
 */

/** How a connection ends: in good order, or by a reset. */
export type Break = 'fin' | 'rst'

/** What has happened so far: an abort may wait for one of them. */
export type Stage = 'accepted' | 'head' | 'request' | 'sentHead' | 'sentBody'

/** In the order in which they come. A connection that was used before is not accepted again. */
export const STAGES: readonly Stage[] = ['accepted', 'head', 'request', 'sentHead', 'sentBody']

/** The last answer of a request, after challenges and redirects. */
export type End =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly framing: 'length' | 'chunked' | 'close'
      readonly version: '1.0' | '1.1'
      /** What becomes of the connection: kept, closed as was announced, or broken without a word. */
      readonly after: 'keep' | 'close' | Break
    }
  /** Nothing is answered: as soon as bytes come, with the head read, with all read. */
  | { readonly kind: 'die'; readonly when: 'accepted' | 'head' | 'request'; readonly how: Break }
  /** That many bytes of a head, and the end. */
  | { readonly kind: 'cutHead'; readonly bytes: number; readonly how: Break }
  | { readonly kind: 'cutBody'; readonly framing: 'length' | 'chunked'; readonly how: Break }
  /** Goes on no further. Needs a client that gives up. */
  | { readonly kind: 'stall'; readonly at: 'accepted' | 'request' | 'sentHead' | 'sentBody' }
  /** No HTTP at all. */
  | { readonly kind: 'garbage' }
  | { readonly kind: 'badChunk' }
  /** An answer to the head; what of the body still comes is read. */
  | { readonly kind: 'early'; readonly status: number }

export interface Redirect {
  readonly status: number
  readonly to: 'same' | 'other' | 'ftp' | 'file' | 'gopher' | 'refused'
  readonly times: number
}

/** What a request is asked for before it is answered. */
export type Challenge = 'basic' | 'digest' | 'both' | 'expect'

/** What a proxy does with who comes. */
export type ProxyConduct =
  | { readonly kind: 'pass' }
  | { readonly kind: 'challenge'; readonly scheme: 'Basic' | 'Digest' }
  | { readonly kind: 'refuse'; readonly status: number; readonly keeps: boolean }
  | { readonly kind: 'die'; readonly how: Break }
  | { readonly kind: 'cutHead'; readonly how: Break }
  | { readonly kind: 'stall' }

export interface Plan {
  readonly proxy: ProxyConduct
  readonly redirect: Redirect | null
  readonly challenge: Challenge | null
  /** `Set-Cookie` lines of every answer but cut ones. */
  readonly cookies: readonly string[]
  readonly gzip: boolean
  /** Bytes of the body of an answer. Default: one sentence. */
  readonly length?: number
  /** Whether a download can be continued: there is an `ETag`, and ranges without an end are obeyed. */
  readonly isResumable?: boolean
  readonly end: End
}
