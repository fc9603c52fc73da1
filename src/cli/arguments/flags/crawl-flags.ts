/** The options of crawls and sitemaps. Does not fetch. */
import { messageOf, UsageError } from '../../errors/errors.js'
import { wholeNumber } from '../values.js'
import { runFlags, type Flag } from './flag.js'
import { STRATEGIES } from './run-draft.js'
import { on, oneOf, parsed } from './run-effects.js'

const CRAWL = { goesWith: 'crawl' } as const

function expression(value: string, long: string): RegExp {
  try {
    return new RegExp(value)
  } catch (error) {
    throw new UsageError(`--${long} must be an expression of JavaScript: ${messageOf(error)}`)
  }
}

/** In the order of `--help`. */
export const CRAWL_FLAGS: readonly Flag[] = runFlags('Crawling', false, [
  [
    '--sitemap URL',
    'the URLs of a sitemap, of all that an index names, or that a robots.txt names; may be repeated',
    ({ sitemaps }, value) => void sitemaps.push(value),
    { isRepeatable: true },
  ],
  ['--crawl', 'fetch what HTML pages link to, too: each URL once; --journal makes it resumable', on('crawl')],
  [
    '--crawl-depth NUMBER',
    'the most links between a URL of the command line and a page; default: no limit',
    parsed('crawlDepth', (value, long) => wholeNumber(value, long, 0, 1e9)),
    CRAWL,
  ],
  [
    '--crawl-limit NUMBER',
    'the most URLs that are fetched, those of resumed runs included; default: no limit',
    parsed('crawlLimit', (value, long) => wholeNumber(value, long, 1, 1e15)),
    CRAWL,
  ],
  [
    '--crawl-hosts WHICH',
    `hosts that links may lead to: ${STRATEGIES.join(', ')}; default: same-hostname`,
    parsed('crawlHosts', oneOf(STRATEGIES)),
    { ...CRAWL, complete: STRATEGIES },
  ],
  ['--accept-regex REGEX', 'follow only links whose URL matches', parsed('acceptRegex', expression), CRAWL],
  ['--reject-regex REGEX', 'follow no links whose URL matches', parsed('rejectRegex', expression), CRAWL],
  [
    '--robots',
    'obey robots.txt, its Crawl-delay, and nofollow; its name is the first word of the user agent',
    on('robots'),
    CRAWL,
  ],
])
