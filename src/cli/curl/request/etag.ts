/**
 * The header line that asks for what has changed since an ETag was saved. Does not save them.
 */
import { systemText } from '../../errors/system-text.js'
import { withoutLineEnds } from '../../files/read-input.js'
import type { CurlContext, GlobalSettings } from '../invocation.js'

export function etagHeader(path: string, { silent }: GlobalSettings, context: CurlContext): string {
  let etag = ''
  try {
    etag = withoutLineEnds(context.readFile(path)).toString('utf8')
  } catch (error) {
    if (!silent) context.say('warning', `Failed to open ${path}: ${systemText(error)}`)
  }
  return `If-None-Match: ${etag === '' ? '""' : etag}`
}
