/**
 * `stream()`: checks its options, and makes a transfer of each input. Does not know in which order transfers
 * are handed out.
 */
import type { Readable } from 'node:stream'
import type { LaunchOrder } from '../../engine/request/wire-request.js'
import { OptionError } from '../../errors.js'
import { compileOptions } from '../../options/compile-options.js'
import type { PostFieldsInput } from '../../options/values/post-fields.js'
import type { Dispatcher } from '../dispatch/dispatcher.js'
import { checkedAs, compileShared, isEmpty, orderOver, over } from '../make/compile-request.js'
import type { RequestMaker } from '../make/make-transfer.js'
import type { RequestOptions, RunSettings } from '../options/run-options.js'
import type { TransferRecord } from '../record/transfer-record.js'
import { RequestStream, type InputSource, type StreamHost } from './request-stream.js'

/** An input of {@link ParallelCurl.stream}: a URL, or a URL with all that one request can have. */
export type StreamInput =
  | string
  | URL
  | ({ url: string | URL; userData?: unknown; postFields?: PostFieldsInput | null } & RequestOptions)

/** Options of {@link ParallelCurl.stream}: they stand over the shared ones, and below those of each input. */
export interface StreamOptions extends RequestOptions {
  /**
   * Yields in the order of the inputs; what is done early waits for its turn. Default: false, in order of
   * completion.
   */
  ordered?: boolean | undefined
  /**
   * How many inputs may be pulled and not yet yielded. Default: twice `maxRequests`, 1000 without a limit.
   */
  window?: number | undefined
}

const UNLIMITED_WINDOW = 1000

/** Whose stream it is. */
export interface StreamOwner {
  readonly dispatcher: Dispatcher
  readonly requests: RequestMaker
  readonly plainOrder: LaunchOrder
  readonly sharedEntries: ReadonlyMap<string | number, unknown>
  readonly maxRequests: number
  /** Throws where nothing can be started any longer. */
  readonly assertOpen: () => void
}

/** Starts a stream. What is wrong with its arguments: `OptionError`. */
export function startStream(
  inputs: InputSource<StreamInput>,
  options: StreamOptions,
  owner: StreamOwner,
): RequestStream<StreamInput> {
  if (!isIterable(inputs))
    throw new OptionError(
      'stream: inputs must be an iterable or an async iterable of URLs or objects',
      'inputs',
    )
  const {
    ordered = false,
    window,
    ...rest
  } = options as Omit<StreamOptions, 'ordered'> & { ordered?: unknown }
  const { maxRequests, plainOrder, sharedEntries } = owner
  const size = window ?? (maxRequests === Infinity ? UNLIMITED_WINDOW : Math.max(2, 2 * maxRequests))
  if (!Number.isInteger(size) || size < 1)
    throw new OptionError(
      `stream: window must be a whole number of at least 1, got ${String(size)}`,
      'window',
    )
  if (typeof ordered !== 'boolean') throw new OptionError('stream: ordered must be true or false', 'ordered')
  // Checked as what they are, options of requests: among shared ones limits would be taken, and do nothing.
  compileOptions(rest, checkedAs('request', 'stream'))
  const order = isEmpty(rest) ? plainOrder : compileShared(over(sharedEntries, rest))
  const { signal } = order.options.shared.settings as RunSettings
  return new RequestStream(inputs, hostOf(owner, order), { window: size, ordered, signal })
}

function hostOf(
  { dispatcher, requests, assertOpen }: StreamOwner,
  order: LaunchOrder,
): StreamHost<StreamInput> {
  return {
    make: (input) => {
      // A stream outlives the call: who goes on pulling after close() has to hear of it.
      assertOpen()
      return makeFromInput(input, order, requests)
    },
    submit: (transfer) => void requests.submit(transfer),
    abort: (transfer, reason) => {
      dispatcher.abort(transfer, reason)
    },
    hurry: (transfer) => {
      dispatcher.hurry(transfer)
    },
    release: (transfer) => {
      if (transfer.bodyStream === null) dispatcher.release(transfer)
      else if (isUntouched(transfer.bodyStream)) transfer.bodyStream.destroy()
    },
  }
}

function makeFromInput(input: StreamInput, base: LaunchOrder, requests: RequestMaker): TransferRecord {
  if (typeof input === 'string' || input instanceof URL) return requests.make('stream', input, base)
  if (!isObject(input)) {
    throw new OptionError('stream: an input must be a URL or an object with a url', 'inputs')
  }
  const { url, userData } = input
  const transfer = requests.make('stream', url, isBare(input) ? base : orderOfInput(input, base))
  if (userData !== undefined) transfer.give(userData)
  return transfer
}

/**
 * Nobody has begun to read it, nor will: piping and iterating have begun by the time the next one is asked
 * for.
 */
function isUntouched(stream: Readable): boolean {
  return stream.readableFlowing === null && !stream.readableDidRead
}

/** Whether it has no options: to make an object of none takes as long as all else that an input costs. */
function isBare(input: object): boolean {
  for (const key in input) if (key !== 'url' && key !== 'userData') return false
  return true
}

function orderOfInput(input: Exclude<StreamInput, string | URL>, base: LaunchOrder): LaunchOrder {
  const { url: _url, userData: _userData, postFields = null, ...own } = input
  return orderOver('stream', base, postFields, own)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isIterable(value: unknown): boolean {
  return isObject(value) && (Symbol.iterator in value || Symbol.asyncIterator in value)
}
