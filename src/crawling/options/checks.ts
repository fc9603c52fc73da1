/** Checks that several options need. Does not know the options. */
import { optionName, over } from '../../running/make/compile-request.js'
import { entriesWithout } from '../../running/make/credentials.js'
import { mustBe } from '../../wrong-value.js'

/** The options about the bodies of pages, and those that ask a server for something else than a whole file. */
const OF_BODIES: ReadonlySet<string> = new Set(
  [
    ...['output', 'outputDir', 'createDirs', 'resume', 'keepPartial', 'onData', 'responseType', 'upload'],
    ...['uploadSize', 'maxBodySize', 'MAXFILESIZE', 'MAXFILESIZE_LARGE', 'HEADER', 'RANGE', 'RESUME_FROM'],
    ...[
      'RESUME_FROM_LARGE',
      'TIMECONDITION',
      'TIMEVALUE',
      'TIMEVALUE_LARGE',
      'CUSTOMREQUEST',
      'NOBODY',
      'POST',
    ],
    ...[
      'POSTFIELDS',
      'COPYPOSTFIELDS',
      'POSTFIELDSIZE',
      'POSTFIELDSIZE_LARGE',
      'MIMEPOST',
      'HTTPPOST',
      'PUT',
    ],
    ...['UPLOAD', 'INFILESIZE', 'INFILESIZE_LARGE', 'HTTP_CONTENT_DECODING', 'HTTP_TRANSFER_DECODING'],
    ...['PROGRESSFUNCTION', 'XFERINFOFUNCTION', 'REQUEST_TARGET'],
  ].map(optionName),
)
/** The headers for which a server sends something else than a whole file, or none. */
const OF_PARTS: ReadonlySet<string> = new Set([
  ...['range', 'if-range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'],
  'accept-encoding',
])

/** Returns the options of requests for files of the crawl's own: without those about the bodies of pages. */
export function withoutBodies(
  shared: ReadonlyMap<string | number, unknown>,
  own: object,
): ReadonlyMap<string | number, unknown> {
  return entriesWithout(over(shared, own), OF_BODIES, OF_PARTS)
}

/** Checks a whole number of at least `least`; null and `Infinity` mean no limit. */
export function count(
  name: string,
  value: unknown,
  least: number,
  byDefault: number,
  where = 'crawl',
): number {
  if (value === undefined) return byDefault
  if (value === null || value === Infinity) return Infinity
  if (typeof value === 'number' && Number.isInteger(value) && value >= least) return value
  throw mustBe(name, `a whole number of at least ${String(least)}`, value, { where })
}
