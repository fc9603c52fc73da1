/**
 * Options about TLS and SSH, to servers and to proxies. Does not know what they are for.
 */
import { certificateOf, tlsVersionOf } from '../values/grammars.js'
import { InformationWanted, type Parsing } from '../parsing.js'
import { OptionProblem } from '../problems.js'
import {
  existing,
  file,
  filled,
  flag,
  gone,
  notBlank,
  off,
  on,
  once,
  text,
  tlsFlag,
  tlsText,
  type CurlOption,
} from './option.js'

const MD5_LENGTH = 32

const tlsFrom =
  (version: number) =>
  (parsing: Parsing): void => {
    const { settings } = parsing
    if (settings.tlsMax !== 0 && settings.tlsMax < version) {
      parsing.error('Minimum TLS version set higher than max')
      throw new OptionProblem('badUse')
    }
    settings.tlsMin = version
  }

const certificate =
  (side: 'tls' | 'proxyTls') =>
  ({ settings }: Parsing, value: string): void => {
    const { file: path, password } = certificateOf(value)
    settings[side].cert = path
    if (password !== undefined) settings[side].pass = password
  }

/** `--ssl` and its older name. */
function setSsl(parsing: Parsing, value: boolean, long: string): void {
  const { settings } = parsing
  settings.ssl = value
  if (!value) return
  parsing.warn(`--${long} is an insecure option, consider --ssl-reqd instead`)
  if (!settings.sslControl) return
  settings.sslControl = false
  parsing.warn(`--${long} overrides --ftp-ssl-control`)
}

export const TLS_OPTIONS: readonly CurlOption[] = [
  flag('alpn', '', off('noAlpn')),
  flag('ca-native', '', tlsFlag('tls', 'caNative')),
  file('cacert', '', existing(tlsText('tls', 'cacert'))),
  file('capath', '', tlsText('tls', 'capath')),
  file('cert', 'E', certificate('tls')),
  flag('cert-status', '', on('certStatus')),
  text('cert-type', '', tlsText('tls', 'certType')),
  text('ciphers', '', tlsText('tls', 'ciphers')),
  flag('compressed-ssh', '', on('compressedSsh')),
  file('crlfile', '', existing(tlsText('tls', 'crlfile'))),
  text('curves', '', filled('curves')),
  text('ech', '', filled('ech'), { feature: 'ECH' }),
  gone('egd-file', '', true),
  text('engine', '', ({ settings }, value) => {
    settings.engine = notBlank(value)
    if (value === 'list') throw new InformationWanted({ kind: 'engines' })
  }),
  gone('false-start', '', false),
  flag('ftp-ssl', '', setSsl),
  flag('ftp-ssl-control', '', (parsing, value, long) => {
    const { settings } = parsing
    settings.sslControl = value
    if (!value || !settings.ssl) return
    settings.ssl = false
    parsing.warn(`--${long} overrides --ssl`)
  }),
  flag('ftp-ssl-reqd', '', on('sslReqd')),
  text('hostpubmd5', '', ({ settings }, value) => {
    settings.hostpubmd5 = notBlank(value)
    if (value.length !== MD5_LENGTH) throw new OptionProblem('badUse')
  }),
  text('hostpubsha256', '', filled('hostpubsha256'), { option: 'SSH_HOST_PUBLIC_KEY_SHA256' }),
  flag('insecure', 'k', tlsFlag('tls', 'insecure')),
  file('key', '', tlsText('tls', 'key')),
  text('key-type', '', tlsText('tls', 'keyType')),
  file('knownhosts', '', existing(filled('knownhosts'))),
  gone('npn', '', false),
  text('pass', '', tlsText('tls', 'pass')),
  text('pinnedpubkey', '', tlsText('tls', 'pinnedpubkey')),
  flag('proxy-ca-native', '', tlsFlag('proxyTls', 'caNative')),
  file('proxy-cacert', '', existing(tlsText('proxyTls', 'cacert'))),
  file('proxy-capath', '', tlsText('proxyTls', 'capath')),
  file('proxy-cert', '', certificate('proxyTls')),
  text('proxy-cert-type', '', tlsText('proxyTls', 'certType')),
  text('proxy-ciphers', '', tlsText('proxyTls', 'ciphers')),
  file('proxy-crlfile', '', existing(tlsText('proxyTls', 'crlfile'))),
  flag('proxy-insecure', '', tlsFlag('proxyTls', 'insecure')),
  file('proxy-key', '', ({ settings }, value) => {
    settings.proxyTls.key = value
  }),
  text('proxy-key-type', '', tlsText('proxyTls', 'keyType')),
  text('proxy-pass', '', ({ settings }, value) => {
    settings.proxyTls.pass = value
  }),
  text('proxy-pinnedpubkey', '', tlsText('proxyTls', 'pinnedpubkey')),
  flag('proxy-ssl-allow-beast', '', tlsFlag('proxyTls', 'allowBeast')),
  flag('proxy-ssl-auto-client-cert', '', tlsFlag('proxyTls', 'autoClientCert')),
  text('proxy-tls13-ciphers', '', tlsText('proxyTls', 'tls13Ciphers')),
  gone('proxy-tlsauthtype', '', true),
  gone('proxy-tlspassword', '', true),
  gone('proxy-tlsuser', '', true),
  once('proxy-tlsv1', '', ({ settings }) => {
    settings.proxyTlsv1 = true
  }),
  text('pubkey', '', filled('pubkey')),
  gone('random-file', '', true),
  flag('sessionid', '', off('noSessionid')),
  text('sigalgs', '', filled('sigalgs'), { option: 'SSL_SIGNATURE_ALGORITHMS' }),
  flag('ssl', '', setSsl),
  flag('ssl-allow-beast', '', tlsFlag('tls', 'allowBeast')),
  flag('ssl-auto-client-cert', '', tlsFlag('tls', 'autoClientCert')),
  flag('ssl-no-revoke', '', on('noRevoke')),
  flag('ssl-reqd', '', on('sslReqd')),
  flag('ssl-revoke-best-effort', '', on('revokeBestEffort')),
  gone('sslv2', '2', false),
  gone('sslv3', '3', false),
  flag('tls-earlydata', '', on('earlyData')),
  text('tls-max', '', (parsing, value) => {
    const { settings } = parsing
    settings.tlsMax = tlsVersionOf(value)
    if (settings.tlsMax >= settings.tlsMin) return
    parsing.error('--tls-max set lower than minimum accepted version')
    throw new OptionProblem('badUse')
  }),
  text('tls13-ciphers', '', tlsText('tls', 'tls13Ciphers')),
  gone('tlsauthtype', '', true),
  gone('tlspassword', '', true),
  gone('tlsuser', '', true),
  once('tlsv1', '1', tlsFrom(1)),
  once('tlsv1.0', '', tlsFrom(1)),
  once('tlsv1.1', '', tlsFrom(2)),
  once('tlsv1.2', '', tlsFrom(3)),
  once('tlsv1.3', '', tlsFrom(4)),
]
