/**
 * The certificate authority of the tests, and the certificates that it signs: no openssl binary is needed, and
 * nothing in the repository expires. Does not depend on servers.
 */
import { CertificateAuthority, type Certificate } from '../../../src/stand-in/certificates.js'

export type { Certificate }

const authority = new CertificateAuthority('parallelcurl test authority')

/** Returns the authority's certificate, which a client has to trust. PEM. */
export const authorityPem = (): string => authority.pem

/** Issues a certificate for these DNS names and IP addresses, or for a client named `commonName`. */
export const issueCertificate = (commonName: string, names: string[] = []): Certificate =>
  authority.issue(commonName, names)
