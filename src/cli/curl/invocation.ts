/**
 * A curl command line as data: the wall between the half that reads it and the half that runs it. Does not
 * know how it was spelled, nor what becomes of it.
 *
 * Names are those of curl's long options in camelCase; values have been parsed and checked. Source of all
 * meanings: curl(1) of curl 8.22.
 */

import type { OperationSettings } from './operation-settings.js'

/** A whole command line. */
export interface Invocation {
  readonly global: GlobalSettings
  /** One for each group that `--next` separates; at least one. */
  readonly operations: readonly Operation[]
  /** Asked for instead of transfers; nothing is to be fetched then, and the exit code is 0. */
  readonly information?: Information
}

/** `--help` (with its category), `--manual`, `--version`, `--engine list`, `--dump-ca-embed`. */
export interface Information {
  readonly kind: 'help' | 'manual' | 'version' | 'engines' | 'caEmbed'
  readonly topic?: string
}

/** The settings of the run. */
export interface GlobalSettings {
  silent: boolean
  showError: boolean
  /** False after `--no-progress-meter`. */
  progressMeter: boolean
  /** `-#`. */
  progressBar: boolean
  styledOutput: boolean
  failEarly: boolean
  parallel: boolean
  parallelImmediate: boolean
  parallelMax: number
  /** 0: no limit. */
  parallelMaxHost: number
  /** `--rate`: least milliseconds from one start to the next; 0: none. */
  msPerTransfer: number
  /** `-v` counted: 0 to 4. */
  verbosity: number
  trace: Trace
  /** `--stderr`; `-` is stdout. */
  stderr?: string
  libcurl?: string
  sslSessions?: string
  /** Options that curl does not have, in the order given: `--journal`, `--har`, ... */
  ours: GivenOption[]
}

/** An option by its long name, with its value; null if it takes none. */
export type GivenOption = readonly [long: string, value: string | null]

export interface Trace {
  kind: 'none' | 'plain' | 'ascii' | 'binary'
  /** `-` is stdout, `%` is stderr. */
  file?: string
  time: boolean
  ids: boolean
  /** The components that `--trace-config` and `-vv` named (lower case), on or off. The last word counts. */
  readonly components: Map<string, boolean>
}

/** A group of URLs with the settings that they share. */
export interface Operation {
  readonly settings: OperationSettings
  readonly targets: Target[]
  /** Its options as they were given, in order. A switch that was switched off begins with `no-`. */
  readonly given: readonly GivenOption[]
  /** Place among all operations, from 0. */
  readonly index: number
}

/** The parts that curl pairs by order: a URL, the place of its body, the file that is sent to it. */
export interface Target {
  url?: string
  /** `-o`; undefined where `remoteName` or `discard` say otherwise, or the body goes to stdout. */
  output?: string
  /** `-O`, `--remote-name-all`, or a URL of `--url @FILE`. */
  remoteName: boolean
  /** `--out-null`. */
  discard: boolean
  /** `-T`: a path, perhaps a glob; `-` and `.` are stdin. Undefined after `-T ""`, too. */
  upload?: string
  /** Of a `--url @FILE`: neither `{}` nor `[]` mean anything. */
  noGlob: boolean
  /** `%{urlnum}`. */
  number: number
}

/** One transfer of many that a target may stand for. */
export interface ExpandedTarget {
  /** As it goes to libcurl, but for the file name of an upload and a query that is added. */
  readonly url: string
  /** `-o` with `#1` and `#<name>` replaced; undefined: see `target`. */
  readonly output?: string
  /** A file to send; `-` and `.` are stdin. */
  readonly upload?: string
  readonly target: Target
}

/** The input of libcurl for one transfer. Callbacks, and what they imply, are the runner's. */
export interface TransferPlan {
  /** With the file name of an upload, and with the query. */
  readonly url: string
  /** libcurl's options by name, without CURLOPT_. */
  readonly options: Readonly<Record<string, unknown>>
  readonly body: RequestBody
}

export type RequestBody =
  | { readonly kind: 'none' }
  /** POSTFIELDS. */
  | { readonly kind: 'data'; readonly bytes: Buffer }
  /** A multipart form, laid out. The type goes into a header unless the user set one. */
  | {
      readonly kind: 'form'
      readonly segments: readonly (Uint8Array | { readonly path: string })[]
      readonly contentType: string
      /** False if libcurl would send the form without a length, which it does not know. */
      readonly hasLength: boolean
    }
  /** UPLOAD: `-` and `.` are stdin. */
  | { readonly kind: 'upload'; readonly path: string }

/** The abilities of the installed libcurl, as far as options depend on them. */
export interface CurlBuild {
  /** `8.22.0`. */
  readonly version: string
  /** `0x081600`. */
  readonly versionNumber: number
  /** Schemes. */
  readonly protocols: ReadonlySet<string>
  /** libcurl's names: `HTTP2`, `SPNEGO`, ... */
  readonly features: ReadonlySet<string>
  /** Returns true if node-libcurl can set this option of libcurl's (its name without CURLOPT_). */
  has(option: string): boolean
}

/** The surroundings that the reader of a command line needs. */
export interface CurlContext {
  readonly build: CurlBuild
  readonly env: Readonly<Record<string, string | undefined>>
  /** Throws what `fs` throws. */
  readFile(path: string): Buffer
  /** All of stdin; empty when it has been read before. */
  readStdin(): Buffer
  /** The time at which a file was changed, in seconds since 1970; undefined if there is no such file. */
  fileTime(path: string): number | undefined
  /**
   * A line for stderr, in order; `text` has no prefix. Called only for what curl would print: `-s` has been
   * looked at.
   */
  say(kind: 'warning' | 'note' | 'error', text: string): void
  /** `--stderr`: later lines go there. */
  redirectMessages(path: string): void
  /** Asks for a password; undefined: there is no terminal. */
  askPassword?(prompt: string): string | undefined
}

/** A command line, or one transfer of it, cannot be: with curl's exit code. */
export class CurlError extends Error {
  override readonly name: string = 'CurlError'

  /** @param lines - what is to be printed on stderr, whole lines; they may be none */
  constructor(
    readonly exitCode: number,
    readonly lines: readonly string[],
  ) {
    super(lines.join('\n'))
  }
}

/** A transfer cannot be made as asked; what there was to say has been said. */
export class SetupError extends Error {
  override readonly name = 'SetupError'

  constructor(readonly exitCode: number) {
    super(`exit code ${String(exitCode)}`)
  }
}
