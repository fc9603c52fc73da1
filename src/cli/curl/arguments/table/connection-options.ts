/**
 * Options about connections: names, addresses, times, protocols. Does not know proxies and TLS.
 */
import { protocolsOf, setLocalPort } from '../values/grammars.js'
import { toSize } from '../values/numbers.js'
import { OptionProblem } from '../problems.js'
import {
  count,
  file,
  filled,
  flag,
  listed,
  notBlank,
  number,
  off,
  on,
  once,
  seconds,
  text,
  type CurlOption,
} from './option.js'

/** curl/curl.h: CURL_IPRESOLVE_*. */
const IP_VERSION = { v4: 1, v6: 2 } as const
/** The protocols that redirects may lead to by default. */
const REDIRECT_PROTOCOLS = ['http', 'https', 'ftp', 'ftps']
/** A limit of speed without a time, and the other way round. */
const SPEED_TIME = 30
const SPEED_LIMIT = 1
const SOCKETS = 'node-libcurl leaves sockets to libcurl'
const RESOLVER = 'it needs a libcurl with c-ares'
const NOTHING = (): void => undefined

export const CONNECTION_OPTIONS: readonly CurlOption[] = [
  file(
    'abstract-unix-socket',
    '',
    ({ settings }, value) => {
      settings.unixSocket = notBlank(value)
      settings.abstractUnixSocket = true
    },
    { option: 'ABSTRACT_UNIX_SOCKET' },
  ),
  seconds('connect-timeout', '', count('connectTimeoutMs')),
  text('connect-to', '', listed('connectTo')),
  text('dns-interface', '', NOTHING, { never: RESOLVER }),
  text('dns-ipv4-addr', '', NOTHING, { never: RESOLVER }),
  text('dns-ipv6-addr', '', NOTHING, { never: RESOLVER }),
  text('dns-servers', '', NOTHING, { never: RESOLVER }),
  flag('doh-cert-status', '', on('dohCertStatus')),
  flag('doh-insecure', '', on('dohInsecure')),
  text('doh-url', '', ({ settings }, value) => {
    if (value === '') delete settings.dohUrl
    else settings.dohUrl = value
  }),
  number('happy-eyeballs-timeout-ms', '', count('happyEyeballsTimeoutMs')),
  text('interface', '', filled('interface')),
  text('ip-tos', '', NOTHING, { never: SOCKETS }),
  once('ipv4', '4', ({ settings }) => {
    settings.ipVersion = IP_VERSION.v4
  }),
  once('ipv6', '6', ({ settings }) => {
    settings.ipVersion = IP_VERSION.v6
  }),
  flag('keepalive', '', off('noKeepalive')),
  number('keepalive-cnt', '', count('keepaliveCnt'), { option: 'TCP_KEEPCNT' }),
  number('keepalive-time', '', count('keepaliveTime')),
  text('limit-rate', '', ({ settings }, value) => {
    settings.limitRate = toSize(value)
  }),
  text('local-port', '', setLocalPort),
  seconds('max-time', 'm', count('maxTimeMs')),
  flag('mptcp', '', NOTHING, { never: SOCKETS }),
  text('proto', '', (parsing, value) => {
    parsing.settings.proto = protocolsOf(parsing, value, [...parsing.context.build.protocols])
  }),
  text('proto-default', '', ({ settings, context }, value) => {
    settings.protoDefault = notBlank(value)
    if (!context.build.protocols.has(value.toLowerCase())) throw new OptionProblem('noProtocol')
  }),
  text('proto-redir', '', (parsing, value) => {
    parsing.settings.protoRedir = protocolsOf(parsing, value, REDIRECT_PROTOCOLS)
  }),
  text('resolve', '', listed('resolve')),
  number('speed-limit', 'Y', ({ settings }, value) => {
    settings.speedLimit = value
    if (settings.speedTime === 0) settings.speedTime = SPEED_TIME
  }),
  number('speed-time', 'y', ({ settings }, value) => {
    settings.speedTime = value
    if (settings.speedLimit === 0) settings.speedLimit = SPEED_LIMIT
  }),
  flag('tcp-fastopen', '', on('tcpFastopen')),
  flag('tcp-nodelay', '', on('tcpNodelay')),
  text('telnet-option', 't', listed('telnetOption')),
  number('tftp-blksize', '', count('tftpBlksize')),
  flag('tftp-no-options', '', on('tftpNoOptions'), { option: 'TFTP_NO_OPTIONS' }),
  file('unix-socket', '', ({ settings }, value) => {
    settings.unixSocket = notBlank(value)
    settings.abstractUnixSocket = false
  }),
  number('vlan-priority', '', NOTHING, { never: SOCKETS }),
]
