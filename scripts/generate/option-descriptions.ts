/**
 * Descriptions of single options beyond node-libcurl's one-line texts: units, the meaning of small sets of
 * numbers, and exact types. Does not list the options.
 */

const SECONDS = new Set(
  `CA_CACHE_TIMEOUT CONNECTTIMEOUT DNS_CACHE_TIMEOUT FTP_RESPONSE_TIMEOUT LOW_SPEED_TIME MAXAGE_CONN MAXLIFETIME_CONN
  SERVER_RESPONSE_TIMEOUT TCP_KEEPIDLE TCP_KEEPINTVL TIMEOUT TIMEVALUE TIMEVALUE_LARGE`.split(/\s+/),
)
const BYTES = new Set(
  `BUFFERSIZE INFILESIZE INFILESIZE_LARGE MAXFILESIZE MAXFILESIZE_LARGE POSTFIELDSIZE POSTFIELDSIZE_LARGE RESUME_FROM
  RESUME_FROM_LARGE TFTP_BLKSIZE UPLOAD_BUFFERSIZE`.split(/\s+/),
)
const BYTES_PER_SECOND = new Set(['LOW_SPEED_LIMIT', 'MAX_RECV_SPEED_LARGE', 'MAX_SEND_SPEED_LARGE'])

/** Texts for options where node-libcurl's text is missing, wrong for this library, or incomplete. */
const TEXTS: Readonly<Record<string, string>> = {
  BUFFERSIZE: 'Size of the receive buffer. Larger ones make large downloads faster.',
  COOKIEFILE: 'File to read cookies from, or a list of files. An empty string switches the cookie engine on.',
  COOKIELIST: 'Add a cookie, or control the cookies that are held: `ALL`, `SESS`, `FLUSH`, `RELOAD`.',
  ENCODING: 'The old name of `ACCEPT_ENCODING`.',
  ACCEPT_ENCODING:
    'Accept-Encoding, and decoding of what comes. An empty string offers all that libcurl can decode.',
  HTTPPOST: 'A multipart form. Post fields given as an object do the same and take binary values, too.',
  MAXREDIRS: 'Maximum number of redirects to follow; -1: no limit. Default here, as in PHP: 20.',
  NOSIGNAL: 'Do not install signal handlers. Default here: true.',
  POST: 'Make a POST. Post fields imply it.',
  POSTFIELDS: 'The body of a POST: text (urlencoded), bytes, or an object (multipart/form-data).',
  POSTFIELDSIZE:
    'The size of a body that comes from `READFUNCTION`. Without effect on `POSTFIELDS`, whose size is known.',
  POSTFIELDSIZE_LARGE:
    'The size of a body that comes from `READFUNCTION`. Without effect on `POSTFIELDS`, whose size is known.',
  PROTOCOLS: 'Allowed protocols, as bits. Default here: http, https, ftp, ftps.',
  PROTOCOLS_STR: 'Allowed protocols, separated by commas. Default here: `http,https,ftp,ftps`.',
  READDATA: 'A file descriptor to read the body of an upload from.',
  URL: 'Accepted, and without effect, as in PHP: the URL of the request wins.',
  WRITEFUNCTION:
    'Gets the body as it comes; the callback gets `null`. Returns the number of bytes that it took.',
  HEADERFUNCTION: 'Gets each header line as it comes. Returns the number of bytes that it took.',
  XFERINFOFUNCTION:
    'Progress, in bytes; called only with `NOPROGRESS: false`. Anything but 0 aborts the transfer.',
  PROGRESSFUNCTION: 'The old form of `XFERINFOFUNCTION`.',
  DEBUGFUNCTION: 'Gets what libcurl logs; called only with `VERBOSE: true`.',
  READFUNCTION:
    'Writes the next part of the body into the buffer. Returns the number of bytes, 0 at the end.',
  SEEKFUNCTION: 'Rewinds the body of `READFUNCTION` when it has to be sent again. Returns 0 when it has.',
}

export function describeOption(name: string, given: string): string {
  const text = TEXTS[name] ?? (given.replace(/\s+See$/, '') || `libcurl's ${name}.`)
  const sentence = text.endsWith('.') ? text : `${text}.`
  if (name.endsWith('_MS')) return `${sentence} Milliseconds.`
  if (SECONDS.has(name)) return `${sentence} Seconds.`
  if (BYTES_PER_SECOND.has(name)) return `${sentence} Bytes per second.`
  return BYTES.has(name) ? `${sentence} Bytes.` : sentence
}

const AUTH = 'bits: 1 Basic, 2 Digest, 4 Negotiate, 8 NTLM, 64 Bearer, -17 any, -18 any but Basic'
const TLS = '0 default, 1 TLS 1.x, 4 TLS 1.0, 5 TLS 1.1, 6 TLS 1.2, 7 TLS 1.3 or later'
const TLS_OPTIONS =
  'bits: 1 allow BEAST, 2 no revocation check, 4 no partial chain, 8 best-effort revocation, 16 native CA store'
const PROTOCOLS =
  'bits: 1 http, 2 https, 4 ftp, 8 ftps, 16 scp, 32 sftp, 64 telnet, 128 ldap, 256 ldaps, 512 dict, 1024 file, 2048 tftp, -1 all'
const VALUES: Readonly<Record<string, string>> = {
  FOLLOWLOCATION:
    '0 no, 1 yes; from libcurl 8.13: 2 obey the code for a CUSTOMREQUEST, 3 only the first request',
  FTP_CREATE_MISSING_DIRS: '0 no, 1 make them, 2 make them and try again',
  FTP_FILEMETHOD: '1 one CWD for each directory, 2 none, 3 one for all',
  GSSAPI_DELEGATION: '0 none, 1 where policy allows, 2 always',
  HEADEROPT: '0 HTTPHEADER goes to proxies too, 1 each has its own',
  HSTS_CTRL: 'bits: 1 on, 2 the file is read only',
  HTTPAUTH: AUTH,
  HTTP_VERSION:
    '0 libcurl decides, 1 HTTP/1.0, 2 HTTP/1.1, 3 HTTP/2, 4 HTTP/2 over TLS only, 5 HTTP/2 without asking, 30 HTTP/3, 31 only HTTP/3',
  IPRESOLVE: '0 any, 1 IPv4, 2 IPv6',
  NETRC: '0 ignored, 1 used, 2 required',
  POSTREDIR: 'bits: 1 keep POST on 301, 2 on 302, 4 on 303',
  PROTOCOLS,
  PROXYAUTH: AUTH,
  PROXYTYPE:
    '0 HTTP, 1 HTTP/1.0, 2 HTTPS, 3 HTTPS with HTTP/2, 4 SOCKS4, 5 SOCKS5, 6 SOCKS4a, 7 SOCKS5 with host name',
  PROXY_SSLVERSION: TLS,
  PROXY_SSL_OPTIONS: TLS_OPTIONS,
  PROXY_SSL_VERIFYHOST: '0 no, 2 yes',
  REDIR_PROTOCOLS: PROTOCOLS,
  RTSP_REQUEST:
    '1 OPTIONS, 2 DESCRIBE, 3 ANNOUNCE, 4 SETUP, 5 PLAY, 6 PAUSE, 7 TEARDOWN, 8 GET_PARAMETER, 9 SET_PARAMETER, 10 RECORD, 11 RECEIVE',
  SSH_AUTH_TYPES: 'bits: 1 public key, 2 password, 4 host, 8 keyboard, 16 agent, -1 any',
  SSLVERSION: TLS,
  SSL_OPTIONS: TLS_OPTIONS,
  SSL_VERIFYHOST: '0 no, 2 yes',
  TIMECONDITION: '0 none, 1 if modified since, 2 if unmodified since, 3 by last modification',
  USE_SSL: '0 no, 1 try, 2 for the control connection, 3 for all',
}

/** Returns the meaning of an option's numbers, if they are few. */
export function valuesOf(name: string): string | undefined {
  const values = VALUES[name]
  return values && `Values: ${values}.`
}

const CALLBACK_TYPES: Readonly<Record<string, string>> = {
  CHUNK_BGN_FUNCTION: '(file: ChunkFileInfo, remains: number) => number',
  CHUNK_END_FUNCTION: '() => number',
  DEBUGFUNCTION: '(type: number, data: Buffer) => number',
  FNMATCH_FUNCTION: '(pattern: string, value: string) => number',
  HEADERFUNCTION: '(data: Buffer, size: number, nmemb: number) => number',
  HSTSREADFUNCTION: '(options: { maxHostLengthBytes: number }) => null | HstsCacheEntry | HstsCacheEntry[]',
  HSTSWRITEFUNCTION: '(entry: HstsCacheEntry, count: HstsCacheCount) => unknown',
  PREREQFUNCTION: '(primaryIp: string, localIp: string, primaryPort: number, localPort: number) => number',
  PROGRESSFUNCTION: '(dltotal: number, dlnow: number, ultotal: number, ulnow: number) => number',
  READFUNCTION: '(buffer: Buffer, size: number, nmemb: number) => number',
  SEEKFUNCTION: '(offset: number, origin: number) => number',
  SSH_HOSTKEYFUNCTION: '(type: number, key: Buffer) => number',
  TRAILERFUNCTION: '() => string[] | false',
  WRITEFUNCTION: '(data: Buffer, size: number, nmemb: number) => number',
  XFERINFOFUNCTION: '(dltotal: number, dlnow: number, ultotal: number, ulnow: number) => number',
}

const KIND_TYPES: Readonly<Record<string, string>> = {
  integer: 'IntegerValue',
  offset: 'IntegerValue',
  string: 'StringValue',
  list: 'ListValue',
  blob: 'BlobValue',
  post: 'readonly HttpPostField[] | null',
  share: 'ShareHandle | null',
}

export function valueType(name: string, kind: string): string {
  if (name === 'POSTFIELDS') return 'PostFieldsInput'
  if (name === 'COOKIEFILE') return 'StringValue | readonly string[]'
  const type = kind === 'function' ? `(${CALLBACK_TYPES[name] ?? ''}) | null` : KIND_TYPES[kind]
  if (!type || type.startsWith('()')) throw new Error(`no type for ${name}, a ${kind}`)
  return type
}
