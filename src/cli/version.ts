/**
 * --version: what is installed, and what it can do. Does not know what of it is used.
 */
import { libcurlVersion, nodeLibcurlMajor } from '../engine/binding.js'

/** What each part of libcurl's own line stands for. */
const ABILITIES: readonly (readonly [pattern: RegExp, ability: string])[] = [
  [/(OpenSSL|GnuTLS|LibreSSL|BoringSSL|wolfSSL|mbedTLS|AWS-LC)\//i, 'https'],
  [/nghttp2\//, 'HTTP/2'],
  [/(nghttp3|quiche)\//, 'HTTP/3'],
  [/zlib\//, 'gzip'],
  [/brotli\//, 'br'],
  [/zstd\//, 'zstd'],
  [/libidn2\//, 'international names'],
  [/libpsl\//, 'public suffixes'],
  [/libssh2?\//, 'sftp'],
]

/** The text of --version. */
export function versionText(version: string): string {
  const abilities = ABILITIES.filter(([pattern]) => pattern.test(libcurlVersion)).map(
    ([, ability]) => ability,
  )
  return `parallelcurl ${version} (Node ${process.versions.node}, node-libcurl ${String(nodeLibcurlMajor)})
${libcurlVersion}
Can do: ${abilities.join(', ')}
`
}
