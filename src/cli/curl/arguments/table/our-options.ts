/**
 * The plain command's options beside curl's: those that work here, and the reasons why the others do not.
 * Does not declare them, and does not know their effects.
 */
import { FLAGS, type Flag } from '../../../arguments/flags.js'
import { flag, text, type CurlOption } from './option.js'

/** These mean here what they mean there. Their letters, where they have any, stay curl's. */
const TAKEN = new Set(
  `adaptive body cache cache-max-size delay-host grace har har-secrets journal journal-sync jsonl offline parallel-max-proxy proxies
   proxy-bad-status proxy-retries proxy-rotation rate-host rate-limit-headers rate-proxy record replay report resume
   retry-failed retry-methods
   session-max-age session-max-uses sessions sessions-file with-headers`.split(/\s+/),
)

const BY_LISTS = 'lists of URLs are --url @FILE and -K here'
const CRAWLS =
  'here a command line names all its transfers; crawls and sitemaps have pages that nobody has named'
const REASONS: Readonly<Record<string, string>> = {
  'accept-regex': CRAWLS,
  crawl: CRAWLS,
  'crawl-depth': CRAWLS,
  'crawl-hosts': CRAWLS,
  'crawl-limit': CRAWLS,
  dedupe: 'each transfer writes its own answer while it arrives, so none is shared',
  input: BY_LISTS,
  'input-format': BY_LISTS,
  'max-body': '--max-filesize is the limit here',
  opt: 'libcurl has the options that curl gives it here',
  ordered: 'transfers are in order without -Z; with it, each is written while it arrives',
  'progress-interval': 'progress is shown as curl shows it here',
  'reject-regex': CRAWLS,
  robots: CRAWLS,
  segments: 'each file is written from its start to its end here, while it arrives',
  sitemap: CRAWLS,
  'url-column': BY_LISTS,
}

/** The flags that work beside curl's options, in the order of the plain command's `--help`. */
export const OUR_FLAGS: readonly Flag[] = FLAGS.filter(({ long }) => TAKEN.has(long))

export const OUR_OPTIONS: readonly CurlOption[] = OUR_FLAGS.map(({ long, value }) =>
  value === undefined
    ? flag(long, '', ({ global }, isOn) => {
        if (isOn) global.ours.push([long, null])
        else global.ours = global.ours.filter(([other]) => other !== long)
      })
    : text(long, '', ({ global }, given) => {
        global.ours.push([long, given])
      }),
)

/** Returns why an option of the plain command is not taken here; undefined if it has no such option. */
export function whyNotHere(long: string): string | undefined {
  if (!FLAGS.some((flag) => flag.long === long)) return undefined
  return `belongs to parallelcurl without "curl": ${REASONS[long] ?? 'it has no meaning here'}`
}
