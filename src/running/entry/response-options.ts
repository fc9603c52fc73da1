/**
 * The options of requests that adapters to other interfaces start: which of them an adapter sets itself, and
 * which must stay with their origin. Does not start anything.
 */
import { OptionError } from '../../errors.js'
import type { OptionsMap } from '../../options/request-options.js'
import { mustBe } from '../../wrong-value.js'
import { entriesOf, optionName } from '../make/compile-request.js'
import { CREDENTIAL_HEADERS, CREDENTIALS } from '../make/credentials.js'
import type { RequestOptions } from '../options/run-options.js'
import type { ResponseKind } from './responses.js'

/**
 * Options of libcurl and of this library for all requests of an adapter, without those that it sets itself
 * for each request.
 */
export type ResponseOptions = Omit<
  RequestOptions,
  'onData' | 'output' | 'responseType' | 'upload' | 'uploadSize' | 'captureHeaders' | 'signal' | 'dedupe'
>

/** Options that each request sets itself. Shared options of these names do not hold for it. */
const OF_THE_REQUEST: ReadonlySet<string> = new Set(
  [
    ...[
      'onData',
      'output',
      'outputDir',
      'responseType',
      'upload',
      'uploadSize',
      'signal',
      'dedupe',
      'resume',
    ],
    ...['URL', 'CUSTOMREQUEST', 'POST', 'PUT', 'UPLOAD', 'NOBODY', 'HTTPGET', 'POSTFIELDS', 'COPYPOSTFIELDS'],
    ...['POSTFIELDSIZE', 'POSTFIELDSIZE_LARGE', 'INFILESIZE', 'INFILESIZE_LARGE', 'MIMEPOST', 'HTTPPOST'],
    ...['FOLLOWLOCATION', 'ACCEPT_ENCODING', 'TRANSFER_ENCODING', 'HTTP_TRANSFER_DECODING'],
    ...['WRITEFUNCTION', 'READFUNCTION', 'HEADERFUNCTION', 'SEEKFUNCTION', 'RETURNTRANSFER', 'HEADER'],
    ...['RANGE', 'RESUME_FROM', 'RESUME_FROM_LARGE', 'FAILONERROR', 'CONNECT_ONLY'],
  ].map(optionName),
)

/** Returns the kind of requests that have these options in any case. */
export const ofOrigin = (fixed: RequestOptions): ResponseKind => ({
  fixed,
  without: OF_THE_REQUEST,
  withoutHeaders: new Set(),
})

/** Returns the same kind for requests that a redirect has led to another origin. */
export const ofOtherOrigin = (fixed: RequestOptions): ResponseKind => ({
  fixed,
  without: new Set([...OF_THE_REQUEST, ...CREDENTIALS]),
  withoutHeaders: CREDENTIAL_HEADERS,
})

/** Returns the options as a map. Throws `OptionError` if the adapter sets one of them itself. */
export function checkedDefaults(where: string, defaults: unknown): OptionsMap {
  if (typeof defaults !== 'object' || defaults === null || Array.isArray(defaults))
    throw mustBe('defaults', 'an object or a Map with options', defaults, { where, isSecret: true })
  const entries = entriesOf(defaults)
  for (const key of entries.keys()) {
    const name = optionName(key)
    if (OF_THE_REQUEST.has(name))
      throw new OptionError(`${where}: ${name} is what each request sets itself`, name)
  }
  return entries
}
