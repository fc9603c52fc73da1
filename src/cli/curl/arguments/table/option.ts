/**
 * An option of curl's, and the ways in which most of them are taken. Does not list them.
 */
import type { CurlBuild } from '../../invocation.js'
import type { OperationSettings, TlsSettings } from '../../operation-settings.js'
import type { Parsing } from '../parsing.js'
import { OptionProblem } from '../problems.js'
import { withBits } from '../values/auth.js'

/** The conditions under which an option works. */
export interface Needs {
  /** An option of libcurl's that node-libcurl must be able to set. */
  readonly option?: string
  /** libcurl's name of a feature. */
  readonly feature?: string | readonly string[]
  /** The first libcurl with it, as `0x081000`. */
  readonly libcurl?: number
  /** It can never be done here: why. */
  readonly never?: string
}

interface Common {
  readonly long: string
  /** One letter; '' where it has none. */
  readonly short: string
  readonly needs?: Needs
}

export type CurlOption = Common &
  (
    | {
        readonly kind: 'flag'
        /** The letter switches off what the long name switches on. */
        readonly isLetterOff: boolean
        set(parsing: Parsing, on: boolean, long: string): void
      }
    | { readonly kind: 'once'; set(parsing: Parsing): void }
    | { readonly kind: 'text' | 'file'; set(parsing: Parsing, value: string, long: string): void }
    | { readonly kind: 'number' | 'seconds'; set(parsing: Parsing, value: number, long: string): void }
    /** Without effect in curl of today. */
    | { readonly kind: 'gone'; readonly takesValue: boolean }
  )

type Setter<T> = (parsing: Parsing, value: T, long: string) => void

const extras = (needs: Needs | undefined): { needs?: Needs } => (needs === undefined ? {} : { needs })

export function flag(long: string, short: string, set: Setter<boolean>, needs?: Needs): CurlOption {
  return { long, short, kind: 'flag', isLetterOff: false, set, ...extras(needs) }
}

export function once(
  long: string,
  short: string,
  set: (parsing: Parsing) => void,
  needs?: Needs,
): CurlOption {
  return { long, short, kind: 'once', set, ...extras(needs) }
}

export function text(long: string, short: string, set: Setter<string>, needs?: Needs): CurlOption {
  return { long, short, kind: 'text', set, ...extras(needs) }
}

export function file(long: string, short: string, set: Setter<string>, needs?: Needs): CurlOption {
  return { long, short, kind: 'file', set, ...extras(needs) }
}

export function number(long: string, short: string, set: Setter<number>, needs?: Needs): CurlOption {
  return { long, short, kind: 'number', set, ...extras(needs) }
}

export function seconds(long: string, short: string, set: Setter<number>, needs?: Needs): CurlOption {
  return { long, short, kind: 'seconds', set, ...extras(needs) }
}

export function gone(long: string, short: string, takesValue: boolean): CurlOption {
  return { long, short, kind: 'gone', takesValue }
}

type FieldOf<Of, Kind> = {
  [K in keyof Of]-?: NonNullable<Of[K]> extends Kind ? (Kind extends NonNullable<Of[K]> ? K : never) : never
}[keyof Of]
type FlagField = FieldOf<OperationSettings, boolean>
type TextField = FieldOf<OperationSettings, string>
type NumberField = FieldOf<OperationSettings, number>
type ListField = {
  [K in keyof OperationSettings]-?: OperationSettings[K] extends string[] ? K : never
}[keyof OperationSettings]
type TlsText = FieldOf<TlsSettings, string>
type TlsFlag = FieldOf<TlsSettings, boolean>
type Side = 'tls' | 'proxyTls'

export const on =
  (field: FlagField): Setter<boolean> =>
  ({ settings }, value) => {
    settings[field] = value
  }

export const off =
  (field: FlagField): Setter<boolean> =>
  ({ settings }, value) => {
    settings[field] = !value
  }

export function notBlank(value: string): string {
  if (value === '') throw new OptionProblem('blank')
  return value
}

/** Any text, also none. */
export const into =
  (field: TextField): Setter<string> =>
  ({ settings }, value) => {
    settings[field] = value
  }

/** Text that must not be blank. */
export const filled =
  (field: TextField): Setter<string> =>
  ({ settings }, value) => {
    settings[field] = notBlank(value)
  }

export const count =
  (field: NumberField): Setter<number> =>
  ({ settings }, value) => {
    settings[field] = value
  }

export const listed =
  (field: ListField): Setter<string> =>
  ({ settings }, value) => {
    settings[field].push(value)
  }

export const tlsText =
  (side: Side, field: TlsText): Setter<string> =>
  ({ settings }, value) => {
    settings[side][field] = notBlank(value)
  }

export const tlsFlag =
  (side: Side, field: TlsFlag): Setter<boolean> =>
  ({ settings }, value) => {
    settings[side][field] = value
  }

/** A file that has to be there. */
export const existing =
  (set: Setter<string>): Setter<string> =>
  (parsing, value, long) => {
    if (parsing.context.fileTime(value) === undefined) {
      parsing.error(`The file '${value}' provided to --${long} does not exist`)
      throw new OptionProblem('badUse')
    }
    set(parsing, value, long)
  }

/** Bits of a mask, on or off. */
export const bits =
  (field: 'auth' | 'socks5Auth', mask: number): Setter<boolean> =>
  ({ settings }, value) => {
    settings[field] = withBits(settings[field], mask, value)
  }

/** Why an option cannot work with this build; undefined: it can. */
export function lacks(needs: Needs | undefined, build: CurlBuild): string | undefined {
  if (needs === undefined) return undefined
  const { option, feature, libcurl, never } = needs
  if (never !== undefined) return never
  const features = feature === undefined ? [] : typeof feature === 'string' ? [feature] : feature
  if (features.length > 0 && !features.some((name) => build.features.has(name)))
    return `libcurl ${build.version} is built without ${features.join(', ')}`
  if (libcurl !== undefined && build.versionNumber < libcurl)
    return `libcurl ${build.version} is older than ${versionOf(libcurl)}, which has it first`
  if (option !== undefined && !build.has(option)) return `node-libcurl cannot set CURLOPT_${option}`
  return undefined
}

function versionOf(number: number): string {
  return [number >> 16, (number >> 8) & 255, number & 255].join('.')
}
