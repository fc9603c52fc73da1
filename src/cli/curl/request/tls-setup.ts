/**
 * From settings to libcurl's options about TLS and SSH. Does not know other options. Source: curl's
 * config2setopts.c and tool_operate.c.
 */
import { FAILED_INIT } from '../../../curl-codes.js'
import { join } from 'node:path'
import { CurlError, type CurlContext, type GlobalSettings } from '../invocation.js'
import type { OperationSettings, TlsSettings } from '../operation-settings.js'
import { setAll, type Options } from './transfer-options.js'

/** curl/curl.h: CURL_SSLVERSION_*, CURLSSLOPT_*, CURLUSESSL_*. */
const LOWEST = [6, 4, 5, 6, 7] as const
const HIGHEST_SHIFT = 65_536
const TLS_1 = 1
const [ALLOW_BEAST, NO_REVOKE, REVOKE_BEST_EFFORT, NATIVE_CA, AUTO_CLIENT_CERT, EARLY_DATA] = [
  1, 2, 8, 16, 32, 64,
] as const
const USE_SSL = { try: 1, control: 2, all: 3 } as const

/** The least version and, in the upper half, the greatest one. */
function versionOf(least: number, most: number): number {
  const from = least === 0 && most > 0 && most < 3 ? most : least
  return (LOWEST[from] ?? 6) + (most === 0 ? 0 : (most + 3) * HIGHEST_SHIFT)
}

export function tlsOptions(settings: OperationSettings, { env }: CurlContext): Options {
  const { tls, proxyTls, ssl, sslReqd, sslControl } = settings
  const { cacert, capath } = authorities(settings, env)
  const options: Options = { SSLVERSION: versionOf(settings.tlsMin, settings.tlsMax) }
  if (settings.proxy !== undefined && settings.proxyTlsv1) options['PROXY_SSLVERSION'] = TLS_1
  setAll(options, {
    CAINFO: cacert,
    CAPATH: capath,
    PROXY_CAINFO: proxyTls.cacert,
    PROXY_CAPATH: proxyTls.capath ?? capath,
    CRLFILE: tls.crlfile,
    PROXY_CRLFILE: proxyTls.crlfile ?? tls.crlfile,
    PINNEDPUBLICKEY: tls.pinnedpubkey,
    PROXY_PINNEDPUBLICKEY: proxyTls.pinnedpubkey,
    SSL_EC_CURVES: settings.curves,
    SSL_SIGNATURE_ALGORITHMS: settings.sigalgs,
    SSL_VERIFYSTATUS: settings.certStatus,
    DOH_SSL_VERIFYSTATUS: settings.dohCertStatus,
    SSL_OPTIONS:
      bitsOf(tls) |
      (settings.noRevoke ? NO_REVOKE : 0) |
      (settings.revokeBestEffort ? REVOKE_BEST_EFFORT : 0) |
      (settings.earlyData ? EARLY_DATA : 0),
    PROXY_SSL_OPTIONS: bitsOf(proxyTls),
    SSL_CIPHER_LIST: tls.ciphers,
    PROXY_SSL_CIPHER_LIST: proxyTls.ciphers,
    TLS13_CIPHERS: tls.tls13Ciphers,
    PROXY_TLS13_CIPHERS: proxyTls.tls13Ciphers,
    ECH: settings.ech,
    SSLENGINE: settings.engine,
    USE_SSL: sslReqd ? USE_SSL.all : ssl ? USE_SSL.try : sslControl ? USE_SSL.control : 0,
    ...identity(tls, ''),
    ...identity(proxyTls, 'PROXY_'),
  })
  const zero = (isOff: boolean, ...names: readonly string[]): void => {
    if (isOff) for (const name of names) options[name] = 0
  }
  zero(tls.insecure, 'SSL_VERIFYPEER', 'SSL_VERIFYHOST')
  zero(proxyTls.insecure, 'PROXY_SSL_VERIFYPEER', 'PROXY_SSL_VERIFYHOST')
  zero(settings.dohInsecure, 'DOH_SSL_VERIFYPEER', 'DOH_SSL_VERIFYHOST')
  zero(settings.noSessionid, 'SSL_SESSIONID_CACHE')
  zero(settings.noAlpn, 'SSL_ENABLE_ALPN')
  return options
}

function identity(
  { cert, certType, key, keyType }: TlsSettings,
  prefix: string,
): Record<string, string | undefined> {
  const engine = (path: string | undefined): string | undefined =>
    path !== undefined && /^pkcs11:/i.test(path) ? 'ENG' : undefined
  return {
    [`${prefix}SSLCERT`]: cert,
    [`${prefix}SSLCERTTYPE`]: certType ?? engine(cert),
    [`${prefix}SSLKEY`]: key,
    [`${prefix}SSLKEYTYPE`]: keyType ?? engine(key),
  }
}

function bitsOf({ allowBeast, caNative, autoClientCert }: TlsSettings): number {
  return (allowBeast ? ALLOW_BEAST : 0) | (caNative ? NATIVE_CA : 0) | (autoClientCert ? AUTO_CLIENT_CERT : 0)
}

/** Certificates that the environment names count where no option does, and something is verified. */
function authorities(
  { tls, dohUrl, dohInsecure }: OperationSettings,
  env: CurlContext['env'],
): { cacert: string | undefined; capath: string | undefined } {
  const { cacert, capath, insecure } = tls
  const isUnchecked = insecure && (dohUrl === undefined || dohInsecure)
  if (cacert !== undefined || capath !== undefined || isUnchecked) return { cacert, capath }
  const bundle = env['CURL_CA_BUNDLE']
  if (bundle !== undefined && bundle !== '') return { cacert: bundle, capath }
  return { cacert: env['SSL_CERT_FILE'] || undefined, capath: env['SSL_CERT_DIR'] || undefined }
}

/** Where there is a host key to check, and none that is known, curl does not connect. */
export function sshOptions(
  settings: OperationSettings,
  global: GlobalSettings,
  context: CurlContext,
): Options {
  const options: Options = {}
  setAll(options, {
    SSH_PRIVATE_KEYFILE: settings.tls.key,
    SSH_PUBLIC_KEYFILE: settings.pubkey,
    SSH_HOST_PUBLIC_KEY_MD5: settings.hostpubmd5,
    SSH_HOST_PUBLIC_KEY_SHA256: settings.hostpubsha256,
    SSH_COMPRESSION: settings.compressedSsh,
  })
  if (settings.tls.insecure) return options
  const known = settings.knownhosts ?? defaultKnownHosts(context)
  const say = (kind: 'warning' | 'error', isQuiet: boolean): void => {
    if (!isQuiet) context.say(kind, 'Could not find a known_hosts file')
  }
  if (known !== undefined) options['SSH_KNOWNHOSTS'] = known
  else if (settings.hostpubmd5 === undefined && settings.hostpubsha256 === undefined) {
    say('error', global.silent && !global.showError)
    throw new CurlError(FAILED_INIT, [])
  } else say('warning', global.silent)
  return options
}

function defaultKnownHosts(context: CurlContext): string | undefined {
  for (const name of ['CURL_HOME', 'HOME']) {
    const folder = context.env[name]
    if (folder === undefined || folder === '') continue
    const path = join(folder, '.ssh', 'known_hosts')
    if (context.fileTime(path) !== undefined) return path
  }
  return undefined
}
