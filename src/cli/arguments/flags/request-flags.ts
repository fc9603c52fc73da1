/**
 * The options that say what a request asks for: method, headers, body, redirects, limits of the response.
 * Does not contain how it connects.
 *
 * Sources: curl(1), the man page of each libcurl option, and curl's src/config2setopts.c for what curl sets.
 */
import { LIST_NAMES } from '../../../options/catalog/list-options.js'
import { UsageError } from '../../errors/errors.js'
import { assignment, bytes, wholeNumber } from '../values.js'
import { requestFlags, type Effect, type Flag } from './flag.js'
import { constant, parsed, text } from './request-effects.js'
import { dataOf, headerLines, isCookieFile, urlencoded, type RequestParts } from './request-parts.js'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const BODY = { isBody: true, isRepeatable: true } as const
const REPEATABLE = { isRepeatable: true } as const
const REDIRECTS_OF_CURL = 50

const data: Effect<RequestParts> = (parts, value, long) => {
  parts.data.push(dataOf(value, long, false))
}

const redirects = ({ options }: RequestParts): void => {
  options['FOLLOWLOCATION'] = 1
  options['MAXREDIRS'] ??= REDIRECTS_OF_CURL
}

function addOption({ options, ownOptions }: RequestParts, value: string, long: string): void {
  const [name, text] = assignment(value, long)
  if (!/^[A-Z\d]/.test(name)) throw new UsageError(`--opt takes libcurl's options in capitals; got ${name}`)
  const before = ownOptions.has(name) ? (options[name] as string[]) : []
  options[name] = LIST_NAMES.has(name.replace(/^CURLOPT_/, '')) ? [...before, text] : text
  ownOptions.add(name)
}

function addReferer({ options }: RequestParts, value: string): void {
  const isAuto = value.endsWith(';auto')
  const referer = isAuto ? value.slice(0, -5) : value
  if (referer !== '') options['REFERER'] = referer
  if (isAuto) options['AUTOREFERER'] = 1
}

function addCookie({ options }: RequestParts, value: string): void {
  if (isCookieFile(value)) {
    options['COOKIEFILE'] = value
    return
  }
  const earlier = options['COOKIE']
  options['COOKIE'] = typeof earlier === 'string' ? `${earlier}; ${value}` : value
}

const whatIsAsked = requestFlags('Requests', true, [
  [
    '-X, --request METHOD',
    'the method',
    (parts, value) => {
      parts.method = value
    },
    { complete: METHODS, jsonName: 'method' },
  ],
  [
    '-H, --header LINE',
    'a header line; "Name:" removes a header, "Name;" sends it empty, @FILE reads lines',
    ({ headers }, value) => {
      headers.push(...headerLines(value))
    },
    { isRepeatable: true, jsonName: 'headers' },
  ],
  [
    '-d, --data DATA',
    'POST this, urlencoded; @FILE reads it, without line ends; repeated ones are joined by &',
    data,
    { ...BODY, jsonName: 'body' },
  ],
  ['--data-ascii DATA', 'the same as --data', data, BODY],
  [
    '--data-raw DATA',
    'as --data, but @ has no meaning',
    (parts, value) => {
      parts.data.push(Buffer.from(value))
    },
    BODY,
  ],
  [
    '--data-binary DATA',
    'as --data, but @FILE is sent as it is',
    (parts, value, long) => {
      parts.data.push(dataOf(value, long, true))
    },
    BODY,
  ],
  [
    '--data-urlencode DATA',
    'as --data, but urlencode it first: content, =content, name=content, @file, name@file',
    (parts, value) => {
      parts.data.push(Buffer.from(urlencoded(value)))
    },
    BODY,
  ],
  [
    '--json JSON',
    'POST this as JSON; @FILE reads it',
    (parts, value, long) => {
      parts.data.push(dataOf(value, long, true))
      parts.isJson = true
    },
    BODY,
  ],
  [
    '-F, --form FIELD',
    'a field of a multipart form: name=value, name=@file;type=T;filename=N, name=<file',
    ({ form }, value) => {
      form.push({ text: value, isLiteral: false })
    },
    BODY,
  ],
  [
    '--form-string FIELD',
    'as --form, but @, < and ; have no meaning',
    ({ form }, value) => {
      form.push({ text: value, isLiteral: true })
    },
    BODY,
  ],
  [
    '-T, --upload-file FILE',
    'PUT this file, - for stdin; its name is added to a URL that ends with /',
    (parts, value) => {
      parts.upload = value
    },
    { complete: 'file' },
  ],
  [
    '-G, --get',
    'send the data of -d as the query of a GET',
    (parts) => {
      parts.isGet = true
    },
  ],
  [
    '-I, --head',
    'send HEAD, and print the headers',
    (parts) => {
      parts.isHead = true
    },
  ],
  [
    '-A, --user-agent NAME',
    'the User-Agent header; default: parallelcurl and its version',
    text('USERAGENT'),
  ],
  ['-e, --referer URL', 'the Referer header; ";auto" at its end follows redirects', addReferer],
  [
    '-b, --cookie DATA',
    'cookies: name=value; name=value, or a file of them, which all transfers share',
    addCookie,
    {
      complete: 'file',
      isRepeatable: true,
      jsonName: 'cookies',
      onRun: ({ cookieFiles }, value) => {
        if (isCookieFile(value)) cookieFiles.push(value)
      },
    },
  ],
  ['-r, --range RANGE', 'bytes, such as 0-499', text('RANGE')],
  ['--compressed', 'request a compressed response, and decompress it', constant({ ACCEPT_ENCODING: '' })],
  ['-L, --location', 'follow redirects', redirects, { jsonName: 'follow-redirects' }],
  [
    '--location-trusted',
    'follow redirects, and send credentials to other hosts, too',
    (parts) => {
      redirects(parts)
      parts.options['UNRESTRICTED_AUTH'] = 1
    },
  ],
  [
    '--max-redirs COUNT',
    'the most redirects; default: 50, as in curl',
    parsed('MAXREDIRS', (value, long) => (value === '-1' ? -1 : wholeNumber(value, long))),
  ],
  ['--path-as-is', 'leave /../ in URLs alone', constant({ PATH_AS_IS: 1 })],
  [
    '-f, --fail',
    'treat a status of 400 and above as a failure, and do not print its body',
    constant({ FAILONERROR: 1 }),
  ],
  [
    '--fail-with-body',
    'treat a status of 400 and above as a failure, and print its body',
    (parts) => {
      parts.failsByStatus = true
    },
  ],
  ['--max-filesize BYTES', 'fail if the server announces more', parsed('MAXFILESIZE_LARGE', bytes)],
])

const notInCurl = requestFlags('Requests', false, [
  ['--max-body SIZE', 'fail if more arrives, after decoding, such as 10M', parsed('maxBodySize', bytes)],
  [
    '--opt NAME=VALUE',
    "any option of libcurl's by its name, such as TCP_KEEPALIVE=1; lists by repeating it",
    addOption,
    { ...REPEATABLE, jsonName: 'opts' },
  ],
])

/** In the order of `--help`. */
export const REQUEST_FLAGS: readonly Flag[] = [...whatIsAsked, ...notInCurl]
