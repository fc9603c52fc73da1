/**
 * Checks that a line of input does not ask for what only the command line may: local files and sockets, the
 * output of the process, other protocols. Does not parse lines.
 */
import { localAccess } from '../../options/local-access.js'
import type { Given } from '../arguments/flags.js'
import type { Input } from '../input/input-line.js'
import { DataError } from '../errors/errors.js'
import { draftRequest } from '../requests/request-draft.js'
import type { Settings } from './settings.js'

/** @throws DataError if the line asks for more than data may, unless `--trust-input` was given */
export function checkTrust({ layer = [] }: Input, { trustsInput, base }: Settings): void {
  if (trustsInput) return
  const allowed = (base.options as Record<string, unknown>)['PROTOCOLS_STR']
  for (const given of layer) {
    const what = forbiddenAccess(given, typeof allowed === 'string' ? allowed.split(',') : null)
    if (what !== undefined)
      throw new DataError(`"${nameOf(given)}" ${what}: lines of input may do that only with --trust-input`)
  }
}

function forbiddenAccess(given: Given, allowed: readonly string[] | null): string | undefined {
  // This includes `-`, which is stdin.
  if (given[0] === 'upload-file') return 'reads a local file'
  const options = draftRequest([given]).options as Record<string, unknown>
  const found = localAccess(options)?.what
  if (found !== undefined || allowed === null) return found
  const name = Object.keys(options).find((key) => /^(CURLOPT_)?(REDIR_)?PROTOCOLS(_STR)?$/.test(key))
  if (name === undefined) return undefined
  const isNarrower = String(options[name])
    .split(',')
    .every((protocol) => allowed.includes(protocol))
  return isNarrower ? undefined : 'opens protocols that the command line does not'
}

function nameOf([long, value]: Given): string {
  return long === 'opt' ? (value ?? '').replace(/=.*$/s, '') : long
}
