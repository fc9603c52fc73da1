/** Takes out of results what differs between two moments. Does not know what is compared. */

/** Returns base64 as the bytes that it stands for, and every other value as it is. */
export function decoded(part: unknown): unknown {
  const isBase64 = typeof part === 'string' && part.length > 16 && /^[A-Za-z0-9+/]+=*$/.test(part)
  return isBase64 ? Buffer.from(part, 'base64').toString('latin1') : part
}

/** Returns a JSON text without the time of day. */
export function steady(json: string): string {
  return json.replace(/Date: [^\\"]* GMT/g, 'Date: NOW').replace(/after \d+ ms/g, 'after N ms')
}
