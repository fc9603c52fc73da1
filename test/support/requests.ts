/**
 * Helpers that send requests through the class and return what the callback got. Does not depend on the
 * server.
 */
import { expect } from 'chai'
import { OptionError, ParallelCurl, type Transfer } from '../../src/index.js'

export type Options = NonNullable<ConstructorParameters<typeof ParallelCurl>[1]>
type StartArguments = Parameters<ParallelCurl['startRequest']>
export type PostFields = StartArguments[3]

export interface OneRequest {
  userData?: unknown
  postFields?: PostFields
  options?: Options | undefined
  /** Reads something from the transfer while it still holds its handle. */
  read?: (transfer: Transfer) => unknown
}

export interface Outcome {
  content: string | null
  url: string
  transfer: Transfer
  userData: unknown
  /** The result of `read`. */
  read: unknown
}

/**
 * Sends one request. Resolves with the arguments of its callback. Rejects with what `startRequest` or `read`
 * throws.
 */
export function send(curl: ParallelCurl, url: string, request: OneRequest = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const callback = (content: string | null, url: string, transfer: Transfer, userData: unknown): void => {
      try {
        resolve({ content, url, transfer, userData, read: request.read?.(transfer) })
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    }
    void curl.startRequest(url, callback, request.userData, request.postFields ?? null, request.options ?? {})
  })
}

/** Sends so many requests to a URL. Resolves with the transfers, in the order in which they have ended. */
export async function sendMany(
  curl: ParallelCurl,
  count: number,
  url: string,
  options: Options = {},
): Promise<Transfer[]> {
  const transfers: Transfer[] = []
  for (let i = 0; i < count; i++)
    void curl.startRequest(url, (_content, _url, transfer) => transfers.push(transfer), [], null, options)
  await curl.finishAllRequests()
  return transfers
}

/** Returns the error numbers of transfers, each once. */
export function errnosOf(transfers: readonly Transfer[]): number[] {
  return [...new Set(transfers.map(({ errno }) => errno))]
}

/** Sends one request with an instance of its own. */
export async function sendAlone(
  url: string,
  request: OneRequest = {},
  shared: Options = {},
): Promise<Outcome> {
  const curl = new ParallelCurl(1, shared)
  try {
    return await send(curl, url, request)
  } finally {
    await curl.close()
  }
}

/** Returns the `OptionError` that `call` throws. */
export function optionErrorOf(call: () => unknown): OptionError {
  try {
    call()
  } catch (error) {
    expect(error).to.be.instanceOf(OptionError)
    return error as OptionError
  }
  throw new Error('expected an OptionError, and nothing was thrown')
}

/** Returns what a promise rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('expected a rejection')
}
