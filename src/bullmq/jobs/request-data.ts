/**
 * Converts a request to the data of a job and back, and derives the id of the job. Does not depend on queues.
 */
import { createHash } from 'node:crypto'
import { OptionError, messageOf } from '../../errors.js'
import { mustBe } from '../../wrong-value.js'
import type { PostFields, RequestOptions } from '../../index.js'
import { localAccess } from '../../options/local-access.js'
import { canonical, fromPlain, toPlain } from './plain-data.js'
import { BrokenJob } from './problems.js'

/**
 * A request for `enqueue`: an input of `stream()`, optionally with an id. Everything in it must be data:
 * functions, signals, jars and files are refused. The worker decides where bodies go (`store`), so `output`
 * and related options are refused, too.
 */
export type QueuedRequest =
  | string
  | URL
  | ({
      url: string | URL
      /** The id of the job: adding it more than once makes one job. Default: a hash of the request. */
      id?: string | number | undefined
      userData?: unknown
      postFields?: PostFields | null | undefined
    } & RequestOptions)

/** The data of a job. */
export interface RequestData {
  readonly url: string
  readonly id?: string
  readonly userData?: unknown
  readonly postFields?: unknown
  readonly options?: Readonly<Record<string, unknown>>
}

/** A request as the worker runs it. */
export interface RequestFromQueue {
  readonly url: string
  readonly id: string | undefined
  readonly userData: unknown
  readonly postFields: PostFields | null
  readonly options: RequestOptions | undefined
}

const ONLY_TRUSTED = 'only with trustInput (--trust-input), for enqueue and for the worker'
const WORKER_OPTIONS = new Set(['output', 'outputDir', 'createDirs', 'keepPartial', 'resume'])

/**
 * Returns the data of the job for a request. Throws `OptionError` if the request is invalid or cannot go
 * through a queue.
 *
 * @param trustInput true to allow access to what is local to the worker: files, sockets, output, other
 * protocols
 */
export function dataOf(request: QueuedRequest, trustInput = false): RequestData {
  if (typeof request === 'string') return { url: request }
  if (request instanceof URL) return { url: request.href }
  // The compiler's type is no guarantee: lists come from anywhere.
  const given: unknown = request
  if (typeof given !== 'object' || given === null)
    throw new OptionError('a request is a URL or an object with a url')
  const { url, id, userData, postFields, ...options } = given as Record<string, unknown>
  if (!(url instanceof URL) && (typeof url !== 'string' || url === '')) {
    throw mustBe('url', 'a string that is not empty, or a URL', url)
  }
  if (id !== undefined && typeof id !== 'string' && typeof id !== 'number') {
    throw mustBe('id', 'a string or a number', id)
  }
  for (const name of Object.keys(options)) {
    if (WORKER_OPTIONS.has(name)) {
      throw new OptionError(`${name} is the worker's to say: it stores bodies with its store`, name)
    }
  }
  const local = trustInput ? undefined : localAccess(options)
  if (local !== undefined) {
    throw new OptionError(`${local.option} ${local.what} of the worker: ${ONLY_TRUSTED}`, local.option)
  }
  const plain = toPlain(options, 'request') as Record<string, unknown>
  return {
    url: url instanceof URL ? url.href : url,
    ...(id !== undefined && { id: String(id) }),
    ...(userData !== undefined && { userData: toPlain(userData, 'userData') }),
    ...(postFields !== undefined && postFields !== null && { postFields: toPlain(postFields, 'postFields') }),
    ...(Object.keys(plain).length > 0 && { options: plain }),
  }
}

/**
 * Returns the request of a job. Throws `BrokenJob` if the data is not a valid request.
 *
 * @param trustInput as in {@link dataOf}
 */
export function requestOf(data: unknown, trustInput = false): RequestFromQueue {
  if (!isRecord(data)) throw new BrokenJob('its data is no object')
  const { url, id, options } = data
  if (typeof url !== 'string' || url === '') throw new BrokenJob('its data has no url')
  if (id !== undefined && typeof id !== 'string') throw new BrokenJob('its id is no string')
  if (options !== undefined && !isRecord(options)) throw new BrokenJob('its options are no object')
  const misplaced = Object.keys(options ?? {}).find((name) => WORKER_OPTIONS.has(name))
  if (misplaced !== undefined) throw new BrokenJob(`its option ${misplaced} is the worker's to say`)
  const request = readPlain(data, url, id)
  // Checked here, too, because anybody who can write to Redis can add jobs without enqueue().
  const local = trustInput ? undefined : localAccess(request.options ?? {})
  if (local === undefined) return request
  throw new BrokenJob(`its option ${local.option} ${local.what}: ${ONLY_TRUSTED}`)
}

function readPlain(data: Record<string, unknown>, url: string, id: string | undefined): RequestFromQueue {
  try {
    return {
      url,
      id,
      userData: fromPlain(data['userData']),
      postFields: (fromPlain(data['postFields']) ?? null) as PostFields | null,
      options: fromPlain(data['options']) as RequestOptions | undefined,
    }
  } catch (error) {
    throw new BrokenJob(messageOf(error))
  }
}

/**
 * Returns the id of a job: a hash of URL, post fields and options, or the request's own id with the prefix
 * `id-`. The prefix is needed because BullMQ refuses colons and whole numbers, and stores its own state of a
 * queue under keys of the same form (`delayed`, `failed`, `meta`), which a job with such a name would
 * overwrite.
 */
export function jobIdOf({ url, id, postFields, options }: RequestData): string {
  if (id === undefined) {
    const text = canonical({ url, postFields: postFields ?? null, options: options ?? {} })
    return `sha256-${createHash('sha256').update(text).digest('base64url')}`
  }
  const spelled = id.replace(/[^A-Za-z0-9._~/@+=-]/gu, (letter) =>
    Array.from(Buffer.from(letter), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  )
  return `id-${spelled}`
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
