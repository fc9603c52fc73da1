/**
 * ParallelCurl as PHP code knows it: the main class with PHP's options, files and content of failed
 * transfers. Does not know how requests are run.
 */
import type { FormFields, PostFieldsInput } from '../../options/values/post-fields.js'
import { ParallelCurl as MainParallelCurl } from '../../parallel-curl.js'
import type { ParallelCurlOptions, RequestOptions } from '../../running/options/run-options.js'
import type { RequestCallback, Transfer } from '../../transfer/transfer.js'
import type { CURLFile, CURLStringFile } from '../values/curl-file.js'
import { note } from '../functions/notes.js'
import { translateOptions, type PhpOptions, type Translation } from '../options/options.js'
import { toFormFields } from '../options/post-fields.js'
import { toFunction } from '../values/casts.js'
import { WRITE_ERROR } from '../../curl-codes.js'

/** A value of PHP's post fields. */
export type PhpFormValue = string | number | bigint | boolean | null | Uint8Array | CURLFile | CURLStringFile

/** Post fields as PHP has them: a string, or an array (a list, an object, a `Map`), in which files may be. */
export type PhpPostFields =
  | PostFieldsInput
  | FormFields
  | Readonly<Record<string, PhpFormValue | readonly PhpFormValue[] | Readonly<Record<string, PhpFormValue>>>>
  | readonly (PhpFormValue | readonly PhpFormValue[])[]
  | ReadonlyMap<string | number, unknown>

/** A callback: a function, or a method as PHP names it. */
export type PhpCallback<U = unknown> = RequestCallback<U> | readonly [object: object, method: string]

/**
 * Runs many transfers in parallel, for code that comes from PHP's ParallelCurl: options by PHP's constants
 * and with PHP's values, {@link CURLFile} and streams among them.
 *
 * Differs from the main class: the content of a failed transfer is what had arrived (`''`, or a part) instead
 * of null.
 */
export class ParallelCurl extends MainParallelCurl {
  private shared: Translation
  private phpOptions: PhpOptions

  /**
   * @param maxRequests - how many may be in flight at once; 0 and less: no limit
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

  /** Replaces the shared options, for requests that are started later. */
  override setOptions(options: PhpOptions): void {
    const shared = translateShared(options, 'setOptions')
    super.setOptions(asMain(shared))
    this.shared = shared
    this.phpOptions = options
  }

  /**
   * Starts a request, or puts it in line. `await` it and you have PHP's blocking.
   *
   * @param callback - `(content, url, ch, userData)`; `ch` is for {@link curl_getinfo} and its like
   * @param postFields - null: no POST. A string is sent as it is, an array as multipart/form-data
   * @param options - PHP's options for this request alone; PHP has no such thing
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

  /** As in the main class, with PHP's options. What goes to files is in them when it resolves. */
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

/** The main class reads a `Map` like an object. */
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

/**
 * The callback, preceded by what PHP has done by then: `CURLOPT_PRIVATE` is known, and what went to files is
 * in them.
 */
function finishing<U>(
  callback: RequestCallback<U> | null,
  shared: Translation,
  own: Translation | undefined,
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
