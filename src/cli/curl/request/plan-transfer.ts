/**
 * From settings and one expanded target to libcurl's options and a body. Opens no files but that of
 * `--etag-compare`.
 */
import { CurlError } from '../invocation.js'
import type {
  CurlContext,
  ExpandedTarget,
  GlobalSettings,
  Operation,
  RequestBody,
  TransferPlan,
} from '../invocation.js'
import type { FormNode, OperationSettings } from '../operation-settings.js'
import { schemeOf } from '../../../url/url-parts.js'
import { etagHeader } from './etag.js'
import { layOutForm, postFieldsOf } from './form-body.js'
import { encoderNamed } from './transfer-encoders.js'
import { withGateway } from './ipfs-url.js'
import { withFileName, withQuery } from './request-url.js'
import { sshOptions, tlsOptions } from './tls-setup.js'
import {
  cookieLine,
  ftpOptions,
  generalOptions,
  httpOptions,
  networkOptions,
  proxyOptions,
  type Options,
} from './transfer-options.js'

/** curl/curl.h: CURLE_*. */
const [UNSUPPORTED_PROTOCOL, FAILED_INIT, URL_MALFORMAT, READ_ERROR, BAD_FUNCTION_ARGUMENT] = [
  1, 2, 3, 26, 43,
] as const

/** Options that transfers share. */
interface SharedOptions {
  /** By what of a transfer they depend on. */
  readonly byKey: Map<string, Readonly<Options>>
  readonly setup: Setup
}

const known = new WeakMap<Operation, SharedOptions>()

/**
 * Plans a transfer for libcurl. Call it once for a transfer; the plan serves all attempts. It prints curl's
 * warnings about the transfer. Transfers of an operation with the same options get the same frozen object.
 *
 * @param resumeFrom - where `-C -` found the file to end; -1: an upload, whose server knows
 * @throws CurlError where curl refuses to start the transfer
 */
export function planTransfer(
  operation: Operation,
  expanded: ExpandedTarget,
  global: GlobalSettings,
  context: CurlContext,
  resumeFrom = 0,
): TransferPlan {
  const { settings } = operation
  let shared = known.get(operation)
  if (shared === undefined) {
    shared = { byKey: new Map(), setup: new Setup(settings, global, context) }
    known.set(operation, shared)
  }
  const { byKey, setup } = shared
  const url = withGateway(setup.urlOf(expanded), settings.ipfsGateway, context)
  const scheme = schemeKindOf(url, settings.protoDefault)
  const resume = typeof settings.continueAt === 'number' ? settings.continueAt : resumeFrom
  const body = setup.bodyOf(expanded, resume)
  setup.noteMethod()
  const key = `${scheme} ${String(resume)} ${body.kind}`
  let options = byKey.get(key)
  if (options === undefined) {
    options = Object.freeze(setup.optionsOf(scheme, resume, body))
    byKey.set(key, options)
  }
  return { url, options, body }
}

type SchemeKind = 'http' | 'https' | 'ftp' | 'ssh' | 'other'

function schemeKindOf(url: string, protoDefault: string | undefined): SchemeKind {
  if (url.startsWith('http://')) return 'http'
  const hasScheme = /^[A-Za-z][A-Za-z\d+.-]*:\/\//.test(url)
  const guessed = /^(ftp)\./i.test(url) ? 'ftp' : 'http'
  const scheme = hasScheme ? schemeOf(url) : (protoDefault?.toLowerCase() ?? guessed)
  switch (scheme) {
    case 'http':
    case 'https':
      return scheme
    case 'ftp':
    case 'ftps':
      return 'ftp'
    case 'scp':
    case 'sftp':
      return 'ssh'
    default:
      return 'other'
  }
}

class Setup {
  constructor(
    private readonly settings: OperationSettings,
    private readonly global: GlobalSettings,
    private readonly context: CurlContext,
  ) {}

  private error(text: string): void {
    if (this.saysErrors) this.context.say('error', text)
  }

  private get saysErrors(): boolean {
    return !this.global.silent || this.global.showError
  }

  urlOf({ url, upload }: ExpandedTarget): string {
    const { settings } = this
    const named = upload === undefined || isStdin(upload) ? url : withFileName(url, upload)
    if (named === undefined)
      throw new CurlError(URL_MALFORMAT, ['curl: (3) URL using bad/illegal format or missing URL'])
    const query =
      settings.get && settings.data !== undefined ? settings.data.toString('utf8') : settings.urlQuery
    if (query === undefined) return named
    // A query is set before a gateway is: libcurl does not know the scheme then.
    const isIpfs = /^ip[fn]s:/i.test(named)
    const whole = isIpfs ? undefined : withQuery(named, query)
    if (whole !== undefined) return whole
    const code = isIpfs ? UNSUPPORTED_PROTOCOL : URL_MALFORMAT
    this.error(`(${String(code)}) Could not parse the URL, failed to set query`)
    throw new CurlError(code, [])
  }

  bodyOf({ upload }: ExpandedTarget, resume: number): RequestBody {
    const { settings } = this
    const { data, form } = settings
    if (upload !== undefined) return { kind: 'upload', path: upload }
    if (form !== undefined) {
      this.refuseResume(resume, '--form')
      this.checkForm(form)
      if (postFieldsOf(form, settings.formEscape) !== undefined) return { kind: 'none' }
      return this.layOut(form)
    }
    if (data === undefined || settings.get) return { kind: 'none' }
    this.refuseResume(resume, '--data')
    return { kind: 'data', bytes: data }
  }

  /** libcurl looks at encoders and files of a form before it connects. */
  private checkForm({ content, encoder }: FormNode): void {
    if (content.kind === 'parts') for (const part of content.parts) this.checkForm(part)
    if (encoder !== undefined && encoderNamed(encoder) === undefined)
      this.refuseForm(BAD_FUNCTION_ARGUMENT, 'A libcurl function was given a bad argument')
    if (content.kind === 'file' && this.context.fileTime(content.path) === undefined)
      this.refuseForm(READ_ERROR, 'Failed to open/read local data from file/application')
  }

  private layOut(form: FormNode): RequestBody {
    try {
      return { kind: 'form', ...layOutForm(form, this.settings, this.context) }
    } catch (error) {
      throw error instanceof CurlError && !this.saysErrors ? new CurlError(error.exitCode, []) : error
    }
  }

  private refuseForm(code: number, text: string): never {
    this.error(`(${String(code)}) ${text}`)
    throw new CurlError(code, [])
  }

  private refuseResume(resume: number, other: string): void {
    if (resume === 0) return
    this.error(`cannot mix --continue-at with ${other}`)
    throw new CurlError(FAILED_INIT, [])
  }

  /** Methods that are named without need, or that do something else. */
  noteMethod(): void {
    const { request, httpMethod } = this.settings
    if (request === undefined) return
    const implied = { unspecified: 'GET', get: 'GET', head: 'HEAD', form: 'POST', post: 'POST', put: 'PUT' }[
      httpMethod
    ]
    const { silent, trace } = this.global
    if (request.toUpperCase() === implied) {
      if (!silent && trace.kind !== 'none')
        this.context.say('note', `Unnecessary use of -X or --request, ${implied} is already inferred.`)
    } else if (request.toLowerCase() === 'head' && !silent)
      this.context.say(
        'warning',
        'Setting custom HTTP method to HEAD with -X/--request may not work the way you want. Consider using -I/--head instead.',
      )
  }

  optionsOf(scheme: SchemeKind, resume: number, body: RequestBody): Options {
    const { settings, global, context } = this
    const options: Options = {
      ...generalOptions(settings, context),
      ...networkOptions(settings),
      ...proxyOptions(settings),
      ...tlsOptions(settings, context),
    }
    const isHttp = scheme === 'http' || scheme === 'https'
    if (isHttp) Object.assign(options, httpOptions(settings, scheme === 'https'), this.cookies())
    if (scheme === 'ftp') Object.assign(options, ftpOptions(settings))
    if (scheme === 'ssh') Object.assign(options, sshOptions(settings, global, context))
    if (resume !== 0) options['RESUME_FROM_LARGE'] = resume
    if (settings.etagCompare !== undefined)
      options['HTTPHEADER'] = [...settings.header, etagHeader(settings.etagCompare, global, context)]
    if (settings.form !== undefined && body.kind === 'none' && isHttp)
      options['HTTPPOST'] = postFieldsOf(settings.form, settings.formEscape)
    return options
  }

  private cookies(): Options {
    const { cookie } = this.settings
    if (cookie.length === 0) return {}
    const line = cookieLine(cookie)
    if (line !== undefined) return { COOKIE: line }
    if (!this.global.silent)
      this.context.say('warning', 'skipped provided cookie, the cookie header would go over 8200 bytes')
    return {}
  }
}

function isStdin(upload: string): boolean {
  return upload === '-' || upload === '.'
}
