/**
 * What has to be known of single options beyond the kind of their values: secrets, what they leave in a
 * handle, which of them make no sense here and what to use instead. Does not know which options are there.
 */
import type { Recycling } from '../values/compiled-options.js'

function names(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}

/** Values of these are never shown in a message, only their type. */
export const SECRETS = names(`
  AWS_SIGV4 COOKIE COOKIELIST HTTPHEADER HTTPPOST KEYPASSWD PASSWORD POSTFIELDS PROXY PROXYHEADER PROXYPASSWORD PROXYUSERNAME
  PROXYUSERPWD PROXY_KEYPASSWD PROXY_SSLKEY PROXY_SSLKEY_BLOB PROXY_TLSAUTH_PASSWORD PROXY_TLSAUTH_USERNAME PRE_PROXY QUOTE
  POSTQUOTE PREQUOTE REFERER DOH_URL FTP_ACCOUNT FTP_ALTERNATIVE_TO_USER LOGIN_OPTIONS MAIL_AUTH NETRC_FILE REQUEST_TARGET
  RTSP_SESSION_ID RTSP_STREAM_URI SASL_AUTHZID SSLKEY SSLKEY_BLOB PROXY_SSLCERT_BLOB SSLCERT_BLOB SSH_PRIVATE_KEYFILE
  TELNETOPTIONS TLSAUTH_PASSWORD TLSAUTH_USERNAME URL USERNAME USERPWD XOAUTH2_BEARER
`)

/**
 * libcurl reads these anew at each transfer and changes nothing in the handle for them. A handle with other
 * options is reset before its next transfer, also where that has the same options.
 */
const REUSABLE = names(`
  ACCEPT_ENCODING ACCEPTTIMEOUT_MS ADDRESS_SCOPE BUFFERSIZE CAINFO CAINFO_BLOB CAPATH CA_CACHE_TIMEOUT CONNECTTIMEOUT
  CONNECTTIMEOUT_MS CONNECT_TO CRLFILE CUSTOMREQUEST DEFAULT_PROTOCOL DISALLOW_USERNAME_IN_URL DNS_CACHE_TIMEOUT
  DNS_INTERFACE DNS_LOCAL_IP4 DNS_LOCAL_IP6 DNS_SERVERS DNS_SHUFFLE_ADDRESSES EXPECT_100_TIMEOUT_MS FAILONERROR FILETIME
  FOLLOWLOCATION FORBID_REUSE FRESH_CONNECT HAPPY_EYEBALLS_TIMEOUT_MS HEADER HEADEROPT HTTP09_ALLOWED HTTP200ALIASES HTTPGET
  HTTPHEADER HTTP_CONTENT_DECODING HTTP_TRANSFER_DECODING HTTP_VERSION IGNORE_CONTENT_LENGTH INTERFACE IPRESOLVE ISSUERCERT
  LOCALPORT LOCALPORTRANGE LOW_SPEED_LIMIT LOW_SPEED_TIME MAXAGE_CONN MAXCONNECTS MAXFILESIZE MAXFILESIZE_LARGE
  MAXLIFETIME_CONN MAXREDIRS MAX_RECV_SPEED_LARGE MAX_SEND_SPEED_LARGE NOBODY NOPROGRESS NOPROXY NOSIGNAL PATH_AS_IS
  PINNEDPUBLICKEY PIPEWAIT PORT POSTREDIR PROTOCOLS PROTOCOLS_STR PROXY PROXYHEADER PROXYPORT PROXYTYPE PROXY_CAINFO
  PROXY_CAINFO_BLOB PROXY_CAPATH PROXY_SSL_VERIFYHOST PROXY_SSL_VERIFYPEER PROXY_SSLVERSION HTTPPROXYTUNNEL REDIR_PROTOCOLS
  REDIR_PROTOCOLS_STR REFERER SERVER_RESPONSE_TIMEOUT SERVER_RESPONSE_TIMEOUT_MS SSLVERSION SSL_CIPHER_LIST SSL_EC_CURVES
  SSL_ENABLE_ALPN SSL_OPTIONS SSL_SESSIONID_CACHE SSL_VERIFYHOST SSL_VERIFYPEER SSL_VERIFYSTATUS SUPPRESS_CONNECT_HEADERS
  TCP_FASTOPEN TCP_KEEPALIVE TCP_KEEPCNT TCP_KEEPIDLE TCP_KEEPINTVL TCP_NODELAY TIMEOUT TIMEOUT_MS TLS13_CIPHERS
  UNIX_SOCKET_PATH USERAGENT VERBOSE RETURNTRANSFER BINARYTRANSFER SAFE_UPLOAD URL
`)

/**
 * What these leave in a handle survives its reset: HSTS and alt-svc caches; progress that was aborted
 * (node-libcurl 4); header lines that libcurl made for an earlier request (lib/http.c, `aptr.te` and
 * `aptr.rangeline`: seen with 7.88.1).
 */
const CLOSING = names(`
  ALTSVC ALTSVC_CTRL HSTS HSTS_CTRL HSTSREADFUNCTION HSTSWRITEFUNCTION PROGRESSFUNCTION RANGE RESUME_FROM RESUME_FROM_LARGE
  TRANSFER_ENCODING XFERINFOFUNCTION
`)

/** Any value but null switches libcurl's cookie engine on. */
export const COOKIE_ENGINE = names('COOKIEFILE COOKIEJAR COOKIELIST')

/**
 * libcurl looks at the values of these strings when they are set (lib/setopt.c), so that each has to be
 * tried. Others are only refused as a whole, by builds that lack what they are for.
 */
export const VALIDATED_STRINGS = names(`
  DNS_INTERFACE DNS_LOCAL_IP4 DNS_LOCAL_IP6 DNS_SERVERS ECH INTERFACE PROTOCOLS_STR PROXYUSERPWD PROXY_TLSAUTH_TYPE
  REDIR_PROTOCOLS_STR SSLENGINE TLSAUTH_TYPE
`)

/**
 * Bit masks: the same 32 bits are negative for one caller (PHP's `CURLAUTH_ANY` is -17) and positive for
 * another.
 */
export const BIT_MASKS = names('HTTPAUTH PROXYAUTH SOCKS5_AUTH SSH_AUTH_TYPES PROTOCOLS REDIR_PROTOCOLS')

const BUFFER_SIZES: readonly [number, number] = [1024, 10 * 2 ** 20]

/**
 * The least and the greatest value of an integer option: what node-libcurl passes on whole, and libcurl does
 * not misread.
 */
export function rangeOf(name: string, kind: 'integer' | 'offset'): readonly [min: number, max: number] {
  if (kind === 'offset') return [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]
  if (BIT_MASKS.has(name)) return [-(2 ** 31), 2 ** 32 - 1]
  // node-libcurl 5 refuses others, 4 leaves it to libcurl, which takes the nearest.
  if (name === 'BUFFERSIZE') return BUFFER_SIZES
  // libcurl 7.88 takes -1 ms for 2^32 - 1, later ones refuse it.
  return [name.endsWith('_MS') ? 0 : -(2 ** 31), 2 ** 31 - 1]
}

/** After these a request has no post fields, and for which of their values. */
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

/** Options that libcurl has, and what to use here instead. */
export const ADVICE: Readonly<Record<string, string>> = {
  ABSTRACT_UNIX_SOCKET: 'node-libcurl cannot set it; UNIX_SOCKET_PATH works',
  CHUNK_DATA: CLOSURE,
  CLOSESOCKETDATA: NO_SOCKETS,
  CLOSESOCKETFUNCTION: NO_SOCKETS,
  COPYPOSTFIELDS: 'use POSTFIELDS, or the post fields of the request',
  CURLU: 'give the request its URL as text',
  DEBUGDATA: CLOSURE,
  ERRORBUFFER: 'the message of a failed transfer is in transfer.error; captureErrorText: true adds details',
  FILE: 'use WRITEFUNCTION to get the body as it comes',
  FNMATCH_DATA: CLOSURE,
  HEADERDATA: 'use HEADERFUNCTION, or captureHeaders: true',
  HEADER_OUT: 'use VERBOSE with a DEBUGFUNCTION: it gets the headers that are sent as type 2',
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
  WRITEDATA: 'use WRITEFUNCTION to get the body as it comes',
  WRITEHEADER: 'use HEADERFUNCTION, or captureHeaders: true',
  XFERINFODATA: CLOSURE,
}
