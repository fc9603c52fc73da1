/**
 * The options that say how a request connects: credentials, proxies, addresses, versions, times, TLS. Does
 * not contain what is sent.
 *
 * Sources: curl/curl.h for values, curl(1), and curl's src/config2setopts.c for what curl sets.
 */
import { join } from 'node:path'
import { UsageError } from '../../errors/errors.js'
import { bytes, milliseconds, wholeNumber } from '../values.js'
import { requestFlags, type Flag } from './flag.js'
import { authentication, constant, list, parsed, text } from './request-effects.js'
import type { RequestParts } from './request-parts.js'
import { homeFolder } from '../../files/home-folder.js'

/** CURLAUTH_ANY of curl/curl.h. */
const ANY_AUTH = ~16 >>> 0
const REPEATABLE = { isRepeatable: true } as const
const FILE = { complete: 'file' } as const

function limitRate({ options }: RequestParts, value: string, long: string): void {
  options['MAX_RECV_SPEED_LARGE'] = options['MAX_SEND_SPEED_LARGE'] = bytes(value, long)
}

function limitProtocols({ options }: RequestParts, value: string): void {
  const names = value.replace(/^=/, '')
  if (!/^[a-z0-9]+(,[a-z0-9]+)*$/i.test(names))
    throw new UsageError(`--proto takes names, such as =https or http,https; got "${value}"`)
  options['PROTOCOLS_STR'] = names.toLowerCase()
}

function addCertificate({ options }: RequestParts, value: string): void {
  // FILE:PASSWORD; a backslash before a colon makes the colon part of the name.
  const [, file = '', password] = /^((?:\\.|[^:\\])*)(?::(.*))?$/s.exec(value) ?? []
  options['SSLCERT'] = file.replace(/\\([:\\])/g, '$1')
  if (password !== undefined) options['KEYPASSWD'] = password
}

const credentials = requestFlags('Authentication', true, [
  ['-u, --user USER:PASSWORD', 'credentials', text('USERPWD')],
  ['--basic', 'HTTP Basic', authentication(1)],
  ['--digest', 'HTTP Digest', authentication(2)],
  ['--ntlm', 'NTLM', authentication(8)],
  ['--negotiate', 'Negotiate (SPNEGO)', authentication(4)],
  ['--anyauth', 'the safest method that the server offers', authentication(ANY_AUTH)],
  [
    '--oauth2-bearer TOKEN',
    'a bearer token',
    (parts, value) => {
      parts.options['XOAUTH2_BEARER'] = value
      parts.auth |= 64
    },
  ],
  [
    '--aws-sigv4 PROVIDER',
    'AWS Signature V4, such as aws:amz:eu-west-1:s3',
    (parts, value) => {
      parts.options['AWS_SIGV4'] = value
      parts.auth |= 128
    },
  ],
  [
    '-n, --netrc',
    'credentials of ~/.netrc',
    ({ options }) => {
      Object.assign(options, { NETRC: 2, NETRC_FILE: join(homeFolder(), '.netrc') })
    },
  ],
  [
    '--netrc-file FILE',
    'credentials of this file',
    ({ options }, value) => {
      Object.assign(options, { NETRC: 2, NETRC_FILE: value })
    },
    FILE,
  ],
])

const connections = requestFlags('Connections', true, [
  ['-x, --proxy URL', 'through this proxy: http, https, socks4, socks4a, socks5, socks5h', text('PROXY')],
  ['-U, --proxy-user USER:PASSWORD', 'credentials for the proxy', text('PROXYUSERPWD')],
  ['--noproxy HOSTS', 'no proxy for these hosts', text('NOPROXY')],
  ['--preproxy URL', 'a SOCKS proxy before the proxy', text('PRE_PROXY')],
  ['--proxy-header LINE', 'a header for the proxy', list('PROXYHEADER'), REPEATABLE],
  ['-p, --proxytunnel', 'CONNECT through the proxy for http, too', constant({ HTTPPROXYTUNNEL: 1 })],
  [
    '--proxy-insecure',
    "do not check the proxy's certificate",
    constant({ PROXY_SSL_VERIFYPEER: 0, PROXY_SSL_VERIFYHOST: 0 }),
  ],
  ['--proxy-cacert FILE', 'certificates for the proxy', text('PROXY_CAINFO'), FILE],
  ['--resolve HOST:PORT:ADDRESS', 'this address for that host', list('RESOLVE'), REPEATABLE],
  [
    '--connect-to HOST1:PORT1:HOST2:PORT2',
    'connect to host 2 instead of host 1',
    list('CONNECT_TO'),
    REPEATABLE,
  ],
  ['--interface NAME', 'the interface, name or address to connect from', text('INTERFACE')],
  ['-4, --ipv4', 'IPv4 only', constant({ IPRESOLVE: 1 })],
  ['-6, --ipv6', 'IPv6 only', constant({ IPRESOLVE: 2 })],
  ['--unix-socket PATH', 'connect through this socket', text('UNIX_SOCKET_PATH'), FILE],
  ['--doh-url URL', 'look names up by HTTPS', text('DOH_URL')],
  ['-0, --http1.0', 'HTTP/1.0', constant({ HTTP_VERSION: 1 })],
  ['--http1.1', 'HTTP/1.1', constant({ HTTP_VERSION: 2 })],
  ['--http2', 'HTTP/2 if the server supports it', constant({ HTTP_VERSION: 3 })],
  ['--http2-prior-knowledge', 'HTTP/2 without asking the server first', constant({ HTTP_VERSION: 5 })],
  ['--http3', 'HTTP/3, if this libcurl supports it', constant({ HTTP_VERSION: 30 })],
  ['--http3-only', 'HTTP/3 and no other version', constant({ HTTP_VERSION: 31 })],
  ['--limit-rate BYTES', 'bytes per second for each transfer, such as 200K', limitRate],
  [
    '-m, --max-time SECONDS',
    'the most time for each attempt',
    parsed('TIMEOUT_MS', milliseconds),
    { jsonName: 'timeout' },
  ],
  ['--connect-timeout SECONDS', 'the most time for connecting', parsed('CONNECTTIMEOUT_MS', milliseconds)],
  [
    '-Y, --speed-limit BYTES',
    'fail if it is slower than this, in bytes per second, for --speed-time',
    ({ options }, value, long) => {
      options['LOW_SPEED_LIMIT'] = bytes(value, long)
      options['LOW_SPEED_TIME'] ??= 30
    },
  ],
  [
    '-y, --speed-time SECONDS',
    'the time for --speed-limit; default: 30',
    ({ options }, value, long) => {
      options['LOW_SPEED_TIME'] = wholeNumber(value, long)
      options['LOW_SPEED_LIMIT'] ??= 1
    },
  ],
  [
    '--proto LIST',
    'the protocols that may be used, such as =https; default: http, https, ftp, ftps',
    limitProtocols,
  ],
])

const security = requestFlags('TLS', true, [
  ['-k, --insecure', 'do not check certificates', constant({ SSL_VERIFYPEER: 0, SSL_VERIFYHOST: 0 })],
  ['--cacert FILE', 'certificates to check with', text('CAINFO'), FILE],
  ['--capath DIR', 'a folder of certificates to check with', text('CAPATH'), { complete: 'dir' }],
  ['-E, --cert FILE[:PASSWORD]', 'a certificate to show', addCertificate, FILE],
  ['--cert-type TYPE', 'PEM, DER or P12', text('SSLCERTTYPE'), { complete: ['PEM', 'DER', 'P12'] }],
  ['--key FILE', 'the key of the certificate', text('SSLKEY'), FILE],
  ['--key-type TYPE', 'PEM or DER', text('SSLKEYTYPE'), { complete: ['PEM', 'DER'] }],
  ['--pass PHRASE', 'the pass phrase of the key', text('KEYPASSWD')],
  ['--ciphers LIST', 'ciphers up to TLS 1.2', text('SSL_CIPHER_LIST')],
  ['--tls13-ciphers LIST', 'ciphers of TLS 1.3', text('TLS13_CIPHERS')],
  ['--tlsv1.2', 'TLS 1.2 or newer', constant({ SSLVERSION: 6 })],
  ['--tlsv1.3', 'TLS 1.3 or newer', constant({ SSLVERSION: 7 })],
  ['--pinnedpubkey HASHES', 'the public key that the server must have', text('PINNEDPUBLICKEY')],
])

/** In the order of `--help`. */
export const CONNECTION_FLAGS: readonly Flag[] = [...credentials, ...connections, ...security]
