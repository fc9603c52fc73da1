/**
 * Exit codes of curl that the command gives by itself: they are libcurl's numbers. Does not know when.
 *
 * docs/curl-command.md has all of them.
 */
export const OK = 0
export const FAILED_INIT = 2
export const URL_MALFORMED = 3
export const HTTP_RETURNED_ERROR = 22
export const WRITE_ERROR = 23
export const READ_ERROR = 26
export const OUT_OF_MEMORY = 27
export const OPERATION_TIMEDOUT = 28
export const RANGE_ERROR = 33
export const ABORTED_BY_CALLBACK = 42
export const BAD_FUNCTION_ARGUMENT = 43
export const UNKNOWN_OPTION = 48
export const PEER_FAILED_VERIFICATION = 60
export const COULDNT_RESOLVE_PROXY = 5
export const COULDNT_RESOLVE_HOST = 6
export const COULDNT_CONNECT = 7
export const FTP_ACCEPT_TIMEOUT = 12

/** After these, nothing else is tried. */
export function isFatal(code: number): boolean {
  return (
    code === FAILED_INIT ||
    code === OUT_OF_MEMORY ||
    code === UNKNOWN_OPTION ||
    code === BAD_FUNCTION_ARGUMENT
  )
}

/** A transfer cannot be made as asked; what there was to say has been said. */
export class SetupError extends Error {
  override readonly name = 'SetupError'

  constructor(readonly exitCode: number) {
    super(`exit code ${String(exitCode)}`)
  }
}
