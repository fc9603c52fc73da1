/**
 * Traits of single options beyond the kind of their values: secrets, the state that they leave in a handle,
 * and the options that are not possible here, with advice. Does not know which options the build has.
 */
import type { Recycling } from '../values/compiled-options.js'

function names(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}

/** Messages never show values of these options, only their types. */
export const SECRETS = names(`
  AWS_SIGV4 COOKIE COOKIELIST HTTPHEADER HTTPPOST KEYPASSWD PASSWORD POSTFIELDS PROXY PROXYHEADER PROXYPASSWORD PROXYUSERNAME
  PROXYUSERPWD PROXY_KEYPASSWD PROXY_SSLKEY PROXY_SSLKEY_BLOB PROXY_TLSAUTH_PASSWORD PROXY_TLSAUTH_USERNAME PRE_PROXY QUOTE
  POSTQUOTE PREQUOTE REFERER DOH_URL FTP_ACCOUNT FTP_ALTERNATIVE_TO_USER LOGIN_OPTIONS MAIL_AUTH NETRC_FILE REQUEST_TARGET
  RTSP_SESSION_ID RTSP_STREAM_URI SASL_AUTHZID SSLKEY SSLKEY_BLOB PROXY_SSLCERT_BLOB SSLCERT_BLOB SSH_PRIVATE_KEYFILE
  TELNETOPTIONS TLSAUTH_PASSWORD TLSAUTH_USERNAME URL USERNAME USERPWD XOAUTH2_BEARER
`)

/**
 * Options that libcurl reads at each transfer and that change nothing else in the handle. After any other
 * option, the handle is reset before its next transfer, even if that has the same options. The functions
 * among them ask the handle for its transfer each time.
 */
const REUSABLE = names(`
  ACCEPT_ENCODING ACCEPTTIMEOUT_MS ADDRESS_SCOPE BUFFERSIZE CAINFO CAINFO_BLOB CAPATH CA_CACHE_TIMEOUT CONNECTTIMEOUT
  CONNECTTIMEOUT_MS CONNECT_TO CRLFILE CUSTOMREQUEST DEFAULT_PROTOCOL DISALLOW_USERNAME_IN_URL DNS_CACHE_TIMEOUT
  DNS_INTERFACE DNS_LOCAL_IP4 DNS_LOCAL_IP6 DNS_SERVERS DNS_SHUFFLE_ADDRESSES EXPECT_100_TIMEOUT_MS FAILONERROR FILETIME
  FOLLOWLOCATION FORBID_REUSE FRESH_CONNECT HAPPY_EYEBALLS_TIMEOUT_MS HEADER HEADERFUNCTION HEADEROPT HTTP09_ALLOWED HTTP200ALIASES HTTPGET
  HTTPHEADER HTTP_CONTENT_DECODING HTTP_TRANSFER_DECODING HTTP_VERSION IGNORE_CONTENT_LENGTH INTERFACE IPRESOLVE ISSUERCERT
  LOCALPORT LOCALPORTRANGE LOW_SPEED_LIMIT LOW_SPEED_TIME MAXAGE_CONN MAXCONNECTS MAXFILESIZE MAXFILESIZE_LARGE
  MAXLIFETIME_CONN MAXREDIRS MAX_RECV_SPEED_LARGE MAX_SEND_SPEED_LARGE NOBODY NOPROGRESS NOPROXY NOSIGNAL PATH_AS_IS
  PINNEDPUBLICKEY PIPEWAIT PORT POSTREDIR PROTOCOLS PROTOCOLS_STR PROXY PROXYHEADER PROXYPORT PROXYTYPE PROXY_CAINFO
  PROXY_CAINFO_BLOB PROXY_CAPATH PROXY_SSL_VERIFYHOST PROXY_SSL_VERIFYPEER PROXY_SSLVERSION HTTPPROXYTUNNEL REDIR_PROTOCOLS
  REDIR_PROTOCOLS_STR REFERER SERVER_RESPONSE_TIMEOUT SERVER_RESPONSE_TIMEOUT_MS SSLVERSION SSL_CIPHER_LIST SSL_EC_CURVES
  SSL_ENABLE_ALPN SSL_OPTIONS SSL_SESSIONID_CACHE SSL_VERIFYHOST SSL_VERIFYPEER SSL_VERIFYSTATUS SUPPRESS_CONNECT_HEADERS
  TCP_FASTOPEN TCP_KEEPALIVE TCP_KEEPCNT TCP_KEEPIDLE TCP_KEEPINTVL TCP_NODELAY TIMEOUT TIMEOUT_MS TLS13_CIPHERS
  UNIX_SOCKET_PATH USERAGENT VERBOSE RETURNTRANSFER BINARYTRANSFER SAFE_UPLOAD URL WRITEFUNCTION
`)

/**
 * Options whose state survives a reset of the handle: HSTS and alt-svc caches; an aborted progress callback
 * (node-libcurl 4); header lines that libcurl made for an earlier request (lib/http.c, `aptr.te` and
 * `aptr.rangeline`: seen with 7.88.1).
 */
const CLOSING = names(`
  ALTSVC ALTSVC_CTRL HSTS HSTS_CTRL HSTSREADFUNCTION HSTSWRITEFUNCTION PROGRESSFUNCTION RANGE RESUME_FROM RESUME_FROM_LARGE
  TRANSFER_ENCODING XFERINFOFUNCTION
`)

/** Any value except null switches libcurl's cookie engine on. */
export const COOKIE_ENGINE = names('COOKIEFILE COOKIEJAR COOKIELIST')

/**
 * String options whose values libcurl checks when they are set (lib/setopt.c), so each value has to be tried.
 * Other strings are only refused by builds without the feature.
 */
export const VALIDATED_STRINGS = names(`
  DNS_INTERFACE DNS_LOCAL_IP4 DNS_LOCAL_IP6 DNS_SERVERS ECH INTERFACE PROTOCOLS_STR PROXYUSERPWD PROXY_TLSAUTH_TYPE
  REDIR_PROTOCOLS_STR SSLENGINE TLSAUTH_TYPE
`)

/**
 * Bit masks. The same 32 bits may be given as a negative number (PHP's `CURLAUTH_ANY` is -17) or a positive
 * one.
 */
const BIT_MASKS = names('HTTPAUTH PROXYAUTH SOCKS5_AUTH SSH_AUTH_TYPES PROTOCOLS REDIR_PROTOCOLS')

const BUFFER_SIZES: readonly [number, number] = [1024, 10 * 2 ** 20]

/**
 * Returns the smallest and the largest value of an integer option that node-libcurl passes on unchanged and
 * libcurl reads correctly.
 */
export function rangeOf(name: string, kind: 'integer' | 'offset'): readonly [min: number, max: number] {
  if (kind === 'offset') return [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]
  if (BIT_MASKS.has(name)) return [-(2 ** 31), 2 ** 32 - 1]
  // node-libcurl 5 refuses other values; with 4, libcurl uses the nearest one.
  if (name === 'BUFFERSIZE') return BUFFER_SIZES
  // libcurl 7.88 takes -1 ms for 2^32 - 1; later versions refuse it.
  return [name.endsWith('_MS') ? 0 : -(2 ** 31), 2 ** 31 - 1]
}

/** The options that remove the post fields of a request, with the values that do so. */
export const METHODS: ReadonlyMap<string, (value: number) => boolean> = new Map<
  string,
  (value: number) => boolean
>([
  ['HTTPGET', (value) => value !== 0],
  ['NOBODY', (value) => value !== 0],
  ['POST', (value) => value === 0],
  ['PUT', () => true],
  ['UPLOAD', () => true],
])

export function recyclingOf(name: string): Recycling {
  if (CLOSING.has(name)) return 'close'
  return REUSABLE.has(name) ? 'reusable' : 'reset'
}

const CLOSURE = 'a function needs none: use its closure'
const NO_SOCKETS = 'node-libcurl leaves sockets and name resolution to libcurl'
const STREAMS = 'HTTP/2 priorities were taken out of libcurl'

/** Options of libcurl that are not possible here, with advice. */
export const ADVICE: Readonly<Record<string, string>> = {
  ABSTRACT_UNIX_SOCKET: 'node-libcurl cannot set it; UNIX_SOCKET_PATH works',
  ALTSVC: "node-libcurl cannot set it; httpVersion: '3' tries HTTP/3 whether a server advertises it or not",
  ALTSVC_CTRL: 'node-libcurl cannot set it',
  CHUNK_DATA: CLOSURE,
  CLOSESOCKETDATA: NO_SOCKETS,
  CLOSESOCKETFUNCTION: NO_SOCKETS,
  COPYPOSTFIELDS: 'use POSTFIELDS, or the post fields of the request',
  CURLU: 'give the request its URL as text',
  DEBUGDATA: CLOSURE,
  ERRORBUFFER: 'the message of a failed transfer is in transfer.error; captureErrorText: true adds details',
  FILE: 'use WRITEFUNCTION to receive the body in chunks',
  FNMATCH_DATA: CLOSURE,
  HEADERDATA: 'use HEADERFUNCTION, or captureHeaders: true',
  HEADER_OUT: 'use VERBOSE with a DEBUGFUNCTION, which receives the request headers as type 2',
  INFILE: 'use READFUNCTION, or a file descriptor as READDATA',
  IOCTLDATA: CLOSURE,
  IOCTLFUNCTION: 'use SEEKFUNCTION',
  MIMEPOST: 'give the fields as an object to POSTFIELDS, or as the post fields of the request',
  MIME_OPTIONS: 'multipart bodies are made here, with names escaped as browsers do',
  OPENSOCKETDATA: NO_SOCKETS,
  OPENSOCKETFUNCTION: NO_SOCKETS,
  PREREQDATA: CLOSURE,
  PRIVATE: 'use the userData of the request',
  PROGRESSDATA: CLOSURE,
  RESOLVER_START_DATA: NO_SOCKETS,
  RESOLVER_START_FUNCTION: NO_SOCKETS,
  SEEKDATA: CLOSURE,
  SOCKOPTDATA: NO_SOCKETS,
  SOCKOPTFUNCTION: NO_SOCKETS,
  STDERR: 'use VERBOSE with a DEBUGFUNCTION',
  STREAM_DEPENDS: STREAMS,
  STREAM_DEPENDS_E: STREAMS,
  STREAM_WEIGHT: STREAMS,
  TRAILERDATA: CLOSURE,
  WRITEDATA: 'use WRITEFUNCTION to receive the body in chunks',
  WRITEHEADER: 'use HEADERFUNCTION, or captureHeaders: true',
  XFERINFODATA: CLOSURE,
}
