/**
 * Does what PHP has done when a transfer is over, before anybody hears of it: the output files are written,
 * and `CURLOPT_PRIVATE` is stored. Does not know the callback.
 */
import { WRITE_ERROR } from '../../curl-codes.js'
import type { RequestCallback } from '../../transfer/transfer.js'
import { note } from '../handles/notes.js'
import type { Translation } from './options.js'

/** The parts of a translation that have to be done in the end. */
type Finished = Pick<Translation, 'targets' | 'notes'>

/**
 * Returns a callback that first completes what PHP has done at that point: stores `CURLOPT_PRIVATE`, and
 * writes the output files.
 */
export function finishing<U>(
  callback: RequestCallback<U> | null,
  shared: Finished,
  own: Finished | undefined,
): RequestCallback<U> | null {
  const notes = { ...shared.notes, ...own?.notes }
  const targets = own === undefined ? shared.targets : [...shared.targets, ...own.targets]
  if (targets.length === 0 && !('privateData' in notes)) return callback
  return (content, url, transfer, userData) => {
    if ('privateData' in notes) note(transfer, notes)
    const pending = targets.flatMap((target) => target.finish(transfer) ?? [])
    if (pending.length === 0) return callback?.(content, url, transfer, userData)
    return Promise.all(pending).then((errors) => {
      const error = errors.find((found) => found !== null)
      if (error && transfer.errno === 0)
        transfer.fail(WRITE_ERROR, `the output failed: ${error.message}`, error)
      return callback?.(transfer.content, url, transfer, userData)
    })
  }
}
