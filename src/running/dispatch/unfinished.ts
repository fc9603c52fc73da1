/**
 * Warns if the process ends by itself while requests wait. Does not know why they wait, and keeps neither the
 * process nor an instance alive.
 */
import { shownUrl } from '../../redaction.js'
import type { Dispatcher } from './dispatcher.js'
import { whyWaiting } from './why-waiting.js'

/** Weak, so that an instance which nobody uses is freed. */
const instances = new Set<WeakRef<Dispatcher>>()
const freed = new FinalizationRegistry<WeakRef<Dispatcher>>((reference) => instances.delete(reference))

/**
 * Warns about the requests of this instance that wait when the event loop has nothing left to do: nothing
 * will start them. Not after `process.exit()` or an uncaught error, where the program ends on purpose or says
 * why by itself.
 */
export function warnOfUnfinished(instance: Dispatcher): void {
  if (instances.size === 0) process.off('beforeExit', warn).on('beforeExit', warn)
  const reference = new WeakRef(instance)
  instances.add(reference)
  freed.register(instance, reference)
}

function warn(): void {
  for (const reference of instances) {
    const dispatcher = reference.deref()
    if (dispatcher === undefined) continue
    const all = [...dispatcher.outstanding()]
    const [first] = all
    if (first === undefined) continue
    // Once for each instance: the warning itself gives the event loop something to do.
    instances.delete(reference)
    const many = all.length === 1 ? '1 request is' : `${String(all.length)} requests are`
    const reason = whyWaiting(first, dispatcher)?.reason
    const why = reason === undefined ? '' : ` (whyWaiting: '${reason}')`
    process.emitWarning(
      `the process ends while ${many} not done, and nothing is left that could start or end them: ${shownUrl(first.url)}${why}`,
      { code: 'PARALLELCURL_UNFINISHED' },
    )
  }
}
