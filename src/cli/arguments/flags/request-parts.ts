/**
 * A request as its options put it together: libcurl's options, headers, and the pieces of its body. Does not
 * depend on the options that set them.
 */
import { readInput, withoutLineEnds } from '../../files/read-input.js'
import { linesUnlike } from '../../../http-semantics.js'
import { formEncoded } from '../../../url/percent-encoding.js'

/** The value of `-F`, or of `--form-string` (literal). */
export interface FormField {
  readonly text: string
  readonly isLiteral: boolean
}

/** A request in the making. Its layers (the command line, then a line of input) change it in turn. */
export class RequestParts {
  /** libcurl's options by name. */
  readonly options: Record<string, unknown> = {}
  /** The names of the options that `--opt` has set in this layer. */
  ownOptions = new Set<string>()
  /** Header lines of this layer. */
  headers: string[] = []
  data: Buffer[] = []
  isJson = false
  form: FormField[] = []
  isGet = false
  isHead = false
  method: string | undefined
  /** The bits of `HTTPAUTH`: several options add to them. */
  auth = 0
  upload: string | undefined
  failsByStatus = false
  private earlierHeaders: string[] = []

  /** Begins a layer. If it has a body, the body replaces that of the layers before. */
  beginLayer(hasBody: boolean): void {
    this.ownOptions = new Set()
    if (hasBody) [this.data, this.form, this.isJson, this.upload] = [[], [], false, undefined]
  }

  /** Ends a layer. Each of its headers replaces those of the same name in the layers before. */
  endLayer(): void {
    this.earlierHeaders = [...linesUnlike(this.earlierHeaders, this.headers), ...this.headers]
    this.headers = []
  }

  /** Returns the header lines of all layers that have ended. */
  allHeaders(): string[] {
    return this.earlierHeaders
  }
}

/** Returns the lines of a value of `-H`: itself, or the lines of the file that it names. */
export function headerLines(value: string): string[] {
  if (!value.startsWith('@')) return [value]
  return readInput(value.slice(1), '--header')
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
}

/** True if the value of `-b` names a file. Source: curl(1). */
export function isCookieFile(value: string): boolean {
  return !value.includes('=')
}

/** Returns the data of `-d` and similar options. `@FILE` reads a file, without line ends as curl does. */
export function dataOf(value: string, long: string, isAsItIs: boolean): Buffer {
  if (!value.startsWith('@')) return Buffer.from(value)
  const content = readInput(value.slice(1), `--${long}`)
  return isAsItIs ? content : withoutLineEnds(content)
}

/** Encodes a value of --data-urlencode. Source: curl(1). */
export function urlencoded(value: string): string {
  const at = value.search(/[=@]/)
  if (at < 0) return formEncoded(Buffer.from(value))
  const name = at === 0 ? '' : `${value.slice(0, at)}=`
  const rest = value.slice(at + 1)
  return name + formEncoded(value[at] === '@' ? readInput(rest, '--data-urlencode') : Buffer.from(rest))
}
