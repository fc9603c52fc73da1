/**
 * Compiles the options of a user to flat lists that an easy handle takes. Every mistake is found here, before
 * anything has been started. Does not know libcurl: `probe` asks it.
 */
import { OptionError } from '../errors.js'
import { describe } from '../wrong-value.js'
import type { Catalog } from './catalog/option-catalog.js'
import { addOption, type CompileContext } from './compile-option.js'
import { startDraft } from './option-draft.js'
import type { Role } from './settings.js'
import type { CompiledOptions, OptionValue } from './values/compiled-options.js'

export type { CompileContext }

/** The result for no options. */
export const NO_OPTIONS: CompiledOptions = frozen(startDraft())

function frozen(draft: CompiledOptions): CompiledOptions {
  for (const list of [draft.ids, draft.values, draft.functions]) Object.freeze(list)
  return Object.freeze(draft)
}

/**
 * Returns options of libcurl that this library sets itself: they are not checked, and a reset undoes them. An
 * option that this build lacks (undefined) is left out.
 */
export function ownLayer(
  ...pairs: readonly (readonly [id: number | undefined, value: OptionValue])[]
): CompiledOptions {
  const known = pairs.filter(([id]) => id !== undefined) as [number, OptionValue][]
  return {
    ...NO_OPTIONS,
    ids: known.map(([id]) => id),
    values: known.map(([, value]) => value),
    recycling: 'reset',
  }
}

const remembered = new WeakMap<object, { catalog: Catalog; role: Role; options: CompiledOptions }>()

/**
 * Checks options and returns them in the form for the engine. A plain object is read in the order of its own
 * enumerable keys (in JavaScript, numeric ones come first). A `Map` is read in its own order, as PHP's
 * arrays.
 *
 * @throws OptionError for anything that libcurl or this library does not accept.
 */
export function compileOptions(input: unknown, context: CompileContext): CompiledOptions {
  if (input === undefined) return NO_OPTIONS
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw notOptions(input, context.where)
  if (input instanceof Map) return compileMap(input as ReadonlyMap<unknown, unknown>, context)
  const isFrozen = Object.isFrozen(input)
  if (isFrozen) {
    const known = remembered.get(input)
    if (known?.catalog === context.catalog && known.role === context.role) return known.options
  }
  const prototype: unknown = Object.getPrototypeOf(input)
  // Objects of another realm (vm, worker tests) have another Object.prototype.
  if (prototype !== Object.prototype && prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw notOptions(input, context.where)
  const keys = Object.keys(input)
  if (keys.length === 0) return NO_OPTIONS
  const draft = startDraft()
  for (const key of keys) addOption(draft, key, (input as Record<string, unknown>)[key], context)
  const options: CompiledOptions = draft
  if (isFrozen && isDeeplyFrozen(input))
    remembered.set(input, { catalog: context.catalog, role: context.role, options })
  return options
}

function compileMap(input: ReadonlyMap<unknown, unknown>, context: CompileContext): CompiledOptions {
  if (input.size === 0) return NO_OPTIONS
  const draft = startDraft()
  for (const [key, value] of input) {
    if (typeof key !== 'string' && typeof key !== 'number') {
      throw new OptionError(
        `${context.where}: names of options are strings or numbers; got ${describe(key, false)}`,
      )
    }
    addOption(draft, key, value, context)
  }
  return draft
}

function notOptions(input: unknown, where: string): OptionError {
  return new OptionError(`${where}: options are a plain object or a Map; got ${describe(input, true)}`)
}

/** True if nothing in a frozen object can change: its lists are frozen, too, and hold primitives. */
function isDeeplyFrozen(input: object): boolean {
  return Object.values(input).every((value: unknown) => {
    if (typeof value !== 'object' || value === null) return true
    return (
      Array.isArray(value) &&
      Object.isFrozen(value) &&
      value.every((item) => typeof item !== 'object' || item === null)
    )
  })
}
