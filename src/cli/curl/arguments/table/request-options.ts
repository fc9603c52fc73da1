/**
 * Options about what is asked of the server: method, headers, bodies, redirects. Does not know connections.
 */
import { FormBuilder } from '../values/form.js'
import { setContinueAt, setRange, setTimeCondition, uploadFlagsOf } from '../values/grammars.js'
import { chooseMethod } from '../values/method.js'
import { toNumber, toSize } from '../values/numbers.js'
import { addData, addQuery, type DataKind } from '../values/post-data.js'
import { addHeaders, addUpload, addUrl } from '../values/targets.js'
import type { Parsing } from '../parsing.js'
import { OptionProblem } from '../problems.js'
import {
  file,
  filled,
  flag,
  into,
  on,
  once,
  seconds,
  text,
  count,
  notBlank,
  type CurlOption,
} from './option.js'

/** curl/curl.h: CURL_HTTP_VERSION_*. */
const HTTP = { v1_0: 1, v1_1: 2, v2: 3, v2PriorKnowledge: 5, v3: 30, v3Only: 31 } as const
/** curl/curl.h: CURLFOLLOW_*. */
const FOLLOW = { none: 0, all: 1, byCode: 2 } as const
const FOLLOW_BY_CODE_SINCE = 0x081000
const MAIL_FLAGS_SINCE = 0x080d00

const data =
  (kind: DataKind) =>
  (parsing: Parsing, value: string): void =>
    addData(parsing, kind, value)

const form =
  (isLiteral: boolean) =>
  (parsing: Parsing, value: string): void => {
    const { operation, settings } = parsing
    new FormBuilder(operation).add(parsing, value, isLiteral)
    if (!chooseMethod(settings, 'form', (words) => parsing.warn(words))) throw new OptionProblem('badUse')
  }

const httpVersion =
  (version: number) =>
  (parsing: Parsing): void => {
    const { settings } = parsing
    if (settings.httpVersion !== 0 && settings.httpVersion !== version)
      parsing.warn('Overrides previous HTTP version option')
    settings.httpVersion = version
  }

function setHead(parsing: Parsing, value: boolean): void {
  const { settings } = parsing
  settings.head = settings.showHeaders = value
  if (!chooseMethod(settings, value ? 'head' : 'get', (words) => parsing.warn(words)))
    throw new OptionProblem('badUse')
}

function setLocation(parsing: Parsing, value: boolean): void {
  const { settings } = parsing
  if (settings.follow === FOLLOW.byCode) parsing.warn('--location overrides --follow')
  settings.follow = value ? FOLLOW.all : FOLLOW.none
}

function setReferer({ settings }: Parsing, value: string): void {
  settings.autoReferer = value.endsWith(';auto')
  const url = settings.autoReferer ? value.slice(0, -';auto'.length) : value
  if (url === '') delete settings.referer
  else settings.referer = url
}

export const REQUEST_OPTIONS: readonly CurlOption[] = [
  text('alt-svc', '', into('altSvc'), { option: 'ALTSVC', feature: 'alt-svc' }),
  flag('compressed', '', on('compressed'), { feature: ['libz', 'brotli', 'zstd'] }),
  text('continue-at', 'C', setContinueAt),
  text('cookie', 'b', ({ settings }, value) => {
    if (value.includes('=')) settings.cookie.push(value)
    else settings.cookieFile.push(value)
  }),
  text('cookie-jar', 'c', filled('cookieJar')),
  flag('crlf', '', on('crlf')),
  text('data', 'd', data('data')),
  text('data-ascii', '', data('data')),
  text('data-binary', '', data('binary')),
  text('data-raw', '', data('raw')),
  text('data-urlencode', '', data('urlencode')),
  flag('disallow-username-in-url', '', on('disallowUsernameInUrl')),
  seconds('expect100-timeout', '', count('expect100TimeoutMs')),
  flag(
    'follow',
    '',
    (parsing, value) => {
      const { settings } = parsing
      if (settings.follow === FOLLOW.all) parsing.warn('--follow overrides --location')
      settings.follow = value ? FOLLOW.byCode : FOLLOW.none
    },
    { libcurl: FOLLOW_BY_CODE_SINCE },
  ),
  text('form', 'F', form(false)),
  flag('form-escape', '', on('formEscape')),
  text('form-string', '', form(true)),
  flag('get', 'G', on('get')),
  flag('globoff', 'g', on('globoff')),
  flag('head', 'I', setHead),
  text('header', 'H', (parsing, value) => addHeaders(parsing, parsing.settings.header, value, 'HTTP')),
  text('hsts', '', into('hsts'), { feature: 'HSTS' }),
  flag('http0.9', '', on('http09')),
  once('http1.0', '0', httpVersion(HTTP.v1_0)),
  once('http1.1', '', httpVersion(HTTP.v1_1)),
  once('http2', '', httpVersion(HTTP.v2), { feature: 'HTTP2' }),
  once('http2-prior-knowledge', '', httpVersion(HTTP.v2PriorKnowledge), { feature: 'HTTP2' }),
  once('http3', '', httpVersion(HTTP.v3), { feature: 'HTTP3' }),
  once('http3-only', '', httpVersion(HTTP.v3Only), { feature: 'HTTP3' }),
  flag('ignore-content-length', '', on('ignoreContentLength')),
  text('ipfs-gateway', '', filled('ipfsGateway')),
  text('json', '', data('json')),
  flag('junk-session-cookies', 'j', on('junkSessionCookies')),
  flag('location', 'L', setLocation),
  flag('location-trusted', '', (parsing, value) => {
    parsing.settings.locationTrusted = value
    setLocation(parsing, value)
  }),
  text('max-filesize', '', ({ settings }, value) => {
    settings.maxFilesize = toSize(value)
  }),
  text('max-redirs', '', ({ settings }, value) => {
    const most = toNumber(value)
    if (most < -1) throw new OptionProblem('badNumber')
    settings.maxRedirs = most
  }),
  flag('path-as-is', '', on('pathAsIs')),
  flag('post301', '', on('post301')),
  flag('post302', '', on('post302')),
  flag('post303', '', on('post303')),
  text('range', 'r', setRange),
  flag('raw', '', on('raw')),
  text('referer', 'e', setReferer),
  text('request', 'X', filled('request')),
  text('request-target', '', filled('requestTarget')),
  text('time-cond', 'z', setTimeCondition),
  flag('tr-encoding', '', on('trEncoding')),
  file('upload-file', 'T', addUpload),
  text(
    'upload-flags',
    '',
    ({ settings }, value) => {
      settings.uploadFlags = uploadFlagsOf(notBlank(value), settings.uploadFlags)
    },
    { option: 'UPLOAD_FLAGS', libcurl: MAIL_FLAGS_SINCE },
  ),
  text('url', '', addUrl),
  text('url-query', '', addQuery),
  flag('use-ascii', 'B', on('useAscii')),
  text('user-agent', 'A', into('userAgent')),
]
