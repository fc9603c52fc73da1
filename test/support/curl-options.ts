/**
 * The options of curl 8.22 by the way in which they are taken: long names, with their letters. Those that
 * only debug builds have are left out. Source: curl's own parser, src/tool_getparam.c.
 */
const LISTS = {
  flag: `
    alpn append,a basic buffer,N ca-native cert-status clobber compressed compressed-ssh create-dirs crlf
    digest disable,q disable-eprt disable-epsv disallow-username-in-url doh-cert-status doh-insecure eprt
    epsv fail,f fail-early fail-with-body follow form-escape ftp-create-dirs ftp-pret
    ftp-skip-pasv-ip ftp-ssl ftp-ssl-ccc ftp-ssl-control ftp-ssl-reqd get,G globoff,g haproxy-protocol
    head,I http0.9 ignore-content-length include insecure,k junk-session-cookies,j keepalive list-only,l
    location,L location-trusted mail-rcpt-allowfails manual,M mptcp negotiate netrc,n netrc-optional ntlm
    out-null parallel,Z parallel-immediate path-as-is post301 post302 post303 progress-bar,# progress-meter
    proxy-anyauth proxy-basic proxy-ca-native proxy-digest proxy-http2 proxy-http3 proxy-insecure
    proxy-negotiate proxy-ntlm proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxytunnel,p raw
    remote-header-name,J remote-name,O remote-name-all remote-time,R remove-on-error retry-all-errors
    retry-connrefused sasl-ir sessionid show-error,S show-headers,i silent,s skip-existing socks5-basic
    socks5-gssapi socks5-gssapi-nec ssl ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd
    ssl-revoke-best-effort styled-output suppress-connect-headers tcp-fastopen tcp-nodelay tftp-no-options
    tls-earlydata tr-encoding trace-ids trace-time use-ascii,B verbose,v version,V xattr
  `,
  once: `
    anyauth dump-ca-embed ftp-pasv http1.0,0 http1.1 http2 http2-prior-knowledge http3 http3-only ipv4,4
    ipv6,6 next,: proxy-tlsv1 tlsv1,1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3
  `,
  text: `
    alt-svc aws-sigv4 cert-type ciphers connect-to continue-at,C cookie,b cookie-jar,c create-file-mode
    curves data,d data-ascii data-binary data-raw data-urlencode delegation dns-interface dns-ipv4-addr
    dns-ipv6-addr dns-servers doh-url ech engine form,F form-string ftp-account ftp-alternative-to-user
    ftp-method ftp-port,P ftp-ssl-ccc-mode haproxy-clientip header,H help,h hostpubmd5 hostpubsha256 hsts
    httpsig-algo httpsig-headers httpsig-keyid interface ip-tos ipfs-gateway json key-type libcurl
    limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize max-redirs noproxy
    oauth2-bearer output-dir pass pinnedpubkey preproxy proto proto-default proto-redir proxy,x
    proxy-cert-type proxy-ciphers proxy-header proxy-key-type proxy-pass proxy-pinnedpubkey
    proxy-service-name proxy-tls13-ciphers proxy-user,U proxy1.0 pubkey quote,Q range,r rate referer,e
    request,X request-target resolve sasl-authzid service-name sigalgs socks4 socks4a socks5
    socks5-gssapi-service socks5-hostname telnet-option,t time-cond,z tls-max tls13-ciphers trace-config
    upload-flags url url-query user,u user-agent,A variable write-out,w
  `,
  file: `
    abstract-unix-socket cacert capath cert,E config,K crlfile dump-header,D etag-compare etag-save
    httpsig-key key knownhosts netrc-file output,o proxy-cacert proxy-capath proxy-cert proxy-crlfile
    proxy-key ssl-sessions stderr trace trace-ascii unix-socket upload-file,T
  `,
  number: `
    happy-eyeballs-timeout-ms keepalive-cnt keepalive-time parallel-max parallel-max-host retry
    speed-limit,Y speed-time,y tftp-blksize vlan-priority
  `,
  seconds: `
    connect-timeout expect100-timeout max-time,m retry-delay retry-max-time
  `,
  'gone-switch': `
    false-start metalink npn ntlm-wb sslv2,2 sslv3,3
  `,
  'gone-value': `
    egd-file krb krb4 proxy-tlsauthtype proxy-tlspassword proxy-tlsuser random-file tlsauthtype tlspassword
    tlsuser
  `,
} as const

export type CurlOptionKind = keyof typeof LISTS

/** One option of curl's. */
export interface CurlOptionName {
  readonly long: string
  /** One letter, or ''. */
  readonly short: string
  /** `gone-...`: taken with a warning, and without effect. */
  readonly kind: CurlOptionKind
}

/** All of them. */
export const CURL_OPTIONS: readonly CurlOptionName[] = (Object.keys(LISTS) as CurlOptionKind[]).flatMap(
  (kind) =>
    LISTS[kind]
      .trim()
      .split(/\s+/)
      .map((word) => {
        const [long = '', short = ''] = word.split(',')
        return { long, short, kind }
      }),
)
