/**
 * ParallelCurl for PHP code: the main class with PHP's options, files, and content of failed transfers. Does
 * not run requests itself.
 */
import type { FormFields, PostFieldsInput } from '../../options/values/post-fields.js'
import { ParallelCurl as MainParallelCurl } from '../../parallel-curl.js'
import type { ParallelCurlOptions, RequestOptions } from '../../running/options/run-options.js'
import type { RequestCallback, Transfer } from '../../transfer/transfer.js'
import type { CURLFile, CURLStringFile } from '../values/curl-file.js'
import { finishing } from '../options/finishing.js'
import { translateOptions, type PhpOptions, type Translation } from '../options/options.js'
import { toFormFields } from '../options/post-fields.js'
import { toFunction } from '../values/casts.js'

/** A value in PHP's post fields. */
export type PhpFormValue = string | number | bigint | boolean | null | Uint8Array | CURLFile | CURLStringFile

/** PHP's post fields: a string, or an array (a list, an object, a `Map`), which may contain files. */
export type PhpPostFields =
  | PostFieldsInput
  | FormFields
  | Readonly<Record<string, PhpFormValue | readonly PhpFormValue[] | Readonly<Record<string, PhpFormValue>>>>
  | readonly (PhpFormValue | readonly PhpFormValue[])[]
  | ReadonlyMap<string | number, unknown>

/** A callback: a function, or a method in PHP's form `[object, 'method']`. */
export type PhpCallback<U = unknown> = RequestCallback<U> | readonly [object: object, method: string]

/**
 * Runs many transfers in parallel, for code that comes from PHP's ParallelCurl. Takes options by PHP's
 * constants and with PHP's values, including {@link CURLFile} and streams.
 *
 * Differs from the main class: the content of a failed transfer is what was received (`''`, or a part)
 * instead of null.
 */
export class ParallelCurl extends MainParallelCurl {
  private shared: Translation
  private phpOptions: PhpOptions

  /**
   * @param maxRequests - the most transfers in flight at once; 0 or less: no limit. Default: 10
   * @param options - libcurl's options as `curl_setopt_array` takes them, and those of the main class
   */
  constructor(maxRequests: number | `${number}` | null = 10, options: PhpOptions = {}) {
    const shared = translateShared(options, 'ParallelCurl')
    super(maxRequests, asMain(shared))
    this.shared = shared
    this.phpOptions = options
  }

  /** PHP's name of {@link maxRequests}. */
  get max_requests(): number {
    return this.maxRequests
  }

  set max_requests(maxRequests: number | `${number}` | null) {
    this.setMaxRequests(maxRequests)
  }

  /** PHP's name of {@link outstandingRequests}. */
  get outstanding_requests(): ReadonlyMap<number, Transfer> {
    return this.outstandingRequests
  }

  /** The shared options, as they were given. */
  override get options(): ParallelCurlOptions {
    return this.phpOptions as ParallelCurlOptions
  }

  override set options(options: PhpOptions) {
    this.setOptions(options)
  }

  /** Replaces the shared options for requests that are started later. */
  override setOptions(options: PhpOptions): void {
    const shared = translateShared(options, 'setOptions')
    super.setOptions(asMain(shared))
    this.shared = shared
    this.phpOptions = options
  }

  /**
   * Starts a request, or queues it. Await the promise to get PHP's blocking behaviour.
   *
   * @param callback - `(content, url, ch, userData)`; pass `ch` to {@link curl_getinfo} and similar functions
   * @param postFields - null: no POST. A string is sent unchanged, an array as multipart/form-data
   * @param options - PHP's options for this request alone; PHP's class has no such parameter
   */
  override startRequest<U = unknown[]>(
    url: string | URL,
    callback: PhpCallback<U> | null = null,
    userData?: U,
    postFields: PhpPostFields | null = null,
    options?: PhpOptions,
  ): Promise<void> {
    const { shared } = this
    const own = options === undefined ? undefined : translateOptions(options, 'startRequest', shared)
    return super.startRequest(
      url,
      finishing(toCallback(callback), shared, own),
      userData,
      toFormFields(postFields) as PostFieldsInput | null,
      own?.options,
    )
  }

  /**
   * As in the main class, with PHP's options. Output files are written completely when the promise resolves.
   */
  override async request(
    url: string | URL,
    options: PhpOptions & { postFields?: PhpPostFields | null } = {},
  ): Promise<Transfer> {
    const { shared } = this
    const { postFields, ...rest } = options as Record<string, unknown>
    const own = translateOptions(options instanceof Map ? options : rest, 'request', shared)
    const translated = Object.fromEntries(own.options) as RequestOptions
    const fields = toFormFields(postFields ?? null) as PostFieldsInput | null
    const transfer = await super.request(url, { ...translated, postFields: fields })
    await finishing(null, shared, own)?.(null, transfer.url, transfer, undefined)
    const error = transfer.toError()
    if (error !== null) throw error
    return transfer
  }
}

/** The main class accepts a `Map` like an object. */
function asMain(translation: Translation): ParallelCurlOptions {
  return translation.options as unknown as ParallelCurlOptions
}

function translateShared(options: PhpOptions, where: string): Translation {
  const translation = translateOptions(options, where)
  const withPartial = new Map<string | number, unknown>([
    ['failedContent', 'partial'],
    ...translation.options,
  ])
  return { ...translation, options: withPartial }
}

function toCallback<U>(callback: PhpCallback<U> | null): RequestCallback<U> | null {
  if (callback === null || typeof callback === 'function') return callback
  return toFunction({ where: 'startRequest', name: '$callback' }, callback) as unknown as RequestCallback<U>
}
