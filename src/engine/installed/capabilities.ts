/**
 * The abilities of the installed build. Does not know which of them are used, nor the abilities of servers
 * and proxies.
 */
import { Easy, libcurlVersion, nodeLibcurlVersion, versionInfo } from '../node-libcurl/binding.js'
import { reusesCleartextHttp2 } from '../request/refused-combinations.js'

/** Versions of HTTP. `'2'` is over TLS, `'2-cleartext'` is `HTTP_VERSION: 5` to `http://`. */
export type HttpVersion = '1.0' | '1.1' | '2' | '2-cleartext' | '3'

/** Values of `Content-Encoding` that libcurl requests with `ACCEPT_ENCODING: ''` and decodes. */
export type Decoder = 'deflate' | 'gzip' | 'br' | 'zstd'

/** The scheme of a proxy. */
export type ProxyScheme = 'http' | 'https' | 'socks4' | 'socks4a' | 'socks5' | 'socks5h'

/** The abilities of the installed build: {@link capabilities}. */
export interface Capabilities {
  /**
   * Versions by name: `node`, `node-libcurl`, `libcurl`, and the libraries that libcurl is built with,
   * spelled as libcurl does (`OpenSSL`, `zlib`, `brotli`, `zstd`, `nghttp2`, `libpsl`, ...).
   */
  readonly versions: Readonly<Record<string, string>>
  /**
   * The TLS library with its version, such as `OpenSSL/3.0.19`. Null if libcurl is built without TLS, and so
   * without https.
   */
  readonly tls: string | null
  /**
   * The URL schemes that libcurl supports. `PROTOCOLS_STR` decides which of them are allowed; default: http,
   * https, ftp, ftps.
   */
  readonly protocols: readonly string[]
  /** libcurl's names of its features: `HTTP2`, `IDN`, `alt-svc`, ... Source: curl_version_info(3). */
  readonly features: readonly string[]
  /**
   * Versions of HTTP that work. `'2-cleartext'` is missing with libcurl before 8.0, which fails when such a
   * connection is used again: there `HTTP_VERSION: 5` to `http://` needs `FORBID_REUSE`.
   */
  readonly httpVersions: readonly HttpVersion[]
  /** True if many transfers can share one connection at the same time: HTTP/2, HTTP/3. */
  readonly multiplexing: boolean
  /** The encodings of bodies that `ACCEPT_ENCODING` can decode. */
  readonly decoders: readonly Decoder[]
  /**
   * True if `ws://` and `wss://` work. That takes a libcurl with WebSocket support, and node-libcurl 5:
   * version 4 cannot call the functions.
   */
  readonly webSocket: boolean
  /** The schemes that `PROXY` accepts. */
  readonly proxies: readonly ProxyScheme[]
}

/** The bits of `curl_version_info_data.features` with libcurl's names. Source: curl/curl.h. */
const FEATURES: readonly (readonly [bit: number, name: string])[] = [
  [0, 'IPv6'],
  [2, 'SSL'],
  [3, 'libz'],
  [4, 'NTLM'],
  [6, 'Debug'],
  [7, 'AsynchDNS'],
  [8, 'SPNEGO'],
  [9, 'Largefile'],
  [10, 'IDN'],
  [11, 'SSPI'],
  [13, 'TrackMemory'],
  [14, 'TLS-SRP'],
  [15, 'NTLM_WB'],
  [16, 'HTTP2'],
  [17, 'GSS-API'],
  [18, 'Kerberos'],
  [19, 'UnixSockets'],
  [20, 'PSL'],
  [21, 'HTTPS-proxy'],
  [22, 'MultiSSL'],
  [23, 'brotli'],
  [24, 'alt-svc'],
  [25, 'HTTP3'],
  [26, 'zstd'],
  [27, 'Unicode'],
  [28, 'HSTS'],
  [29, 'gsasl'],
  [30, 'threadsafe'],
]

let known: Capabilities | undefined

/**
 * Returns the abilities of the installed build: versions, protocols, features, HTTP versions, decoders,
 * proxies. Plain data, frozen, the same object at each call.
 *
 * Source: curl_version_info(3), curl_version(3).
 */
export function capabilities(): Capabilities {
  return (known ??= inquire())
}

function inquire(): Capabilities {
  const { protocols, rawFeatures, sslVersion } = versionInfo()
  // The number may be negative because of bit 31; `>>>` is correct for that, too.
  const features = FEATURES.filter(([bit]) => ((rawFeatures >>> bit) & 1) === 1).map(([, name]) => name)
  const has = (feature: string): boolean => features.includes(feature)
  const hasTls = has('SSL') && Boolean(sslVersion)
  const isHttp = protocols.includes('http')
  return Object.freeze({
    versions: Object.freeze({
      node: process.versions.node,
      'node-libcurl': nodeLibcurlVersion(),
      ...librariesOf(libcurlVersion),
    }),
    tls: hasTls ? sslVersion : null,
    protocols: Object.freeze([...protocols]),
    features: Object.freeze(features),
    httpVersions: choose<HttpVersion>([
      ['1.0', isHttp],
      ['1.1', isHttp],
      ['2', has('HTTP2') && hasTls],
      ['2-cleartext', has('HTTP2') && reusesCleartextHttp2],
      ['3', has('HTTP3')],
    ]),
    multiplexing: has('HTTP2') || has('HTTP3'),
    decoders: choose<Decoder>([
      ['deflate', has('libz')],
      ['gzip', has('libz')],
      ['br', has('brotli')],
      ['zstd', has('zstd')],
    ]),
    webSocket: protocols.includes('ws') && 'wsSend' in Easy.prototype,
    // A libcurl without proxies (CURL_DISABLE_PROXY) does not report it, but no package is built so.
    proxies: choose<ProxyScheme>([
      ['http', true],
      ['https', has('HTTPS-proxy')],
      ['socks4', true],
      ['socks4a', true],
      ['socks5', true],
      ['socks5h', true],
    ]),
  })
}

/**
 * Reads `libcurl/7.88.1 OpenSSL/3.0.19 libpsl/0.21.2 (+libidn2/2.3.3)`. A library in brackets belongs to the
 * one before it.
 */
function librariesOf(line: string): Record<string, string> {
  const parts = line.replace(/\([^)]*\)/g, '').matchAll(/(\S+?)\/(\S+)/g)
  return Object.fromEntries([...parts].map(([, name = '', version = '']) => [name, version]))
}

function choose<T extends string>(items: readonly (readonly [item: T, isThere: boolean])[]): readonly T[] {
  return Object.freeze(items.filter(([, isThere]) => isThere).map(([item]) => item))
}
