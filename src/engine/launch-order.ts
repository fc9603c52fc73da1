/**
 * What the engine needs to know of a request to launch it. Does not know the URL: plain requests share one order.
 */
import type { CompiledOptions } from '../options/compiled-options.js'

/** The body of a request, ready to be sent. */
export type CompiledBody =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly contentType?: string | undefined }

/** The options of a transfer in the order in which they are set, and its body. */
export interface LaunchOrder {
  readonly shared: CompiledOptions
  /** The request's own options, which stand over the shared ones. */
  readonly own: CompiledOptions | null
  readonly body: CompiledBody | null
  /** Whether the effective URL can differ from the one that was asked for. */
  readonly followsRedirects: boolean
}
