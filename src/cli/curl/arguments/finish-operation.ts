/**
 * Settings that follow from an operation's options once all of them are known. Does not know its transfers.
 */
import type { OperationDraft, Parsing } from './parsing.js'

/** `--json` implies headers, and credentials without a password want one. */
export function finishOperation(parsing: Parsing, operation: OperationDraft): void {
  const { settings, index } = operation
  if (settings.json) {
    if (!hasHeader(settings.header, 'content-type')) settings.header.push('Content-Type: application/json')
    if (!hasHeader(settings.header, 'accept')) settings.header.push('Accept: application/json')
  }
  const isOnly = index === 0 && parsing.operations.length === 1
  const ask = (kind: string, user: string): string => {
    if (user.includes(':') || user.startsWith(';')) return user
    const name = user.split(';', 1)[0] ?? ''
    const place = isOnly ? '' : ` on URL #${index + 1}`
    const password = parsing.context.askPassword?.(`Enter ${kind} password for user '${name}'${place}:`) ?? ''
    return `${user}:${password}`
  }
  if (settings.user !== undefined && settings.oauth2Bearer === undefined)
    settings.user = ask('host', settings.user)
  if (settings.proxyUser !== undefined) settings.proxyUser = ask('proxy', settings.proxyUser)
}

function hasHeader(lines: readonly string[], name: string): boolean {
  return lines.some((line) => {
    const separator = line[name.length]
    return (separator === ':' || separator === ';') && line.slice(0, name.length).toLowerCase() === name
  })
}
