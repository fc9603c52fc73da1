/**
 * JSON whose numbers stay as they are spelled: an id beyond 2^53 must not become another one. Does not depend
 * on what the JSON means.
 */

/** A number that JavaScript would spell otherwise, such as `1798765432109876543` or `1.10`. */
export class SpelledNumber {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text
  }
}

/** Strings are matched as a whole, so that digits in them are left alone. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g
/** No text can hold it by chance, nor on purpose. */
const MARK = `number ${Math.random().toString(36)}${Math.random().toString(36)} `
const MARKED = new RegExp(`"${MARK}([^"]*)"`, 'g')

/** Parses JSON. Numbers that would change become {@link SpelledNumber}s. Throws `SyntaxError`. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  const marked = text.replace(STRING_OR_NUMBER, (token) =>
    token.startsWith('"') || String(Number(token)) === token ? token : `"${MARK}${token}"`,
  )
  if (marked === text) return value
  return JSON.parse(marked, (_key, item: unknown) =>
    typeof item === 'string' && item.startsWith(MARK) ? new SpelledNumber(item.slice(MARK.length)) : item,
  )
}

/** Returns a value of {@link parseJson} as JSON. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, item: unknown) =>
    item instanceof SpelledNumber ? MARK + item.text : item,
  )
  return text.replace(MARKED, '$1')
}
