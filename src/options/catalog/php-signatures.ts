/**
 * PHP's signatures for the functions that libcurl calls: `(ch, data)`. Options that are given by number, as
 * PHP has them, take functions of this kind. Does not know what `ch` is: whatever libcurl's functions are
 * called on.
 */
import { OptionError } from '../../errors.js'

/** A function that libcurl calls, as node-libcurl has it. */
type NativeFunction = (this: unknown, ...args: never[]) => unknown
type PhpFunction = (ch: unknown, ...args: unknown[]) => unknown

const WRITEFUNCTION = 20011
const READFUNCTION = 20012
const PROGRESSFUNCTION = 20056
const HEADERFUNCTION = 20079
const FNMATCH_FUNCTION = 20200
const XFERINFOFUNCTION = 20219

/** The same function with libcurl's arguments; as it is where PHP has no such option. */
export function fromPhpSignature(id: number, users: (...args: never[]) => unknown): NativeFunction {
  const call = users as unknown as PhpFunction
  switch (id) {
    case WRITEFUNCTION:
      return function (data: Buffer) {
        return call(this, data)
      }
    case HEADERFUNCTION:
      // One character a byte: what counts is the length.
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

/** Takes the bytes that a PHP function returned; a number (abort, pause, 0) means to libcurl what it says. */
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

/** What PHP's cast to an integer makes of what a function may return. */
function toLong(result: unknown): number {
  return typeof result === 'number' || typeof result === 'boolean' ? Number(result) : result ? 1 : 0
}
