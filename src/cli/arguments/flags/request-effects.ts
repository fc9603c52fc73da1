/** The common effects of options of requests: one libcurl option each. Does not depend on their names. */
import type { Effect } from './flag.js'
import type { RequestParts } from './request-parts.js'

type RequestEffect = Effect<RequestParts>

/** Sets an option to the value as it was given. */
export const text =
  (name: string): RequestEffect =>
  ({ options }, value) => {
    options[name] = value
  }

/** Sets options to fixed values. */
export const constant =
  (fixed: Readonly<Record<string, unknown>>): RequestEffect =>
  ({ options }) => {
    Object.assign(options, fixed)
  }

/** Appends the value to an option that is a list. */
export const list =
  (name: string): RequestEffect =>
  ({ options }, value) => {
    options[name] = [...((options[name] as string[] | undefined) ?? []), value]
  }

/** Sets an option to what a parser of values makes of the value. */
export const parsed =
  (name: string, parse: (value: string, long: string) => unknown): RequestEffect =>
  ({ options }, value, long) => {
    options[name] = parse(value, long)
  }

/** Allows a kind of authentication, beside those that are allowed already. */
export const authentication =
  (bits: number): RequestEffect =>
  (parts) => {
    parts.auth |= bits
  }
