/**
 * `finishAllRequests()`: everything is done and told, and what is kept in files is saved. Does not know what
 * was done.
 */
import type { Dispatcher } from '../dispatch/dispatcher.js'

/** Resolves then. Rejects with what callbacks threw, and with what could not be saved. */
export function finishAll({ callbacks, admission }: Dispatcher): Promise<void> {
  return callbacks.wait().then(
    () => (admission.hasToSave ? admission.save() : undefined),
    async (error: unknown) => {
      await admission.save().catch((unsaved: unknown) => {
        throw new AggregateError([error, unsaved], 'callbacks threw, and files could not be saved')
      })
      throw error
    },
  )
}
