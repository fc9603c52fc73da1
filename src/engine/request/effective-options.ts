/**
 * What the options of a request come to: its own ones over the shared ones. Everything that is derived from
 * options asks here. Does not know libcurl: ids are numbers, and what they mean is known to whoever asks.
 *
 * A request's own value is an answer, whatever it is: `null` takes the shared one back. Only what a request
 * has not named falls through.
 */
import type {
  BodyTarget,
  CompiledOptions,
  FunctionOption,
  OptionValue,
  Recycling,
  Settings,
} from '../../options/values/compiled-options.js'

/** The options of one order, the shared ones and those of the request. Immutable. */
export class EffectiveOptions {
  constructor(
    readonly shared: CompiledOptions,
    readonly own: CompiledOptions | null,
  ) {}

  /** What an option was set to last; null where it was taken back; undefined where nobody has named it. */
  value(id: number): OptionValue | undefined {
    const { own, shared } = this
    if (own !== null) {
      const at = own.ids.lastIndexOf(id)
      if (at >= 0) return own.values[at]
    }
    const at = shared.ids.lastIndexOf(id)
    return at < 0 ? undefined : shared.values[at]
  }

  /** The same as a number, 0 where there is none. */
  number(id: number): number {
    return Number(this.value(id) ?? 0)
  }

  /** Whether an option is switched on: it has a value that is neither null nor 0. */
  isOn(id: number): boolean {
    return (this.value(id) ?? 0) !== 0
  }

  /** Whether an option has a value. */
  isSet(id: number): boolean {
    return (this.value(id) ?? null) !== null
  }

  /** Whether an option was named at all, be it to take it back. */
  isNamed(id: number): boolean {
    return this.value(id) !== undefined
  }

  /** The options in the order in which they are set: pairs of id and value, without functions. */
  *entries(): Generator<readonly [id: number | string, value: OptionValue]> {
    for (const layer of [this.shared, this.own]) {
      if (layer === null) continue
      for (const [i, id] of layer.ids.entries()) yield [id, layer.values[i] as OptionValue]
    }
  }

  /** The function that an option was set to last; null where it was not, or was taken back. */
  function(name: string): FunctionOption | null {
    const isIt = (option: FunctionOption): boolean => option.name === name
    const last = this.own?.functions.findLast(isIt) ?? this.shared.functions.findLast(isIt)
    return last?.callback ? last : null
  }

  /** One of our own options; undefined where nobody has named it. */
  setting<Name extends keyof Settings>(name: Name): Settings[Name] {
    const own = this.own?.settings[name]
    return own === undefined ? this.shared.settings[name] : own
  }

  /** All of our own options. The shared object itself where the request has none. */
  get settings(): Settings {
    const { own, shared } = this
    return own === null ? shared.settings : { ...shared.settings, ...own.settings }
  }

  /** The lines of `HTTPHEADER`; none where it was taken back. */
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

  /** The severest of what either leaves behind: also what was taken back has been set before. */
  get recycling(): Recycling {
    const { own, shared } = this
    if (own === null || shared.recycling === own.recycling) return shared.recycling
    if (shared.recycling === 'close' || own.recycling === 'close') return 'close'
    return 'reset'
  }

  /**
   * Whether an option has switched libcurl's cookie engine on, be it that another one has switched it off
   * again.
   */
  get cookieEngine(): boolean {
    return this.shared.cookieEngine || (this.own?.cookieEngine ?? false)
  }
}
