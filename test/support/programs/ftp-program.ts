/**
 * Runs vsftpd as a private instance on a free port. The user `anonymous` may read and write, with any
 * password, also over TLS with a certificate of the test authority; other users are refused. Use
 * `requireProgram` to check that vsftpd is installed. Does not depend on the client.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeCertificate } from './certificate-files.js'
import { freePort, loopback, runProgram, type RunningProgram } from './program.js'

export interface FtpProgram extends RunningProgram {
  /** The folder that is served as `/`. */
  readonly folder: string
  /** The certificate to trust. */
  readonly CAINFO: string
  /** The number of control connections so far. */
  connections(): number
  /** The versions of TLS of all control and data connections so far. */
  tlsVersions(): string[]
  /** Returns the URL of a file in the folder. */
  url(path: string): string
}

/** @param requiresTls true to refuse logins and data without encryption */
export async function startVsftpd({ requiresTls = false } = {}): Promise<FtpProgram> {
  const root = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
  const folder = join(root, 'served')
  mkdirSync(folder)
  // vsftpd may run as another user than the one that made the folder.
  chmodSync(root, 0o755)
  const { cert, key, CAINFO } = writeCertificate(root)
  const port = await freePort()
  const log = join(root, 'log')
  const settings = {
    listen: 'YES',
    listen_address: loopback,
    listen_port: port,
    background: 'NO',
    run_as_launching_user: 'YES',
    anonymous_enable: 'YES',
    local_enable: 'YES',
    write_enable: 'YES',
    anon_root: folder,
    anon_upload_enable: 'YES',
    anon_other_write_enable: 'YES',
    anon_mkdir_write_enable: 'YES',
    secure_chroot_dir: folder,
    seccomp_sandbox: 'NO',
    isolate: 'NO',
    isolate_network: 'NO',
    delay_failed_login: 0,
    ssl_enable: 'YES',
    allow_anon_ssl: 'YES',
    force_anon_logins_ssl: requiresTls ? 'YES' : 'NO',
    force_anon_data_ssl: requiresTls ? 'YES' : 'NO',
    force_local_logins_ssl: 'NO',
    require_ssl_reuse: 'NO',
    rsa_cert_file: cert,
    rsa_private_key_file: key,
    ssl_ciphers: 'HIGH',
    debug_ssl: 'YES',
    xferlog_enable: 'YES',
    log_ftp_protocol: 'YES',
    vsftpd_log_file: log,
  }
  const file = join(root, 'vsftpd.conf')
  writeFileSync(
    file,
    `${Object.entries(settings)
      .map((pair) => pair.join('='))
      .join('\n')}\n`,
  )
  const program = await runProgram('vsftpd', port, [file], () => {
    rmSync(root, { recursive: true })
  })
  return {
    ...program,
    folder,
    CAINFO,
    connections: () => readFileSync(log, 'utf8').match(/ CONNECT: /g)?.length ?? 0,
    tlsVersions: () =>
      [...readFileSync(log, 'utf8').matchAll(/SSL version: ([^,]+),/g)].map(([, name]) => name as string),
    // One slash after the port: a path from the login directory, which is the root.
    url: (path) => `ftp://${loopback}:${String(port)}/${path}`,
  }
}
