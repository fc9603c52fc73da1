/**
 * The options of a request over the shared ones. All code that derives something from options reads them
 * here. Does not know libcurl: ids are numbers without a meaning here.
 *
 * A value in the request's own options always wins, also `null`, which takes the shared value back. The
 * shared value counts only if the request does not name the option.
 */
import type {
  BodyTarget,
  CompiledOptions,
  FunctionOption,
  OptionValue,
  Recycling,
  Settings,
} from '../../options/values/compiled-options.js'

/** The options of one order: the shared ones and those of the request. Immutable. */
export class EffectiveOptions {
  constructor(
    readonly shared: CompiledOptions,
    readonly own: CompiledOptions | null,
  ) {}

  /** Returns the last value of an option, null if it was taken back, undefined if it was never named. */
  value(id: number): OptionValue | undefined {
    const { own, shared } = this
    if (own !== null) {
      const at = own.ids.lastIndexOf(id)
      if (at >= 0) return own.values[at]
    }
    const at = shared.ids.lastIndexOf(id)
    return at < 0 ? undefined : shared.values[at]
  }

  /** Returns the value as a number, 0 if there is none. */
  number(id: number): number {
    return Number(this.value(id) ?? 0)
  }

  /**
   * A time for which there is an option in milliseconds and one in seconds: the last one counts; 0 if neither
   * is set.
   */
  milliseconds(inMilliseconds: number, inSeconds: number): number {
    for (const layer of [this.own, this.shared]) {
      const ms = layer?.ids.lastIndexOf(inMilliseconds) ?? -1
      const seconds = layer?.ids.lastIndexOf(inSeconds) ?? -1
      if (ms > seconds) return Number(layer?.values[ms] ?? 0)
      if (seconds >= 0) return Number(layer?.values[seconds] ?? 0) * 1000
    }
    return 0
  }

  /** True if an option is switched on: its value is neither null nor 0. */
  isOn(id: number): boolean {
    return (this.value(id) ?? 0) !== 0
  }

  /** True if an option has a value. */
  isSet(id: number): boolean {
    return (this.value(id) ?? null) !== null
  }

  /** True if an option was named at all, even to take it back. */
  isNamed(id: number): boolean {
    return this.value(id) !== undefined
  }

  /** Yields the options in the order in which they are set, as pairs of id and value, without functions. */
  *entries(): Generator<readonly [id: number | string, value: OptionValue]> {
    for (const layer of [this.shared, this.own]) {
      if (layer === null) continue
      for (const [i, id] of layer.ids.entries()) yield [id, layer.values[i] as OptionValue]
    }
  }

  /** Returns the last function of an option, null if there is none or it was taken back. */
  function(name: string): FunctionOption | null {
    const isIt = (option: FunctionOption): boolean => option.name === name
    const last = this.own?.functions.findLast(isIt) ?? this.shared.functions.findLast(isIt)
    return last?.callback ? last : null
  }

  /** Returns one of this library's own options, undefined if it was never named. */
  setting<Name extends keyof Settings>(name: Name): Settings[Name] {
    const own = this.own?.settings[name]
    return own === undefined ? this.shared.settings[name] : own
  }

  /**
   * All of this library's own options. Without own options of the request this is the shared object itself.
   */
  get settings(): Settings {
    const { own, shared } = this
    return own === null ? shared.settings : { ...shared.settings, ...own.settings }
  }

  /** The lines of `HTTPHEADER`; empty if the option was taken back. */
  get headers(): readonly string[] {
    const { own, shared } = this
    return (own?.headers === undefined ? shared.headers : own.headers) ?? []
  }

  get bodyTarget(): BodyTarget {
    return this.own?.bodyTarget ?? this.shared.bodyTarget ?? 'content'
  }

  get bodySize(): number | undefined {
    return this.own?.bodySize ?? this.shared.bodySize
  }

  /** The stricter recycling of both layers: an option that was taken back has still been set before. */
  get recycling(): Recycling {
    const { own, shared } = this
    if (own === null || shared.recycling === own.recycling) return shared.recycling
    if (shared.recycling === 'close' || own.recycling === 'close') return 'close'
    return 'reset'
  }

  /**
   * True if an option has switched libcurl's cookie engine on, even if another one has switched it off again.
   */
  get cookieEngine(): boolean {
    return this.shared.cookieEngine || (this.own?.cookieEngine ?? false)
  }
}
