/**
 * From targets to transfers: URL globs, and those of uploads, one at a time. Does not know what is sent.
 */
import { chooseMethod } from '../arguments/values/method.js'
import { CurlError } from '../invocation.js'
import type { CurlContext, ExpandedTarget, GlobalSettings, Operation, Target } from '../invocation.js'
import { fillTemplate, GlobError, isLiteral, UrlGlob } from './url-glob.js'

/** curl/curl.h: CURLE_*. */
const [FAILED_INIT, URL_MALFORMAT, WRITE_ERROR, BAD_ARGUMENT] = [2, 3, 23, 43] as const

/**
 * The transfers of an operation, in curl's order, made when they are asked for.
 *
 * @throws CurlError for a bad glob, when its turn comes; curl ends there
 */
export function* expandTargets(
  operation: Operation,
  global: GlobalSettings,
  context: CurlContext,
): Generator<ExpandedTarget, void> {
  if (operation.targets[0]?.url === undefined)
    throw new CurlError(FAILED_INIT, [
      'curl: (2) no URL specified',
      "curl: try 'curl --help' for more information",
    ])
  const expander = new Expander(operation, global, context)
  expander.chooseBody()
  for (const target of operation.targets) {
    if (target.url === undefined) {
      expander.warn('Got more output options than URLs')
      return
    }
    yield* expander.expand(target, target.url)
  }
}

class Expander {
  constructor(
    private readonly operation: Operation,
    private readonly global: GlobalSettings,
    private readonly context: CurlContext,
  ) {}

  readonly warn = (text: string): void => {
    if (!this.global.silent) this.context.say('warning', text)
  }

  /** Chooses the method that `-d` implies. */
  chooseBody(): void {
    const { settings } = this.operation
    if (settings.data === undefined) return
    const kind = settings.get ? (settings.head ? 'head' : 'get') : 'post'
    if (!chooseMethod(settings, kind, this.warn)) throw new CurlError(FAILED_INIT, [])
  }

  *expand(target: Target, url: string): Generator<ExpandedTarget, void> {
    const { settings } = this.operation
    if (target.upload === undefined) {
      yield* this.expandUrl(target, url, undefined, undefined)
      return
    }
    const uploads = settings.globoff ? undefined : this.globOf(target.upload)
    for (
      let upload = uploads === undefined ? target.upload : uploads.next();
      upload !== undefined;
      upload = uploads?.next()
    ) {
      if (!chooseMethod(settings, 'put', this.warn)) throw new CurlError(FAILED_INIT, [])
      yield* this.expandUrl(target, url, upload, uploads)
    }
  }

  private *expandUrl(
    target: Target,
    url: string,
    upload: string | undefined,
    uploads: UrlGlob | undefined,
  ): Generator<ExpandedTarget, void> {
    const isPlain =
      this.operation.settings.globoff ||
      target.noGlob ||
      (isLiteral(url) && target.output?.includes('#') !== true)
    const urls = isPlain ? undefined : this.globOf(url)
    for (let one = urls === undefined ? url : urls.next(); one !== undefined; one = urls?.next()) {
      const output = this.outputOf(target, urls, uploads)
      yield {
        url: one,
        target,
        ...(output !== undefined && { output }),
        ...(upload !== undefined && { upload }),
      }
    }
  }

  private globOf(text: string): UrlGlob {
    try {
      return new UrlGlob(text)
    } catch (error) {
      throw this.explained(error, URL_MALFORMAT, text)
    }
  }

  private outputOf(
    { output, discard, remoteName }: Target,
    urls: UrlGlob | undefined,
    uploads: UrlGlob | undefined,
  ): string | undefined {
    if (output === undefined || discard || remoteName) return undefined
    if (output === '-' || (urls === undefined && uploads === undefined)) return output
    let filled
    try {
      filled = fillTemplate(output, urls, uploads)
    } catch (error) {
      throw this.explained(error, BAD_ARGUMENT, output)
    }
    if (filled !== '') return filled
    this.warn('output glob produces empty string')
    throw new CurlError(WRITE_ERROR, [])
  }

  private explained(error: unknown, code: number, text: string): unknown {
    if (!(error instanceof GlobError)) return error
    const isQuiet = this.global.silent && !this.global.showError
    return new CurlError(code, isQuiet ? [] : error.lines(code, text))
  }
}
