/**
 * The settings of one operation of a curl command line, parsed and checked. Does not know how they were
 * spelled.
 *
 * Names are those of curl's long options in camelCase. Source of all meanings: curl(1) of curl 8.22.
 */

export type HttpMethodKind = 'unspecified' | 'get' | 'head' | 'form' | 'post' | 'put'

/** Settings of one operation. Optional ones are undefined where the option was not given. */
export interface OperationSettings {
  // Output
  outputDir?: string
  createDirs: boolean
  /** Bits. */
  createFileMode?: number
  clobber: 'default' | 'never' | 'always'
  skipExisting: boolean
  removeOnError: boolean
  remoteHeaderName: boolean
  remoteNameAll: boolean
  remoteTime: boolean
  xattr: boolean
  noBuffer: boolean
  /** `-i`. */
  showHeaders: boolean
  /** `-D`: a path, `-` is stdout, `%` is stderr. */
  dumpHeader?: string
  etagSave?: string
  etagCompare?: string
  writeOut?: string
  fail: 'no' | 'withoutBody' | 'withBody'

  // Retries
  retry: number
  retryAllErrors: boolean
  retryConnrefused: boolean
  /** 0: curl's own growing delay. */
  retryDelayMs: number
  /** 0: no limit. */
  retryMaxTimeMs: number

  // The request
  httpMethod: HttpMethodKind
  request?: string
  requestTarget?: string
  get: boolean
  head: boolean
  /** Header lines as given. */
  readonly header: string[]
  readonly proxyHeader: string[]
  userAgent?: string
  referer?: string
  autoReferer: boolean
  /** `-b NAME=VALUE`, each as given. */
  readonly cookie: string[]
  /** `-b FILE`. */
  readonly cookieFile: string[]
  cookieJar?: string
  junkSessionCookies: boolean
  /** All of `-d` and its kin, joined. */
  data?: Buffer
  json: boolean
  /** `--url-query`, joined. */
  urlQuery?: string
  form?: FormNode
  formEscape: boolean
  range?: string
  /** `-C`. */
  continueAt?: number | 'auto'
  timeCond: 'none' | 'ifModified' | 'ifUnmodified' | 'lastModified'
  /** Seconds since 1970. */
  timeValue: number
  globoff: boolean
  pathAsIs: boolean
  disallowUsernameInUrl: boolean
  compressed: boolean
  trEncoding: boolean
  raw: boolean
  ignoreContentLength: boolean
  http09: boolean
  /** CURL_HTTP_VERSION_*; 0: not said. */
  httpVersion: number
  expect100TimeoutMs: number
  /** CURLFOLLOW_*: 0 none, 1 all (`-L`), 2 as the status says (`--follow`). */
  follow: 0 | 1 | 2
  locationTrusted: boolean
  maxRedirs: number
  post301: boolean
  post302: boolean
  post303: boolean
  maxFilesize: number
  crlf: boolean
  useAscii: boolean
  listOnly: boolean
  append: boolean
  altSvc?: string
  hsts?: string
  ipfsGateway?: string
  /** CURLULFLAG_* bits. */
  uploadFlags: number

  // Credentials
  user?: string
  /** CURLAUTH_* bits; 0: not said. */
  auth: number
  oauth2Bearer?: string
  awsSigv4?: string
  loginOptions?: string
  netrc: boolean
  netrcOptional: boolean
  netrcFile?: string
  delegation: number
  serviceName?: string
  saslAuthzid?: string
  saslIr: boolean

  // Proxies
  proxy?: string
  /** CURLPROXY_*. */
  proxyType: number
  preproxy?: string
  proxyUser?: string
  proxytunnel: boolean
  proxyAnyauth: boolean
  proxyNegotiate: boolean
  proxyNtlm: boolean
  proxyDigest: boolean
  proxyBasic: boolean
  noproxy?: string
  suppressConnectHeaders: boolean
  proxyServiceName?: string
  socks5Auth: number
  socks5GssapiNec: boolean
  haproxyProtocol: boolean
  haproxyClientip?: string

  // Connections
  connectTimeoutMs: number
  maxTimeMs: number
  speedLimit: number
  speedTime: number
  /** Bytes per second, both ways. */
  limitRate: number
  /** CURL_IPRESOLVE_*. */
  ipVersion: 0 | 1 | 2
  interface?: string
  localPort: number
  localPortRange: number
  readonly resolve: string[]
  readonly connectTo: string[]
  dohUrl?: string
  dohInsecure: boolean
  dohCertStatus: boolean
  unixSocket?: string
  abstractUnixSocket: boolean
  noKeepalive: boolean
  keepaliveTime: number
  keepaliveCnt: number
  tcpNodelay: boolean
  tcpFastopen: boolean
  happyEyeballsTimeoutMs: number
  /** `--proto`: names, sorted, joined by commas. */
  proto?: string
  protoRedir?: string
  protoDefault?: string
  tftpBlksize: number
  tftpNoOptions: boolean
  readonly telnetOption: string[]

  // FTP and mail
  ftpPort?: string
  disableEpsv: boolean
  disableEprt: boolean
  ftpAccount?: string
  ftpAlternativeToUser?: string
  ftpMethod: number
  ftpSkipPasvIp: boolean
  ftpPret: boolean
  ftpCreateDirs: boolean
  ftpSslCcc: boolean
  ftpSslCccMode: number
  readonly quote: string[]
  readonly postquote: string[]
  readonly prequote: string[]
  mailFrom?: string
  readonly mailRcpt: string[]
  mailAuth?: string
  mailRcptAllowfails: boolean

  // TLS and SSH
  tls: TlsSettings
  proxyTls: TlsSettings
  /** `--ssl`, `--ssl-reqd`, `--ftp-ssl-control`. */
  ssl: boolean
  sslReqd: boolean
  sslControl: boolean
  /** 0: libcurl's, 1 to 4: TLS 1.0 to 1.3. */
  tlsMin: number
  tlsMax: number
  proxyTlsv1: boolean
  noSessionid: boolean
  noAlpn: boolean
  certStatus: boolean
  engine?: string
  ech?: string
  curves?: string
  sigalgs?: string
  noRevoke: boolean
  revokeBestEffort: boolean
  earlyData: boolean
  pubkey?: string
  hostpubmd5?: string
  hostpubsha256?: string
  knownhosts?: string
  compressedSsh: boolean
}

/** The settings of TLS, to the server and to a proxy. */
export interface TlsSettings {
  insecure: boolean
  cacert?: string
  capath?: string
  crlfile?: string
  cert?: string
  certType?: string
  key?: string
  keyType?: string
  pass?: string
  ciphers?: string
  tls13Ciphers?: string
  pinnedpubkey?: string
  caNative: boolean
  allowBeast: boolean
  autoClientCert: boolean
}

/** A part of a form, or the form itself. */
export interface FormNode {
  name?: string
  filename?: string
  type?: string
  encoder?: string
  headers: string[]
  content: FormContent
}

export type FormContent =
  /** `isStdin`: the bytes came from stdin. */
  | { readonly kind: 'data'; readonly bytes: Buffer; readonly isStdin?: boolean }
  /** Its name is sent (`@`) or is not (`<`). */
  | { readonly kind: 'file'; readonly path: string; readonly sendsName: boolean }
  | { readonly kind: 'parts'; readonly parts: FormNode[] }
