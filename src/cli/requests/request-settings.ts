/**
 * The flags that stand for one or two libcurl options each. Does not handle bodies, headers and methods,
 * which depend on several flags.
 */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '../errors/errors.js'
import { bytes, milliseconds, wholeNumber } from '../arguments/values.js'

type Options = Readonly<Record<string, unknown>>
type Setter = (value: string, before: Options) => Options

const text =
  (name: string): Setter =>
  (value) => ({ [name]: value })
const constant =
  (options: Options): Setter =>
  () =>
    options
const list =
  (name: string): Setter =>
  (value, before) => ({ [name]: [...((before[name] as string[] | undefined) ?? []), value] })
const authentication = (bits: number): Setter => constant({ auth: bits })
const socks =
  (type: number): Setter =>
  (value) => ({ PROXY: value, PROXYTYPE: type })

/** CURLAUTH_ANY of curl/curl.h. */
const ANY_AUTH = ~16 >>> 0
const REDIRECTS_OF_CURL = 50

// Values: curl/curl.h, and the man page of each option. Effects of a flag: curl's src/config2setopts.c.
const SETTERS: Readonly<Record<string, Setter>> = {
  'user-agent': text('USERAGENT'),
  referer(value) {
    const isAuto = value.endsWith(';auto')
    const referer = isAuto ? value.slice(0, -5) : value
    return { ...(referer !== '' && { REFERER: referer }), ...(isAuto && { AUTOREFERER: 1 }) }
  },
  cookie(value, before) {
    if (!value.includes('=')) return { COOKIEFILE: value }
    const earlier = before['COOKIE']
    return { COOKIE: typeof earlier === 'string' ? `${earlier};${value}` : value }
  },
  range: text('RANGE'),
  compressed: constant({ ACCEPT_ENCODING: '' }),
  location: (_value, before) => ({ FOLLOWLOCATION: 1, MAXREDIRS: before['MAXREDIRS'] ?? REDIRECTS_OF_CURL }),
  'location-trusted': (_value, before) => ({
    FOLLOWLOCATION: 1,
    UNRESTRICTED_AUTH: 1,
    MAXREDIRS: before['MAXREDIRS'] ?? REDIRECTS_OF_CURL,
  }),
  'max-redirs': (value) => ({ MAXREDIRS: value === '-1' ? -1 : wholeNumber(value, 'max-redirs') }),
  'path-as-is': constant({ PATH_AS_IS: 1 }),
  fail: constant({ FAILONERROR: 1 }),
  'max-body': (value) => ({ maxBodySize: bytes(value, 'max-body') }),
  'max-filesize': (value) => ({ MAXFILESIZE_LARGE: bytes(value, 'max-filesize') }),
  user: text('USERPWD'),
  basic: authentication(1),
  digest: authentication(2),
  negotiate: authentication(4),
  ntlm: authentication(8),
  anyauth: authentication(ANY_AUTH),
  'oauth2-bearer': (value) => ({ XOAUTH2_BEARER: value, auth: 64 }),
  'aws-sigv4': (value) => ({ AWS_SIGV4: value, auth: 128 }),
  netrc: constant({ NETRC: 2, NETRC_FILE: join(homedir(), '.netrc') }),
  'netrc-file': (value) => ({ NETRC: 2, NETRC_FILE: value }),
  proxy: text('PROXY'),
  'proxy-user': text('PROXYUSERPWD'),
  noproxy: text('NOPROXY'),
  preproxy: text('PRE_PROXY'),
  'proxy-header': list('PROXYHEADER'),
  proxytunnel: constant({ HTTPPROXYTUNNEL: 1 }),
  'proxy-insecure': constant({ PROXY_SSL_VERIFYPEER: 0, PROXY_SSL_VERIFYHOST: 0 }),
  'proxy-cacert': text('PROXY_CAINFO'),
  socks4: socks(4),
  socks4a: socks(6),
  socks5: socks(5),
  'socks5-hostname': socks(7),
  resolve: list('RESOLVE'),
  'connect-to': list('CONNECT_TO'),
  interface: text('INTERFACE'),
  ipv4: constant({ IPRESOLVE: 1 }),
  ipv6: constant({ IPRESOLVE: 2 }),
  'unix-socket': text('UNIX_SOCKET_PATH'),
  'doh-url': text('DOH_URL'),
  'http1.0': constant({ HTTP_VERSION: 1 }),
  'http1.1': constant({ HTTP_VERSION: 2 }),
  http2: constant({ HTTP_VERSION: 3 }),
  'http2-prior-knowledge': constant({ HTTP_VERSION: 5 }),
  http3: constant({ HTTP_VERSION: 30 }),
  'limit-rate'(value) {
    const perSecond = bytes(value, 'limit-rate')
    return { MAX_RECV_SPEED_LARGE: perSecond, MAX_SEND_SPEED_LARGE: perSecond }
  },
  'max-time': (value) => ({ TIMEOUT_MS: milliseconds(value, 'max-time') }),
  'connect-timeout': (value) => ({ CONNECTTIMEOUT_MS: milliseconds(value, 'connect-timeout') }),
  'speed-limit': (value, before) => ({
    LOW_SPEED_LIMIT: bytes(value, 'speed-limit'),
    LOW_SPEED_TIME: before['LOW_SPEED_TIME'] ?? 30,
  }),
  'speed-time': (value, before) => ({
    LOW_SPEED_TIME: wholeNumber(value, 'speed-time'),
    LOW_SPEED_LIMIT: before['LOW_SPEED_LIMIT'] ?? 1,
  }),
  proto(value) {
    const names = value.replace(/^=/, '')
    if (/^[a-z0-9]+(,[a-z0-9]+)*$/i.test(names)) return { PROTOCOLS_STR: names.toLowerCase() }
    throw new UsageError(`--proto takes names, such as =https or http,https; got "${value}"`)
  },
  insecure: constant({ SSL_VERIFYPEER: 0, SSL_VERIFYHOST: 0 }),
  cacert: text('CAINFO'),
  capath: text('CAPATH'),
  cert(value) {
    // FILE:PASSWORD; a backslash before a colon makes the colon part of the name.
    const [, file = '', password] = /^((?:\\.|[^:\\])*)(?::(.*))?$/s.exec(value) ?? []
    return {
      SSLCERT: file.replace(/\\([:\\])/g, '$1'),
      ...(password !== undefined && { KEYPASSWD: password }),
    }
  },
  'cert-type': text('SSLCERTTYPE'),
  key: text('SSLKEY'),
  'key-type': text('SSLKEYTYPE'),
  pass: text('KEYPASSWD'),
  ciphers: text('SSL_CIPHER_LIST'),
  'tls13-ciphers': text('TLS13_CIPHERS'),
  'tlsv1.2': constant({ SSLVERSION: 6 }),
  'tlsv1.3': constant({ SSLVERSION: 7 }),
  pinnedpubkey: text('PINNEDPUBLICKEY'),
}

/**
 * Returns the options that a flag sets. `auth` is a set of bits that several flags add to.
 *
 * @param before the options set by earlier flags
 */
export function setting(long: string, value: string, before: Options): Options {
  const setter = SETTERS[long]
  if (setter === undefined) throw new UsageError(`--${long} is not an option of a request`)
  return setter(value, before)
}
