/**
 * A script of calls of PHP's functions, in a form that JSON carries, and the shorthands to write one. Does
 * not know how it is run.
 */
import type { Value } from '../case.js'

/**
 * `[name of the result or '', function, ...arguments]`; functions that begin with `@` are the runners' own.
 */
export type Step = readonly [result: string, call: string, ...args: Value[]]

export interface Script {
  readonly name: string
  readonly steps: readonly Step[]
}

/** The server's page that shows the request. */
export const echo = '{http}/echo'

export const handle = (name: string): Value => ({ $handle: name })
export const ref = (name: string): Value => ({ $ref: name })
export const constant = (name: string): Value => ({ $const: name })

/** `curl_init()` with `RETURNTRANSFER`. */
export const init = (name: string, url: string): Step[] => [
  [name, 'curl_init', url],
  set(name, 'RETURNTRANSFER', true),
]
export const set = (name: string, option: string, value: Value): Step => [
  '',
  'curl_setopt',
  handle(name),
  constant(option.startsWith('CURL') ? option : `CURLOPT_${option}`),
  value,
]
/** Calls a function on a handle. */
export const on = (name: string, call: string, ...args: Value[]): Step => ['', call, handle(name), ...args]
export const exec = (name: string): Step => on(name, 'curl_exec')
export const errno = (name: string): Step => on(name, 'curl_errno')
export const info = (name: string, which: string): Step =>
  on(name, 'curl_getinfo', constant(`CURLINFO_${which}`))
export const steadyInfo = (name: string): Step => on(name, '@info')

export const copy = (of: string, name: string): Step => [name, 'curl_copy_handle', handle(of)]

/** Makes the multi handle `m`. */
export const initMulti: Step = ['m', 'curl_multi_init']
export const add = (name: string, multi = 'm'): Step => [
  '',
  'curl_multi_add_handle',
  handle(multi),
  handle(name),
]
export const remove = (name: string, multi = 'm'): Step => [
  '',
  'curl_multi_remove_handle',
  handle(multi),
  handle(name),
]
/** The loop over all handles of `m`, then its messages. */
export const loop: Step = ['', '@loop', handle('m')]
export const drain: Step = ['', '@drain', handle('m')]

export const hasError = (name: string): Step => on(name, '@hasError')
export const content = (name: string): Step => on(name, 'curl_multi_getcontent')

/** A script of single steps and lists of them. */
export const script = (name: string, ...steps: readonly (Step | readonly Step[])[]): Script => ({
  name,
  steps: steps.flatMap((step) => (isStep(step) ? [step] : step)),
})

const isStep = (step: Step | readonly Step[]): step is Step => typeof step[0] === 'string'
