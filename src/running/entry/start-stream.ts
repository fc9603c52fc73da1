/**
 * `stream()`: checks its options, and makes a transfer of each input. Does not decide the order in which
 * transfers are yielded.
 */
import type { Readable } from 'node:stream'
import type { LaunchOrder } from '../../engine/request/wire-request.js'
import { assertOptionsObject, mustBe } from '../../wrong-value.js'
import { compileOptions } from '../../options/compile-options.js'
import type { PostFieldsInput } from '../../options/values/post-fields.js'
import type { Dispatcher } from '../dispatch/dispatcher.js'
import { checkedAs, compileShared, isEmpty, orderOver, over } from '../make/compile-request.js'
import type { RequestMaker } from '../make/make-transfer.js'
import type { RequestOptions, RunSettings } from '../options/run-options.js'
import type { TransferRecord } from '../record/transfer-record.js'
import { RequestStream, type InputSource, type RequestStreamOwner } from './request-stream.js'

/** An input of {@link ParallelCurl.stream}: a URL, or an object with a URL and the options of one request. */
export type StreamInput =
  | string
  | URL
  | ({ url: string | URL; userData?: unknown; postFields?: PostFieldsInput | null } & RequestOptions)

/**
 * Options of {@link ParallelCurl.stream}. They win over the shared options; the options of an input win over
 * them.
 */
export interface StreamOptions extends RequestOptions {
  /**
   * Yields transfers in the order of the inputs; a transfer that is done early waits for its turn. Default:
   * false (order of completion).
   */
  ordered?: boolean | undefined
  /**
   * The most inputs that are pulled and not yet yielded. Default: twice `maxRequests`; 1000 if `maxRequests`
   * is unlimited.
   */
  window?: number | undefined
}

const UNLIMITED_WINDOW = 1000

/** The parts of the instance that a stream needs. */
export interface StreamOwner {
  readonly dispatcher: Dispatcher
  readonly requests: RequestMaker
  readonly plainOrder: LaunchOrder
  readonly sharedEntries: ReadonlyMap<string | number, unknown>
  readonly maxRequests: number
  /** Throws if the instance is closed. */
  readonly assertOpen: () => void
}

/** An input may be a URL with credentials. */
const STREAM = { where: 'stream', isSecret: true } as const

/** Starts a stream. Throws `OptionError` if an argument is invalid. */
export function startStream(
  inputs: InputSource<StreamInput>,
  options: StreamOptions,
  owner: StreamOwner,
): RequestStream<StreamInput> {
  if (!isIterable(inputs))
    throw mustBe('inputs', 'an iterable or an async iterable of URLs or objects', inputs, STREAM)
  assertOptionsObject('stream', options)
  const {
    ordered = false,
    window,
    ...rest
  } = options as Omit<StreamOptions, 'ordered'> & { ordered?: unknown }
  const { maxRequests, plainOrder, sharedEntries } = owner
  const size = window ?? (maxRequests === Infinity ? UNLIMITED_WINDOW : Math.max(2, 2 * maxRequests))
  if (!Number.isInteger(size) || size < 1)
    throw mustBe('window', 'a whole number of at least 1', size, { where: 'stream' })
  if (typeof ordered !== 'boolean') throw mustBe('ordered', 'true or false', ordered, { where: 'stream' })
  // Checked as options of a request first: among shared options, limits would be accepted and then ignored.
  compileOptions(rest, checkedAs('request', 'stream'))
  const order = isEmpty(rest) ? plainOrder : compileShared(over(sharedEntries, rest))
  const { signal } = order.options.shared.settings as RunSettings
  return new RequestStream(inputs, hostOf(owner, order), { window: size, ordered, signal })
}

function hostOf(
  { dispatcher, requests, assertOpen }: StreamOwner,
  order: LaunchOrder,
): RequestStreamOwner<StreamInput> {
  return {
    make: (input) => {
      // A stream lives longer than the call of stream(): pulling from it after close() must fail.
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
    throw mustBe('an input', 'a URL or an object with a url', input, { ...STREAM, option: 'inputs' })
  }
  const { url, userData } = input
  const transfer = requests.make('stream', url, isBare(input) ? base : orderOfInput(input, base))
  if (userData !== undefined) transfer.give(userData)
  return transfer
}

/**
 * True if nobody has read the stream: piping or iterating would have begun before the next transfer is
 * requested.
 */
function isUntouched(stream: Readable): boolean {
  return stream.readableFlowing === null && !stream.readableDidRead
}

/**
 * True if the input has no options. Building an options object for it would cost as much as everything else
 * for an input.
 */
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
