/**
 * Plans for the fault servers: what happens to one request, as plain data that a failed run can print. Does
 * not depend on the client.
 */

/** The two ways a connection can end: closed (FIN) or reset. */
export type Break = 'fin' | 'rst'

/** The stages of a request. An abort can wait for one of them. */
export type Stage = 'accepted' | 'head' | 'request' | 'sentHead' | 'sentBody'

/** All stages in order. `accepted` is missing on a reused connection. */
export const STAGES: readonly Stage[] = ['accepted', 'head', 'request', 'sentHead', 'sentBody']

/** The last response to a request, after challenges and redirects. */
export type End =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly framing: 'length' | 'chunked' | 'close'
      readonly version: '1.0' | '1.1'
      /** The connection afterwards: kept open, closed as announced, or broken without notice. */
      readonly after: 'keep' | 'close' | Break
    }
  /** No response: the connection ends at the first byte, after the head, or after the request. */
  | { readonly kind: 'die'; readonly when: 'accepted' | 'head' | 'request'; readonly how: Break }
  /** The connection ends after this many bytes of the response head. */
  | { readonly kind: 'cutHead'; readonly bytes: number; readonly how: Break }
  | { readonly kind: 'cutBody'; readonly framing: 'length' | 'chunked'; readonly how: Break }
  /** Stops at this point and sends nothing more. The client must give up. */
  | { readonly kind: 'stall'; readonly at: 'accepted' | 'request' | 'sentHead' | 'sentBody' }
  /** The response is not HTTP. */
  | { readonly kind: 'garbage' }
  | { readonly kind: 'badChunk' }
  /** Responds after the request head, and reads the rest of the request's body. */
  | { readonly kind: 'early'; readonly status: number }

export interface Redirect {
  readonly status: number
  readonly to: 'same' | 'other' | 'ftp' | 'file' | 'gopher' | 'refused'
  readonly times: number
}

/** The challenge before a request is answered. */
export type Challenge = 'basic' | 'digest' | 'both' | 'expect'

/** The behaviour of a proxy. */
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
  /** The `Set-Cookie` lines of every response that is not cut off. */
  readonly cookies: readonly string[]
  readonly gzip: boolean
  /** The length of a response body in bytes. Default: one sentence. */
  readonly length?: number
  /** True if a download can be resumed: responses have an `ETag`, and ranges without an end are supported. */
  readonly isResumable?: boolean
  readonly end: End
}
