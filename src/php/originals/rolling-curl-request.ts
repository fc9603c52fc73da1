/** RollingCurlRequest: one request in the queue of a RollingCurl. Does not know the queue. */
import { inspect, type InspectOptions } from 'node:util'
import { shownUrl } from '../../redaction.js'
import { mustBe } from '../../wrong-value.js'
import { isToken } from '../../http-semantics.js'
import { lastOption, type PhpOptions } from '../options/options.js'
import { isTruthy } from '../values/casts.js'
import { CURLOPT_POST, CURLOPT_POSTFIELDS } from '../values/constants.js'
import type { PhpPostFields } from './parallel-curl.js'
import { headerLines, type RollingHeaders } from './rolling-headers.js'

/**
 * One request of a {@link RollingCurl}. Its properties may be changed until it is sent.
 *
 * Differs from the original, which sends a GET, or a POST if there is post data, and ignores `headers`: the
 * method and the headers are sent.
 */
export class RollingCurlRequest {
  /**
   * @param url - where it is sent
   * @param method - the method, such as `GET`
   * @param post_data - the body: a string is sent unchanged, an array as multipart/form-data. With `GET` the
   * request becomes a POST, as in the original
   * @param headers - header lines, or values by name; they replace those of the RollingCurl of the same name
   * @param options - options, which win over those of the RollingCurl
   * @param context - anything; not used
   */
  constructor(
    public url: string | URL,
    public method = 'GET',
    public post_data: PhpPostFields | null = null,
    public headers: RollingHeaders | null = null,
    public options: PhpOptions | null = null,
    public context: unknown = null,
  ) {}

  /** Returns the text for `console.log()`: no headers, options and post data, which may be secrets. */
  [inspect.custom](depth: number, options: InspectOptions): string {
    if (depth < 0) return '[RollingCurlRequest]'
    const { url, method } = this
    return `RollingCurlRequest ${inspect({ url: shownUrl(String(url)), method }, options)}`
  }
}

/** Throws `OptionError` if a request cannot be sent. */
export function checkRequest({ url, method, headers }: RollingCurlRequest, where: string): void {
  if (typeof url !== 'string' && !(url instanceof URL)) throw mustBe('$url', 'a string', url, { where })
  if (typeof method !== 'string' || !isToken(method))
    throw mustBe('$method', 'a method such as GET', method, { where, isSecret: true })
  if (headers !== null) headerLines(headers, where)
}

/** Returns the options that say what the method is: a request's own options win over them. */
export function methodOptions(request: RollingCurlRequest, shared: PhpOptions): [string, unknown][] {
  const { method, options } = request
  switch (method.toUpperCase()) {
    case 'GET':
      return []
    case 'HEAD':
      return [['CURLOPT_NOBODY', true]]
    case 'POST': {
      const hasFields = [shared, options ?? {}].some(
        (some) =>
          lastOption(some, CURLOPT_POSTFIELDS) !== undefined || lastOption(some, CURLOPT_POST) !== undefined,
      )
      return hasFields ? [] : [['CURLOPT_POSTFIELDS', '']]
    }
    default:
      return [['CURLOPT_CUSTOMREQUEST', method]]
  }
}

/**
 * Returns the post fields; null for none. A value that PHP takes for false is sent only if the method is
 * POST.
 */
export function postFieldsOf({ method, post_data }: RollingCurlRequest): PhpPostFields | null {
  return isTruthy(post_data) || method.toUpperCase() === 'POST' ? post_data : null
}
