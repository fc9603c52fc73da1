/**
 * What the engine needs to know of a request to launch it. Does not know the URL: plain requests share one order.
 */
import type { CompiledOptions, OptionValue } from '../options/compiled-options.js'
import { OPTION } from './binding.js'

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

const FOLLOWLOCATION = OPTION.FOLLOWLOCATION as number

/** Puts an order together. Shared by all plain requests under the same options. */
export function makeOrder(
  shared: CompiledOptions,
  own: CompiledOptions | null,
  body: CompiledBody | null,
): LaunchOrder {
  const follows = own === null ? undefined : lastValue(own, FOLLOWLOCATION)
  const followsRedirects = (follows ?? lastValue(shared, FOLLOWLOCATION) ?? 0) !== 0
  return { shared, own, body, followsRedirects }
}

/** What an option was set to last; undefined where it was not. */
export function lastValue(options: CompiledOptions, id: number): OptionValue | undefined {
  const at = options.ids.lastIndexOf(id)
  return at < 0 ? undefined : options.values[at]
}
