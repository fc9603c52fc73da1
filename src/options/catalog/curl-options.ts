/**
 * The types of libcurl's options, as an editor completes them.
 * Written by scripts/generate/options.ts, which is what to change, from node-libcurl 4.0.0 and 5.1.2, libcurl 8.22.0:
 * no line is written by hand. Does not know which of them the installed libcurl has: that is checked when they are used.
 */
import type { PostFieldsInput } from '../values/post-fields.js'
import type {
  ChunkFileInfo,
  HstsCacheCount,
  HstsCacheEntry,
  HttpPostField,
  IntegerValue,
  ListValue,
  ShareHandle,
  StringValue,
  BlobValue,
} from '../values/option-values.js'

/** libcurl's options for one transfer, by their names without `CURLOPT_`. */
export interface CurlEasyOptions {
  /**
   * Timeout for waiting for the server's connect back to be accepted. Milliseconds.
   * https://curl.se/libcurl/c/CURLOPT_ACCEPTTIMEOUT_MS.html
   */
  ACCEPTTIMEOUT_MS?: IntegerValue
  /**
   * Accept-Encoding, and decoding of what comes. An empty string offers all that libcurl can decode.
   * https://curl.se/libcurl/c/CURLOPT_ACCEPT_ENCODING.html
   */
  ACCEPT_ENCODING?: StringValue
  /**
   * IPv6 scope for local addresses.
   * https://curl.se/libcurl/c/CURLOPT_ADDRESS_SCOPE.html
   */
  ADDRESS_SCOPE?: IntegerValue
  /**
   * Append to remote file.
   * https://curl.se/libcurl/c/CURLOPT_APPEND.html
   */
  APPEND?: IntegerValue
  /**
   * Automatically set Referer: header.
   * https://curl.se/libcurl/c/CURLOPT_AUTOREFERER.html
   */
  AUTOREFERER?: IntegerValue
  /**
   * AWS HTTP V4 Signature.
   * https://curl.se/libcurl/c/CURLOPT_AWS_SIGV4.html
   */
  AWS_SIGV4?: StringValue
  /**
   * Size of the receive buffer. Larger ones make large downloads faster. Bytes.
   * https://curl.se/libcurl/c/CURLOPT_BUFFERSIZE.html
   */
  BUFFERSIZE?: IntegerValue
  /**
   * CA cert bundle.
   * https://curl.se/libcurl/c/CURLOPT_CAINFO.html
   */
  CAINFO?: StringValue
  /**
   * CA cert bundle memory buffer.
   * https://curl.se/libcurl/c/CURLOPT_CAINFO_BLOB.html
   */
  CAINFO_BLOB?: BlobValue
  /**
   * Path to CA cert bundle.
   * https://curl.se/libcurl/c/CURLOPT_CAPATH.html
   */
  CAPATH?: StringValue
  /**
   * Timeout for CA cache. Seconds. Needs node-libcurl 5 with libcurl 7.87.0 or newer.
   * https://curl.se/libcurl/c/CURLOPT_CA_CACHE_TIMEOUT.html
   */
  CA_CACHE_TIMEOUT?: IntegerValue
  /**
   * Extract certificate info.
   * https://curl.se/libcurl/c/CURLOPT_CERTINFO.html
   */
  CERTINFO?: IntegerValue
  /**
   * Callback for wildcard download start of chunk.
   * https://curl.se/libcurl/c/CURLOPT_CHUNK_BGN_FUNCTION.html
   */
  CHUNK_BGN_FUNCTION?: ((file: ChunkFileInfo, remains: number) => number) | null
  /**
   * Callback for wildcard download end of chunk.
   * https://curl.se/libcurl/c/CURLOPT_CHUNK_END_FUNCTION.html
   */
  CHUNK_END_FUNCTION?: (() => number) | null
  /**
   * Timeout for the connection phase. Seconds.
   * https://curl.se/libcurl/c/CURLOPT_CONNECTTIMEOUT.html
   */
  CONNECTTIMEOUT?: IntegerValue
  /**
   * Millisecond timeout for the connection phase. Milliseconds.
   * https://curl.se/libcurl/c/CURLOPT_CONNECTTIMEOUT_MS.html
   */
  CONNECTTIMEOUT_MS?: IntegerValue
  /**
   * Only connect, nothing else.
   * https://curl.se/libcurl/c/CURLOPT_CONNECT_ONLY.html
   */
  CONNECT_ONLY?: IntegerValue
  /**
   * Connect to a specific host and port.
   * https://curl.se/libcurl/c/CURLOPT_CONNECT_TO.html
   */
  CONNECT_TO?: ListValue
  /**
   * Cookie(s) to send.
   * https://curl.se/libcurl/c/CURLOPT_COOKIE.html
   */
  COOKIE?: StringValue
  /**
   * File to read cookies from. An empty string switches the cookie engine on.
   * https://curl.se/libcurl/c/CURLOPT_COOKIEFILE.html
   */
  COOKIEFILE?: StringValue
  /**
   * File to write cookies to.
   * https://curl.se/libcurl/c/CURLOPT_COOKIEJAR.html
   */
  COOKIEJAR?: StringValue
  /**
   * Add a cookie, or control the cookies that are held: `ALL`, `SESS`, `FLUSH`, `RELOAD`.
   * https://curl.se/libcurl/c/CURLOPT_COOKIELIST.html
   */
  COOKIELIST?: StringValue
  /**
   * Start a new cookie session.
   * https://curl.se/libcurl/c/CURLOPT_COOKIESESSION.html
   */
  COOKIESESSION?: IntegerValue
  /**
   * Convert newlines.
   * https://curl.se/libcurl/c/CURLOPT_CRLF.html
   */
  CRLF?: IntegerValue
  /**
   * Certificate Revocation List.
   * https://curl.se/libcurl/c/CURLOPT_CRLFILE.html
   */
  CRLFILE?: StringValue
  /**
   * Custom request/method.
   * https://curl.se/libcurl/c/CURLOPT_CUSTOMREQUEST.html
   */
  CUSTOMREQUEST?: StringValue
  /**
   * Gets what libcurl logs; called only with `VERBOSE: true`.
   * https://curl.se/libcurl/c/CURLOPT_DEBUGFUNCTION.html
   */
  DEBUGFUNCTION?: ((type: number, data: Buffer) => number) | null
  /**
   * Default protocol.
   * https://curl.se/libcurl/c/CURLOPT_DEFAULT_PROTOCOL.html
   */
  DEFAULT_PROTOCOL?: StringValue
  /**
   * List only.
   * https://curl.se/libcurl/c/CURLOPT_DIRLISTONLY.html
   */
  DIRLISTONLY?: IntegerValue
  /**
   * Do not allow username in URL.
   * https://curl.se/libcurl/c/CURLOPT_DISALLOW_USERNAME_IN_URL.html
   */
  DISALLOW_USERNAME_IN_URL?: IntegerValue
  /**
   * Timeout for DNS cache. Seconds.
   * https://curl.se/libcurl/c/CURLOPT_DNS_CACHE_TIMEOUT.html
   */
  DNS_CACHE_TIMEOUT?: IntegerValue
  /**
   * Bind name resolves to this interface.
   * https://curl.se/libcurl/c/CURLOPT_DNS_INTERFACE.html
   */
  DNS_INTERFACE?: StringValue
  /**
   * Bind name resolves to this IP4 address.
   * https://curl.se/libcurl/c/CURLOPT_DNS_LOCAL_IP4.html
   */
  DNS_LOCAL_IP4?: StringValue
  /**
   * Bind name resolves to this IP6 address.
   * https://curl.se/libcurl/c/CURLOPT_DNS_LOCAL_IP6.html
   */
  DNS_LOCAL_IP6?: StringValue
  /**
   * Preferred DNS servers.
   * https://curl.se/libcurl/c/CURLOPT_DNS_SERVERS.html
   */
  DNS_SERVERS?: StringValue
  /**
   * Shuffle addresses before use.
   * https://curl.se/libcurl/c/CURLOPT_DNS_SHUFFLE_ADDRESSES.html
   */
  DNS_SHUFFLE_ADDRESSES?: IntegerValue
  /**
   * OBSOLETE Enable global DNS cache.
   * https://curl.se/libcurl/c/CURLOPT_DNS_USE_GLOBAL_CACHE.html
   */
  DNS_USE_GLOBAL_CACHE?: IntegerValue
  /**
   * Verify the hostname in the DoH (DNS-over-HTTPS) SSL certificate.
   * https://curl.se/libcurl/c/CURLOPT_DOH_SSL_VERIFYHOST.html
   */
  DOH_SSL_VERIFYHOST?: IntegerValue
  /**
   * Verify the DoH (DNS-over-HTTPS) SSL certificate.
   * https://curl.se/libcurl/c/CURLOPT_DOH_SSL_VERIFYPEER.html
   */
  DOH_SSL_VERIFYPEER?: IntegerValue
  /**
   * Verify the DoH (DNS-over-HTTPS) SSL certificate's status.
   * https://curl.se/libcurl/c/CURLOPT_DOH_SSL_VERIFYSTATUS.html
   */
  DOH_SSL_VERIFYSTATUS?: IntegerValue
  /**
   * Use this DoH server for name resolves.
   * https://curl.se/libcurl/c/CURLOPT_DOH_URL.html
   */
  DOH_URL?: StringValue
  /**
   * Set the configuration for ECH. Needs node-libcurl 5 with libcurl 8.8.0 or newer.
   * https://curl.se/libcurl/c/CURLOPT_ECH.html
   */
  ECH?: StringValue
  /**
   * OBSOLETE Identify EGD socket for entropy.
   * https://curl.se/libcurl/c/CURLOPT_EGDSOCKET.html
   */
  EGDSOCKET?: StringValue
  /**
   * The old name of `ACCEPT_ENCODING`.
   * https://curl.se/libcurl/c/CURLOPT_ACCEPT_ENCODING.html
   */
  ENCODING?: StringValue
  /**
   * 100-continue timeout. Milliseconds.
   * https://curl.se/libcurl/c/CURLOPT_EXPECT_100_TIMEOUT_MS.html
   */
  EXPECT_100_TIMEOUT_MS?: IntegerValue
  /**
   * Fail on HTTP 4xx errors.
   * https://curl.se/libcurl/c/CURLOPT_FAILONERROR.html
   */
  FAILONERROR?: IntegerValue
  /**
   * Request file modification date and time.
   * https://curl.se/libcurl/c/CURLOPT_FILETIME.html
   */
  FILETIME?: IntegerValue
  /**
   * Callback for wildcard matching.
   * https://curl.se/libcurl/c/CURLOPT_FNMATCH_FUNCTION.html
   */
  FNMATCH_FUNCTION?: ((pattern: string, value: string) => number) | null
  /**
   * Follow HTTP redirects.
   * Values: 0 no, 1 yes; from libcurl 8.13: 2 obey the code for a CUSTOMREQUEST, 3 only the first request.
   * https://curl.se/libcurl/c/CURLOPT_FOLLOWLOCATION.html
   */
  FOLLOWLOCATION?: IntegerValue
  /**
   * Prevent subsequent connections from reusing this.
   * https://curl.se/libcurl/c/CURLOPT_FORBID_REUSE.html
   */
  FORBID_REUSE?: IntegerValue
  /**
   * Use a new connection.
   * https://curl.se/libcurl/c/CURLOPT_FRESH_CONNECT.html
   */
  FRESH_CONNECT?: IntegerValue
  /**
   * Use active FTP.
   * https://curl.se/libcurl/c/CURLOPT_FTPPORT.html
   */
  FTPPORT?: StringValue
  /**
   * Send ACCT command.
   * https://curl.se/libcurl/c/CURLOPT_FTP_ACCOUNT.html
   */
  FTP_ACCOUNT?: StringValue
  /**
   * Alternative to USER.
   * https://curl.se/libcurl/c/CURLOPT_FTP_ALTERNATIVE_TO_USER.html
   */
  FTP_ALTERNATIVE_TO_USER?: StringValue
  /**
   * Create missing directories on the remote server.
   * Values: 0 no, 1 make them, 2 make them and try again.
   * https://curl.se/libcurl/c/CURLOPT_FTP_CREATE_MISSING_DIRS.html
   */
  FTP_CREATE_MISSING_DIRS?: IntegerValue
  /**
   * Specify how to reach files.
   * Values: 1 one CWD for each directory, 2 none, 3 one for all.
   * https://curl.se/libcurl/c/CURLOPT_FTP_FILEMETHOD.html
   */
  FTP_FILEMETHOD?: IntegerValue
  /**
   * Timeout for server responses. Seconds.
   * https://curl.se/libcurl/c/CURLOPT_SERVER_RESPONSE_TIMEOUT.html
   */
  FTP_RESPONSE_TIMEOUT?: IntegerValue
  /**
   * Ignore the IP address in the PASV response.
   * https://curl.se/libcurl/c/CURLOPT_FTP_SKIP_PASV_IP.html
   */
  FTP_SKIP_PASV_IP?: IntegerValue
  /**
   * Use EPRT.
   * https://curl.se/libcurl/c/CURLOPT_FTP_USE_EPRT.html
   */
  FTP_USE_EPRT?: IntegerValue
  /**
   * Use EPSV.
   * https://curl.se/libcurl/c/CURLOPT_FTP_USE_EPSV.html
   */
  FTP_USE_EPSV?: IntegerValue
  /**
   * Use PRET.
   * https://curl.se/libcurl/c/CURLOPT_FTP_USE_PRET.html
   */
  FTP_USE_PRET?: IntegerValue
  /**
   * Disable GSS-API delegation.
   * Values: 0 none, 1 where policy allows, 2 always.
   * https://curl.se/libcurl/c/CURLOPT_GSSAPI_DELEGATION.html
   */
  GSSAPI_DELEGATION?: IntegerValue
  /**
   * Timeout for happy eyeballs. Milliseconds.
   * https://curl.se/libcurl/c/CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS.html
   */
  HAPPY_EYEBALLS_TIMEOUT_MS?: IntegerValue
  /**
   * Send an HAProxy PROXY protocol v1 header.
   * https://curl.se/libcurl/c/CURLOPT_HAPROXYPROTOCOL.html
   */
  HAPROXYPROTOCOL?: IntegerValue
  /**
   * Spoof the client IP in an HAProxy PROXY protocol v1 header. Needs node-libcurl 5 with libcurl 8.2.0 or newer.
   * https://curl.se/libcurl/c/CURLOPT_HAPROXY_CLIENT_IP.html
   */
  HAPROXY_CLIENT_IP?: StringValue
  /**
   * Include the header in the body output.
   * https://curl.se/libcurl/c/CURLOPT_HEADER.html
   */
  HEADER?: IntegerValue
  /**
   * Gets each header line as it comes. Returns the number of bytes that it took.
   * https://curl.se/libcurl/c/CURLOPT_HEADERFUNCTION.html
   */
  HEADERFUNCTION?: ((data: Buffer, size: number, nmemb: number) => number) | null
  /**
   * Control custom headers.
   * Values: 0 HTTPHEADER goes to proxies too, 1 each has its own.
   * https://curl.se/libcurl/c/CURLOPT_HEADEROPT.html
   */
  HEADEROPT?: IntegerValue
  /**
   * Set HSTS cache file.
   * https://curl.se/libcurl/c/CURLOPT_HSTS.html
   */
  HSTS?: StringValue
  /**
   * Set HSTS read callback. * You can either return a single `CurlHstsReadCallbackResult` object or an array of `CurlHstsReadCallbackResult` objects. If returning an array, the callback will only be called once per request. If returning a single object, the callback will be called multiple times until `null` is returned.
   * https://curl.se/libcurl/c/CURLOPT_HSTSREADFUNCTION.html
   */
  HSTSREADFUNCTION?:
    ((options: { maxHostLengthBytes: number }) => null | HstsCacheEntry | HstsCacheEntry[]) | null
  /**
   * Set HSTS write callback.
   * https://curl.se/libcurl/c/CURLOPT_HSTSWRITEFUNCTION.html
   */
  HSTSWRITEFUNCTION?: ((entry: HstsCacheEntry, count: HstsCacheCount) => unknown) | null
  /**
   * Enable HSTS.
   * Values: bits: 1 on, 2 the file is read only.
   * https://curl.se/libcurl/c/CURLOPT_HSTS_CTRL.html
   */
  HSTS_CTRL?: IntegerValue
  /**
   * Allow HTTP/0.9 responses.
   * https://curl.se/libcurl/c/CURLOPT_HTTP09_ALLOWED.html
   */
  HTTP09_ALLOWED?: IntegerValue
  /**
   * Alternative versions of 200 OK.
   * https://curl.se/libcurl/c/CURLOPT_HTTP200ALIASES.html
   */
  HTTP200ALIASES?: ListValue
  /**
   * HTTP server authentication methods.
   * Values: bits: 1 Basic, 2 Digest, 4 Negotiate, 8 NTLM, 64 Bearer, -17 any, -18 any but Basic.
   * https://curl.se/libcurl/c/CURLOPT_HTTPAUTH.html
   */
  HTTPAUTH?: IntegerValue
  /**
   * Do an HTTP GET request.
   * https://curl.se/libcurl/c/CURLOPT_HTTPGET.html
   */
  HTTPGET?: IntegerValue
  /**
   * Custom HTTP headers.
   * https://curl.se/libcurl/c/CURLOPT_HTTPHEADER.html
   */
  HTTPHEADER?: ListValue
  /**
   * A multipart form. Post fields given as an object do the same and take binary values, too.
   * https://curl.se/libcurl/c/CURLOPT_HTTPPOST.html
   */
  HTTPPOST?: readonly HttpPostField[] | null
  /**
   * Tunnel through the HTTP proxy.
   * https://curl.se/libcurl/c/CURLOPT_HTTPPROXYTUNNEL.html
   */
  HTTPPROXYTUNNEL?: IntegerValue
  /**
   * Disable Content decoding.
   * https://curl.se/libcurl/c/CURLOPT_HTTP_CONTENT_DECODING.html
   */
  HTTP_CONTENT_DECODING?: IntegerValue
  /**
   * Disable Transfer decoding.
   * https://curl.se/libcurl/c/CURLOPT_HTTP_TRANSFER_DECODING.html
   */
  HTTP_TRANSFER_DECODING?: IntegerValue
  /**
   * HTTP version to use.
   * Values: 0 libcurl decides, 1 HTTP/1.0, 2 HTTP/1.1, 3 HTTP/2, 4 HTTP/2 over TLS only, 5 HTTP/2 without asking, 30 HTTP/3, 31 only HTTP/3.
   * https://curl.se/libcurl/c/CURLOPT_HTTP_VERSION.html
   */
  HTTP_VERSION?: IntegerValue
  /**
   * Ignore Content-Length.
   * https://curl.se/libcurl/c/CURLOPT_IGNORE_CONTENT_LENGTH.html
   */
  IGNORE_CONTENT_LENGTH?: IntegerValue
  /**
   * Size of file to send. Bytes.
   * https://curl.se/libcurl/c/CURLOPT_INFILESIZE.html
   */
  INFILESIZE?: IntegerValue
  /**
   * Size of file to send. Bytes.
   * https://curl.se/libcurl/c/CURLOPT_INFILESIZE_LARGE.html
   */
  INFILESIZE_LARGE?: IntegerValue
  /**
   * Bind connection locally to this.
   * https://curl.se/libcurl/c/CURLOPT_INTERFACE.html
   */
  INTERFACE?: StringValue
  /**
   * IP version to use.
   * Values: 0 any, 1 IPv4, 2 IPv6.
   * https://curl.se/libcurl/c/CURLOPT_IPRESOLVE.html
   */
  IPRESOLVE?: IntegerValue
  /**
   * Issuer certificate.
   * https://curl.se/libcurl/c/CURLOPT_ISSUERCERT.html
   */
  ISSUERCERT?: StringValue
  /**
   * Issuer certificate memory buffer.
   * https://curl.se/libcurl/c/CURLOPT_ISSUERCERT_BLOB.html
   */
  ISSUERCERT_BLOB?: BlobValue
  /**
   * Keep sending on HTTP \>= 300 errors.
   * https://curl.se/libcurl/c/CURLOPT_KEEP_SENDING_ON_ERROR.html
   */
  KEEP_SENDING_ON_ERROR?: IntegerValue
  /**
   * Client key password.
   * https://curl.se/libcurl/c/CURLOPT_KEYPASSWD.html
   */
  KEYPASSWD?: StringValue
  /**
   * OBSOLETE. Kerberos security level.
   * https://curl.se/libcurl/c/CURLOPT_KRBLEVEL.html
   */
  KRBLEVEL?: StringValue
  /**
   * Bind connection locally to this port.
   * https://curl.se/libcurl/c/CURLOPT_LOCALPORT.html
   */
  LOCALPORT?: IntegerValue
  /**
   * Bind connection locally to port range.
   * https://curl.se/libcurl/c/CURLOPT_LOCALPORTRANGE.html
   */
  LOCALPORTRANGE?: IntegerValue
  /**
   * Login options.
   * https://curl.se/libcurl/c/CURLOPT_LOGIN_OPTIONS.html
   */
  LOGIN_OPTIONS?: StringValue
  /**
   * Low speed limit to abort transfer. Bytes per second.
   * https://curl.se/libcurl/c/CURLOPT_LOW_SPEED_LIMIT.html
   */
  LOW_SPEED_LIMIT?: IntegerValue
  /**
   * Time to be below the speed to trigger low speed abort. Seconds.
   * https://curl.se/libcurl/c/CURLOPT_LOW_SPEED_TIME.html
   */
  LOW_SPEED_TIME?: IntegerValue
  /**
   * Authentication address.
   * https://curl.se/libcurl/c/CURLOPT_MAIL_AUTH.html
   */
  MAIL_AUTH?: StringValue
  /**
   * Address of the sender.
   * https://curl.se/libcurl/c/CURLOPT_MAIL_FROM.html
   */
  MAIL_FROM?: StringValue
  /**
   * Address of the recipients.
   * https://curl.se/libcurl/c/CURLOPT_MAIL_RCPT.html
   */
  MAIL_RCPT?: ListValue
  /**
   * Allow RCPT TO command to fail for some recipients.
   * https://curl.se/libcurl/c/CURLOPT_MAIL_RCPT_ALLOWFAILS.html
   */
  MAIL_RCPT_ALLLOWFAILS?: IntegerValue
  /**
   * Allow RCPT TO command to fail for some recipients. Needs node-libcurl 5 with libcurl 8.2.0 or newer.
   * https://curl.se/libcurl/c/CURLOPT_MAIL_RCPT_ALLOWFAILS.html
   */
  MAIL_RCPT_ALLOWFAILS?: IntegerValue
  /**
   * Limit the age (idle time) of connections for reuse. Seconds.
   * https://curl.se/libcurl/c/CURLOPT_MAXAGE_CONN.html
   */
  MAXAGE_CONN?: IntegerValue
  /**
   * Maximum number of connections in the connection pool.
   * https://curl.se/libcurl/c/CURLOPT_MAXCONNECTS.html
   */
  MAXCONNECTS?: IntegerValue
  /**
   * Maximum file size to get. Bytes.
   * https://curl.se/libcurl/c/CURLOPT_MAXFILESIZE.html
   */
  MAXFILESIZE?: IntegerValue
  /**
   * Maximum file size to get. Bytes.
   * https://curl.se/libcurl/c/CURLOPT_MAXFILESIZE_LARGE.html
   */
  MAXFILESIZE_LARGE?: IntegerValue
  /**
   * Limit the age (since creation) of connections for reuse. Seconds.
   * https://curl.se/libcurl/c/CURLOPT_MAXLIFETIME_CONN.html
   */
  MAXLIFETIME_CONN?: IntegerValue
  /**
   * Maximum number of redirects to follow; -1: no limit. Default here, as in PHP: 20.
   * https://curl.se/libcurl/c/CURLOPT_MAXREDIRS.html
   */
  MAXREDIRS?: IntegerValue
  /**
   * Cap the download speed to this. Bytes per second.
   * https://curl.se/libcurl/c/CURLOPT_MAX_RECV_SPEED_LARGE.html
   */
  MAX_RECV_SPEED_LARGE?: IntegerValue
  /**
   * Cap the upload speed to this. Bytes per second.
   * https://curl.se/libcurl/c/CURLOPT_MAX_SEND_SPEED_LARGE.html
   */
  MAX_SEND_SPEED_LARGE?: IntegerValue
  /**
   * Enable .netrc parsing.
   * Values: 0 ignored, 1 used, 2 required.
   * https://curl.se/libcurl/c/CURLOPT_NETRC.html
   */
  NETRC?: IntegerValue
  /**
   * .netrc filename.
   * https://curl.se/libcurl/c/CURLOPT_NETRC_FILE.html
   */
  NETRC_FILE?: StringValue
  /**
   * Mode for creating new remote directories.
   * https://curl.se/libcurl/c/CURLOPT_NEW_DIRECTORY_PERMS.html
   */
  NEW_DIRECTORY_PERMS?: IntegerValue
  /**
   * Mode for creating new remote files.
   * https://curl.se/libcurl/c/CURLOPT_NEW_FILE_PERMS.html
   */
  NEW_FILE_PERMS?: IntegerValue
  /**
   * Do not get the body contents.
   * https://curl.se/libcurl/c/CURLOPT_NOBODY.html
   */
  NOBODY?: IntegerValue
  /**
   * Shut off the progress meter.
   * https://curl.se/libcurl/c/CURLOPT_NOPROGRESS.html
   */
  NOPROGRESS?: IntegerValue
  /**
   * Filter out hosts from proxy use.
   * https://curl.se/libcurl/c/CURLOPT_NOPROXY.html
   */
  NOPROXY?: StringValue
  /**
   * Do not install signal handlers. Default here: true.
   * https://curl.se/libcurl/c/CURLOPT_NOSIGNAL.html
   */
  NOSIGNAL?: IntegerValue
  /**
   * Password.
   * https://curl.se/libcurl/c/CURLOPT_PASSWORD.html
   */
  PASSWORD?: StringValue
  /**
   * Disable squashing /../ and /./ sequences in the path.
   * https://curl.se/libcurl/c/CURLOPT_PATH_AS_IS.html
   */
  PATH_AS_IS?: IntegerValue
  /**
   * Set pinned SSL public key .
   * https://curl.se/libcurl/c/CURLOPT_PINNEDPUBLICKEY.html
   */
  PINNEDPUBLICKEY?: StringValue
  /**
   * Wait on connection to pipeline on it.
   * https://curl.se/libcurl/c/CURLOPT_PIPEWAIT.html
   */
  PIPEWAIT?: IntegerValue
  /**
   * Port number to connect to.
   * https://curl.se/libcurl/c/CURLOPT_PORT.html
   */
  PORT?: IntegerValue
  /**
   * Make a POST. Post fields imply it.
   * https://curl.se/libcurl/c/CURLOPT_POST.html
   */
  POST?: IntegerValue
  /**
   * The body of a POST: text (urlencoded), bytes, or an object (multipart/form-data).
   * https://curl.se/libcurl/c/CURLOPT_POSTFIELDS.html
   */
  POSTFIELDS?: PostFieldsInput
  /**
   * The size of a body that comes from `READFUNCTION`. Without effect on `POSTFIELDS`, whose size is known. Bytes.
   * https://curl.se/libcurl/c/CURLOPT_POSTFIELDSIZE.html
   */
  POSTFIELDSIZE?: IntegerValue
  /**
   * The size of a body that comes from `READFUNCTION`. Without effect on `POSTFIELDS`, whose size is known. Bytes.
   * https://curl.se/libcurl/c/CURLOPT_POSTFIELDSIZE_LARGE.html
   */
  POSTFIELDSIZE_LARGE?: IntegerValue
  /**
   * Commands to run after transfer.
   * https://curl.se/libcurl/c/CURLOPT_POSTQUOTE.html
   */
  POSTQUOTE?: ListValue
  /**
   * How to act on redirects after POST.
   * Values: bits: 1 keep POST on 301, 2 on 302, 4 on 303.
   * https://curl.se/libcurl/c/CURLOPT_POSTREDIR.html
   */
  POSTREDIR?: IntegerValue
  /**
   * Commands to run just before transfer.
   * https://curl.se/libcurl/c/CURLOPT_PREQUOTE.html
   */
  PREQUOTE?: ListValue
  /**
   * Callback to be called after a connection is established but before a request is made on that connection.
   * https://curl.se/libcurl/c/CURLOPT_PREREQFUNCTION.html
   */
  PREREQFUNCTION?:
    ((primaryIp: string, localIp: string, primaryPort: number, localPort: number) => number) | null
  /**
   * Socks proxy to use.
   * https://curl.se/libcurl/c/CURLOPT_PRE_PROXY.html
   */
  PRE_PROXY?: StringValue
  /**
   * The old form of `XFERINFOFUNCTION`.
   * https://curl.se/libcurl/c/CURLOPT_PROGRESSFUNCTION.html
   */
  PROGRESSFUNCTION?: ((dltotal: number, dlnow: number, ultotal: number, ulnow: number) => number) | null
  /**
   * Allowed protocols, as bits. Default here: http, https, ftp, ftps.
   * Values: bits: 1 http, 2 https, 4 ftp, 8 ftps, 16 scp, 32 sftp, 64 telnet, 128 ldap, 256 ldaps, 512 dict, 1024 file, 2048 tftp, -1 all.
   * https://curl.se/libcurl/c/CURLOPT_PROTOCOLS.html
   */
  PROTOCOLS?: IntegerValue
  /**
   * Allowed protocols, separated by commas. Default here: `http,https,ftp,ftps`.
   * https://curl.se/libcurl/c/CURLOPT_PROTOCOLS_STR.html
   */
  PROTOCOLS_STR?: StringValue
  /**
   * Proxy to use.
   * https://curl.se/libcurl/c/CURLOPT_PROXY.html
   */
  PROXY?: StringValue
  /**
   * HTTP proxy authentication methods.
   * Values: bits: 1 Basic, 2 Digest, 4 Negotiate, 8 NTLM, 64 Bearer, -17 any, -18 any but Basic.
   * https://curl.se/libcurl/c/CURLOPT_PROXYAUTH.html
   */
  PROXYAUTH?: IntegerValue
  /**
   * Custom HTTP headers sent to proxy.
   * https://curl.se/libcurl/c/CURLOPT_PROXYHEADER.html
   */
  PROXYHEADER?: ListValue
  /**
   * Proxy password.
   * https://curl.se/libcurl/c/CURLOPT_PROXYPASSWORD.html
   */
  PROXYPASSWORD?: StringValue
  /**
   * Proxy port to use.
   * https://curl.se/libcurl/c/CURLOPT_PROXYPORT.html
   */
  PROXYPORT?: IntegerValue
  /**
   * Proxy type.
   * Values: 0 HTTP, 1 HTTP/1.0, 2 HTTPS, 3 HTTPS with HTTP/2, 4 SOCKS4, 5 SOCKS5, 6 SOCKS4a, 7 SOCKS5 with host name.
   * https://curl.se/libcurl/c/CURLOPT_PROXYTYPE.html
   */
  PROXYTYPE?: IntegerValue
  /**
   * Proxy username.
   * https://curl.se/libcurl/c/CURLOPT_PROXYUSERNAME.html
   */
  PROXYUSERNAME?: StringValue
  /**
   * Proxy username and password.
   * https://curl.se/libcurl/c/CURLOPT_PROXYUSERPWD.html
   */
  PROXYUSERPWD?: StringValue
  /**
   * Proxy CA cert bundle.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_CAINFO.html
   */
  PROXY_CAINFO?: StringValue
  /**
   * Proxy CA cert bundle memory buffer.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_CAINFO_BLOB.html
   */
  PROXY_CAINFO_BLOB?: BlobValue
  /**
   * Path to proxy CA cert bundle.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_CAPATH.html
   */
  PROXY_CAPATH?: StringValue
  /**
   * Proxy Certificate Revocation List.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_CRLFILE.html
   */
  PROXY_CRLFILE?: StringValue
  /**
   * Proxy issuer certificate.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_ISSUERCERT.html
   */
  PROXY_ISSUERCERT?: StringValue
  /**
   * Proxy client key password.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_KEYPASSWD.html
   */
  PROXY_KEYPASSWD?: StringValue
  /**
   * Set the proxy's pinned SSL public key.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_PINNEDPUBLICKEY.html
   */
  PROXY_PINNEDPUBLICKEY?: StringValue
  /**
   * Proxy authentication service name.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_SERVICE_NAME.html
   */
  PROXY_SERVICE_NAME?: StringValue
  /**
   * Proxy client cert.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_SSLCERT.html
   */
  PROXY_SSLCERT?: StringValue
  /**
   * Proxy client cert type.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_SSLCERTTYPE.html
   */
  PROXY_SSLCERTTYPE?: StringValue
  /**
   * Proxy client cert memory buffer.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_SSLCERT_BLOB.html
   */
  PROXY_SSLCERT_BLOB?: BlobValue
  /**
   * Proxy client key.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_SSLKEY.html
   */
  PROXY_SSLKEY?: StringValue
  /**
   * Proxy client key type.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_SSLKEYTYPE.html
   */
  PROXY_SSLKEYTYPE?: StringValue
  /**
   * Proxy client key.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_SSLKEY_BLOB.html
   */
  PROXY_SSLKEY_BLOB?: BlobValue
  /**
   * Proxy SSL version to use.
   * Values: 0 default, 1 TLS 1.x, 4 TLS 1.0, 5 TLS 1.1, 6 TLS 1.2, 7 TLS 1.3 or later.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_SSLVERSION.html
   */
  PROXY_SSLVERSION?: IntegerValue
  /**
   * Proxy ciphers to use.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_SSL_CIPHER_LIST.html
   */
  PROXY_SSL_CIPHER_LIST?: StringValue
  /**
   * Control proxy SSL behavior.
   * Values: bits: 1 allow BEAST, 2 no revocation check, 4 no partial chain, 8 best-effort revocation, 16 native CA store.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_SSL_OPTIONS.html
   */
  PROXY_SSL_OPTIONS?: IntegerValue
  /**
   * Verify the hostname in the proxy SSL certificate.
   * Values: 0 no, 2 yes.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_SSL_VERIFYHOST.html
   */
  PROXY_SSL_VERIFYHOST?: IntegerValue
  /**
   * Verify the proxy SSL certificate.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_SSL_VERIFYPEER.html
   */
  PROXY_SSL_VERIFYPEER?: IntegerValue
  /**
   * Proxy TLS 1.3 cipher suites to use.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_TLS13_CIPHERS.html
   */
  PROXY_TLS13_CIPHERS?: StringValue
  /**
   * Proxy TLS authentication password.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_TLSAUTH_PASSWORD.html
   */
  PROXY_TLSAUTH_PASSWORD?: StringValue
  /**
   * Proxy TLS authentication methods.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_TLSAUTH_TYPE.html
   */
  PROXY_TLSAUTH_TYPE?: StringValue
  /**
   * Proxy TLS authentication username.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_TLSAUTH_USERNAME.html
   */
  PROXY_TLSAUTH_USERNAME?: StringValue
  /**
   * Add transfer mode to URL over proxy.
   * https://curl.se/libcurl/c/CURLOPT_PROXY_TRANSFER_MODE.html
   */
  PROXY_TRANSFER_MODE?: IntegerValue
  /**
   * Deprecated option Issue an HTTP PUT request.
   * https://curl.se/libcurl/c/CURLOPT_PUT.html
   */
  PUT?: IntegerValue
  /**
   * Commands to run before transfer.
   * https://curl.se/libcurl/c/CURLOPT_QUOTE.html
   */
  QUOTE?: ListValue
  /**
   * OBSOLETE Provide source for entropy random data.
   * https://curl.se/libcurl/c/CURLOPT_RANDOM_FILE.html
   */
  RANDOM_FILE?: StringValue
  /**
   * Range requests.
   * https://curl.se/libcurl/c/CURLOPT_RANGE.html
   */
  RANGE?: StringValue
  /**
   * A file descriptor to read the body of an upload from.
   * https://curl.se/libcurl/c/CURLOPT_READDATA.html
   */
  READDATA?: IntegerValue
  /**
   * Writes the next part of the body into the buffer. Returns the number of bytes, 0 at the end.
   * https://curl.se/libcurl/c/CURLOPT_READFUNCTION.html
   */
  READFUNCTION?: ((buffer: Buffer, size: number, nmemb: number) => number) | null
  /**
   * Deprecated option Protocols to allow redirects to.
   * Values: bits: 1 http, 2 https, 4 ftp, 8 ftps, 16 scp, 32 sftp, 64 telnet, 128 ldap, 256 ldaps, 512 dict, 1024 file, 2048 tftp, -1 all.
   * https://curl.se/libcurl/c/CURLOPT_REDIR_PROTOCOLS.html
   */
  REDIR_PROTOCOLS?: IntegerValue
  /**
   * Protocols to allow redirects to.
   * https://curl.se/libcurl/c/CURLOPT_REDIR_PROTOCOLS_STR.html
   */
  REDIR_PROTOCOLS_STR?: StringValue
  /**
   * Referer: header.
   * https://curl.se/libcurl/c/CURLOPT_REFERER.html
   */
  REFERER?: StringValue
  /**
   * Set the request target.
   * https://curl.se/libcurl/c/CURLOPT_REQUEST_TARGET.html
   */
  REQUEST_TARGET?: StringValue
  /**
   * Provide fixed/fake name resolves.
   * https://curl.se/libcurl/c/CURLOPT_RESOLVE.html
   */
  RESOLVE?: ListValue
  /**
   * Resume a transfer. Bytes.
   * https://curl.se/libcurl/c/CURLOPT_RESUME_FROM.html
   */
  RESUME_FROM?: IntegerValue
  /**
   * Resume a transfer. Bytes.
   * https://curl.se/libcurl/c/CURLOPT_RESUME_FROM_LARGE.html
   */
  RESUME_FROM_LARGE?: IntegerValue
  /**
   * Custom HTTP headers.
   * https://curl.se/libcurl/c/CURLOPT_HTTPHEADER.html
   */
  RTSPHEADER?: ListValue
  /**
   * Client CSEQ number.
   * https://curl.se/libcurl/c/CURLOPT_RTSP_CLIENT_CSEQ.html
   */
  RTSP_CLIENT_CSEQ?: IntegerValue
  /**
   * RTSP request.
   * Values: 1 OPTIONS, 2 DESCRIBE, 3 ANNOUNCE, 4 SETUP, 5 PLAY, 6 PAUSE, 7 TEARDOWN, 8 GET_PARAMETER, 9 SET_PARAMETER, 10 RECORD, 11 RECEIVE.
   * https://curl.se/libcurl/c/CURLOPT_RTSP_REQUEST.html
   */
  RTSP_REQUEST?: IntegerValue
  /**
   * CSEQ number for RTSP Server-\>Client request.
   * https://curl.se/libcurl/c/CURLOPT_RTSP_SERVER_CSEQ.html
   */
  RTSP_SERVER_CSEQ?: IntegerValue
  /**
   * RTSP session-id.
   * https://curl.se/libcurl/c/CURLOPT_RTSP_SESSION_ID.html
   */
  RTSP_SESSION_ID?: StringValue
  /**
   * RTSP stream URI.
   * https://curl.se/libcurl/c/CURLOPT_RTSP_STREAM_URI.html
   */
  RTSP_STREAM_URI?: StringValue
  /**
   * RTSP Transport: header.
   * https://curl.se/libcurl/c/CURLOPT_RTSP_TRANSPORT.html
   */
  RTSP_TRANSPORT?: StringValue
  /**
   * SASL authorization identity (identity to act as).
   * https://curl.se/libcurl/c/CURLOPT_SASL_AUTHZID.html
   */
  SASL_AUTHZID?: StringValue
  /**
   * Enable SASL initial response.
   * https://curl.se/libcurl/c/CURLOPT_SASL_IR.html
   */
  SASL_IR?: IntegerValue
  /**
   * Rewinds the body of `READFUNCTION` when it has to be sent again. Returns 0 when it has.
   * https://curl.se/libcurl/c/CURLOPT_SEEKFUNCTION.html
   */
  SEEKFUNCTION?: ((offset: number, origin: number) => number) | null
  /**
   * Timeout for server responses. Seconds.
   * https://curl.se/libcurl/c/CURLOPT_SERVER_RESPONSE_TIMEOUT.html
   */
  SERVER_RESPONSE_TIMEOUT?: IntegerValue
  /**
   * Timeout for server responses. Milliseconds. Needs node-libcurl 5 with libcurl 8.6.0 or newer.
   * https://curl.se/libcurl/c/CURLOPT_SERVER_RESPONSE_TIMEOUT_MS.html
   */
  SERVER_RESPONSE_TIMEOUT_MS?: IntegerValue
  /**
   * Authentication service name.
   * https://curl.se/libcurl/c/CURLOPT_SERVICE_NAME.html
   */
  SERVICE_NAME?: StringValue
  /**
   * Share object to use.
   * https://curl.se/libcurl/c/CURLOPT_SHARE.html
   */
  SHARE?: ShareHandle | null
  /**
   * Socks5 authentication methods.
   * https://curl.se/libcurl/c/CURLOPT_SOCKS5_AUTH.html
   */
  SOCKS5_AUTH?: IntegerValue
  /**
   * Socks5 GSSAPI NEC mode.
   * https://curl.se/libcurl/c/CURLOPT_SOCKS5_GSSAPI_NEC.html
   */
  SOCKS5_GSSAPI_NEC?: IntegerValue
  /**
   * Deprecated option Socks5 GSSAPI service name.
   * https://curl.se/libcurl/c/CURLOPT_SOCKS5_GSSAPI_SERVICE.html
   */
  SOCKS5_GSSAPI_SERVICE?: StringValue
  /**
   * SSH authentication types.
   * Values: bits: 1 public key, 2 password, 4 host, 8 keyboard, 16 agent, -1 any.
   * https://curl.se/libcurl/c/CURLOPT_SSH_AUTH_TYPES.html
   */
  SSH_AUTH_TYPES?: IntegerValue
  /**
   * Enable SSH compression.
   * https://curl.se/libcurl/c/CURLOPT_SSH_COMPRESSION.html
   */
  SSH_COMPRESSION?: IntegerValue
  /**
   * MD5 of host's public key.
   * https://curl.se/libcurl/c/CURLOPT_SSH_HOST_PUBLIC_KEY_MD5.html
   */
  SSH_HOST_PUBLIC_KEY_MD5?: StringValue
  /**
   * Filename with known hosts.
   * https://curl.se/libcurl/c/CURLOPT_SSH_KNOWNHOSTS.html
   */
  SSH_KNOWNHOSTS?: StringValue
  /**
   * Filename of the private key.
   * https://curl.se/libcurl/c/CURLOPT_SSH_PRIVATE_KEYFILE.html
   */
  SSH_PRIVATE_KEYFILE?: StringValue
  /**
   * Filename of the public key.
   * https://curl.se/libcurl/c/CURLOPT_SSH_PUBLIC_KEYFILE.html
   */
  SSH_PUBLIC_KEYFILE?: StringValue
  /**
   * Client cert.
   * https://curl.se/libcurl/c/CURLOPT_SSLCERT.html
   */
  SSLCERT?: StringValue
  /**
   * Client cert type.
   * https://curl.se/libcurl/c/CURLOPT_SSLCERTTYPE.html
   */
  SSLCERTTYPE?: StringValue
  /**
   * Client cert memory buffer.
   * https://curl.se/libcurl/c/CURLOPT_SSLCERT_BLOB.html
   */
  SSLCERT_BLOB?: BlobValue
  /**
   * Use identifier with SSL engine.
   * https://curl.se/libcurl/c/CURLOPT_SSLENGINE.html
   */
  SSLENGINE?: StringValue
  /**
   * Default SSL engine.
   * https://curl.se/libcurl/c/CURLOPT_SSLENGINE_DEFAULT.html
   */
  SSLENGINE_DEFAULT?: IntegerValue
  /**
   * Client key.
   * https://curl.se/libcurl/c/CURLOPT_SSLKEY.html
   */
  SSLKEY?: StringValue
  /**
   * Client key type.
   * https://curl.se/libcurl/c/CURLOPT_SSLKEYTYPE.html
   */
  SSLKEYTYPE?: StringValue
  /**
   * Client key memory buffer.
   * https://curl.se/libcurl/c/CURLOPT_SSLKEY_BLOB.html
   */
  SSLKEY_BLOB?: BlobValue
  /**
   * SSL version to use.
   * Values: 0 default, 1 TLS 1.x, 4 TLS 1.0, 5 TLS 1.1, 6 TLS 1.2, 7 TLS 1.3 or later.
   * https://curl.se/libcurl/c/CURLOPT_SSLVERSION.html
   */
  SSLVERSION?: IntegerValue
  /**
   * Ciphers to use.
   * https://curl.se/libcurl/c/CURLOPT_SSL_CIPHER_LIST.html
   */
  SSL_CIPHER_LIST?: StringValue
  /**
   * Set key exchange curves.
   * https://curl.se/libcurl/c/CURLOPT_SSL_EC_CURVES.html
   */
  SSL_EC_CURVES?: StringValue
  /**
   * Enable use of ALPN.
   * https://curl.se/libcurl/c/CURLOPT_SSL_ENABLE_ALPN.html
   */
  SSL_ENABLE_ALPN?: IntegerValue
  /**
   * OBSOLETE Enable use of NPN.
   * https://curl.se/libcurl/c/CURLOPT_SSL_ENABLE_NPN.html
   */
  SSL_ENABLE_NPN?: IntegerValue
  /**
   * Control SSL behavior.
   * Values: bits: 1 allow BEAST, 2 no revocation check, 4 no partial chain, 8 best-effort revocation, 16 native CA store.
   * https://curl.se/libcurl/c/CURLOPT_SSL_OPTIONS.html
   */
  SSL_OPTIONS?: IntegerValue
  /**
   * Disable SSL session-id cache.
   * https://curl.se/libcurl/c/CURLOPT_SSL_SESSIONID_CACHE.html
   */
  SSL_SESSIONID_CACHE?: IntegerValue
  /**
   * TLS signature algorithms to use. Needs node-libcurl 5 with libcurl 8.14.0 or newer.
   * https://curl.se/libcurl/c/CURLOPT_SSL_SIGNATURE_ALGORITHMS.html
   */
  SSL_SIGNATURE_ALGORITHMS?: StringValue
  /**
   * Verify the hostname in the SSL certificate.
   * Values: 0 no, 2 yes.
   * https://curl.se/libcurl/c/CURLOPT_SSL_VERIFYHOST.html
   */
  SSL_VERIFYHOST?: IntegerValue
  /**
   * Verify the SSL certificate.
   * https://curl.se/libcurl/c/CURLOPT_SSL_VERIFYPEER.html
   */
  SSL_VERIFYPEER?: IntegerValue
  /**
   * Verify the SSL certificate's status.
   * https://curl.se/libcurl/c/CURLOPT_SSL_VERIFYSTATUS.html
   */
  SSL_VERIFYSTATUS?: IntegerValue
  /**
   * Suppress proxy CONNECT response headers from user callbacks.
   * https://curl.se/libcurl/c/CURLOPT_SUPPRESS_CONNECT_HEADERS.html
   */
  SUPPRESS_CONNECT_HEADERS?: IntegerValue
  /**
   * Enable TCP Fast Open.
   * https://curl.se/libcurl/c/CURLOPT_TCP_FASTOPEN.html
   */
  TCP_FASTOPEN?: IntegerValue
  /**
   * Enable TCP keep-alive.
   * https://curl.se/libcurl/c/CURLOPT_TCP_KEEPALIVE.html
   */
  TCP_KEEPALIVE?: IntegerValue
  /**
   * Maximum number of keep-alive probes. Needs node-libcurl 5 with libcurl 8.9.0 or newer.
   * https://curl.se/libcurl/c/CURLOPT_TCP_KEEPCNT.html
   */
  TCP_KEEPCNT?: IntegerValue
  /**
   * Idle time before sending keep-alive. Seconds.
   * https://curl.se/libcurl/c/CURLOPT_TCP_KEEPIDLE.html
   */
  TCP_KEEPIDLE?: IntegerValue
  /**
   * Interval between keep-alive probes. Seconds.
   * https://curl.se/libcurl/c/CURLOPT_TCP_KEEPINTVL.html
   */
  TCP_KEEPINTVL?: IntegerValue
  /**
   * Disable the Nagle algorithm.
   * https://curl.se/libcurl/c/CURLOPT_TCP_NODELAY.html
   */
  TCP_NODELAY?: IntegerValue
  /**
   * TELNET options.
   * https://curl.se/libcurl/c/CURLOPT_TELNETOPTIONS.html
   */
  TELNETOPTIONS?: ListValue
  /**
   * TFTP block size. Bytes.
   * https://curl.se/libcurl/c/CURLOPT_TFTP_BLKSIZE.html
   */
  TFTP_BLKSIZE?: IntegerValue
  /**
   * Make a time conditional request.
   * Values: 0 none, 1 if modified since, 2 if unmodified since, 3 by last modification.
   * https://curl.se/libcurl/c/CURLOPT_TIMECONDITION.html
   */
  TIMECONDITION?: IntegerValue
  /**
   * Timeout for the entire request. Seconds.
   * https://curl.se/libcurl/c/CURLOPT_TIMEOUT.html
   */
  TIMEOUT?: IntegerValue
  /**
   * Millisecond timeout for the entire request. Milliseconds.
   * https://curl.se/libcurl/c/CURLOPT_TIMEOUT_MS.html
   */
  TIMEOUT_MS?: IntegerValue
  /**
   * Time value for the time conditional request. Seconds.
   * https://curl.se/libcurl/c/CURLOPT_TIMEVALUE.html
   */
  TIMEVALUE?: IntegerValue
  /**
   * Time value for the time conditional request. Seconds.
   * https://curl.se/libcurl/c/CURLOPT_TIMEVALUE_LARGE.html
   */
  TIMEVALUE_LARGE?: IntegerValue
  /**
   * TLS 1.3 cipher suites to use.
   * https://curl.se/libcurl/c/CURLOPT_TLS13_CIPHERS.html
   */
  TLS13_CIPHERS?: StringValue
  /**
   * TLS authentication password.
   * https://curl.se/libcurl/c/CURLOPT_TLSAUTH_PASSWORD.html
   */
  TLSAUTH_PASSWORD?: StringValue
  /**
   * TLS authentication methods.
   * https://curl.se/libcurl/c/CURLOPT_TLSAUTH_TYPE.html
   */
  TLSAUTH_TYPE?: StringValue
  /**
   * TLS authentication username.
   * https://curl.se/libcurl/c/CURLOPT_TLSAUTH_USERNAME.html
   */
  TLSAUTH_USERNAME?: StringValue
  /**
   * Set callback for sending trailing headers.
   * https://curl.se/libcurl/c/CURLOPT_TRAILERFUNCTION.html
   */
  TRAILERFUNCTION?: (() => string[] | false) | null
  /**
   * Use text transfer.
   * https://curl.se/libcurl/c/CURLOPT_TRANSFERTEXT.html
   */
  TRANSFERTEXT?: IntegerValue
  /**
   * Request Transfer-Encoding.
   * https://curl.se/libcurl/c/CURLOPT_TRANSFER_ENCODING.html
   */
  TRANSFER_ENCODING?: IntegerValue
  /**
   * Path to a Unix domain socket.
   * https://curl.se/libcurl/c/CURLOPT_UNIX_SOCKET_PATH.html
   */
  UNIX_SOCKET_PATH?: StringValue
  /**
   * Do not restrict authentication to original host.
   * https://curl.se/libcurl/c/CURLOPT_UNRESTRICTED_AUTH.html
   */
  UNRESTRICTED_AUTH?: IntegerValue
  /**
   * Sets the interval at which connection upkeep are performed. Milliseconds.
   * https://curl.se/libcurl/c/CURLOPT_UPKEEP_INTERVAL_MS.html
   */
  UPKEEP_INTERVAL_MS?: IntegerValue
  /**
   * Upload data.
   * https://curl.se/libcurl/c/CURLOPT_UPLOAD.html
   */
  UPLOAD?: IntegerValue
  /**
   * Set upload buffer size. Bytes.
   * https://curl.se/libcurl/c/CURLOPT_UPLOAD_BUFFERSIZE.html
   */
  UPLOAD_BUFFERSIZE?: IntegerValue
  /**
   * Set upload flags. Needs node-libcurl 5 with libcurl 8.13.0 or newer.
   * https://curl.se/libcurl/c/CURLOPT_UPLOAD_FLAGS.html
   */
  UPLOAD_FLAGS?: IntegerValue
  /**
   * Accepted, and without effect, as in PHP: the URL of the request wins.
   * https://curl.se/libcurl/c/CURLOPT_URL.html
   */
  URL?: StringValue
  /**
   * User-Agent: header.
   * https://curl.se/libcurl/c/CURLOPT_USERAGENT.html
   */
  USERAGENT?: StringValue
  /**
   * Username.
   * https://curl.se/libcurl/c/CURLOPT_USERNAME.html
   */
  USERNAME?: StringValue
  /**
   * Username and password.
   * https://curl.se/libcurl/c/CURLOPT_USERPWD.html
   */
  USERPWD?: StringValue
  /**
   * Use TLS/SSL.
   * Values: 0 no, 1 try, 2 for the control connection, 3 for all.
   * https://curl.se/libcurl/c/CURLOPT_USE_SSL.html
   */
  USE_SSL?: IntegerValue
  /**
   * Display verbose information.
   * https://curl.se/libcurl/c/CURLOPT_VERBOSE.html
   */
  VERBOSE?: IntegerValue
  /**
   * Transfer multiple files according to a filename pattern.
   * https://curl.se/libcurl/c/CURLOPT_WILDCARDMATCH.html
   */
  WILDCARDMATCH?: IntegerValue
  /**
   * Gets the body as it comes; the callback gets `null`. Returns the number of bytes that it took.
   * https://curl.se/libcurl/c/CURLOPT_WRITEFUNCTION.html
   */
  WRITEFUNCTION?: ((data: Buffer, size: number, nmemb: number) => number) | null
  /**
   * Progress, in bytes; called only with `NOPROGRESS: false`. Anything but 0 aborts the transfer.
   * https://curl.se/libcurl/c/CURLOPT_XFERINFOFUNCTION.html
   */
  XFERINFOFUNCTION?: ((dltotal: number, dlnow: number, ultotal: number, ulnow: number) => number) | null
  /**
   * OAuth2 bearer token.
   * https://curl.se/libcurl/c/CURLOPT_XOAUTH2_BEARER.html
   */
  XOAUTH2_BEARER?: StringValue
  /**
   * PHP's: `false` sends the body to stdout, and the callback gets `null`. Default: true.
   * The last one of this and `WRITEFUNCTION` wins.
   */
  RETURNTRANSFER?: IntegerValue
  /** PHP's: accepted, and without effect. Bodies are binary safe anyway. */
  BINARYTRANSFER?: IntegerValue
  /** PHP's: `true` is accepted, and without effect; there are no `@file` uploads to switch on. */
  SAFE_UPLOAD?: IntegerValue
}
