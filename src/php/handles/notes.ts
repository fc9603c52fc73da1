/**
 * Stores what PHP keeps with a handle in addition to libcurl's infos: the request header, and
 * `CURLOPT_PRIVATE`. Does not produce these values.
 */
import type { Transfer } from '../../transfer/transfer.js'
import type { HandleNotes } from './getinfo.js'

const notes = new WeakMap<Transfer, { requestHeader?: string; privateData?: unknown }>()
const NO_NOTES: HandleNotes = Object.freeze({})

/** Adds values to those of a transfer. */
export function note(transfer: Transfer, more: HandleNotes): void {
  const known = notes.get(transfer)
  if (known === undefined) notes.set(transfer, { ...more } as object)
  else Object.assign(known, more)
}

/** Returns the values stored for a transfer. */
export function notesOf(transfer: Transfer): HandleNotes {
  return notes.get(transfer) ?? NO_NOTES
}
