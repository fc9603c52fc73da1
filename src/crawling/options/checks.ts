/** Checks that several options need. Does not know the options. */
import { over } from '../../running/make/compile-request.js'
import { mustBe } from '../../wrong-value.js'

/** The options about the bodies of pages. */
const OF_BODIES = [
  'output',
  'outputDir',
  'createDirs',
  'resume',
  'keepPartial',
  'onData',
  'responseType',
  'upload',
  'uploadSize',
]

/** Returns the options of requests whose bodies have a place of their own: without those about other places. */
export function withoutBodies(
  shared: ReadonlyMap<string | number, unknown>,
  own: object,
): ReadonlyMap<string | number, unknown> {
  const entries = new Map(over(shared, own))
  for (const name of OF_BODIES) entries.delete(name)
  return entries
}

/** Checks a whole number of at least `least`; null and `Infinity` mean no limit. */
export function count(
  name: string,
  value: unknown,
  least: number,
  byDefault: number,
  where = 'crawl',
): number {
  if (value === undefined) return byDefault
  if (value === null || value === Infinity) return Infinity
  if (typeof value === 'number' && Number.isInteger(value) && value >= least) return value
  throw mustBe(name, `a whole number of at least ${String(least)}`, value, { where })
}
