/**
 * What is being compiled: the flat lists, and what is known of them by the way. Does not know how values are
 * checked.
 */
import type { OptionEntry } from './catalog/option-catalog.js'
import type { BodyTarget, FunctionOption, OptionValue, Recycling } from './values/compiled-options.js'
import type { PostFields } from './values/post-fields.js'

/** `CompiledOptions` that grow. */
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

/** No settings so far. An object is made with the first one. */
export const NO_SETTINGS: Record<string, unknown> = Object.freeze({})

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

/** The handle keeps something of this option. */
export function leave(draft: Draft, recycling: Recycling): void {
  if (recycling !== 'reusable' && draft.recycling !== 'close') draft.recycling = recycling
}
