/**
 * What the installed build can do. Does not know what of it is used, nor what servers and proxies can do.
 */
import { Easy, libcurlVersion, nodeLibcurlVersion, versionInfo } from '../node-libcurl/binding.js'
import { reusesCleartextHttp2 } from '../request/refused-combinations.js'

/** How HTTP can be spoken: `'2'` is over TLS, `'2-cleartext'` is `HTTP_VERSION: 5` to `http://`. */
export type HttpVersion = '1.0' | '1.1' | '2' | '2-cleartext' | '3'

/** What a `Content-Encoding` may be that `ACCEPT_ENCODING: ''` asks for and libcurl decodes. */
export type Decoder = 'deflate' | 'gzip' | 'br' | 'zstd'

/** The scheme of a proxy. */
export type ProxyScheme = 'http' | 'https' | 'socks4' | 'socks4a' | 'socks5' | 'socks5h'

/** What the installed build can do: {@link capabilities}. */
export interface Capabilities {
  /**
   * Versions by name: `node`, `node-libcurl`, `libcurl`, and the libraries that libcurl is built with,
   * spelled as libcurl does (`OpenSSL`, `zlib`, `brotli`, `zstd`, `nghttp2`, `libpsl`, ...).
   */
  readonly versions: Readonly<Record<string, string>>
  /** The TLS library with its version, `OpenSSL/3.0.19`; null where there is none, and no https. */
  readonly tls: string | null
  /**
   * Schemes of URLs that libcurl knows. Which of them are allowed is for `PROTOCOLS_STR` to say: by default
   * http, https, ftp, ftps.
   */
  readonly protocols: readonly string[]
  /** libcurl's own names of its features: `HTTP2`, `IDN`, `alt-svc`, ... Source: curl_version_info(3). */
  readonly features: readonly string[]
  /**
   * Versions of HTTP that work. `'2-cleartext'` is missing with libcurl before 8.0, which cannot use such a
   * connection twice: there `HTTP_VERSION: 5` to `http://` needs `FORBID_REUSE`.
   */
  readonly httpVersions: readonly HttpVersion[]
  /** Whether many transfers can share one connection at the same time: HTTP/2, HTTP/3. */
  readonly multiplexing: boolean
  readonly decoders: readonly Decoder[]
  /**
   * Whether `ws://` and `wss://` work: libcurl has to know them, and node-libcurl to reach their functions (5
   * does, 4 does not).
   */
  readonly webSocket: boolean
  readonly proxies: readonly ProxyScheme[]
}

/**
 * The bits of `curl_version_info_data.features` with the names that libcurl has for them. Source:
 * curl/curl.h.
 */
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
 * What the installed build can do: versions, protocols, features, HTTP versions, decoders, proxies. Plain
 * data, frozen, the same object at each call.
 *
 * Source: curl_version_info(3), curl_version(3).
 */
export function capabilities(): Capabilities {
  return (known ??= inquire())
}

function inquire(): Capabilities {
  const { protocols, rawFeatures, sslVersion } = versionInfo()
  // Bit 31 would make the number negative; shifting does not mind.
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
    // A libcurl without proxies (CURL_DISABLE_PROXY) does not say so; none is packaged.
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
 * `libcurl/7.88.1 OpenSSL/3.0.19 libpsl/0.21.2 (+libidn2/2.3.3)`: what is in brackets belongs to what stands
 * before it.
 */
function librariesOf(line: string): Record<string, string> {
  const parts = line.replace(/\([^)]*\)/g, '').matchAll(/(\S+?)\/(\S+)/g)
  return Object.fromEntries([...parts].map(([, name = '', version = '']) => [name, version]))
}

function choose<T extends string>(items: readonly (readonly [item: T, isThere: boolean])[]): readonly T[] {
  return Object.freeze(items.filter(([, isThere]) => isThere).map(([item]) => item))
}
