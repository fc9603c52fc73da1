/** A certificate of the test authority as files, for programs. Does not know which program reads them. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { authorityPem, issueCertificate } from '../servers/certificates.js'
import { loopback } from './program.js'

/** The paths of the certificate, its key, and the certificate to trust. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
  readonly CAINFO: string
}

/** Writes a certificate for this machine into a folder. */
export function writeCertificate(folder: string): CertificateFiles {
  const files = {
    cert: join(folder, 'cert.pem'),
    key: join(folder, 'key.pem'),
    CAINFO: join(folder, 'ca.pem'),
  }
  const { cert, key } = issueCertificate('localhost', ['localhost', loopback])
  writeFileSync(files.cert, cert)
  writeFileSync(files.key, key)
  writeFileSync(files.CAINFO, authorityPem())
  return files
}
