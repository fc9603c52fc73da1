/**
 * A certificate authority for tests and the certificates that it signs. Writes X.509 by hand over
 * node:crypto, so that no openssl binary is needed. New for each process, so that nothing in the repository
 * expires. Does not depend on servers.
 */
import {
  type KeyObject,
  X509Certificate,
  createHash,
  generateKeyPairSync,
  randomBytes,
  sign,
} from 'node:crypto'

export interface Certificate {
  /** PEM. */
  readonly cert: string
  /** PEM. */
  readonly key: string
}

interface Authority extends Certificate {
  readonly privateKey: KeyObject
}

const tag = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
}

function der(type: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([type, ...size]), content])
}

const sequence = (...parts: Buffer[]): Buffer => der(tag.sequence, ...parts)

const oids = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  subjectKeyIdentifier: '551d0e',
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  authorityKeyIdentifier: '551d23',
}

const yes = der(tag.boolean, Buffer.from([0xff]))
const oid = (name: keyof typeof oids): Buffer => der(tag.oid, Buffer.from(oids[name], 'hex'))
const distinguishedName = (commonName: string): Buffer =>
  sequence(der(tag.set, sequence(oid('commonName'), der(tag.utf8, Buffer.from(commonName)))))
const extension = (name: keyof typeof oids, value: Buffer): Buffer =>
  sequence(oid(name), der(tag.octets, value))
const critical = (name: keyof typeof oids, value: Buffer): Buffer =>
  sequence(oid(name), yes, der(tag.octets, value))
const keyIdentifier = (publicKey: Buffer): Buffer => createHash('sha1').update(publicKey).digest()

function pem(label: string, bytes: Buffer): string {
  return `-----BEGIN ${label}-----\n${(bytes.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`
}

function generalName(name: string): Buffer {
  const address = name.split('.').map(Number)
  const isAddress = address.length === 4 && address.every((part) => part >= 0 && part < 256)
  return isAddress ? der(0x87, Buffer.from(address)) : der(0x82, Buffer.from(name))
}

function certificate(commonName: string, names: string[], issuer?: Authority): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const issuerSpki = issuer
    ? new X509Certificate(issuer.cert).publicKey.export({ type: 'spki', format: 'der' })
    : spki
  const issuerName = issuer ? new X509Certificate(issuer.cert).subject.replace(/^CN=/, '') : commonName
  const algorithm = sequence(oid('ecdsaWithSha256'))
  const extensions = [
    critical('basicConstraints', issuer ? sequence() : sequence(yes)),
    // digitalSignature for a leaf certificate, keyCertSign for the authority.
    critical('keyUsage', der(tag.bits, Buffer.from(issuer ? [0x07, 0x80] : [0x02, 0x04]))),
    extension('subjectKeyIdentifier', der(tag.octets, keyIdentifier(spki))),
    extension('authorityKeyIdentifier', sequence(der(0x80, keyIdentifier(issuerSpki)))),
    ...(names.length > 0 ? [extension('subjectAltName', sequence(...names.map(generalName)))] : []),
  ]
  const time = (year: number): Buffer => der(tag.time, Buffer.from(`${year}0101000000Z`))
  const thisYear = new Date().getUTCFullYear()
  const toBeSigned = sequence(
    der(0xa0, der(tag.integer, Buffer.from([2]))),
    der(tag.integer, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    distinguishedName(issuerName),
    sequence(time(thisYear - 1), time(thisYear + 2)),
    distinguishedName(commonName),
    spki,
    der(0xa3, sequence(...extensions)),
  )
  const signature = sign('sha256', toBeSigned, issuer?.privateKey ?? privateKey)
  const whole = sequence(toBeSigned, algorithm, der(tag.bits, Buffer.from([0]), signature))
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { cert: pem('CERTIFICATE', whole), key, privateKey }
}

let authority: Authority | undefined
const theAuthority = (): Authority => (authority ??= certificate('parallelcurl test authority', []))

/** Returns the authority's certificate, which a client has to trust. PEM. */
export const authorityPem = (): string => theAuthority().cert

/** Issues a certificate for these DNS names and IPv4 addresses, or for a client named `commonName`. */
export function issueCertificate(commonName: string, names: string[] = []): Certificate {
  const { cert, key } = certificate(commonName, names, theAuthority())
  return { cert, key }
}
