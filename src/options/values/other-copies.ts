/**
 * Objects of `fetch` by the names of their classes, because there are several copies of each: that of
 * Node.js, and that of every installed undici. Does not know what they are for.
 */

/** True for an object of a class of this name, whoever's it is. */
export function isNamed(value: unknown, name: string): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === name
  )
}

/** A form of any copy, as far as it is read and filled here. */
interface AnyForm {
  append(name: string, value: string | Blob, fileName?: string): void
  [Symbol.iterator](): Iterator<[string, string | { readonly name: string }]>
}

/** Returns a form of this copy: the given one, or a new one with its content. */
export function formOf<T extends AnyForm>(copy: new () => T, form: AnyForm): T {
  if (form instanceof copy) return form
  const own = new copy()
  for (const [name, value] of form) {
    if (typeof value === 'string') own.append(name, value)
    else own.append(name, value as unknown as Blob, value.name)
  }
  return own
}
