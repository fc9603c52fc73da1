/**
 * Cases of the comparison with PHP: redirects, authentication, cookies, proxies and failures. Does not know
 * how they are run.
 */
import { array, constant, differs, options, type Case, type CaseOptions, type Value } from './case.js'

const on = '{http}/echo'

const follow = (more: Readonly<Record<string, Value>> = {}): CaseOptions =>
  options({ FOLLOWLOCATION: true, ...more })
const redirects: Case[] = [
  { name: 'a redirect, not followed', url: '{http}/redirect/1' },
  { name: 'a redirect, followed', url: '{http}/redirect/3', options: follow() },
  { name: 'too many redirects', url: '{http}/redirect/3', options: follow({ MAXREDIRS: 2 }) },
  { name: 'PHP’s 20 redirects', url: '{http}/redirect/20', options: follow() },
  { name: 'one more than 20', url: '{http}/redirect/21', options: follow() },
  { name: 'no limit of redirects', url: '{http}/redirect/25', options: follow({ MAXREDIRS: -1 }) },
  ...[301, 302, 303, 307, 308].map((code): Case => {
    return {
      name: `POST over ${String(code)}`,
      url: `{http}/redirect/1?code=${String(code)}`,
      options: follow(),
      postFields: 'a=1',
    }
  }),
  ...[1, 2, 4, 7].map((bits): Case => {
    return {
      name: `POSTREDIR ${String(bits)} over 302`,
      url: '{http}/redirect/1',
      options: follow({ POSTREDIR: bits }),
      postFields: 'a=1',
    }
  }),
  {
    name: 'a custom request over 302',
    url: '{http}/redirect/1',
    options: follow({ CUSTOMREQUEST: 'PUT' }),
    postFields: 'a=1',
  },
  {
    name: 'a form over 302',
    url: '{http}/redirect/1',
    options: follow(),
    postFields: array({ a: '1' }),
    differs: differs('content type of forms', 'requests'),
  },
  { name: 'AUTOREFERER', url: '{http}/redirect/1', options: follow({ AUTOREFERER: true }) },
  {
    name: 'credentials stay at home',
    url: '{http}/redirect-to?url={other}/echo',
    options: follow({ USERPWD: 'user:secret' }),
  },
  {
    name: 'UNRESTRICTED_AUTH',
    url: '{http}/redirect-to?url={other}/echo',
    options: follow({ USERPWD: 'user:secret', UNRESTRICTED_AUTH: true }),
  },
  { name: 'a redirect to a file', url: '{http}/redirect-to?url=file:///etc/passwd', options: follow() },
  { name: 'a relative redirect', url: '{http}/redirect-to?url=%3Fx=1', options: follow({ MAXREDIRS: 1 }) },
]

const auth: Case[] = [
  { name: 'basic', url: '{http}/auth/basic', options: options({ USERPWD: 'user:pass word' }) },
  { name: 'basic, wrong', url: '{http}/auth/basic', options: options({ USERPWD: 'user:wrong' }) },
  { name: 'basic in the URL', url: 'http://user:pass%20word@127.0.0.1:{port}/auth/basic' },
  {
    name: 'digest',
    url: '{http}/auth/digest',
    options: options({ USERPWD: 'user:pass word', HTTPAUTH: constant('CURLAUTH_DIGEST') }),
  },
  {
    name: 'whichever',
    url: '{http}/auth/digest',
    options: options({ USERPWD: 'user:pass word', HTTPAUTH: constant('CURLAUTH_ANY') }),
  },
  {
    name: 'digest with a body',
    url: '{http}/auth/digest',
    options: options({ USERPWD: 'user:pass word', HTTPAUTH: 2 }),
    postFields: 'a=1',
  },
  {
    name: 'user name and password apart',
    url: '{http}/auth/basic',
    options: options({ USERNAME: 'user', PASSWORD: 'pass word' }),
  },
  {
    name: 'a bearer',
    url: on,
    options: options({ HTTPAUTH: constant('CURLAUTH_BEARER'), XOAUTH2_BEARER: 'token' }),
  },
  {
    name: 'an Authorization header',
    url: on,
    options: options({ HTTPHEADER: array(['Authorization: mine']) }),
  },
  {
    name: 'users in URLs not allowed',
    url: 'http://user@127.0.0.1:{port}/echo',
    options: options({ DISALLOW_USERNAME_IN_URL: true }),
  },
]

const cookies: Case[] = [
  { name: 'cookies without an engine', url: '{http}/cookie-redirect', options: follow() },
  { name: 'cookies with an engine', url: '{http}/cookie-redirect', options: follow({ COOKIEFILE: '' }) },
  {
    name: 'cookies beside a Cookie',
    url: '{http}/cookie-redirect',
    options: follow({ COOKIEFILE: '', COOKIE: 'own=1' }),
  },
  {
    name: 'COOKIELIST',
    url: on,
    options: options({ COOKIELIST: '127.0.0.1\tFALSE\t/\tFALSE\t0\ta\t1' }),
  },
  { name: 'a cookie file', url: on, options: options({ COOKIEFILE: '{cookies}' }) },
]

const proxy = '127.0.0.1:{port}'
const proxies: Case[] = [
  { name: 'a proxy', url: 'http://some.invalid/echo', options: options({ PROXY: proxy }) },
  {
    name: 'a proxy by its parts',
    url: 'http://some.invalid/echo',
    options: [
      ['CURLOPT_PROXY', '127.0.0.1'],
      ['CURLOPT_PROXYPORT', '{port}'],
    ],
  },
  {
    name: 'a proxy with a password',
    url: 'http://some.invalid/echo',
    options: options({ PROXY: proxy, PROXYUSERPWD: 'u:p' }),
  },
  {
    name: 'a proxy with a header',
    url: 'http://some.invalid/echo',
    options: options({ PROXY: proxy, PROXYHEADER: array(['X: 1']), HEADEROPT: 1 }),
  },
  { name: 'a tunnel', url: '{other}/echo', options: options({ PROXY: proxy, HTTPPROXYTUNNEL: true }) },
  {
    name: 'a tunnel with HEADER',
    url: '{other}/status/200',
    options: options({ PROXY: proxy, HTTPPROXYTUNNEL: true, HEADER: true }),
  },
  {
    name: 'a tunnel without its header',
    url: '{other}/status/200',
    options: options({ PROXY: proxy, HTTPPROXYTUNNEL: true, HEADER: true, SUPPRESS_CONNECT_HEADERS: true }),
  },
  {
    name: 'no proxy for this host',
    url: on,
    options: options({ PROXY: '127.0.0.1:{refused}', NOPROXY: '127.0.0.1' }),
  },
  { name: 'an empty proxy', url: on, options: options({ PROXY: '' }) },
]

const failures: Case[] = [
  { name: 'refused', url: 'http://127.0.0.1:{refused}/' },
  { name: 'no such host', url: 'http://no-such-host.invalid/' },
  { name: 'no such proxy', url: on, options: options({ PROXY: 'no-such-host.invalid:1' }) },
  { name: 'an unknown scheme', url: 'nosuch://127.0.0.1/' },
  {
    name: 'a file',
    url: 'file:///etc/hostname',
    differs: differs(
      'protocols',
      'content',
      'errno',
      'hasError',
      'info.filetime',
      'info.size_download',
      'info.download_content_length',
      'info.protocol',
      'info.scheme',
    ),
  },
  { name: 'an empty URL', url: '' },
  { name: 'a space in the URL', url: '{http}/a b' },
  { name: 'a broken port', url: 'http://127.0.0.1:99999/' },
  { name: 'a timeout', url: '{http}/hang', options: options({ TIMEOUT_MS: 100 }) },
  { name: 'a timeout with a part of the body', url: '{http}/stall', options: options({ TIMEOUT_MS: 200 }) },
  { name: 'closed without an answer', url: '{http}/close' },
  { name: 'reset', url: '{http}/reset', differs: differs('reset connections', 'errno') },
  { name: 'truncated', url: '{http}/truncate' },
  { name: 'a bad chunk', url: '{http}/bad-chunk' },
  { name: 'a bad status line', url: '{tcp}/' },
  { name: 'HTTP/0.9 allowed', url: '{tcp}/', options: options({ HTTP09_ALLOWED: true }) },
  { name: 'a body that is too large', url: '{http}/bytes/1000', options: options({ MAXFILESIZE: 10 }) },
  { name: 'a broken encoding', url: '{http}/broken-gzip', options: options({ ENCODING: 'gzip' }) },
  { name: 'a resume that is refused', url: '{http}/status/200', options: options({ RESUME_FROM: 10 }) },
  { name: 'a certificate of nobody', url: '{https}/echo' },
  {
    name: 'a certificate that is not checked',
    url: '{https}/echo',
    options: options({ SSL_VERIFYPEER: false, SSL_VERIFYHOST: false }),
  },
  { name: 'a certificate of an authority', url: '{https}/echo', options: options({ CAINFO: '{ca}' }) },
  { name: 'SSL_VERIFYHOST 1', url: '{https}/echo', options: options({ CAINFO: '{ca}', SSL_VERIFYHOST: 1 }) },
  { name: 'CERTINFO', url: '{https}/echo', options: options({ CAINFO: '{ca}', CERTINFO: true }) },
  { name: 'no such CA file', url: '{https}/echo', options: options({ CAINFO: '/no/such/file' }) },
  { name: 'https to a server without it', url: 'https://127.0.0.1:{port}/' },
  {
    name: 'protocols that are allowed',
    url: on,
    options: options({ PROTOCOLS: constant('CURLPROTO_HTTPS') }),
  },
  { name: 'an interface that is not there', url: on, options: options({ INTERFACE: 'nosuch0' }) },
]

export const wireCases: readonly Case[] = [...redirects, ...auth, ...cookies, ...proxies, ...failures]
