/**
 * Requests and forms of another copy of `fetch`, such as the one of Node.js, as those of the installed
 * undici, which accepts only its own. Does not fetch.
 */
import { formOf, isNamed } from '../options/values/other-copies.js'
import { FormData as OwnFormData, Request as OwnRequest, type RequestInit as OwnInit } from 'undici'

/** Returns what undici's `fetch` takes as its first argument. */
export function ownInput(input: unknown): string | URL | OwnRequest {
  if (!isNamed(input, 'Request') || input instanceof OwnRequest) return input as string | URL | OwnRequest
  return new OwnRequest((input as Request).url, ownInit(input))
}

/** The members of the second argument of `fetch`. */
const MEMBERS = [
  ...['method', 'headers', 'body', 'mode', 'credentials', 'cache', 'redirect', 'referrer', 'referrerPolicy'],
  ...['integrity', 'keepalive', 'signal', 'duplex', 'priority', 'window'],
] as const

/**
 * Returns what undici's `fetch` takes as its second argument. A `Request` is one, too: its members are
 * getters.
 */
export function ownInit(init: object): OwnInit {
  const own: Record<string, unknown> = {}
  for (const name of MEMBERS) {
    const value = (init as Readonly<Record<string, unknown>>)[name]
    if (value !== undefined) own[name] = name === 'body' ? ownBody(value) : value
  }
  if (isNamed(init, 'Request')) {
    // The defaults of a request are what nobody may ask for.
    if (own['referrer'] === 'about:client') delete own['referrer']
    if (own['mode'] === 'navigate') delete own['mode']
    if (own['body'] !== undefined && own['body'] !== null) own['duplex'] = 'half'
  }
  return own
}

/**
 * Returns what undici's `fetch` takes as its second argument beside a first one. Any init at all, such as one
 * with a dispatcher, would take the referrer of a `Request` away.
 */
export function ownInitFor(input: unknown, init: object): OwnInit {
  const own = ownInit(init)
  if (!isNamed(input, 'Request') || Object.keys(own).length > 0) return own
  const { referrer, referrerPolicy } = input as Request
  if (referrer !== 'about:client') own.referrer = referrer
  if (referrerPolicy !== '') own.referrerPolicy = referrerPolicy
  return own
}

/** Returns what undici's `fetch` takes as a body. */
function ownBody(body: unknown): OwnInit['body'] {
  return isNamed(body, 'FormData') ? formOf(OwnFormData, body as OwnFormData) : (body as OwnInit['body'])
}
