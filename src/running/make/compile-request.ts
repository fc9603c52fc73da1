/**
 * Compiles the user's options into the order that requests are launched with. Does not depend on URLs or
 * outcomes.
 */
import { INFO, libcurlVersion, nodeLibcurlMajor, OPTION } from '../../engine/node-libcurl/binding.js'
import { OptionError } from '../../errors.js'
import { codeName } from '../../engine/installed/error-names.js'
import { makeOrder, withSettings, type LaunchOrder } from '../../engine/request/wire-request.js'
import { probeOption } from '../../engine/installed/option-probe.js'
import { compileOptions, NO_OPTIONS, type CompileContext } from '../../options/compile-options.js'
import type { CompiledOptions } from '../../options/values/compiled-options.js'
import { createCatalog } from '../../options/catalog/option-catalog.js'
import { compilePostFields, type PostFieldsInput } from '../../options/values/post-fields.js'
import type { OptionsMap } from '../../options/request-options.js'
import type { TransferContext } from '../../transfer/transfer-types.js'
import { isOfSellersList } from '../../sessions/proxies/proxy-url.js'
import { checkProxies, withAccess } from '../access/access-as-libcurl.js'
import type { AccessSettings } from '../options/access-options.js'
import { OPTIONS_OF_CALLS } from '../options/options-of-calls.js'
import { RUN_SETTINGS, type RequestOptions, type RunSettings } from '../options/run-options.js'

const catalog = createCatalog(OPTION, INFO, { libcurl: libcurlVersion, nodeLibcurlMajor })
/** The context that all transfers share. */
export const context: TransferContext = {
  infoNumber: (info) => catalog.infoNumber(info),
  get infoNames() {
    return catalog.infoNames
  },
  codeName,
}

/** Returns one name for all spellings of an option. */
export const optionName = (key: string | number): string => catalog.nameOf(key)

const baseContext = { catalog, probe: probeOption, extra: RUN_SETTINGS, elsewhere: OPTIONS_OF_CALLS }
/**
 * Returns how options are checked: as shared options or as options of one request. `where` is the caller
 * named in messages.
 */
export const checkedAs = (
  role: CompileContext['role'],
  where: string,
  namesOfCall: readonly string[] = [],
): CompileContext => ({
  ...baseContext,
  role,
  where,
  namesOfCall,
})
/** One object for all calls: each request with options of its own needs it. */
const START_REQUEST = checkedAs('request', 'startRequest')

/** Compiles the options given with a proxy of a pool. */
export const compileProxyOptions = (options: object, where: string): CompiledOptions =>
  compileOptions(options, checkedAs('request', where))
const checkedPools = new WeakSet()

/**
 * Compiles shared options into an order.
 *
 * @param withoutHeaders names of headers, in lower case, that are not taken from a session
 */
export function compileShared(options: unknown, withoutHeaders?: ReadonlySet<string>): LaunchOrder {
  const compiled = compileAccess(options, checkedAs('shared', 'ParallelCurl'))
  const settings = { ...compiled.settings, withoutHeaders }
  const shared = withoutHeaders === undefined ? compiled : { ...compiled, settings }
  return checkedProxies('ParallelCurl', makeOrder(shared, null, compiled.postFields ?? null))
}

const PROXIES = ['PROXY', 'PRE_PROXY'] as const

/** Refuses a proxy of a seller's list, which libcurl does not know, unless it shall behave as libcurl does. */
function checkedProxies(where: string, order: LaunchOrder): LaunchOrder {
  const { shared, own } = order.options
  if (order.asLibcurl) return order
  const { ids } = own ?? shared
  for (const name of PROXIES) {
    const id = OPTION[name] as number
    const value = ids.includes(id) ? order.options.value(id) : null
    if (typeof value === 'string' && isOfSellersList(value))
      throw new OptionError(
        `${where}: ${name} takes a URL (http://user:password@host:port); proxies: [...] takes host:port:user:password`,
        name,
      )
  }
  return order
}

/** Compiles options, with the libcurl options added that `cookieJar` and `proxies` stand for. */
export function compileAccess(options: unknown, context: CompileContext): CompiledOptions {
  const compiled = withHeaders(withAccess(compileOptions(options, context), context.where))
  const { proxies } = compiled.settings as AccessSettings
  if (proxies !== undefined && proxies !== null && !checkedPools.has(proxies)) {
    checkProxies(proxies, compileProxyOptions)
    checkedPools.add(proxies)
  }
  return compiled
}

/** `rateLimitHeaders` needs the headers of responses. */
function withHeaders(compiled: CompiledOptions): CompiledOptions {
  const { settings } = compiled
  if ((settings as RunSettings).rateLimitHeaders !== true || settings.captureHeaders === true) return compiled
  return { ...compiled, settings: { ...settings, captureHeaders: true } }
}

/** Returns the order of a request with options of its own; `base` itself if there are none. */
export function orderOver(
  where: string,
  base: LaunchOrder,
  postFields: PostFieldsInput | null,
  options: RequestOptions | OptionsMap | undefined,
): LaunchOrder {
  // Checked here because `request()` and `stream()` always pass an object, and compiling an empty one costs a
  // microsecond.
  if (postFields === null && (options === undefined || isEmpty(options))) return base
  const checked = where === 'startRequest' ? START_REQUEST : checkedAs('request', where)
  const compiled = options === undefined ? null : compileAccess(options, checked)
  const own = compiled === NO_OPTIONS ? null : compiled
  // null means: a method without a body was set after the shared POSTFIELDS, so the request has no body.
  const fromOptions = own?.postFields === undefined ? base.body : own.postFields
  if (own === null && postFields === null) return base
  const derived = own === null || postFields !== null ? null : withSettings(base, own)
  if (derived !== null) return derived
  const subject = { name: 'postFields', where, isSecret: true }
  const body = postFields === null ? fromOptions : compilePostFields(postFields, subject)
  const order = makeOrder(base.options.shared, own, body)
  return own === null ? order : checkedProxies(where, order)
}

/** Returns a copy of options, in their order. */
export function entriesOf(options: object): ReadonlyMap<string | number, unknown> {
  return new Map(options instanceof Map ? (options as ReadonlyMap<string, unknown>) : Object.entries(options))
}

/**
 * Merges two sets of options. Options of `above` come last, as if they had been set after those of `below`.
 */
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

/**
 * True for a plain object without properties. False for anything else: compiling then reports what is wrong.
 */
export function isEmpty(options: unknown): boolean {
  if (typeof options !== 'object' || options === null || Object.getPrototypeOf(options) !== Object.prototype)
    return false
  for (const _ in options) return false
  return true
}
