/**
 * Options as people give them, compiled into what requests are launched with. Does not know a URL, nor what
 * comes of it.
 */
import { INFO, libcurlVersion, nodeLibcurlMajor, OPTION } from '../../engine/node-libcurl/binding.js'
import { codeName } from '../../engine/installed/error-names.js'
import { makeOrder, type LaunchOrder } from '../../engine/request/wire-request.js'
import { probeOption } from '../../engine/installed/option-probe.js'
import { compileOptions, NO_OPTIONS, type CompileContext } from '../../options/compile-options.js'
import type { CompiledOptions } from '../../options/values/compiled-options.js'
import { createCatalog } from '../../options/catalog/option-catalog.js'
import { compilePostFields, type PostFieldsInput } from '../../options/values/post-fields.js'
import type { OptionsMap } from '../../options/request-options.js'
import type { TransferContext } from '../../transfer/transfer-types.js'
import { checkProxies, withAccess } from '../access/access-as-libcurl.js'
import type { AccessSettings } from '../options/access-options.js'
import { RUN_SETTINGS, type RequestOptions } from '../options/run-options.js'

const catalog = createCatalog(OPTION, INFO, { libcurl: libcurlVersion, nodeLibcurlMajor })
/** What all transfers have in common. */
export const context: TransferContext = {
  infoNumber: (info) => catalog.infoNumber(info),
  get infoNames() {
    return catalog.infoNames
  },
  codeName,
}

const baseContext = { catalog, probe: probeOption, extra: RUN_SETTINGS }
/** How options are checked: as shared ones, or as those of one request. `where` is for messages. */
export const checkedAs = (role: CompileContext['role'], where: string): CompileContext => ({
  ...baseContext,
  role,
  where,
})
/** One object for all calls: this is on the way of each request with options of its own. */
const START_REQUEST = checkedAs('request', 'startRequest')

/** Compiles options that stand with a proxy of a pool. */
export const compileProxyOptions = (options: object, where: string): CompiledOptions =>
  compileOptions(options, checkedAs('request', where))
const checkedPools = new WeakSet()

/** Shared options, with nothing over them. */
export function compileShared(options: unknown): LaunchOrder {
  const compiled = compileAccess(options, checkedAs('shared', 'ParallelCurl'))
  return makeOrder(compiled, null, compiled.postFields ?? null)
}

/** Options, and what ours among them come to in libcurl's. */
export function compileAccess(options: unknown, context: CompileContext): CompiledOptions {
  const compiled = withAccess(compileOptions(options, context), context.where)
  const { proxies } = compiled.settings as AccessSettings
  if (proxies !== undefined && proxies !== null && !checkedPools.has(proxies)) {
    checkProxies(proxies, compileProxyOptions)
    checkedPools.add(proxies)
  }
  return compiled
}

/** What a request with these options of its own is launched with; `base` itself where it has none. */
export function orderOver(
  where: string,
  base: LaunchOrder,
  postFields: PostFieldsInput | null,
  options: RequestOptions | OptionsMap | undefined,
): LaunchOrder {
  // Looked at here, because compiling nothing costs a microsecond: `request()` and `stream()` always have an
  // object.
  if (postFields === null && (options === undefined || isEmpty(options))) return base
  const checked = where === 'startRequest' ? START_REQUEST : checkedAs('request', where)
  const compiled = options === undefined ? null : compileAccess(options, checked)
  const own = compiled === NO_OPTIONS ? null : compiled
  // Of options, null takes the shared ones' POSTFIELDS back: a method without a body was set after them.
  const fromOptions = own?.postFields === undefined ? base.body : own.postFields
  if (own === null && postFields === null) return base
  const subject = { name: 'postFields', where, isSecret: true }
  const body = postFields === null ? fromOptions : compilePostFields(postFields, subject)
  return makeOrder(base.options.shared, own, body)
}

/** A copy of options in their order. */
export function entriesOf(options: object): ReadonlyMap<string | number, unknown> {
  return new Map(options instanceof Map ? (options as ReadonlyMap<string, unknown>) : Object.entries(options))
}

/** Options over others: what they set comes later, as if the ones had been given after the others. */
export function over(
  below: ReadonlyMap<string | number, unknown>,
  above: object,
): ReadonlyMap<string | number, unknown> {
  const merged = new Map(below)
  for (const [key, value] of entriesOf(above)) {
    if (value === undefined) continue
    merged.delete(key)
    merged.set(key, value)
  }
  return merged
}

/** Of anything else than a plain object, compiling says what is wrong with it. */
export function isEmpty(options: unknown): boolean {
  if (typeof options !== 'object' || options === null || Object.getPrototypeOf(options) !== Object.prototype)
    return false
  for (const _ in options) return false
  return true
}
