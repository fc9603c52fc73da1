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
