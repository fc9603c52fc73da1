/**
 * The options while they are being compiled: the flat lists, and the facts that are collected with them. Does
 * not know how values are checked.
 */
import type { OptionEntry } from './catalog/option-catalog.js'
import type { BodyTarget, FunctionOption, OptionValue, Recycling } from './values/compiled-options.js'
import type { PostFields } from './values/post-fields.js'

/** `CompiledOptions` under construction. */
export interface Draft {
  readonly ids: (number | string)[]
  readonly values: OptionValue[]
  readonly functions: FunctionOption[]
  bodyTarget: BodyTarget | undefined
  headers: readonly string[] | null | undefined
  postFields: PostFields | null | undefined
  bodySize: number | undefined
  recycling: Recycling
  cookieEngine: boolean
  settings: Record<string, unknown>
}

/** The settings of a draft without any. The first setting replaces it by a new object. */
export const NO_SETTINGS: Record<string, unknown> = Object.freeze({})

/** Returns a draft without any option. */
export function startDraft(): Draft {
  return {
    ids: [],
    values: [],
    functions: [],
    bodyTarget: undefined,
    headers: undefined,
    postFields: undefined,
    bodySize: undefined,
    recycling: 'reusable',
    cookieEngine: false,
    settings: NO_SETTINGS,
  }
}

/** Adds an option of libcurl. */
export function push(draft: Draft, entry: OptionEntry, value: OptionValue): void {
  draft.ids.push(entry.key)
  draft.values.push(value)
  leave(draft, entry.recycling)
}

/** Notes that the handle keeps state of this option. */
export function leave(draft: Draft, recycling: Recycling): void {
  if (recycling !== 'reusable' && draft.recycling !== 'close') draft.recycling = recycling
}
