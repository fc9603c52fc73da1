/**
 * Short ways to send requests through the class and to get hold of what its callback got.
 * Does not know which server answers.
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
  /** What is to be read while the transfer is held. */
  read?: (transfer: Transfer) => unknown
}

export interface Outcome {
  content: string | null
  url: string
  transfer: Transfer
  userData: unknown
  /** What `read` gave. */
  read: unknown
}

/** One request, as a promise of what its callback got. Rejects with what `startRequest` or `read` throw. */
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

/** The same with an instance of its own. */
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

/** The caller's mistake that `call` throws. */
export function optionErrorOf(call: () => unknown): OptionError {
  try {
    call()
  } catch (error) {
    expect(error).to.be.instanceOf(OptionError)
    return error as OptionError
  }
  throw new Error('expected an OptionError, and nothing was thrown')
}

/** What a promise rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('expected a rejection')
}
