/**
 * A case of the comparison with PHP, in a form that JSON carries, and the shorthands to write one. Does not
 * know how it is run.
 */

/** Plain values, and tagged ones that stand for what JSON does not have. */
export type Value =
  | string
  | number
  | boolean
  | null
  | { $bytes: string }
  | { $float: string }
  | { $const: string }
  | { $array: readonly (readonly [key: string | number, value: Value])[] }
  | { $file: readonly (string | null)[] }
  | { $stringFile: readonly string[] }
  | { $object: true }
  | { $stringable: string }
  | { $fn: string }
  | { $out: string }
  | { $in: string }
  | { $readonly: string }
  /** Of scripts: a handle by its name, and an argument by reference. */
  | { $handle: string }
  | { $ref: string }

/** Options in their order, as in a PHP array. */
export type CaseOptions = readonly (readonly [name: string | number, value: Value])[]

export interface Case {
  readonly name: string
  /** `{http}`, `{https}`, `{tcp}`, `{refused}` stand for servers and ports of this run. */
  readonly url: string
  readonly options?: CaseOptions
  readonly postFields?: Value
  /**
   * The difference between the results, and its reason: a row in the table of docs/differences-from-php.md.
   */
  readonly differs?: { readonly why: string; readonly in: readonly string[] }
}

/** A PHP array: a list, or an object in its order. */
export function array(items: readonly Value[] | Readonly<Record<string, Value>>): Value {
  const isList = Array.isArray(items)
  return { $array: Object.entries<Value>(items).map(([key, value]) => [isList ? Number(key) : key, value]) }
}

export const bytes = (binary: string): Value => ({ $bytes: Buffer.from(binary, 'latin1').toString('base64') })
export const fn = (name: string): Value => ({ $fn: name })
export const constant = (name: string): Value => ({ $const: name })
export const file = (...args: (string | null)[]): Value => ({ $file: args })
export const stringFile = (data: string, ...rest: string[]): Value => ({
  $stringFile: [Buffer.from(data, 'latin1').toString('base64'), ...rest],
})

/**
 * Options from an object: names without `CURLOPT_`. Numbers as keys would lose their order; write those as
 * pairs.
 */
export function options(named: Readonly<Record<string, Value>>): CaseOptions {
  return Object.entries(named).map(([name, value]) => [
    name.startsWith('CURL') ? name : `CURLOPT_${name}`,
    value,
  ])
}

/** A known difference. */
export const differs = (why: string, ...fields: string[]): NonNullable<Case['differs']> => ({
  why,
  in: fields,
})

/** PHP goes on where this throws: nothing is sent. */
export const refused = (why: string): NonNullable<Case['differs']> => differs(why, 'threw', 'requests')
