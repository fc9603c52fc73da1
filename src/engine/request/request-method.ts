/**
 * The HTTP method that results from options, by libcurl's rules: each option changes the choice of those
 * before it. Does not know the request body.
 *
 * Source: `Curl_vsetopt` and `Curl_http_method` of libcurl 7.88, `setopt_bool`, `setopt_pointers` and
 * `Curl_http_method` of 8.22.
 */
import type { EffectiveOptions } from './effective-options.js'
import { isToken } from '../../http-semantics.js'
import { OPTION } from '../node-libcurl/binding.js'

const CUSTOMREQUEST = OPTION.CUSTOMREQUEST as number

/** True if `CUSTOMREQUEST` is HEAD. Its response has no body, but libcurl alone would wait for one. */
export function isHeadByName(options: EffectiveOptions): boolean {
  return options.value(CUSTOMREQUEST) === 'HEAD'
}

/** True if `CUSTOMREQUEST` is not an HTTP method. For FTP it is a command with its arguments. */
export function hasOddMethod(options: EffectiveOptions): boolean {
  const custom = options.value(CUSTOMREQUEST)
  return typeof custom === 'string' && !isToken(custom)
}

interface Chosen {
  method: string
  isWithoutBody: boolean
  by: number | string | undefined
}

/** The effect of an option on the method, with a value that switches it on or off. */
type Choice = (chosen: Chosen, isOn: boolean) => void

/** Returns the effect of an option that chooses a method when on, and GET when off. */
const choose =
  (method: string): Choice =>
  (chosen, isOn) => {
    chosen.method = isOn ? method : 'GET'
    if (isOn) chosen.isWithoutBody = false
  }
/** A form is a POST even without fields. */
const postForm: Choice = (chosen) => {
  chosen.method = 'POST'
  chosen.isWithoutBody = false
}
const CHOICES = new Map<number | string | undefined, Choice>([
  [OPTION.POST, choose('POST')],
  [OPTION.UPLOAD, choose('PUT')],
  [OPTION.PUT, choose('PUT')],
  [OPTION.HTTPPOST, postForm],
  [OPTION.MIMEPOST, postForm],
  [
    OPTION.HTTPGET,
    (chosen, isOn) => {
      if (isOn) choose('GET')(chosen, isOn)
    },
  ],
  [
    OPTION.NOBODY,
    (chosen, isOn) => {
      chosen.isWithoutBody = isOn
      if (isOn) chosen.method = 'HEAD'
      else if (chosen.method === 'HEAD') chosen.method = 'GET'
    },
  ],
])

/** Returns the option that has chosen the method by libcurl's rules, undefined if none has. */
export function chosenBy(options: EffectiveOptions): number | string | undefined {
  return choiceOf(options).by
}

/** True if the options choose POST, other than by its name alone. */
export function choosesPost(options: EffectiveOptions): boolean {
  return choiceOf(options).method === 'POST'
}

function choiceOf(options: EffectiveOptions): Chosen {
  const chosen: Chosen = { method: 'GET', isWithoutBody: false, by: undefined }
  for (const [id, value] of options.entries()) {
    const choice = CHOICES.get(id)
    if (choice === undefined) continue
    const before = chosen.method
    choice(chosen, value !== 0)
    if (value !== 0 || chosen.method !== before) chosen.by = id
  }
  return chosen
}

/**
 * Returns the method of a request with these options.
 *
 * @param body the kind of a body that is not one of libcurl's options: `'post'`, or `'upload'`, which is a
 * PUT unless the options ask for a POST; null if there is none
 */
export function requestMethod(options: EffectiveOptions, body: 'post' | 'upload' | null): string {
  const custom = options.value(CUSTOMREQUEST)
  if (typeof custom === 'string') return custom.toUpperCase()
  if (body === 'post') return 'POST'
  const chosen = choiceOf(options)
  if (body === 'upload') return chosen.method === 'POST' ? 'POST' : 'PUT'
  return chosen.isWithoutBody ? 'HEAD' : chosen.method
}

const SENDING = ['UPLOAD', 'PUT', 'POST', 'HTTPPOST', 'MIMEPOST'].map((name) => OPTION[name] as number)

/** True if one of libcurl's options makes it send a body. */
export function isSending(options: EffectiveOptions): boolean {
  return SENDING.some((id) => options.isOn(id))
}
