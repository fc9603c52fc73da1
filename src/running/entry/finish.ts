/**
 * `finishAllRequests()`: waits for all callbacks, then saves jars and sessions. Does not depend on what the
 * requests were.
 */
import type { Dispatcher } from '../dispatch/dispatcher.js'

/** Resolves when everything is done and saved. Rejects with the errors of callbacks and of saving. */
export function finishAll({ callbacks, admission: { files } }: Dispatcher): Promise<void> {
  return callbacks.wait().then(
    () => (files.hasAny ? files.save() : undefined),
    async (error: unknown) => {
      await files.save().catch((unsaved: unknown) => {
        throw new AggregateError([error, unsaved], 'callbacks threw, and files could not be saved')
      })
      throw error
    },
  )
}
