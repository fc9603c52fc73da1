/**
 * The base of what stands in for the handle of a transfer as the source of its infos. Does not know handles.
 */
import type { InfoSource, InfoValue } from './transfer-types.js'

/** A source that is no handle of its own. */
export abstract class Deputy implements InfoSource {
  abstract readInfo(id: number, asker: { readonly source: InfoSource | null }): InfoValue
  /** Called when the transfer is released. */
  abstract giveBack(transfer: object): void
}
