/**
 * From settings to libcurl's options, part by part: what curl sets, and nothing that is libcurl's default.
 * Does not know URLs and bodies. Source: curl's config2setopts.c, curl_easy_setopt(3).
 */
import { HAPPY_EYEBALLS_MS } from '../arguments/defaults.js'
import { AUTH } from '../arguments/values/auth.js'
import type { CurlContext } from '../invocation.js'
import type { OperationSettings } from '../operation-settings.js'

export type Options = Record<string, unknown>

/**
 * Sets what is there: text that is not undefined, numbers that are not 0, flags that are on, lists with
 * items.
 */
export function setAll(options: Options, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === 0 || value === false) continue
    if (Array.isArray(value) && value.length === 0) continue
    options[name] = value === true ? 1 : value
  }
}

/** curl/curl.h: CURL_TIMECOND_*. */
const TIME_CONDITIONS = { none: 0, ifModified: 1, ifUnmodified: 2, lastModified: 3 } as const
/** curl/curl.h: CURLHEADER_SEPARATE. */
const SEPARATE_HEADERS = 1
/** The number of bytes that curl reads at once. */
const BUFFER_SIZE = 102_400
const LONGEST_COOKIE_LINE = 8200
const [REDIR_301, REDIR_302, REDIR_303] = [1, 2, 4] as const
const NETRC = { ignored: 0, optional: 1, required: 2 } as const

/** For any protocol. */
export function generalOptions(settings: OperationSettings, { build }: CurlContext): Options {
  const options: Options = {}
  setAll(options, {
    BUFFERSIZE:
      settings.limitRate > 0 && settings.limitRate < BUFFER_SIZE
        ? Math.max(settings.limitRate, 1024)
        : BUFFER_SIZE,
    XOAUTH2_BEARER: settings.oauth2Bearer,
    NETRC: settings.netrcOptional
      ? NETRC.optional
      : settings.netrc || settings.netrcFile !== undefined
        ? NETRC.required
        : NETRC.ignored,
    NETRC_FILE: settings.netrcFile,
    LOGIN_OPTIONS: settings.loginOptions,
    USERPWD: settings.user,
    HTTPAUTH: settings.auth,
    HTTPHEADER: settings.header,
    REFERER: settings.referer,
    USERAGENT: settings.userAgent ?? `curl/${build.version}`,
    KEYPASSWD: settings.tls.pass,
    NOBODY: settings.head,
    FAILONERROR: settings.fail === 'withoutBody',
    REQUEST_TARGET: settings.requestTarget,
    DIRLISTONLY: settings.listOnly,
    APPEND: settings.append,
    TRANSFERTEXT: settings.useAscii,
    RANGE: settings.range,
    TIMEOUT_MS: settings.maxTimeMs,
    LOW_SPEED_LIMIT: settings.speedLimit,
    LOW_SPEED_TIME: settings.speedTime,
    MAX_SEND_SPEED_LARGE: settings.limitRate,
    MAX_RECV_SPEED_LARGE: settings.limitRate,
    PATH_AS_IS: settings.pathAsIs,
    FILETIME: settings.head || settings.remoteTime,
    CRLF: settings.crlf,
    QUOTE: settings.quote,
    POSTQUOTE: settings.postquote,
    PREQUOTE: settings.prequote,
    TIMECONDITION: TIME_CONDITIONS[settings.timeCond],
    TIMEVALUE_LARGE: settings.timeCond === 'none' ? 0 : settings.timeValue,
    CUSTOMREQUEST: settings.request,
    CERTINFO: settings.writeOut !== undefined,
    MAIL_FROM: settings.mailFrom,
    MAIL_RCPT: settings.mailRcpt,
    MAIL_RCPT_ALLLOWFAILS: settings.mailRcptAllowfails,
    MAIL_AUTH: settings.mailAuth,
    SASL_AUTHZID: settings.saslAuthzid,
    SASL_IR: settings.saslIr,
    NEW_FILE_PERMS: settings.createFileMode,
    GSSAPI_DELEGATION: settings.delegation,
    SERVICE_NAME: settings.serviceName,
  })
  return options
}

export function networkOptions(settings: OperationSettings): Options {
  const options: Options = {}
  setAll(options, {
    INTERFACE: settings.interface,
    TELNETOPTIONS: settings.telnetOption,
    CONNECTTIMEOUT_MS: settings.connectTimeoutMs,
    DOH_URL: settings.dohUrl,
    FTP_CREATE_MISSING_DIRS: settings.ftpCreateDirs ? 2 : 0,
    MAXFILESIZE_LARGE: settings.maxFilesize,
    IPRESOLVE: settings.ipVersion,
    SOCKS5_GSSAPI_NEC: settings.socks5GssapiNec,
    SOCKS5_AUTH: settings.socks5Auth,
    IGNORE_CONTENT_LENGTH: settings.ignoreContentLength,
    LOCALPORT: settings.localPort,
    LOCALPORTRANGE: settings.localPortRange,
    TCP_FASTOPEN: settings.tcpFastopen,
    TCP_KEEPALIVE: !settings.noKeepalive,
    TFTP_BLKSIZE: settings.tftpBlksize,
    TFTP_NO_OPTIONS: settings.tftpNoOptions,
    RESOLVE: settings.resolve,
    CONNECT_TO: settings.connectTo,
    PROTOCOLS_STR: settings.proto ?? 'all',
    REDIR_PROTOCOLS_STR: settings.protoRedir,
    [settings.abstractUnixSocket ? 'ABSTRACT_UNIX_SOCKET' : 'UNIX_SOCKET_PATH']: settings.unixSocket,
    DEFAULT_PROTOCOL: settings.protoDefault,
    DISALLOW_USERNAME_IN_URL: settings.disallowUsernameInUrl,
  })
  if (!settings.noKeepalive)
    setAll(options, {
      TCP_KEEPIDLE: settings.keepaliveTime,
      TCP_KEEPINTVL: settings.keepaliveTime,
      TCP_KEEPCNT: settings.keepaliveCnt,
    })
  // Their defaults are not 0.
  if (settings.raw) options['HTTP_CONTENT_DECODING'] = options['HTTP_TRANSFER_DECODING'] = 0
  if (!settings.tcpNodelay) options['TCP_NODELAY'] = 0
  if (settings.happyEyeballsTimeoutMs !== HAPPY_EYEBALLS_MS)
    options['HAPPY_EYEBALLS_TIMEOUT_MS'] = settings.happyEyeballsTimeoutMs
  return options
}

export function proxyOptions(settings: OperationSettings): Options {
  const options: Options = {}
  if (settings.proxy !== undefined) {
    // '' switches off what the environment says.
    options['PROXY'] = settings.proxy
    options['PROXYTYPE'] = settings.proxyType
  }
  setAll(options, {
    PROXYUSERPWD: settings.proxyUser,
    HTTPPROXYTUNNEL: settings.proxytunnel,
    PRE_PROXY: settings.preproxy,
    PROXYAUTH: settings.proxyAnyauth
      ? AUTH.any
      : settings.proxyNegotiate
        ? AUTH.negotiate
        : settings.proxyNtlm
          ? AUTH.ntlm
          : settings.proxyDigest
            ? AUTH.digest
            : settings.proxyBasic
              ? AUTH.basic
              : 0,
    NOPROXY: settings.noproxy,
    SUPPRESS_CONNECT_HEADERS: settings.suppressConnectHeaders,
    PROXY_SERVICE_NAME: settings.proxyServiceName,
    HAPROXYPROTOCOL: settings.haproxyProtocol,
    HAPROXY_CLIENT_IP: settings.haproxyClientip,
    PROXY_KEYPASSWD: settings.proxyTls.pass,
  })
  return options
}

/** @param isHttps - the scheme of the URL */
export function httpOptions(settings: OperationSettings, isHttps: boolean): Options {
  // -1 and 0 have meanings of their own.
  const options: Options = { MAXREDIRS: settings.maxRedirs }
  setAll(options, {
    FOLLOWLOCATION: settings.follow,
    UNRESTRICTED_AUTH: settings.locationTrusted,
    AWS_SIGV4: settings.awsSigv4,
    AUTOREFERER: settings.autoReferer,
    PROXYHEADER: settings.proxyHeader,
    HTTP_VERSION: settings.httpVersion,
    POSTREDIR:
      (settings.post301 ? REDIR_301 : 0) |
      (settings.post302 ? REDIR_302 : 0) |
      (settings.post303 ? REDIR_303 : 0),
    ACCEPT_ENCODING: settings.compressed ? '' : undefined,
    TRANSFER_ENCODING: settings.trEncoding,
    HTTP09_ALLOWED: settings.http09,
    ALTSVC: settings.altSvc,
    HSTS: settings.hsts,
    EXPECT_100_TIMEOUT_MS: settings.expect100TimeoutMs,
    COOKIESESSION: settings.junkSessionCookies,
  })
  const [file] = settings.cookieFile
  if (file !== undefined)
    options['COOKIEFILE'] = settings.cookieFile.length === 1 ? file : settings.cookieFile
  const isTunnelled = isHttps || settings.proxytunnel
  if ((settings.proxy !== undefined || settings.proxyHeader.length > 0) && isTunnelled)
    options['HEADEROPT'] = SEPARATE_HEADERS
  return options
}

/** All of `-b NAME=VALUE` in one line. @returns undefined: it would be too long */
export function cookieLine(cookies: readonly string[]): string | undefined {
  const line = cookies
    .map((cookie, i) => (i === 0 ? cookie : `;${/^[ \t]/.test(cookie) ? '' : ' '}${cookie}`))
    .join('')
  return Buffer.byteLength(line) < LONGEST_COOKIE_LINE ? line : undefined
}

export function ftpOptions(settings: OperationSettings): Options {
  const options: Options = { FTP_SKIP_PASV_IP: settings.ftpSkipPasvIp ? 1 : 0 }
  setAll(options, {
    FTPPORT: settings.ftpPort,
    FTP_SSL_CCC: settings.ftpSslCcc ? settings.ftpSslCccMode : 0,
    FTP_ACCOUNT: settings.ftpAccount,
    FTP_FILEMETHOD: settings.ftpMethod,
    FTP_ALTERNATIVE_TO_USER: settings.ftpAlternativeToUser,
    FTP_USE_PRET: settings.ftpPret,
  })
  if (settings.disableEpsv) options['FTP_USE_EPSV'] = 0
  if (settings.disableEprt) options['FTP_USE_EPRT'] = 0
  return options
}
