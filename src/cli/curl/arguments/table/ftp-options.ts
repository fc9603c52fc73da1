/**
 * Options about FTP, mail and what else is no web. Does not know requests.
 */
import { wordOf } from '../values/grammars.js'
import type { Parsing } from '../parsing.js'
import { filled, flag, gone, listed, off, on, once, text, type CurlOption } from './option.js'

/** curl/curl.h: CURLFTPMETHOD_*. */
const FILE_METHODS = { default: 1, multicwd: 1, nocwd: 2, singlecwd: 3 }
/** curl/curl.h: CURLFTPSSL_CCC_*. */
const CCC_MODES = { default: 1, passive: 1, active: 2 }

/** `-` before a command: after the transfer; `+`: just before it. */
function addQuote({ settings }: Parsing, value: string): void {
  if (value.startsWith('-')) settings.postquote.push(value.slice(1))
  else if (value.startsWith('+')) settings.prequote.push(value.slice(1))
  else settings.quote.push(value)
}

export const FTP_OPTIONS: readonly CurlOption[] = [
  flag('append', 'a', on('append')),
  flag('disable-eprt', '', on('disableEprt')),
  flag('disable-epsv', '', on('disableEpsv')),
  flag('eprt', '', off('disableEprt')),
  flag('epsv', '', off('disableEpsv')),
  text('ftp-account', '', filled('ftpAccount')),
  text('ftp-alternative-to-user', '', filled('ftpAlternativeToUser')),
  flag('ftp-create-dirs', '', on('ftpCreateDirs')),
  text('ftp-method', '', (parsing, value) => {
    parsing.settings.ftpMethod = wordOf(parsing, value, FILE_METHODS, 'ftp file method', 'default')
  }),
  once('ftp-pasv', '', ({ settings }) => {
    delete settings.ftpPort
  }),
  text('ftp-port', 'P', filled('ftpPort')),
  flag('ftp-pret', '', on('ftpPret')),
  flag('ftp-skip-pasv-ip', '', on('ftpSkipPasvIp')),
  flag(
    'ftp-ssl-ccc',
    '',
    ({ settings }, value) => {
      settings.ftpSslCcc = value
      if (settings.ftpSslCccMode === 0) settings.ftpSslCccMode = CCC_MODES.passive
    },
    { option: 'FTP_SSL_CCC' },
  ),
  text(
    'ftp-ssl-ccc-mode',
    '',
    (parsing, value) => {
      parsing.settings.ftpSslCcc = true
      parsing.settings.ftpSslCccMode = wordOf(parsing, value, CCC_MODES, 'ftp CCC method', 'default')
    },
    { option: 'FTP_SSL_CCC' },
  ),
  gone('krb', '', true),
  gone('krb4', '', true),
  flag('list-only', 'l', on('listOnly')),
  text('mail-auth', '', filled('mailAuth')),
  text('mail-from', '', filled('mailFrom')),
  text('mail-rcpt', '', listed('mailRcpt')),
  flag('mail-rcpt-allowfails', '', on('mailRcptAllowfails')),
  gone('metalink', '', false),
  text('quote', 'Q', addQuote),
]
