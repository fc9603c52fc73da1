/**
 * What PHP's handle remembers beside libcurl's infos: the header that was sent, and `CURLOPT_PRIVATE`. Does
 * not know how they come to be known.
 */
import type { Transfer } from '../../transfer/transfer.js'
import type { HandleNotes } from './getinfo.js'

const notes = new WeakMap<Transfer, { requestHeader?: string; privateData?: unknown }>()
const NO_NOTES: HandleNotes = Object.freeze({})

/** Adds to what is remembered of a transfer. */
export function note(transfer: Transfer, more: HandleNotes): void {
  const known = notes.get(transfer)
  if (known === undefined) notes.set(transfer, { ...more } as object)
  else Object.assign(known, more)
}

/** What is remembered of a transfer. */
export function notesOf(transfer: Transfer): HandleNotes {
  return notes.get(transfer) ?? NO_NOTES
}
