/**
 * Where a download goes: its options, and the partial file for a response. Does not write anything.
 */
import { inContext } from '../../transfer/caller-context.js'
import type { Transfer } from '../../transfer/transfer.js'
import { isServersName, nameOf, resolveOutput } from './output-path.js'
import { PartialFile } from './partial-file.js'

/** The options of one download. */
export interface DownloadSpec {
  /** A path, a function that returns one, or true for the file name that the server gives. */
  readonly output: string | true | ((transfer: Transfer) => string)
  readonly outputDir: string | undefined
  readonly createDirs: boolean
  readonly keepPartial: boolean
  readonly resume: boolean
  /** True if a range of the response is a range of the file, as for a plain GET without content encoding. */
  readonly canContinue: boolean
}

/** libcurl's message for code 23 (CURLE_WRITE_ERROR). */
export const WRITE_FAILED = 'Failed writing received data to disk/application'

/** True if a partial file is kept when the transfer fails. */
export function keepsPart({ keepPartial, resume }: DownloadSpec): boolean {
  return keepPartial || resume
}

/** Returns the partial file of an earlier download, before the request. */
export function earlierFile(spec: DownloadSpec, transfer: Transfer): PartialFile {
  return new PartialFile(targetOf(spec, transfer, undefined), transfer.url, true)
}

/** Returns the partial file for a response. May call a function of the user's. */
export function fileFor(
  spec: DownloadSpec,
  transfer: Transfer,
  disposition: string | undefined,
): PartialFile {
  const mustBeNew = spec.output === true && isServersName(disposition, transfer.url, transfer.effectiveUrl)
  const target = targetOf(spec, transfer, disposition)
  return new PartialFile(target, transfer.url, keepsPart(spec), mustBeNew)
}

function targetOf(
  { output, outputDir, createDirs }: DownloadSpec,
  transfer: Transfer,
  disposition: string | undefined,
): string {
  if (output === true) {
    const url = disposition === undefined ? transfer.effectiveUrl : transfer.url
    return resolveOutput(nameOf(disposition, url), outputDir ?? '.', createDirs)
  }
  const path = typeof output === 'string' ? output : inContext(transfer.caller, output, undefined, transfer)
  return resolveOutput(path, outputDir, createDirs)
}
