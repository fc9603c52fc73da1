/**
 * Options about credentials and proxies. Does not know their TLS.
 */
import { AUTH, withBits } from '../values/auth.js'
import { wordOf } from '../values/grammars.js'
import { addHeaders } from '../values/targets.js'
import type { Parsing } from '../parsing.js'
import {
  bits,
  existing,
  file,
  filled,
  flag,
  gone,
  into,
  notBlank,
  on,
  once,
  text,
  type CurlOption,
} from './option.js'

/** curl/curl.h: CURLPROXY_*. */
const PROXY = {
  http: 0,
  http1_0: 1,
  https: 2,
  https2: 3,
  socks4: 4,
  socks5: 5,
  socks4a: 6,
  socks5h: 7,
} as const
/** curl/curl.h: CURLGSSAPI_DELEGATION_*. */
const DELEGATION = { none: 0, policy: 1, always: 2 }
const HTTPS_PROXY_2 = ['HTTPS-proxy']

const proxyOf =
  (type: number) =>
  ({ settings }: Parsing, value: string): void => {
    settings.proxy = notBlank(value)
    settings.proxyType = type
  }

export const PROXY_OPTIONS: readonly CurlOption[] = [
  once('anyauth', '', ({ settings }) => {
    settings.auth = AUTH.any
  }),
  text('aws-sigv4', '', ({ settings }, value) => {
    settings.auth = withBits(settings.auth, AUTH.aws)
    settings.awsSigv4 = value
  }),
  flag('basic', '', bits('auth', AUTH.basic)),
  text('delegation', '', (parsing, value) => {
    parsing.settings.delegation = wordOf(parsing, value, DELEGATION, 'delegation method', 'none')
  }),
  flag('digest', '', bits('auth', AUTH.digest)),
  text('haproxy-clientip', '', filled('haproxyClientip'), { option: 'HAPROXY_CLIENT_IP' }),
  flag('haproxy-protocol', '', on('haproxyProtocol')),
  text('httpsig-algo', '', () => undefined, { never: 'node-libcurl cannot set CURLOPT_HTTPSIG_ALGORITHM' }),
  text('httpsig-headers', '', () => undefined, { never: 'node-libcurl cannot set CURLOPT_HTTPSIG_HEADERS' }),
  file('httpsig-key', '', () => undefined, { never: 'node-libcurl cannot set CURLOPT_HTTPSIG_KEY' }),
  text('httpsig-keyid', '', () => undefined, { never: 'node-libcurl cannot set CURLOPT_HTTPSIG_KEYID' }),
  text('login-options', '', into('loginOptions')),
  flag('negotiate', '', bits('auth', AUTH.negotiate), { feature: 'SPNEGO' }),
  flag('netrc', 'n', on('netrc')),
  file('netrc-file', '', existing(filled('netrcFile'))),
  flag('netrc-optional', '', on('netrcOptional')),
  text('noproxy', '', into('noproxy')),
  flag('ntlm', '', bits('auth', AUTH.ntlm), { feature: 'NTLM' }),
  gone('ntlm-wb', '', false),
  text('oauth2-bearer', '', ({ settings }, value) => {
    settings.auth = withBits(settings.auth, AUTH.bearer)
    settings.oauth2Bearer = notBlank(value)
  }),
  text('preproxy', '', filled('preproxy')),
  text('proxy', 'x', ({ settings }, value) => {
    settings.proxy = value
    // --proxy-http2 stays.
    if (settings.proxyType !== PROXY.https2) settings.proxyType = PROXY.http
  }),
  flag('proxy-anyauth', '', on('proxyAnyauth')),
  flag('proxy-basic', '', on('proxyBasic')),
  flag('proxy-digest', '', on('proxyDigest')),
  text('proxy-header', '', (parsing, value) =>
    addHeaders(parsing, parsing.settings.proxyHeader, value, 'proxy'),
  ),
  flag(
    'proxy-http2',
    '',
    ({ settings }, value) => {
      settings.proxyType = value ? PROXY.https2 : PROXY.https
    },
    { feature: HTTPS_PROXY_2 },
  ),
  flag('proxy-http3', '', () => undefined, { never: 'libcurl is built without HTTP/3 to proxies' }),
  flag('proxy-negotiate', '', on('proxyNegotiate'), { feature: 'SPNEGO' }),
  flag('proxy-ntlm', '', on('proxyNtlm'), { feature: 'NTLM' }),
  text('proxy-service-name', '', filled('proxyServiceName')),
  text('proxy-user', 'U', into('proxyUser')),
  text('proxy1.0', '', proxyOf(PROXY.http1_0)),
  flag('proxytunnel', 'p', on('proxytunnel')),
  text('sasl-authzid', '', filled('saslAuthzid')),
  flag('sasl-ir', '', on('saslIr')),
  text('service-name', '', filled('serviceName')),
  text('socks4', '', proxyOf(PROXY.socks4)),
  text('socks4a', '', proxyOf(PROXY.socks4a)),
  text('socks5', '', proxyOf(PROXY.socks5)),
  flag('socks5-basic', '', bits('socks5Auth', AUTH.basic)),
  flag('socks5-gssapi', '', bits('socks5Auth', AUTH.negotiate)),
  flag('socks5-gssapi-nec', '', on('socks5GssapiNec')),
  // Taken by curl's table, and by nothing behind it.
  text('socks5-gssapi-service', '', () => undefined),
  text('socks5-hostname', '', proxyOf(PROXY.socks5h)),
  flag('suppress-connect-headers', '', on('suppressConnectHeaders')),
  text('user', 'u', into('user')),
]
