/**
 * The names of the Python port pyparallelcurl, for code that comes from it. Does not depend on PHP: options
 * and the content of failed transfers (null, like Python's None) are those of the main class.
 */
import type { PostFieldsInput } from '../../options/values/post-fields.js'
import { ParallelCurl } from '../../parallel-curl.js'
import type { ParallelCurlOptions, RequestOptions } from '../../running/options/run-options.js'
import type { RequestCallback } from '../../transfer/transfer.js'

/**
 * ParallelCurl with its Python names.
 *
 * Differs from Python: requests run in parallel, blocking calls are awaited, and content is text.
 */
export class PyParallelCurl extends ParallelCurl {
  /** {@link ParallelCurl.setMaxRequests}. */
  setmaxrequests(maxRequests: number | `${number}` | null): void {
    this.setMaxRequests(maxRequests)
  }

  /** {@link ParallelCurl.setOptions}. */
  setoptions(options: ParallelCurlOptions): void {
    this.setOptions(options)
  }

  /** {@link ParallelCurl.startRequest}; `userData` is an empty object by default. */
  startrequest<U = Record<string, never>>(
    url: string | URL,
    callback: RequestCallback<U> | null = null,
    userData: U = {} as U,
    postFields: PostFieldsInput | null = null,
    options?: RequestOptions,
  ): Promise<void> {
    return this.startRequest(url, callback, userData, postFields, options)
  }

  /** {@link ParallelCurl.finishAllRequests}. */
  finishallrequests(): Promise<void> {
    return this.finishAllRequests()
  }
}

/** The module as Python code names it: `new pyparallelcurl.ParallelCurl(10)`. */
export const pyparallelcurl = { ParallelCurl: PyParallelCurl } as const
