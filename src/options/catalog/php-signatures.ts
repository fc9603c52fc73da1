/**
 * PHP's signatures for the functions that libcurl calls: `(ch, data)`. Options that are given by number, as
 * in PHP, take such functions. Does not know what `ch` is: it is the `this` of libcurl's callback.
 */
import { OptionError } from '../../errors.js'

/** A function that libcurl calls, in node-libcurl's form. */
type NativeFunction = (this: unknown, ...args: never[]) => unknown
type PhpFunction = (ch: unknown, ...args: unknown[]) => unknown

const WRITEFUNCTION = 20011
const READFUNCTION = 20012
const PROGRESSFUNCTION = 20056
const HEADERFUNCTION = 20079
const FNMATCH_FUNCTION = 20200
const XFERINFOFUNCTION = 20219

/**
 * Returns a function with libcurl's arguments that calls the user's function. Returns that function itself if
 * PHP has no such option.
 */
export function fromPhpSignature(id: number, users: (...args: never[]) => unknown): NativeFunction {
  const call = users as unknown as PhpFunction
  switch (id) {
    case WRITEFUNCTION:
      return function (data: Buffer) {
        return call(this, data)
      }
    case HEADERFUNCTION:
      // One character for each byte: PHP functions return the length of the line in bytes.
      return function (line: Buffer) {
        return call(this, line.toString('latin1'))
      }
    case READFUNCTION:
      return function (buffer: Buffer) {
        return fill(buffer, call(this, null, buffer.length))
      }
    case PROGRESSFUNCTION:
    case XFERINFOFUNCTION:
      return function (...counts: number[]) {
        return toLong(call(this, ...counts)) === 0 ? 0 : 1
      }
    case FNMATCH_FUNCTION:
      return function (pattern: string, string: string) {
        return call(this, pattern, string)
      }
    default:
      return users
  }
}

/** Copies the bytes that a PHP function has returned. A number (abort, pause, 0) goes to libcurl as it is. */
function fill(buffer: Buffer, result: unknown): unknown {
  if (typeof result !== 'string' && !(result instanceof Uint8Array)) return result
  const bytes = typeof result === 'string' ? Buffer.from(result) : result
  if (bytes.length > buffer.length) {
    const sizes = `${String(bytes.length)} bytes, but was asked for ${String(buffer.length)} at most`
    throw new OptionError(`READFUNCTION returned ${sizes}`, 'READFUNCTION')
  }
  buffer.set(bytes)
  return bytes.length
}

/** Converts a return value to an integer as PHP's cast does. */
function toLong(result: unknown): number {
  return typeof result === 'number' || typeof result === 'boolean' ? Number(result) : result ? 1 : 0
}
