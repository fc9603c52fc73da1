/**
 * User functions that libcurl calls. An exception must not cross libcurl's stack, nor may a value that
 * node-libcurl misreads: both have crashed the process on one major or the other. Does not know what the
 * functions do.
 */
import { OptionError } from '../../errors.js'
import type { FunctionOption } from '../../options/values/compiled-options.js'
import type { Transfer } from '../../transfer/transfer.js'

/** Who hears of what a function threw. */
export interface Guarded {
  readonly transfer: Transfer | null
  onThrown(error: unknown, canStopTransfer: boolean): void
}

type NativeCallback = (...args: unknown[]) => unknown

/** How a function tells libcurl to stop, and what is returned where it has no such way. */
interface Contract {
  readonly abort?: unknown
  readonly neutral?: unknown
  /** What it has to return; `undefined` counts as `neutral` where there is one. */
  readonly returns: 'integer' | 'anything'
}

const READFUNC_ABORT = 0x10000000

// Values: curl/curl.h, and the man page of each option.
const CONTRACTS: Readonly<Record<string, Contract>> = {
  WRITEFUNCTION: { abort: -1, returns: 'integer' },
  HEADERFUNCTION: { abort: -1, returns: 'integer' },
  READFUNCTION: { abort: READFUNC_ABORT, returns: 'integer' },
  SEEKFUNCTION: { abort: 1, neutral: 0, returns: 'integer' },
  XFERINFOFUNCTION: { abort: 1, neutral: 0, returns: 'integer' },
  PROGRESSFUNCTION: { abort: 1, neutral: 0, returns: 'integer' },
  PREREQFUNCTION: { abort: 1, neutral: 0, returns: 'integer' },
  CHUNK_BGN_FUNCTION: { abort: 1, neutral: 0, returns: 'integer' },
  CHUNK_END_FUNCTION: { abort: 1, neutral: 0, returns: 'integer' },
  FNMATCH_FUNCTION: { abort: 2, returns: 'integer' },
  TRAILERFUNCTION: { abort: false, returns: 'anything' },
  DEBUGFUNCTION: { neutral: 0, returns: 'anything' },
  HSTSREADFUNCTION: { neutral: null, returns: 'anything' },
  HSTSWRITEFUNCTION: { neutral: 0, returns: 'anything' },
}

/** The options that take a function. */
export const FUNCTION_NAMES: readonly string[] = Object.keys(CONTRACTS)

/** Wraps a user's function for one handle; null where the option is to go back to libcurl's default. */
export function guard(option: FunctionOption, handle: Guarded): NativeCallback | null {
  const { name, callback } = option
  if (callback === null) return null
  const call = callback as unknown as NativeCallback
  const contract = CONTRACTS[name] ?? { neutral: 0, returns: 'anything' }
  const canStop = 'abort' in contract
  return (...args) => {
    try {
      const { transfer } = handle
      if (transfer !== null) transfer.isKnown = true
      const result = call.apply(transfer, args) ?? contract.neutral
      if (contract.returns === 'integer') checkInteger(name, result, args)
      // DEBUGFUNCTION and its like have nothing to say: what node-libcurl does with other values differs by
      // version.
      return contract.returns === 'anything' && !canStop && name === 'DEBUGFUNCTION' ? 0 : result
    } catch (error) {
      handle.onThrown(error, canStop)
      return canStop ? contract.abort : contract.neutral
    }
  }
}

function checkInteger(name: string, result: unknown, args: unknown[]): void {
  if (!Number.isInteger(result) || Math.abs(result as number) > 0x7fffffff) {
    const got = result instanceof Promise ? 'a promise (libcurl cannot wait for one)' : typeof result
    throw new OptionError(`${name} must return an integer, got ${result === null ? 'null' : got}`, name)
  }
  const [buffer] = args
  if (name === 'READFUNCTION' && Buffer.isBuffer(buffer) && result !== READFUNC_ABORT) {
    const isPause = result === 0x10000001
    if (!isPause && (result as number) > buffer.length) {
      throw new OptionError(
        `READFUNCTION returned ${String(result)}, but the buffer holds ${String(buffer.length)} bytes`,
        name,
      )
    }
  }
}
