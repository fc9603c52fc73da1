/**
 * Requests and forms of another copy of `fetch`, such as the one of Node.js, as those of the installed
 * undici, which accepts only its own. Does not fetch.
 */
import { FormData as OwnFormData, Request as OwnRequest, type RequestInit as OwnInit } from 'undici'

/** Returns what undici's `fetch` takes as its first argument. */
export function ownInput(input: unknown): string | URL | OwnRequest {
  if (!isNamed(input, 'Request') || input instanceof OwnRequest) return input as string | URL | OwnRequest
  const { url, method, headers, body, signal, redirect, referrer, referrerPolicy } = input as Request
  const { credentials, cache, integrity, keepalive, mode } = input as Request
  const init: OwnInit = {
    method,
    headers: [...headers],
    signal,
    redirect,
    referrerPolicy,
    credentials,
    cache,
    integrity,
    keepalive,
    // The default of a request is what nobody may ask for.
    ...(referrer !== 'about:client' && { referrer }),
    ...(mode !== 'navigate' && { mode }),
    ...(body !== null && { body: body as NonNullable<OwnInit['body']>, duplex: 'half' }),
  }
  return new OwnRequest(url, init)
}

/** Returns what undici's `fetch` takes as a body. */
export function ownBody(body: unknown): OwnInit['body'] {
  if (!isNamed(body, 'FormData') || body instanceof OwnFormData) return body as OwnInit['body']
  const form = new OwnFormData()
  for (const [name, value] of body as Iterable<[string, string | File]>) {
    if (typeof value === 'string') form.append(name, value)
    else form.append(name, value, value.name)
  }
  return form
}

/** True for an object of a class of this name, whoever's it is. */
function isNamed(value: unknown, name: string): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === name
  )
}
