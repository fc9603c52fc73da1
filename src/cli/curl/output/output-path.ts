/**
 * The file of a transfer's body, as far as the command line names it. Does not open it.
 */
import { URL_MALFORMED } from '../../../curl-codes.js'
import { SetupError, type ExpandedTarget, type Operation } from '../invocation.js'
import type { OperationSettings } from '../operation-settings.js'
import type { RunMessages } from './messages.js'
import { DEV_NULL } from '../../files/dev-null.js'

/** The parts of a run that names depend on. */
export interface NamingContext {
  readonly messages: RunMessages
  readonly remoteName: (url: string) => string | undefined
}

/** Returns the path; undefined for stdout, or if the body is dropped. @throws SetupError */
export function outputPath(
  { settings: { outputDir } }: Operation,
  { url, output, target }: ExpandedTarget,
  { messages, remoteName }: NamingContext,
): string | undefined {
  let name = output
  if (target.discard || (!target.remoteName && (name === undefined || name === '-'))) return undefined
  if (name === undefined || (target.remoteName && target.output === undefined)) {
    name = remoteName(url)
    if (name === undefined) {
      messages.error('Failed to extract a filename from the URL to use for storage')
      throw new SetupError(URL_MALFORMED)
    }
    if (name === '') {
      name = 'curl_response'
      messages.warn(`No remote filename, uses "${name}"`)
    }
  }
  return outputDir === undefined || outputDir === '' ? name : `${outputDir}/${name}`
}

/**
 * True if what is written to the path is gone, and nothing else is done with it: then it need not be written.
 */
export function isNowhere(settings: OperationSettings, path: string | undefined): boolean {
  const { clobber, skipExisting, continueAt, removeOnError, createDirs, xattr } = settings
  const isPlain = clobber !== 'never' && !skipExisting && continueAt === undefined
  return path === DEV_NULL && isPlain && !removeOnError && !createDirs && !xattr
}
