/**
 * The constants of PHP 8.2's curl extension, with PHP's values. Written by scripts/generate/php-constants.ts from PHP
 * 8.2.36 on libcurl 7.88.1: do not edit. Does not know what the libcurl in use supports.
 */

export const CURLALTSVC_H1 = 8
export const CURLALTSVC_H2 = 16
export const CURLALTSVC_H3 = 32
export const CURLALTSVC_READONLYFILE = 4

export const CURLAUTH_ANY = -17
export const CURLAUTH_ANYSAFE = -18
export const CURLAUTH_AWS_SIGV4 = 128
export const CURLAUTH_BASIC = 1
export const CURLAUTH_BEARER = 64
export const CURLAUTH_DIGEST = 2
export const CURLAUTH_DIGEST_IE = 16
export const CURLAUTH_GSSAPI = 4
export const CURLAUTH_GSSNEGOTIATE = 4
export const CURLAUTH_NEGOTIATE = 4
export const CURLAUTH_NONE = 0
export const CURLAUTH_NTLM = 8
export const CURLAUTH_NTLM_WB = 32
export const CURLAUTH_ONLY = 2147483648

/** Operation was aborted by an application callback. */
export const CURLE_ABORTED_BY_CALLBACK = 42
export const CURLE_BAD_CALLING_ORDER = 44
/** Unrecognized or bad HTTP Content or Transfer-Encoding. */
export const CURLE_BAD_CONTENT_ENCODING = 61
/** Couldn't resume download. */
export const CURLE_BAD_DOWNLOAD_RESUME = 36
/** A libcurl function was given a bad argument. */
export const CURLE_BAD_FUNCTION_ARGUMENT = 43
export const CURLE_BAD_PASSWORD_ENTERED = 46
/** Couldn't connect to server. */
export const CURLE_COULDNT_CONNECT = 7
/** Couldn't resolve host name. */
export const CURLE_COULDNT_RESOLVE_HOST = 6
/** Couldn't resolve proxy name. */
export const CURLE_COULDNT_RESOLVE_PROXY = 5
/** Failed initialization. */
export const CURLE_FAILED_INIT = 2
/** Maximum file size exceeded. */
export const CURLE_FILESIZE_EXCEEDED = 63
/** Couldn't read a file:// file. */
export const CURLE_FILE_COULDNT_READ_FILE = 37
/** Access denied to remote resource. */
export const CURLE_FTP_ACCESS_DENIED = 9
/** Couldn't resume download. */
export const CURLE_FTP_BAD_DOWNLOAD_RESUME = 36
/** FTP: can't figure out the host in the PASV response. */
export const CURLE_FTP_CANT_GET_HOST = 15
/** Error in the HTTP2 framing layer. */
export const CURLE_FTP_CANT_RECONNECT = 16
export const CURLE_FTP_COULDNT_GET_SIZE = 32
/** FTP: couldn't retrieve (RETR failed) the specified file. */
export const CURLE_FTP_COULDNT_RETR_FILE = 19
export const CURLE_FTP_COULDNT_SET_ASCII = 29
/** FTP: couldn't set file type. */
export const CURLE_FTP_COULDNT_SET_BINARY = 17
/** Upload failed (at start/before it took off). */
export const CURLE_FTP_COULDNT_STOR_FILE = 25
/** FTP: command REST failed. */
export const CURLE_FTP_COULDNT_USE_REST = 31
/** Transferred a partial file. */
export const CURLE_FTP_PARTIAL_FILE = 18
/** FTP: command PORT failed. */
export const CURLE_FTP_PORT_FAILED = 30
/** Quote command returned error. */
export const CURLE_FTP_QUOTE_ERROR = 21
/** Requested SSL level failed. */
export const CURLE_FTP_SSL_FAILED = 64
/** FTP: The server failed to connect to data port. */
export const CURLE_FTP_USER_PASSWORD_INCORRECT = 10
/** FTP: unknown 227 response format. */
export const CURLE_FTP_WEIRD_227_FORMAT = 14
/** FTP: unknown PASS reply. */
export const CURLE_FTP_WEIRD_PASS_REPLY = 11
/** FTP: unknown PASV reply. */
export const CURLE_FTP_WEIRD_PASV_REPLY = 13
/** Weird server reply. */
export const CURLE_FTP_WEIRD_SERVER_REPLY = 8
/** FTP: Accepting server connect has timed out. */
export const CURLE_FTP_WEIRD_USER_REPLY = 12
export const CURLE_FTP_WRITE_ERROR = 20
/** A required function in the library was not found. */
export const CURLE_FUNCTION_NOT_FOUND = 41
/** Server returned nothing (no headers, no data). */
export const CURLE_GOT_NOTHING = 52
/** HTTP response code said error. */
export const CURLE_HTTP_NOT_FOUND = 22
/** Failed binding local connection end. */
export const CURLE_HTTP_PORT_FAILED = 45
/** Internal problem setting up the POST. */
export const CURLE_HTTP_POST_ERROR = 34
/** Requested range was not delivered by the server. */
export const CURLE_HTTP_RANGE_ERROR = 33
/** HTTP response code said error. */
export const CURLE_HTTP_RETURNED_ERROR = 22
/** LDAP: cannot bind. */
export const CURLE_LDAP_CANNOT_BIND = 38
export const CURLE_LDAP_INVALID_URL = 62
/** LDAP: search failed. */
export const CURLE_LDAP_SEARCH_FAILED = 39
export const CURLE_LIBRARY_NOT_FOUND = 40
export const CURLE_MALFORMAT_USER = 24
export const CURLE_OBSOLETE = 50
/** No error. */
export const CURLE_OK = 0
/** Timeout was reached. */
export const CURLE_OPERATION_TIMEDOUT = 28
/** Timeout was reached. */
export const CURLE_OPERATION_TIMEOUTED = 28
/** Out of memory. */
export const CURLE_OUT_OF_MEMORY = 27
/** Transferred a partial file. */
export const CURLE_PARTIAL_FILE = 18
/** proxy handshake error. */
export const CURLE_PROXY = 97
/** Failed to open/read local data from file/application. */
export const CURLE_READ_ERROR = 26
/** Failure when receiving data from the peer. */
export const CURLE_RECV_ERROR = 56
/** Failed sending data to the peer. */
export const CURLE_SEND_ERROR = 55
export const CURLE_SHARE_IN_USE = 57
/** Error in the SSH layer. */
export const CURLE_SSH = 79
/** SSL peer certificate or SSH remote key was not OK. */
export const CURLE_SSL_CACERT = 60
/** Problem with the SSL CA cert (path? access rights?). */
export const CURLE_SSL_CACERT_BADFILE = 77
/** Problem with the local SSL certificate. */
export const CURLE_SSL_CERTPROBLEM = 58
/** Couldn't use specified SSL cipher. */
export const CURLE_SSL_CIPHER = 59
/** SSL connect error. */
export const CURLE_SSL_CONNECT_ERROR = 35
/** SSL crypto engine not found. */
export const CURLE_SSL_ENGINE_NOTFOUND = 53
/** Can not set SSL crypto engine as default. */
export const CURLE_SSL_ENGINE_SETFAILED = 54
/** SSL peer certificate or SSH remote key was not OK. */
export const CURLE_SSL_PEER_CERTIFICATE = 60
/** SSL public key does not match pinned public key. */
export const CURLE_SSL_PINNEDPUBKEYNOTMATCH = 90
/** Malformed option provided in a setopt. */
export const CURLE_TELNET_OPTION_SYNTAX = 49
/** Number of redirects hit maximum amount. */
export const CURLE_TOO_MANY_REDIRECTS = 47
/** An unknown option was passed in to libcurl. */
export const CURLE_UNKNOWN_TELNET_OPTION = 48
/** Unsupported protocol. */
export const CURLE_UNSUPPORTED_PROTOCOL = 1
/** URL using bad/illegal format or missing URL. */
export const CURLE_URL_MALFORMAT = 3
/** A requested feature, protocol or option was not found built-in in this libcurl due to a build-time decision. */
export const CURLE_URL_MALFORMAT_USER = 4
/** Weird server reply. */
export const CURLE_WEIRD_SERVER_REPLY = 8
/** Failed writing received data to disk/application. */
export const CURLE_WRITE_ERROR = 23

export const CURLFTPAUTH_DEFAULT = 0
export const CURLFTPAUTH_SSL = 1
export const CURLFTPAUTH_TLS = 2

export const CURLFTPMETHOD_DEFAULT = 0
export const CURLFTPMETHOD_MULTICWD = 1
export const CURLFTPMETHOD_NOCWD = 2
export const CURLFTPMETHOD_SINGLECWD = 3

export const CURLFTPSSL_ALL = 3
export const CURLFTPSSL_CCC_ACTIVE = 2
export const CURLFTPSSL_CCC_NONE = 0
export const CURLFTPSSL_CCC_PASSIVE = 1
export const CURLFTPSSL_CONTROL = 2
export const CURLFTPSSL_NONE = 0
export const CURLFTPSSL_TRY = 1

export const CURLFTP_CREATE_DIR = 1
export const CURLFTP_CREATE_DIR_NONE = 0
export const CURLFTP_CREATE_DIR_RETRY = 2

export const CURLGSSAPI_DELEGATION_FLAG = 2
export const CURLGSSAPI_DELEGATION_POLICY_FLAG = 1

export const CURLHEADER_SEPARATE = 1
export const CURLHEADER_UNIFIED = 0

export const CURLHSTS_ENABLE = 1
export const CURLHSTS_READONLYFILE = 2

/** Float (seconds, bytes). https://curl.se/libcurl/c/CURLINFO_APPCONNECT_TIME.html */
export const CURLINFO_APPCONNECT_TIME = 3145761
/** Integer. https://curl.se/libcurl/c/CURLINFO_APPCONNECT_TIME_T.html */
export const CURLINFO_APPCONNECT_TIME_T = 6291512
/** List. https://curl.se/libcurl/c/CURLINFO_CERTINFO.html */
export const CURLINFO_CERTINFO = 4194338
/** Integer. https://curl.se/libcurl/c/CURLINFO_CONDITION_UNMET.html */
export const CURLINFO_CONDITION_UNMET = 2097187
/** Float (seconds, bytes). https://curl.se/libcurl/c/CURLINFO_CONNECT_TIME.html */
export const CURLINFO_CONNECT_TIME = 3145733
/** Integer. https://curl.se/libcurl/c/CURLINFO_CONNECT_TIME_T.html */
export const CURLINFO_CONNECT_TIME_T = 6291508
/** Float (seconds, bytes). https://curl.se/libcurl/c/CURLINFO_CONTENT_LENGTH_DOWNLOAD.html */
export const CURLINFO_CONTENT_LENGTH_DOWNLOAD = 3145743
/** Integer. https://curl.se/libcurl/c/CURLINFO_CONTENT_LENGTH_DOWNLOAD_T.html */
export const CURLINFO_CONTENT_LENGTH_DOWNLOAD_T = 6291471
/** Float (seconds, bytes). https://curl.se/libcurl/c/CURLINFO_CONTENT_LENGTH_UPLOAD.html */
export const CURLINFO_CONTENT_LENGTH_UPLOAD = 3145744
/** Integer. https://curl.se/libcurl/c/CURLINFO_CONTENT_LENGTH_UPLOAD_T.html */
export const CURLINFO_CONTENT_LENGTH_UPLOAD_T = 6291472
/** String. https://curl.se/libcurl/c/CURLINFO_CONTENT_TYPE.html */
export const CURLINFO_CONTENT_TYPE = 1048594
/** List. https://curl.se/libcurl/c/CURLINFO_COOKIELIST.html */
export const CURLINFO_COOKIELIST = 4194332
/** String. https://curl.se/libcurl/c/CURLINFO_EFFECTIVE_METHOD.html */
export const CURLINFO_EFFECTIVE_METHOD = 1048634
/** String. https://curl.se/libcurl/c/CURLINFO_EFFECTIVE_URL.html */
export const CURLINFO_EFFECTIVE_URL = 1048577
/** Integer. https://curl.se/libcurl/c/CURLINFO_FILETIME.html */
export const CURLINFO_FILETIME = 2097166
/** Integer. https://curl.se/libcurl/c/CURLINFO_FILETIME_T.html */
export const CURLINFO_FILETIME_T = 6291470
/** String. https://curl.se/libcurl/c/CURLINFO_FTP_ENTRY_PATH.html */
export const CURLINFO_FTP_ENTRY_PATH = 1048606
/** PHP's own. As an option, a truth value: keep the request's header. As an info, string|false: the last one sent. */
export const CURLINFO_HEADER_OUT = 2
/** Integer. https://curl.se/libcurl/c/CURLINFO_HEADER_SIZE.html */
export const CURLINFO_HEADER_SIZE = 2097163
/** Integer. https://curl.se/libcurl/c/CURLINFO_HTTPAUTH_AVAIL.html */
export const CURLINFO_HTTPAUTH_AVAIL = 2097175
/** Integer. PHP's name of {@link CURLINFO_RESPONSE_CODE}. */
export const CURLINFO_HTTP_CODE = 2097154
/** Integer. https://curl.se/libcurl/c/CURLINFO_HTTP_CONNECTCODE.html */
export const CURLINFO_HTTP_CONNECTCODE = 2097174
/** Integer. https://curl.se/libcurl/c/CURLINFO_HTTP_VERSION.html */
export const CURLINFO_HTTP_VERSION = 2097198
export const CURLINFO_LASTONE = 62
/** String. https://curl.se/libcurl/c/CURLINFO_LOCAL_IP.html */
export const CURLINFO_LOCAL_IP = 1048617
/** Integer. https://curl.se/libcurl/c/CURLINFO_LOCAL_PORT.html */
export const CURLINFO_LOCAL_PORT = 2097194
/** Float (seconds, bytes). https://curl.se/libcurl/c/CURLINFO_NAMELOOKUP_TIME.html */
export const CURLINFO_NAMELOOKUP_TIME = 3145732
/** Integer. https://curl.se/libcurl/c/CURLINFO_NAMELOOKUP_TIME_T.html */
export const CURLINFO_NAMELOOKUP_TIME_T = 6291507
/** Integer. https://curl.se/libcurl/c/CURLINFO_NUM_CONNECTS.html */
export const CURLINFO_NUM_CONNECTS = 2097178
/** Integer. https://curl.se/libcurl/c/CURLINFO_OS_ERRNO.html */
export const CURLINFO_OS_ERRNO = 2097177
/** Float (seconds, bytes). https://curl.se/libcurl/c/CURLINFO_PRETRANSFER_TIME.html */
export const CURLINFO_PRETRANSFER_TIME = 3145734
/** Integer. https://curl.se/libcurl/c/CURLINFO_PRETRANSFER_TIME_T.html */
export const CURLINFO_PRETRANSFER_TIME_T = 6291509
/** String. https://curl.se/libcurl/c/CURLINFO_PRIMARY_IP.html */
export const CURLINFO_PRIMARY_IP = 1048608
/** Integer. https://curl.se/libcurl/c/CURLINFO_PRIMARY_PORT.html */
export const CURLINFO_PRIMARY_PORT = 2097192
/** What `CURLOPT_PRIVATE` was given, else false. */
export const CURLINFO_PRIVATE = 1048597
/** Integer. https://curl.se/libcurl/c/CURLINFO_PROTOCOL.html */
export const CURLINFO_PROTOCOL = 2097200
/** Integer. https://curl.se/libcurl/c/CURLINFO_PROXYAUTH_AVAIL.html */
export const CURLINFO_PROXYAUTH_AVAIL = 2097176
/** Integer. https://curl.se/libcurl/c/CURLINFO_PROXY_ERROR.html */
export const CURLINFO_PROXY_ERROR = 2097211
/** Integer. https://curl.se/libcurl/c/CURLINFO_PROXY_SSL_VERIFYRESULT.html */
export const CURLINFO_PROXY_SSL_VERIFYRESULT = 2097199
/** Integer. https://curl.se/libcurl/c/CURLINFO_REDIRECT_COUNT.html */
export const CURLINFO_REDIRECT_COUNT = 2097172
/** Float (seconds, bytes). https://curl.se/libcurl/c/CURLINFO_REDIRECT_TIME.html */
export const CURLINFO_REDIRECT_TIME = 3145747
/** Integer. https://curl.se/libcurl/c/CURLINFO_REDIRECT_TIME_T.html */
export const CURLINFO_REDIRECT_TIME_T = 6291511
/** String. https://curl.se/libcurl/c/CURLINFO_REDIRECT_URL.html */
export const CURLINFO_REDIRECT_URL = 1048607
/** String. https://curl.se/libcurl/c/CURLINFO_REFERER.html */
export const CURLINFO_REFERER = 1048636
/** Integer. https://curl.se/libcurl/c/CURLINFO_REQUEST_SIZE.html */
export const CURLINFO_REQUEST_SIZE = 2097164
/** Integer. https://curl.se/libcurl/c/CURLINFO_RESPONSE_CODE.html */
export const CURLINFO_RESPONSE_CODE = 2097154
/** Integer. https://curl.se/libcurl/c/CURLINFO_RETRY_AFTER.html */
export const CURLINFO_RETRY_AFTER = 6291513
/** Integer. https://curl.se/libcurl/c/CURLINFO_RTSP_CLIENT_CSEQ.html */
export const CURLINFO_RTSP_CLIENT_CSEQ = 2097189
/** Integer. https://curl.se/libcurl/c/CURLINFO_RTSP_CSEQ_RECV.html */
export const CURLINFO_RTSP_CSEQ_RECV = 2097191
/** Integer. https://curl.se/libcurl/c/CURLINFO_RTSP_SERVER_CSEQ.html */
export const CURLINFO_RTSP_SERVER_CSEQ = 2097190
/** String. https://curl.se/libcurl/c/CURLINFO_RTSP_SESSION_ID.html */
export const CURLINFO_RTSP_SESSION_ID = 1048612
/** String. https://curl.se/libcurl/c/CURLINFO_SCHEME.html */
export const CURLINFO_SCHEME = 1048625
/** Float (seconds, bytes). https://curl.se/libcurl/c/CURLINFO_SIZE_DOWNLOAD.html */
export const CURLINFO_SIZE_DOWNLOAD = 3145736
/** Integer. https://curl.se/libcurl/c/CURLINFO_SIZE_DOWNLOAD_T.html */
export const CURLINFO_SIZE_DOWNLOAD_T = 6291464
/** Float (seconds, bytes). https://curl.se/libcurl/c/CURLINFO_SIZE_UPLOAD.html */
export const CURLINFO_SIZE_UPLOAD = 3145735
/** Integer. https://curl.se/libcurl/c/CURLINFO_SIZE_UPLOAD_T.html */
export const CURLINFO_SIZE_UPLOAD_T = 6291463
/** Float (seconds, bytes). https://curl.se/libcurl/c/CURLINFO_SPEED_DOWNLOAD.html */
export const CURLINFO_SPEED_DOWNLOAD = 3145737
/** Integer. https://curl.se/libcurl/c/CURLINFO_SPEED_DOWNLOAD_T.html */
export const CURLINFO_SPEED_DOWNLOAD_T = 6291465
/** Float (seconds, bytes). https://curl.se/libcurl/c/CURLINFO_SPEED_UPLOAD.html */
export const CURLINFO_SPEED_UPLOAD = 3145738
/** Integer. https://curl.se/libcurl/c/CURLINFO_SPEED_UPLOAD_T.html */
export const CURLINFO_SPEED_UPLOAD_T = 6291466
/** List. https://curl.se/libcurl/c/CURLINFO_SSL_ENGINES.html */
export const CURLINFO_SSL_ENGINES = 4194331
/** Integer. https://curl.se/libcurl/c/CURLINFO_SSL_VERIFYRESULT.html */
export const CURLINFO_SSL_VERIFYRESULT = 2097165
/** Float (seconds, bytes). https://curl.se/libcurl/c/CURLINFO_STARTTRANSFER_TIME.html */
export const CURLINFO_STARTTRANSFER_TIME = 3145745
/** Integer. https://curl.se/libcurl/c/CURLINFO_STARTTRANSFER_TIME_T.html */
export const CURLINFO_STARTTRANSFER_TIME_T = 6291510
/** Float (seconds, bytes). https://curl.se/libcurl/c/CURLINFO_TOTAL_TIME.html */
export const CURLINFO_TOTAL_TIME = 3145731
/** Integer. https://curl.se/libcurl/c/CURLINFO_TOTAL_TIME_T.html */
export const CURLINFO_TOTAL_TIME_T = 6291506

export const CURLMOPT_CHUNK_LENGTH_PENALTY_SIZE = 30010
export const CURLMOPT_CONTENT_LENGTH_PENALTY_SIZE = 30009
export const CURLMOPT_MAXCONNECTS = 6
export const CURLMOPT_MAX_CONCURRENT_STREAMS = 16
export const CURLMOPT_MAX_HOST_CONNECTIONS = 7
export const CURLMOPT_MAX_PIPELINE_LENGTH = 8
export const CURLMOPT_MAX_TOTAL_CONNECTIONS = 13
export const CURLMOPT_PIPELINING = 3
export const CURLMOPT_PUSHFUNCTION = 20014

export const CURLMSG_DONE = 1

/** The easy handle is already added to a multi handle. */
export const CURLM_ADDED_ALREADY = 7
/** Invalid easy handle. */
export const CURLM_BAD_EASY_HANDLE = 2
/** Invalid multi handle. */
export const CURLM_BAD_HANDLE = 1
/** Please call curl_multi_perform() soon. */
export const CURLM_CALL_MULTI_PERFORM = -1
/** Internal error. */
export const CURLM_INTERNAL_ERROR = 4
/** No error. */
export const CURLM_OK = 0
/** Out of memory. */
export const CURLM_OUT_OF_MEMORY = 3

/** String. https://curl.se/libcurl/c/CURLOPT_ABSTRACT_UNIX_SOCKET.html */
export const CURLOPT_ABSTRACT_UNIX_SOCKET = 10264
/** Integer. https://curl.se/libcurl/c/CURLOPT_ACCEPTTIMEOUT_MS.html */
export const CURLOPT_ACCEPTTIMEOUT_MS = 212
/** String. https://curl.se/libcurl/c/CURLOPT_ACCEPT_ENCODING.html */
export const CURLOPT_ACCEPT_ENCODING = 10102
/** Integer. https://curl.se/libcurl/c/CURLOPT_ADDRESS_SCOPE.html */
export const CURLOPT_ADDRESS_SCOPE = 171
/** String. https://curl.se/libcurl/c/CURLOPT_ALTSVC.html */
export const CURLOPT_ALTSVC = 10287
/** Integer. https://curl.se/libcurl/c/CURLOPT_ALTSVC_CTRL.html */
export const CURLOPT_ALTSVC_CTRL = 286
/** Integer. https://curl.se/libcurl/c/CURLOPT_APPEND.html */
export const CURLOPT_APPEND = 50
/** Integer. https://curl.se/libcurl/c/CURLOPT_AUTOREFERER.html */
export const CURLOPT_AUTOREFERER = 58
/** String. https://curl.se/libcurl/c/CURLOPT_AWS_SIGV4.html */
export const CURLOPT_AWS_SIGV4 = 10305
/** PHP's own. Accepted, without effect. */
export const CURLOPT_BINARYTRANSFER = 19914
/** Integer. https://curl.se/libcurl/c/CURLOPT_BUFFERSIZE.html */
export const CURLOPT_BUFFERSIZE = 98
/** String. https://curl.se/libcurl/c/CURLOPT_CAINFO.html */
export const CURLOPT_CAINFO = 10065
/** Bytes. https://curl.se/libcurl/c/CURLOPT_CAINFO_BLOB.html */
export const CURLOPT_CAINFO_BLOB = 40309
/** String. https://curl.se/libcurl/c/CURLOPT_CAPATH.html */
export const CURLOPT_CAPATH = 10097
/** Integer. https://curl.se/libcurl/c/CURLOPT_CERTINFO.html */
export const CURLOPT_CERTINFO = 172
/** Integer. https://curl.se/libcurl/c/CURLOPT_CONNECTTIMEOUT.html */
export const CURLOPT_CONNECTTIMEOUT = 78
/** Integer. https://curl.se/libcurl/c/CURLOPT_CONNECTTIMEOUT_MS.html */
export const CURLOPT_CONNECTTIMEOUT_MS = 156
/** Integer. https://curl.se/libcurl/c/CURLOPT_CONNECT_ONLY.html */
export const CURLOPT_CONNECT_ONLY = 141
/** List of strings. https://curl.se/libcurl/c/CURLOPT_CONNECT_TO.html */
export const CURLOPT_CONNECT_TO = 10243
/** String. https://curl.se/libcurl/c/CURLOPT_COOKIE.html */
export const CURLOPT_COOKIE = 10022
/** String. https://curl.se/libcurl/c/CURLOPT_COOKIEFILE.html */
export const CURLOPT_COOKIEFILE = 10031
/** String. https://curl.se/libcurl/c/CURLOPT_COOKIEJAR.html */
export const CURLOPT_COOKIEJAR = 10082
/** String. https://curl.se/libcurl/c/CURLOPT_COOKIELIST.html */
export const CURLOPT_COOKIELIST = 10135
/** Integer. https://curl.se/libcurl/c/CURLOPT_COOKIESESSION.html */
export const CURLOPT_COOKIESESSION = 96
/** Integer. https://curl.se/libcurl/c/CURLOPT_CRLF.html */
export const CURLOPT_CRLF = 27
/** String. https://curl.se/libcurl/c/CURLOPT_CRLFILE.html */
export const CURLOPT_CRLFILE = 10169
/** String. https://curl.se/libcurl/c/CURLOPT_CUSTOMREQUEST.html */
export const CURLOPT_CUSTOMREQUEST = 10036
/** String. https://curl.se/libcurl/c/CURLOPT_DEFAULT_PROTOCOL.html */
export const CURLOPT_DEFAULT_PROTOCOL = 10238
/** Integer. https://curl.se/libcurl/c/CURLOPT_DIRLISTONLY.html */
export const CURLOPT_DIRLISTONLY = 48
/** Integer. https://curl.se/libcurl/c/CURLOPT_DISALLOW_USERNAME_IN_URL.html */
export const CURLOPT_DISALLOW_USERNAME_IN_URL = 278
/** Integer. https://curl.se/libcurl/c/CURLOPT_DNS_CACHE_TIMEOUT.html */
export const CURLOPT_DNS_CACHE_TIMEOUT = 92
/** String. https://curl.se/libcurl/c/CURLOPT_DNS_INTERFACE.html */
export const CURLOPT_DNS_INTERFACE = 10221
/** String. https://curl.se/libcurl/c/CURLOPT_DNS_LOCAL_IP4.html */
export const CURLOPT_DNS_LOCAL_IP4 = 10222
/** String. https://curl.se/libcurl/c/CURLOPT_DNS_LOCAL_IP6.html */
export const CURLOPT_DNS_LOCAL_IP6 = 10223
/** String. https://curl.se/libcurl/c/CURLOPT_DNS_SERVERS.html */
export const CURLOPT_DNS_SERVERS = 10211
/** Integer. https://curl.se/libcurl/c/CURLOPT_DNS_SHUFFLE_ADDRESSES.html */
export const CURLOPT_DNS_SHUFFLE_ADDRESSES = 275
/** Integer. https://curl.se/libcurl/c/CURLOPT_DNS_USE_GLOBAL_CACHE.html */
export const CURLOPT_DNS_USE_GLOBAL_CACHE = 91
/** Integer. https://curl.se/libcurl/c/CURLOPT_DOH_SSL_VERIFYHOST.html */
export const CURLOPT_DOH_SSL_VERIFYHOST = 307
/** Integer. https://curl.se/libcurl/c/CURLOPT_DOH_SSL_VERIFYPEER.html */
export const CURLOPT_DOH_SSL_VERIFYPEER = 306
/** Integer. https://curl.se/libcurl/c/CURLOPT_DOH_SSL_VERIFYSTATUS.html */
export const CURLOPT_DOH_SSL_VERIFYSTATUS = 308
/** String. https://curl.se/libcurl/c/CURLOPT_DOH_URL.html */
export const CURLOPT_DOH_URL = 10279
/** String. https://curl.se/libcurl/c/CURLOPT_EGDSOCKET.html */
export const CURLOPT_EGDSOCKET = 10077
/** The same as {@link CURLOPT_ACCEPT_ENCODING}. */
export const CURLOPT_ENCODING = 10102
/** Integer. https://curl.se/libcurl/c/CURLOPT_EXPECT_100_TIMEOUT_MS.html */
export const CURLOPT_EXPECT_100_TIMEOUT_MS = 227
/** Integer. https://curl.se/libcurl/c/CURLOPT_FAILONERROR.html */
export const CURLOPT_FAILONERROR = 45
/** Writable stream: gets the body. PHP's name of `CURLOPT_WRITEDATA`. */
export const CURLOPT_FILE = 10001
/** Integer. https://curl.se/libcurl/c/CURLOPT_FILETIME.html */
export const CURLOPT_FILETIME = 69
/** Function. https://curl.se/libcurl/c/CURLOPT_FNMATCH_FUNCTION.html */
export const CURLOPT_FNMATCH_FUNCTION = 20200
/** Integer. https://curl.se/libcurl/c/CURLOPT_FOLLOWLOCATION.html */
export const CURLOPT_FOLLOWLOCATION = 52
/** Integer. https://curl.se/libcurl/c/CURLOPT_FORBID_REUSE.html */
export const CURLOPT_FORBID_REUSE = 75
/** Integer. https://curl.se/libcurl/c/CURLOPT_FRESH_CONNECT.html */
export const CURLOPT_FRESH_CONNECT = 74
/** The same as {@link CURLOPT_APPEND}. */
export const CURLOPT_FTPAPPEND = 50
/** The same as {@link CURLOPT_DIRLISTONLY}. */
export const CURLOPT_FTPLISTONLY = 48
/** String. https://curl.se/libcurl/c/CURLOPT_FTPPORT.html */
export const CURLOPT_FTPPORT = 10017
/** Integer. https://curl.se/libcurl/c/CURLOPT_FTPSSLAUTH.html */
export const CURLOPT_FTPSSLAUTH = 129
/** String. https://curl.se/libcurl/c/CURLOPT_FTP_ACCOUNT.html */
export const CURLOPT_FTP_ACCOUNT = 10134
/** String. https://curl.se/libcurl/c/CURLOPT_FTP_ALTERNATIVE_TO_USER.html */
export const CURLOPT_FTP_ALTERNATIVE_TO_USER = 10147
/** Integer. https://curl.se/libcurl/c/CURLOPT_FTP_CREATE_MISSING_DIRS.html */
export const CURLOPT_FTP_CREATE_MISSING_DIRS = 110
/** Integer. https://curl.se/libcurl/c/CURLOPT_FTP_FILEMETHOD.html */
export const CURLOPT_FTP_FILEMETHOD = 138
/** Integer. https://curl.se/libcurl/c/CURLOPT_FTP_RESPONSE_TIMEOUT.html */
export const CURLOPT_FTP_RESPONSE_TIMEOUT = 112
/** Integer. https://curl.se/libcurl/c/CURLOPT_FTP_SKIP_PASV_IP.html */
export const CURLOPT_FTP_SKIP_PASV_IP = 137
/** Integer. https://curl.se/libcurl/c/CURLOPT_FTP_SSL.html */
export const CURLOPT_FTP_SSL = 119
/** Integer. https://curl.se/libcurl/c/CURLOPT_FTP_SSL_CCC.html */
export const CURLOPT_FTP_SSL_CCC = 154
/** Integer. https://curl.se/libcurl/c/CURLOPT_FTP_USE_EPRT.html */
export const CURLOPT_FTP_USE_EPRT = 106
/** Integer. https://curl.se/libcurl/c/CURLOPT_FTP_USE_EPSV.html */
export const CURLOPT_FTP_USE_EPSV = 85
/** Integer. https://curl.se/libcurl/c/CURLOPT_FTP_USE_PRET.html */
export const CURLOPT_FTP_USE_PRET = 188
/** Integer. https://curl.se/libcurl/c/CURLOPT_GSSAPI_DELEGATION.html */
export const CURLOPT_GSSAPI_DELEGATION = 210
/** Integer. https://curl.se/libcurl/c/CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS.html */
export const CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS = 271
/** Integer. https://curl.se/libcurl/c/CURLOPT_HAPROXYPROTOCOL.html */
export const CURLOPT_HAPROXYPROTOCOL = 274
/** Integer. https://curl.se/libcurl/c/CURLOPT_HEADER.html */
export const CURLOPT_HEADER = 42
/** Function. https://curl.se/libcurl/c/CURLOPT_HEADERFUNCTION.html */
export const CURLOPT_HEADERFUNCTION = 20079
/** Integer. https://curl.se/libcurl/c/CURLOPT_HEADEROPT.html */
export const CURLOPT_HEADEROPT = 229
/** String. https://curl.se/libcurl/c/CURLOPT_HSTS.html */
export const CURLOPT_HSTS = 10300
/** Integer. https://curl.se/libcurl/c/CURLOPT_HSTS_CTRL.html */
export const CURLOPT_HSTS_CTRL = 299
/** Integer. https://curl.se/libcurl/c/CURLOPT_HTTP09_ALLOWED.html */
export const CURLOPT_HTTP09_ALLOWED = 285
/** List of strings. https://curl.se/libcurl/c/CURLOPT_HTTP200ALIASES.html */
export const CURLOPT_HTTP200ALIASES = 10104
/** Integer. https://curl.se/libcurl/c/CURLOPT_HTTPAUTH.html */
export const CURLOPT_HTTPAUTH = 107
/** Integer. https://curl.se/libcurl/c/CURLOPT_HTTPGET.html */
export const CURLOPT_HTTPGET = 80
/** List of strings. https://curl.se/libcurl/c/CURLOPT_HTTPHEADER.html */
export const CURLOPT_HTTPHEADER = 10023
/** Integer. https://curl.se/libcurl/c/CURLOPT_HTTPPROXYTUNNEL.html */
export const CURLOPT_HTTPPROXYTUNNEL = 61
/** Integer. https://curl.se/libcurl/c/CURLOPT_HTTP_CONTENT_DECODING.html */
export const CURLOPT_HTTP_CONTENT_DECODING = 158
/** Integer. https://curl.se/libcurl/c/CURLOPT_HTTP_TRANSFER_DECODING.html */
export const CURLOPT_HTTP_TRANSFER_DECODING = 157
/** Integer. https://curl.se/libcurl/c/CURLOPT_HTTP_VERSION.html */
export const CURLOPT_HTTP_VERSION = 84
/** Integer. https://curl.se/libcurl/c/CURLOPT_IGNORE_CONTENT_LENGTH.html */
export const CURLOPT_IGNORE_CONTENT_LENGTH = 136
/** Readable stream: gives the request's body. PHP's name of `CURLOPT_READDATA`. */
export const CURLOPT_INFILE = 10009
/** Integer. https://curl.se/libcurl/c/CURLOPT_INFILESIZE.html */
export const CURLOPT_INFILESIZE = 14
/** String. https://curl.se/libcurl/c/CURLOPT_INTERFACE.html */
export const CURLOPT_INTERFACE = 10062
/** Integer. https://curl.se/libcurl/c/CURLOPT_IPRESOLVE.html */
export const CURLOPT_IPRESOLVE = 113
/** String. https://curl.se/libcurl/c/CURLOPT_ISSUERCERT.html */
export const CURLOPT_ISSUERCERT = 10170
/** Bytes. https://curl.se/libcurl/c/CURLOPT_ISSUERCERT_BLOB.html */
export const CURLOPT_ISSUERCERT_BLOB = 40295
/** Integer. https://curl.se/libcurl/c/CURLOPT_KEEP_SENDING_ON_ERROR.html */
export const CURLOPT_KEEP_SENDING_ON_ERROR = 245
/** String. https://curl.se/libcurl/c/CURLOPT_KEYPASSWD.html */
export const CURLOPT_KEYPASSWD = 10026
/** String. https://curl.se/libcurl/c/CURLOPT_KRB4LEVEL.html */
export const CURLOPT_KRB4LEVEL = 10063
/** The same as {@link CURLOPT_KRB4LEVEL}. */
export const CURLOPT_KRBLEVEL = 10063
/** Integer. https://curl.se/libcurl/c/CURLOPT_LOCALPORT.html */
export const CURLOPT_LOCALPORT = 139
/** Integer. https://curl.se/libcurl/c/CURLOPT_LOCALPORTRANGE.html */
export const CURLOPT_LOCALPORTRANGE = 140
/** String. https://curl.se/libcurl/c/CURLOPT_LOGIN_OPTIONS.html */
export const CURLOPT_LOGIN_OPTIONS = 10224
/** Integer. https://curl.se/libcurl/c/CURLOPT_LOW_SPEED_LIMIT.html */
export const CURLOPT_LOW_SPEED_LIMIT = 19
/** Integer. https://curl.se/libcurl/c/CURLOPT_LOW_SPEED_TIME.html */
export const CURLOPT_LOW_SPEED_TIME = 20
/** String. https://curl.se/libcurl/c/CURLOPT_MAIL_AUTH.html */
export const CURLOPT_MAIL_AUTH = 10217
/** String. https://curl.se/libcurl/c/CURLOPT_MAIL_FROM.html */
export const CURLOPT_MAIL_FROM = 10186
/** List of strings. https://curl.se/libcurl/c/CURLOPT_MAIL_RCPT.html */
export const CURLOPT_MAIL_RCPT = 10187
/** Integer. https://curl.se/libcurl/c/CURLOPT_MAIL_RCPT_ALLLOWFAILS.html */
export const CURLOPT_MAIL_RCPT_ALLLOWFAILS = 290
/** Integer. https://curl.se/libcurl/c/CURLOPT_MAXAGE_CONN.html */
export const CURLOPT_MAXAGE_CONN = 288
/** Integer. https://curl.se/libcurl/c/CURLOPT_MAXCONNECTS.html */
export const CURLOPT_MAXCONNECTS = 71
/** Integer. https://curl.se/libcurl/c/CURLOPT_MAXFILESIZE.html */
export const CURLOPT_MAXFILESIZE = 114
/** Integer. https://curl.se/libcurl/c/CURLOPT_MAXFILESIZE_LARGE.html */
export const CURLOPT_MAXFILESIZE_LARGE = 30117
/** Integer. https://curl.se/libcurl/c/CURLOPT_MAXLIFETIME_CONN.html */
export const CURLOPT_MAXLIFETIME_CONN = 314
/** Integer. https://curl.se/libcurl/c/CURLOPT_MAXREDIRS.html */
export const CURLOPT_MAXREDIRS = 68
/** Integer. https://curl.se/libcurl/c/CURLOPT_MAX_RECV_SPEED_LARGE.html */
export const CURLOPT_MAX_RECV_SPEED_LARGE = 30146
/** Integer. https://curl.se/libcurl/c/CURLOPT_MAX_SEND_SPEED_LARGE.html */
export const CURLOPT_MAX_SEND_SPEED_LARGE = 30145
/** Integer. https://curl.se/libcurl/c/CURLOPT_NETRC.html */
export const CURLOPT_NETRC = 51
/** String. https://curl.se/libcurl/c/CURLOPT_NETRC_FILE.html */
export const CURLOPT_NETRC_FILE = 10118
/** Integer. https://curl.se/libcurl/c/CURLOPT_NEW_DIRECTORY_PERMS.html */
export const CURLOPT_NEW_DIRECTORY_PERMS = 160
/** Integer. https://curl.se/libcurl/c/CURLOPT_NEW_FILE_PERMS.html */
export const CURLOPT_NEW_FILE_PERMS = 159
/** Integer. https://curl.se/libcurl/c/CURLOPT_NOBODY.html */
export const CURLOPT_NOBODY = 44
/** Integer. https://curl.se/libcurl/c/CURLOPT_NOPROGRESS.html */
export const CURLOPT_NOPROGRESS = 43
/** String. https://curl.se/libcurl/c/CURLOPT_NOPROXY.html */
export const CURLOPT_NOPROXY = 10177
/** Integer. https://curl.se/libcurl/c/CURLOPT_NOSIGNAL.html */
export const CURLOPT_NOSIGNAL = 99
/** String. https://curl.se/libcurl/c/CURLOPT_PASSWORD.html */
export const CURLOPT_PASSWORD = 10174
/** Integer. https://curl.se/libcurl/c/CURLOPT_PATH_AS_IS.html */
export const CURLOPT_PATH_AS_IS = 234
/** String. https://curl.se/libcurl/c/CURLOPT_PINNEDPUBLICKEY.html */
export const CURLOPT_PINNEDPUBLICKEY = 10230
/** Integer. https://curl.se/libcurl/c/CURLOPT_PIPEWAIT.html */
export const CURLOPT_PIPEWAIT = 237
/** Integer. https://curl.se/libcurl/c/CURLOPT_PORT.html */
export const CURLOPT_PORT = 3
/** Integer. https://curl.se/libcurl/c/CURLOPT_POST.html */
export const CURLOPT_POST = 47
/** String, or an array for multipart/form-data. https://curl.se/libcurl/c/CURLOPT_POSTFIELDS.html */
export const CURLOPT_POSTFIELDS = 10015
/** List of strings. https://curl.se/libcurl/c/CURLOPT_POSTQUOTE.html */
export const CURLOPT_POSTQUOTE = 10039
/** Integer. https://curl.se/libcurl/c/CURLOPT_POSTREDIR.html */
export const CURLOPT_POSTREDIR = 161
/** List of strings. https://curl.se/libcurl/c/CURLOPT_PREQUOTE.html */
export const CURLOPT_PREQUOTE = 10093
/** String. https://curl.se/libcurl/c/CURLOPT_PRE_PROXY.html */
export const CURLOPT_PRE_PROXY = 10262
/** Any value: comes back from `CURLINFO_PRIVATE`. */
export const CURLOPT_PRIVATE = 10103
/** Function. https://curl.se/libcurl/c/CURLOPT_PROGRESSFUNCTION.html */
export const CURLOPT_PROGRESSFUNCTION = 20056
/** Integer. https://curl.se/libcurl/c/CURLOPT_PROTOCOLS.html */
export const CURLOPT_PROTOCOLS = 181
/** String. https://curl.se/libcurl/c/CURLOPT_PROXY.html */
export const CURLOPT_PROXY = 10004
/** Integer. https://curl.se/libcurl/c/CURLOPT_PROXYAUTH.html */
export const CURLOPT_PROXYAUTH = 111
/** List of strings. https://curl.se/libcurl/c/CURLOPT_PROXYHEADER.html */
export const CURLOPT_PROXYHEADER = 10228
/** String. https://curl.se/libcurl/c/CURLOPT_PROXYPASSWORD.html */
export const CURLOPT_PROXYPASSWORD = 10176
/** Integer. https://curl.se/libcurl/c/CURLOPT_PROXYPORT.html */
export const CURLOPT_PROXYPORT = 59
/** Integer. https://curl.se/libcurl/c/CURLOPT_PROXYTYPE.html */
export const CURLOPT_PROXYTYPE = 101
/** String. https://curl.se/libcurl/c/CURLOPT_PROXYUSERNAME.html */
export const CURLOPT_PROXYUSERNAME = 10175
/** String. https://curl.se/libcurl/c/CURLOPT_PROXYUSERPWD.html */
export const CURLOPT_PROXYUSERPWD = 10006
/** String. https://curl.se/libcurl/c/CURLOPT_PROXY_CAINFO.html */
export const CURLOPT_PROXY_CAINFO = 10246
/** Bytes. https://curl.se/libcurl/c/CURLOPT_PROXY_CAINFO_BLOB.html */
export const CURLOPT_PROXY_CAINFO_BLOB = 40310
/** String. https://curl.se/libcurl/c/CURLOPT_PROXY_CAPATH.html */
export const CURLOPT_PROXY_CAPATH = 10247
/** String. https://curl.se/libcurl/c/CURLOPT_PROXY_CRLFILE.html */
export const CURLOPT_PROXY_CRLFILE = 10260
/** String. https://curl.se/libcurl/c/CURLOPT_PROXY_ISSUERCERT.html */
export const CURLOPT_PROXY_ISSUERCERT = 10296
/** Bytes. https://curl.se/libcurl/c/CURLOPT_PROXY_ISSUERCERT_BLOB.html */
export const CURLOPT_PROXY_ISSUERCERT_BLOB = 40297
/** String. https://curl.se/libcurl/c/CURLOPT_PROXY_KEYPASSWD.html */
export const CURLOPT_PROXY_KEYPASSWD = 10258
/** String. https://curl.se/libcurl/c/CURLOPT_PROXY_PINNEDPUBLICKEY.html */
export const CURLOPT_PROXY_PINNEDPUBLICKEY = 10263
/** String. https://curl.se/libcurl/c/CURLOPT_PROXY_SERVICE_NAME.html */
export const CURLOPT_PROXY_SERVICE_NAME = 10235
/** String. https://curl.se/libcurl/c/CURLOPT_PROXY_SSLCERT.html */
export const CURLOPT_PROXY_SSLCERT = 10254
/** String. https://curl.se/libcurl/c/CURLOPT_PROXY_SSLCERTTYPE.html */
export const CURLOPT_PROXY_SSLCERTTYPE = 10255
/** Bytes. https://curl.se/libcurl/c/CURLOPT_PROXY_SSLCERT_BLOB.html */
export const CURLOPT_PROXY_SSLCERT_BLOB = 40293
/** String. https://curl.se/libcurl/c/CURLOPT_PROXY_SSLKEY.html */
export const CURLOPT_PROXY_SSLKEY = 10256
/** String. https://curl.se/libcurl/c/CURLOPT_PROXY_SSLKEYTYPE.html */
export const CURLOPT_PROXY_SSLKEYTYPE = 10257
/** Bytes. https://curl.se/libcurl/c/CURLOPT_PROXY_SSLKEY_BLOB.html */
export const CURLOPT_PROXY_SSLKEY_BLOB = 40294
/** Integer. https://curl.se/libcurl/c/CURLOPT_PROXY_SSLVERSION.html */
export const CURLOPT_PROXY_SSLVERSION = 250
/** String. https://curl.se/libcurl/c/CURLOPT_PROXY_SSL_CIPHER_LIST.html */
export const CURLOPT_PROXY_SSL_CIPHER_LIST = 10259
/** Integer. https://curl.se/libcurl/c/CURLOPT_PROXY_SSL_OPTIONS.html */
export const CURLOPT_PROXY_SSL_OPTIONS = 261
/** Integer. https://curl.se/libcurl/c/CURLOPT_PROXY_SSL_VERIFYHOST.html */
export const CURLOPT_PROXY_SSL_VERIFYHOST = 249
/** Integer. https://curl.se/libcurl/c/CURLOPT_PROXY_SSL_VERIFYPEER.html */
export const CURLOPT_PROXY_SSL_VERIFYPEER = 248
/** String. https://curl.se/libcurl/c/CURLOPT_PROXY_TLS13_CIPHERS.html */
export const CURLOPT_PROXY_TLS13_CIPHERS = 10277
/** String. https://curl.se/libcurl/c/CURLOPT_PROXY_TLSAUTH_PASSWORD.html */
export const CURLOPT_PROXY_TLSAUTH_PASSWORD = 10252
/** String. https://curl.se/libcurl/c/CURLOPT_PROXY_TLSAUTH_TYPE.html */
export const CURLOPT_PROXY_TLSAUTH_TYPE = 10253
/** String. https://curl.se/libcurl/c/CURLOPT_PROXY_TLSAUTH_USERNAME.html */
export const CURLOPT_PROXY_TLSAUTH_USERNAME = 10251
/** Integer. https://curl.se/libcurl/c/CURLOPT_PROXY_TRANSFER_MODE.html */
export const CURLOPT_PROXY_TRANSFER_MODE = 166
/** Integer. https://curl.se/libcurl/c/CURLOPT_PUT.html */
export const CURLOPT_PUT = 54
/** List of strings. https://curl.se/libcurl/c/CURLOPT_QUOTE.html */
export const CURLOPT_QUOTE = 10028
/** String. https://curl.se/libcurl/c/CURLOPT_RANDOM_FILE.html */
export const CURLOPT_RANDOM_FILE = 10076
/** String. https://curl.se/libcurl/c/CURLOPT_RANGE.html */
export const CURLOPT_RANGE = 10007
/** String. https://curl.se/libcurl/c/CURLOPT_READDATA.html */
export const CURLOPT_READDATA = 10009
/** Function. https://curl.se/libcurl/c/CURLOPT_READFUNCTION.html */
export const CURLOPT_READFUNCTION = 20012
/** Integer. https://curl.se/libcurl/c/CURLOPT_REDIR_PROTOCOLS.html */
export const CURLOPT_REDIR_PROTOCOLS = 182
/** String. https://curl.se/libcurl/c/CURLOPT_REFERER.html */
export const CURLOPT_REFERER = 10016
/** String. https://curl.se/libcurl/c/CURLOPT_REQUEST_TARGET.html */
export const CURLOPT_REQUEST_TARGET = 10266
/** List of strings. https://curl.se/libcurl/c/CURLOPT_RESOLVE.html */
export const CURLOPT_RESOLVE = 10203
/** Integer. https://curl.se/libcurl/c/CURLOPT_RESUME_FROM.html */
export const CURLOPT_RESUME_FROM = 21
/** PHP's own. Truth value: the callback gets the content (the default); off, it goes to stdout. */
export const CURLOPT_RETURNTRANSFER = 19913
/** Integer. https://curl.se/libcurl/c/CURLOPT_RTSP_CLIENT_CSEQ.html */
export const CURLOPT_RTSP_CLIENT_CSEQ = 193
/** Integer. https://curl.se/libcurl/c/CURLOPT_RTSP_REQUEST.html */
export const CURLOPT_RTSP_REQUEST = 189
/** Integer. https://curl.se/libcurl/c/CURLOPT_RTSP_SERVER_CSEQ.html */
export const CURLOPT_RTSP_SERVER_CSEQ = 194
/** String. https://curl.se/libcurl/c/CURLOPT_RTSP_SESSION_ID.html */
export const CURLOPT_RTSP_SESSION_ID = 10190
/** String. https://curl.se/libcurl/c/CURLOPT_RTSP_STREAM_URI.html */
export const CURLOPT_RTSP_STREAM_URI = 10191
/** String. https://curl.se/libcurl/c/CURLOPT_RTSP_TRANSPORT.html */
export const CURLOPT_RTSP_TRANSPORT = 10192
/** PHP's own. Accepted when true, without effect; false is an error. */
export const CURLOPT_SAFE_UPLOAD = -1
/** String. https://curl.se/libcurl/c/CURLOPT_SASL_AUTHZID.html */
export const CURLOPT_SASL_AUTHZID = 10289
/** Integer. https://curl.se/libcurl/c/CURLOPT_SASL_IR.html */
export const CURLOPT_SASL_IR = 218
/** String. https://curl.se/libcurl/c/CURLOPT_SERVICE_NAME.html */
export const CURLOPT_SERVICE_NAME = 10236
/** A share handle. https://curl.se/libcurl/c/CURLOPT_SHARE.html */
export const CURLOPT_SHARE = 10100
/** Integer. https://curl.se/libcurl/c/CURLOPT_SOCKS5_AUTH.html */
export const CURLOPT_SOCKS5_AUTH = 267
/** Integer. https://curl.se/libcurl/c/CURLOPT_SOCKS5_GSSAPI_NEC.html */
export const CURLOPT_SOCKS5_GSSAPI_NEC = 180
/** String. https://curl.se/libcurl/c/CURLOPT_SOCKS5_GSSAPI_SERVICE.html */
export const CURLOPT_SOCKS5_GSSAPI_SERVICE = 10179
/** Integer. https://curl.se/libcurl/c/CURLOPT_SSH_AUTH_TYPES.html */
export const CURLOPT_SSH_AUTH_TYPES = 151
/** Integer. https://curl.se/libcurl/c/CURLOPT_SSH_COMPRESSION.html */
export const CURLOPT_SSH_COMPRESSION = 268
/** String. https://curl.se/libcurl/c/CURLOPT_SSH_HOST_PUBLIC_KEY_MD5.html */
export const CURLOPT_SSH_HOST_PUBLIC_KEY_MD5 = 10162
/** String. https://curl.se/libcurl/c/CURLOPT_SSH_HOST_PUBLIC_KEY_SHA256.html */
export const CURLOPT_SSH_HOST_PUBLIC_KEY_SHA256 = 10311
/** String. https://curl.se/libcurl/c/CURLOPT_SSH_KNOWNHOSTS.html */
export const CURLOPT_SSH_KNOWNHOSTS = 10183
/** String. https://curl.se/libcurl/c/CURLOPT_SSH_PRIVATE_KEYFILE.html */
export const CURLOPT_SSH_PRIVATE_KEYFILE = 10153
/** String. https://curl.se/libcurl/c/CURLOPT_SSH_PUBLIC_KEYFILE.html */
export const CURLOPT_SSH_PUBLIC_KEYFILE = 10152
/** String. https://curl.se/libcurl/c/CURLOPT_SSLCERT.html */
export const CURLOPT_SSLCERT = 10025
/** The same as {@link CURLOPT_KEYPASSWD}. */
export const CURLOPT_SSLCERTPASSWD = 10026
/** String. https://curl.se/libcurl/c/CURLOPT_SSLCERTTYPE.html */
export const CURLOPT_SSLCERTTYPE = 10086
/** Bytes. https://curl.se/libcurl/c/CURLOPT_SSLCERT_BLOB.html */
export const CURLOPT_SSLCERT_BLOB = 40291
/** String. https://curl.se/libcurl/c/CURLOPT_SSLENGINE.html */
export const CURLOPT_SSLENGINE = 10089
/** Integer. https://curl.se/libcurl/c/CURLOPT_SSLENGINE_DEFAULT.html */
export const CURLOPT_SSLENGINE_DEFAULT = 90
/** String. https://curl.se/libcurl/c/CURLOPT_SSLKEY.html */
export const CURLOPT_SSLKEY = 10087
/** The same as {@link CURLOPT_KEYPASSWD}. */
export const CURLOPT_SSLKEYPASSWD = 10026
/** String. https://curl.se/libcurl/c/CURLOPT_SSLKEYTYPE.html */
export const CURLOPT_SSLKEYTYPE = 10088
/** Bytes. https://curl.se/libcurl/c/CURLOPT_SSLKEY_BLOB.html */
export const CURLOPT_SSLKEY_BLOB = 40292
/** Integer. https://curl.se/libcurl/c/CURLOPT_SSLVERSION.html */
export const CURLOPT_SSLVERSION = 32
/** String. https://curl.se/libcurl/c/CURLOPT_SSL_CIPHER_LIST.html */
export const CURLOPT_SSL_CIPHER_LIST = 10083
/** String. https://curl.se/libcurl/c/CURLOPT_SSL_EC_CURVES.html */
export const CURLOPT_SSL_EC_CURVES = 10298
/** Integer. https://curl.se/libcurl/c/CURLOPT_SSL_ENABLE_ALPN.html */
export const CURLOPT_SSL_ENABLE_ALPN = 226
/** Integer. https://curl.se/libcurl/c/CURLOPT_SSL_ENABLE_NPN.html */
export const CURLOPT_SSL_ENABLE_NPN = 225
/** Integer. https://curl.se/libcurl/c/CURLOPT_SSL_FALSESTART.html */
export const CURLOPT_SSL_FALSESTART = 233
/** Integer. https://curl.se/libcurl/c/CURLOPT_SSL_OPTIONS.html */
export const CURLOPT_SSL_OPTIONS = 216
/** Integer. https://curl.se/libcurl/c/CURLOPT_SSL_SESSIONID_CACHE.html */
export const CURLOPT_SSL_SESSIONID_CACHE = 150
/** Integer. https://curl.se/libcurl/c/CURLOPT_SSL_VERIFYHOST.html */
export const CURLOPT_SSL_VERIFYHOST = 81
/** Integer. https://curl.se/libcurl/c/CURLOPT_SSL_VERIFYPEER.html */
export const CURLOPT_SSL_VERIFYPEER = 64
/** Integer. https://curl.se/libcurl/c/CURLOPT_SSL_VERIFYSTATUS.html */
export const CURLOPT_SSL_VERIFYSTATUS = 232
/** Writable stream: gets what `CURLOPT_VERBOSE` says. */
export const CURLOPT_STDERR = 10037
/** Integer. https://curl.se/libcurl/c/CURLOPT_STREAM_WEIGHT.html */
export const CURLOPT_STREAM_WEIGHT = 239
/** Integer. https://curl.se/libcurl/c/CURLOPT_SUPPRESS_CONNECT_HEADERS.html */
export const CURLOPT_SUPPRESS_CONNECT_HEADERS = 265
/** Integer. https://curl.se/libcurl/c/CURLOPT_TCP_FASTOPEN.html */
export const CURLOPT_TCP_FASTOPEN = 244
/** Integer. https://curl.se/libcurl/c/CURLOPT_TCP_KEEPALIVE.html */
export const CURLOPT_TCP_KEEPALIVE = 213
/** Integer. https://curl.se/libcurl/c/CURLOPT_TCP_KEEPIDLE.html */
export const CURLOPT_TCP_KEEPIDLE = 214
/** Integer. https://curl.se/libcurl/c/CURLOPT_TCP_KEEPINTVL.html */
export const CURLOPT_TCP_KEEPINTVL = 215
/** Integer. https://curl.se/libcurl/c/CURLOPT_TCP_NODELAY.html */
export const CURLOPT_TCP_NODELAY = 121
/** List of strings. https://curl.se/libcurl/c/CURLOPT_TELNETOPTIONS.html */
export const CURLOPT_TELNETOPTIONS = 10070
/** Integer. https://curl.se/libcurl/c/CURLOPT_TFTP_BLKSIZE.html */
export const CURLOPT_TFTP_BLKSIZE = 178
/** Integer. https://curl.se/libcurl/c/CURLOPT_TFTP_NO_OPTIONS.html */
export const CURLOPT_TFTP_NO_OPTIONS = 242
/** Integer. https://curl.se/libcurl/c/CURLOPT_TIMECONDITION.html */
export const CURLOPT_TIMECONDITION = 33
/** Integer. https://curl.se/libcurl/c/CURLOPT_TIMEOUT.html */
export const CURLOPT_TIMEOUT = 13
/** Integer. https://curl.se/libcurl/c/CURLOPT_TIMEOUT_MS.html */
export const CURLOPT_TIMEOUT_MS = 155
/** Integer. https://curl.se/libcurl/c/CURLOPT_TIMEVALUE.html */
export const CURLOPT_TIMEVALUE = 34
/** Integer. https://curl.se/libcurl/c/CURLOPT_TIMEVALUE_LARGE.html */
export const CURLOPT_TIMEVALUE_LARGE = 30270
/** String. https://curl.se/libcurl/c/CURLOPT_TLS13_CIPHERS.html */
export const CURLOPT_TLS13_CIPHERS = 10276
/** String. https://curl.se/libcurl/c/CURLOPT_TLSAUTH_PASSWORD.html */
export const CURLOPT_TLSAUTH_PASSWORD = 10205
/** String. https://curl.se/libcurl/c/CURLOPT_TLSAUTH_TYPE.html */
export const CURLOPT_TLSAUTH_TYPE = 10206
/** String. https://curl.se/libcurl/c/CURLOPT_TLSAUTH_USERNAME.html */
export const CURLOPT_TLSAUTH_USERNAME = 10204
/** Integer. https://curl.se/libcurl/c/CURLOPT_TRANSFERTEXT.html */
export const CURLOPT_TRANSFERTEXT = 53
/** Integer. https://curl.se/libcurl/c/CURLOPT_TRANSFER_ENCODING.html */
export const CURLOPT_TRANSFER_ENCODING = 207
/** String. https://curl.se/libcurl/c/CURLOPT_UNIX_SOCKET_PATH.html */
export const CURLOPT_UNIX_SOCKET_PATH = 10231
/** Integer. https://curl.se/libcurl/c/CURLOPT_UNRESTRICTED_AUTH.html */
export const CURLOPT_UNRESTRICTED_AUTH = 105
/** Integer. https://curl.se/libcurl/c/CURLOPT_UPKEEP_INTERVAL_MS.html */
export const CURLOPT_UPKEEP_INTERVAL_MS = 281
/** Integer. https://curl.se/libcurl/c/CURLOPT_UPLOAD.html */
export const CURLOPT_UPLOAD = 46
/** Integer. https://curl.se/libcurl/c/CURLOPT_UPLOAD_BUFFERSIZE.html */
export const CURLOPT_UPLOAD_BUFFERSIZE = 280
/** String. https://curl.se/libcurl/c/CURLOPT_URL.html */
export const CURLOPT_URL = 10002
/** String. https://curl.se/libcurl/c/CURLOPT_USERAGENT.html */
export const CURLOPT_USERAGENT = 10018
/** String. https://curl.se/libcurl/c/CURLOPT_USERNAME.html */
export const CURLOPT_USERNAME = 10173
/** String. https://curl.se/libcurl/c/CURLOPT_USERPWD.html */
export const CURLOPT_USERPWD = 10005
/** The same as {@link CURLOPT_FTP_SSL}. */
export const CURLOPT_USE_SSL = 119
/** Integer. https://curl.se/libcurl/c/CURLOPT_VERBOSE.html */
export const CURLOPT_VERBOSE = 41
/** Integer. https://curl.se/libcurl/c/CURLOPT_WILDCARDMATCH.html */
export const CURLOPT_WILDCARDMATCH = 197
/** Function. https://curl.se/libcurl/c/CURLOPT_WRITEFUNCTION.html */
export const CURLOPT_WRITEFUNCTION = 20011
/** Writable stream: gets the header lines. PHP's name of `CURLOPT_HEADERDATA`. */
export const CURLOPT_WRITEHEADER = 10029
/** Function. https://curl.se/libcurl/c/CURLOPT_XFERINFOFUNCTION.html */
export const CURLOPT_XFERINFOFUNCTION = 20219
/** String. https://curl.se/libcurl/c/CURLOPT_XOAUTH2_BEARER.html */
export const CURLOPT_XOAUTH2_BEARER = 10220

export const CURLPAUSE_ALL = 5
export const CURLPAUSE_CONT = 0
export const CURLPAUSE_RECV = 1
export const CURLPAUSE_RECV_CONT = 0
export const CURLPAUSE_SEND = 4
export const CURLPAUSE_SEND_CONT = 0

export const CURLPIPE_HTTP1 = 1
export const CURLPIPE_MULTIPLEX = 2
export const CURLPIPE_NOTHING = 0

export const CURLPROTO_ALL = -1
export const CURLPROTO_DICT = 512
export const CURLPROTO_FILE = 1024
export const CURLPROTO_FTP = 4
export const CURLPROTO_FTPS = 8
export const CURLPROTO_GOPHER = 33554432
export const CURLPROTO_HTTP = 1
export const CURLPROTO_HTTPS = 2
export const CURLPROTO_IMAP = 4096
export const CURLPROTO_IMAPS = 8192
export const CURLPROTO_LDAP = 128
export const CURLPROTO_LDAPS = 256
export const CURLPROTO_MQTT = 268435456
export const CURLPROTO_POP3 = 16384
export const CURLPROTO_POP3S = 32768
export const CURLPROTO_RTMP = 524288
export const CURLPROTO_RTMPE = 2097152
export const CURLPROTO_RTMPS = 8388608
export const CURLPROTO_RTMPT = 1048576
export const CURLPROTO_RTMPTE = 4194304
export const CURLPROTO_RTMPTS = 16777216
export const CURLPROTO_RTSP = 262144
export const CURLPROTO_SCP = 16
export const CURLPROTO_SFTP = 32
export const CURLPROTO_SMB = 67108864
export const CURLPROTO_SMBS = 134217728
export const CURLPROTO_SMTP = 65536
export const CURLPROTO_SMTPS = 131072
export const CURLPROTO_TELNET = 64
export const CURLPROTO_TFTP = 2048

export const CURLPROXY_HTTP = 0
export const CURLPROXY_HTTPS = 2
export const CURLPROXY_HTTP_1_0 = 1
export const CURLPROXY_SOCKS4 = 4
export const CURLPROXY_SOCKS4A = 6
export const CURLPROXY_SOCKS5 = 5
export const CURLPROXY_SOCKS5_HOSTNAME = 7

export const CURLPX_BAD_ADDRESS_TYPE = 1
export const CURLPX_BAD_VERSION = 2
export const CURLPX_CLOSED = 3
export const CURLPX_GSSAPI = 4
export const CURLPX_GSSAPI_PERMSG = 5
export const CURLPX_GSSAPI_PROTECTION = 6
export const CURLPX_IDENTD = 7
export const CURLPX_IDENTD_DIFFER = 8
export const CURLPX_LONG_HOSTNAME = 9
export const CURLPX_LONG_PASSWD = 10
export const CURLPX_LONG_USER = 11
export const CURLPX_NO_AUTH = 12
export const CURLPX_OK = 0
export const CURLPX_RECV_ADDRESS = 13
export const CURLPX_RECV_AUTH = 14
export const CURLPX_RECV_CONNECT = 15
export const CURLPX_RECV_REQACK = 16
export const CURLPX_REPLY_ADDRESS_TYPE_NOT_SUPPORTED = 17
export const CURLPX_REPLY_COMMAND_NOT_SUPPORTED = 18
export const CURLPX_REPLY_CONNECTION_REFUSED = 19
export const CURLPX_REPLY_GENERAL_SERVER_FAILURE = 20
export const CURLPX_REPLY_HOST_UNREACHABLE = 21
export const CURLPX_REPLY_NETWORK_UNREACHABLE = 22
export const CURLPX_REPLY_NOT_ALLOWED = 23
export const CURLPX_REPLY_TTL_EXPIRED = 24
export const CURLPX_REPLY_UNASSIGNED = 25
export const CURLPX_REQUEST_FAILED = 26
export const CURLPX_RESOLVE_HOST = 27
export const CURLPX_SEND_AUTH = 28
export const CURLPX_SEND_CONNECT = 29
export const CURLPX_SEND_REQUEST = 30
export const CURLPX_UNKNOWN_FAIL = 31
export const CURLPX_UNKNOWN_MODE = 32
export const CURLPX_USER_REJECTED = 33

export const CURLSHOPT_NONE = 0
export const CURLSHOPT_SHARE = 1
export const CURLSHOPT_UNSHARE = 2

export const CURLSSH_AUTH_AGENT = 16
export const CURLSSH_AUTH_ANY = -1
export const CURLSSH_AUTH_DEFAULT = -1
export const CURLSSH_AUTH_GSSAPI = 32
export const CURLSSH_AUTH_HOST = 4
export const CURLSSH_AUTH_KEYBOARD = 8
export const CURLSSH_AUTH_NONE = 0
export const CURLSSH_AUTH_PASSWORD = 2
export const CURLSSH_AUTH_PUBLICKEY = 1

export const CURLSSLOPT_ALLOW_BEAST = 1
export const CURLSSLOPT_AUTO_CLIENT_CERT = 32
export const CURLSSLOPT_NATIVE_CA = 16
export const CURLSSLOPT_NO_PARTIALCHAIN = 4
export const CURLSSLOPT_NO_REVOKE = 2
export const CURLSSLOPT_REVOKE_BEST_EFFORT = 8

export const CURLUSESSL_ALL = 3
export const CURLUSESSL_CONTROL = 2
export const CURLUSESSL_NONE = 0
export const CURLUSESSL_TRY = 1

export const CURLVERSION_NOW = 10

export const CURL_FNMATCHFUNC_FAIL = 2
export const CURL_FNMATCHFUNC_MATCH = 0
export const CURL_FNMATCHFUNC_NOMATCH = 1
export const CURL_HTTP_VERSION_1_0 = 1
export const CURL_HTTP_VERSION_1_1 = 2
export const CURL_HTTP_VERSION_2 = 3
export const CURL_HTTP_VERSION_2TLS = 4
export const CURL_HTTP_VERSION_2_0 = 3
export const CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE = 5
export const CURL_HTTP_VERSION_NONE = 0
export const CURL_IPRESOLVE_V4 = 1
export const CURL_IPRESOLVE_V6 = 2
export const CURL_IPRESOLVE_WHATEVER = 0
export const CURL_LOCK_DATA_CONNECT = 5
export const CURL_LOCK_DATA_COOKIE = 2
export const CURL_LOCK_DATA_DNS = 3
export const CURL_LOCK_DATA_PSL = 6
export const CURL_LOCK_DATA_SSL_SESSION = 4
export const CURL_MAX_READ_SIZE = 10485760
export const CURL_NETRC_IGNORED = 0
export const CURL_NETRC_OPTIONAL = 1
export const CURL_NETRC_REQUIRED = 2
export const CURL_PUSH_DENY = 1
export const CURL_PUSH_OK = 0
export const CURL_READFUNC_PAUSE = 268435457
export const CURL_REDIR_POST_301 = 1
export const CURL_REDIR_POST_302 = 2
export const CURL_REDIR_POST_303 = 4
export const CURL_REDIR_POST_ALL = 7
export const CURL_RTSPREQ_ANNOUNCE = 3
export const CURL_RTSPREQ_DESCRIBE = 2
export const CURL_RTSPREQ_GET_PARAMETER = 8
export const CURL_RTSPREQ_OPTIONS = 1
export const CURL_RTSPREQ_PAUSE = 6
export const CURL_RTSPREQ_PLAY = 5
export const CURL_RTSPREQ_RECEIVE = 11
export const CURL_RTSPREQ_RECORD = 10
export const CURL_RTSPREQ_SETUP = 4
export const CURL_RTSPREQ_SET_PARAMETER = 9
export const CURL_RTSPREQ_TEARDOWN = 7
export const CURL_SSLVERSION_DEFAULT = 0
export const CURL_SSLVERSION_MAX_DEFAULT = 65536
export const CURL_SSLVERSION_MAX_NONE = 0
export const CURL_SSLVERSION_MAX_TLSv1_0 = 262144
export const CURL_SSLVERSION_MAX_TLSv1_1 = 327680
export const CURL_SSLVERSION_MAX_TLSv1_2 = 393216
export const CURL_SSLVERSION_MAX_TLSv1_3 = 458752
export const CURL_SSLVERSION_SSLv2 = 2
export const CURL_SSLVERSION_SSLv3 = 3
export const CURL_SSLVERSION_TLSv1 = 1
export const CURL_SSLVERSION_TLSv1_0 = 4
export const CURL_SSLVERSION_TLSv1_1 = 5
export const CURL_SSLVERSION_TLSv1_2 = 6
export const CURL_SSLVERSION_TLSv1_3 = 7
export const CURL_TIMECOND_IFMODSINCE = 1
export const CURL_TIMECOND_IFUNMODSINCE = 2
export const CURL_TIMECOND_LASTMOD = 3
export const CURL_TIMECOND_NONE = 0
export const CURL_TLSAUTH_SRP = 1
export const CURL_VERSION_ALTSVC = 16777216
export const CURL_VERSION_ASYNCHDNS = 128
export const CURL_VERSION_BROTLI = 8388608
export const CURL_VERSION_CONV = 4096
export const CURL_VERSION_CURLDEBUG = 8192
export const CURL_VERSION_DEBUG = 64
export const CURL_VERSION_GSASL = 536870912
export const CURL_VERSION_GSSAPI = 131072
export const CURL_VERSION_GSSNEGOTIATE = 32
export const CURL_VERSION_HSTS = 268435456
export const CURL_VERSION_HTTP2 = 65536
export const CURL_VERSION_HTTP3 = 33554432
export const CURL_VERSION_HTTPS_PROXY = 2097152
export const CURL_VERSION_IDN = 1024
export const CURL_VERSION_IPV6 = 1
export const CURL_VERSION_KERBEROS4 = 2
export const CURL_VERSION_KERBEROS5 = 262144
export const CURL_VERSION_LARGEFILE = 512
export const CURL_VERSION_LIBZ = 8
export const CURL_VERSION_MULTI_SSL = 4194304
export const CURL_VERSION_NTLM = 16
export const CURL_VERSION_NTLM_WB = 32768
export const CURL_VERSION_PSL = 1048576
export const CURL_VERSION_SPNEGO = 256
export const CURL_VERSION_SSL = 4
export const CURL_VERSION_SSPI = 2048
export const CURL_VERSION_TLSAUTH_SRP = 16384
export const CURL_VERSION_UNICODE = 134217728
export const CURL_VERSION_UNIX_SOCKETS = 524288
export const CURL_VERSION_ZSTD = 67108864
export const CURL_WRITEFUNC_PAUSE = 268435457

/** Infos that are numbers. */
export type NumberInfo =
  | typeof CURLINFO_APPCONNECT_TIME
  | typeof CURLINFO_APPCONNECT_TIME_T
  | typeof CURLINFO_CONDITION_UNMET
  | typeof CURLINFO_CONNECT_TIME
  | typeof CURLINFO_CONNECT_TIME_T
  | typeof CURLINFO_CONTENT_LENGTH_DOWNLOAD
  | typeof CURLINFO_CONTENT_LENGTH_DOWNLOAD_T
  | typeof CURLINFO_CONTENT_LENGTH_UPLOAD
  | typeof CURLINFO_CONTENT_LENGTH_UPLOAD_T
  | typeof CURLINFO_FILETIME
  | typeof CURLINFO_FILETIME_T
  | typeof CURLINFO_HEADER_SIZE
  | typeof CURLINFO_HTTPAUTH_AVAIL
  | typeof CURLINFO_HTTP_CONNECTCODE
  | typeof CURLINFO_HTTP_VERSION
  | typeof CURLINFO_LOCAL_PORT
  | typeof CURLINFO_NAMELOOKUP_TIME
  | typeof CURLINFO_NAMELOOKUP_TIME_T
  | typeof CURLINFO_NUM_CONNECTS
  | typeof CURLINFO_OS_ERRNO
  | typeof CURLINFO_PRETRANSFER_TIME
  | typeof CURLINFO_PRETRANSFER_TIME_T
  | typeof CURLINFO_PRIMARY_PORT
  | typeof CURLINFO_PROTOCOL
  | typeof CURLINFO_PROXYAUTH_AVAIL
  | typeof CURLINFO_PROXY_ERROR
  | typeof CURLINFO_PROXY_SSL_VERIFYRESULT
  | typeof CURLINFO_REDIRECT_COUNT
  | typeof CURLINFO_REDIRECT_TIME
  | typeof CURLINFO_REDIRECT_TIME_T
  | typeof CURLINFO_REQUEST_SIZE
  | typeof CURLINFO_RESPONSE_CODE
  | typeof CURLINFO_RETRY_AFTER
  | typeof CURLINFO_RTSP_CLIENT_CSEQ
  | typeof CURLINFO_RTSP_CSEQ_RECV
  | typeof CURLINFO_RTSP_SERVER_CSEQ
  | typeof CURLINFO_SIZE_DOWNLOAD
  | typeof CURLINFO_SIZE_DOWNLOAD_T
  | typeof CURLINFO_SIZE_UPLOAD
  | typeof CURLINFO_SIZE_UPLOAD_T
  | typeof CURLINFO_SPEED_DOWNLOAD
  | typeof CURLINFO_SPEED_DOWNLOAD_T
  | typeof CURLINFO_SPEED_UPLOAD
  | typeof CURLINFO_SPEED_UPLOAD_T
  | typeof CURLINFO_SSL_VERIFYRESULT
  | typeof CURLINFO_STARTTRANSFER_TIME
  | typeof CURLINFO_STARTTRANSFER_TIME_T
  | typeof CURLINFO_TOTAL_TIME
  | typeof CURLINFO_TOTAL_TIME_T

/** Infos that are strings, or false where libcurl has none. */
export type StringInfo =
  | typeof CURLINFO_CONTENT_TYPE
  | typeof CURLINFO_EFFECTIVE_METHOD
  | typeof CURLINFO_EFFECTIVE_URL
  | typeof CURLINFO_FTP_ENTRY_PATH
  | typeof CURLINFO_LOCAL_IP
  | typeof CURLINFO_PRIMARY_IP
  | typeof CURLINFO_REDIRECT_URL
  | typeof CURLINFO_REFERER
  | typeof CURLINFO_RTSP_SESSION_ID
  | typeof CURLINFO_SCHEME
