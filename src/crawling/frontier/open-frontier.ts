/** Opens the frontier of a crawl. Does not know what is in it. */
import { dirname } from 'node:path'
import { messageOf, OptionError } from '../../errors.js'
import { isFolderMissing } from '../../missing-folder.js'
import { JournalProblem } from '../../journals/journal-file.js'
import type { CheckedCrawl } from '../options/crawl-options.js'
import type { AskedOrigins } from '../options/origin-orders.js'
import { Frontier } from './frontier.js'

/** Opens it, and reads what an earlier run has left. Throws `OptionError` if the file is no journal. */
export function openFrontier(options: CheckedCrawl, origins: AskedOrigins): Frontier {
  const { frontier: path, retryFailed, maxDepth, scope } = options
  try {
    return new Frontier({
      path,
      retryFailed,
      exactDepth: maxDepth !== Infinity,
      onSeed: (url, isAsked) => {
        const seed = new URL(url)
        scope.addSeed(seed)
        if (isAsked) origins.add(seed)
      },
    })
  } catch (error) {
    if (isFolderMissing(path ?? '', error))
      throw new OptionError(
        `crawl: frontier ${String(path)}: the folder ${JSON.stringify(dirname(path ?? ''))} does not exist`,
        'frontier',
      )
    const detail = error instanceof JournalProblem ? error.message : `: ${messageOf(error)}`
    throw new OptionError(`crawl: frontier ${String(path)}${detail}`, 'frontier')
  }
}
