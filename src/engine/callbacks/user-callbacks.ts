/**
 * User functions that libcurl calls. Neither an exception nor a value that node-libcurl misreads may cross
 * libcurl's stack: each has crashed the process on one major or the other. Does not know what the functions
 * do.
 */
import { OptionError } from '../../errors.js'
import type { FunctionOption } from '../../options/values/compiled-options.js'
import { inContext, NO_CONTEXT } from '../../transfer/caller-context.js'
import type { Transfer } from '../../transfer/transfer.js'

/** The handle on which a guarded function runs. It receives the exceptions of the function. */
export interface Guarded {
  readonly transfer: Transfer | null
  onThrown(error: unknown, canStopTransfer: boolean): void
}

type NativeCallback = (this: unknown, ...args: unknown[]) => unknown

/**
 * The return values of one kind of function: `abort` stops the transfer; `neutral` is used if the function
 * threw and cannot stop the transfer.
 */
interface Contract {
  readonly abort?: unknown
  readonly neutral?: unknown
  /** The type that the function has to return. `undefined` counts as `neutral` if that is set. */
  readonly returns: 'integer' | 'anything'
}

const READFUNC_ABORT = 0x10000000

// The values are from curl/curl.h and the man page of each option.
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

/** The names of the options that take a function. */
export const FUNCTION_NAMES: readonly string[] = Object.keys(CONTRACTS)

/** Wraps a user's function for one handle. Returns null if the option is to go back to libcurl's default. */
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
      const result = inContext(transfer?.caller ?? NO_CONTEXT, call, transfer, ...args) ?? contract.neutral
      if (contract.returns === 'integer') checkInteger(name, result, args)
      // The return value of DEBUGFUNCTION has no meaning, and node-libcurl treats values other than 0
      // differently by version.
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
