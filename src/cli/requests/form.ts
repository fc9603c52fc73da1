/** Parses multipart forms as curl's -F spells them. Does not send them. */
import { basename } from 'node:path'
import { FormFile } from '../../options/values/form-file.js'
import type { FormField } from '../arguments/flags/request-parts.js'
import { UsageError } from '../errors/errors.js'
import { readInput } from '../files/read-input.js'

type Value = string | Buffer | FormFile

/** Returns the fields by name. Fields with the same name become a list. */
export function formOf(fields: readonly FormField[]): Map<string, Value | Value[]> {
  const form = new Map<string, Value | Value[]>()
  for (const field of fields) {
    const [name, value] = parseField(field)
    const before = form.get(name)
    if (before === undefined) form.set(name, value)
    else if (Array.isArray(before)) before.push(value)
    else form.set(name, [before, value])
  }
  return form
}

function parseField({ text, isLiteral }: FormField): [name: string, value: Value] {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageError('-F takes name=value, name=@file or name=<file')
  const name = text.slice(0, at)
  const rest = text.slice(at + 1)
  if (isLiteral) return [name, rest]
  const { content, type, filename } = attributes(rest)
  if (content.startsWith('@')) {
    const path = content.slice(1)
    const shown = filename ?? basename(path)
    return [name, new FormFile({ path }, shown, type ?? typeOf(shown))]
  }
  const value = content.startsWith('<') ? readInput(content.slice(1), '-F') : content
  if (type === undefined && filename === undefined) return [name, value]
  if (filename === undefined)
    throw new UsageError('-F: ;type= goes with a file (name=@file), or with ;filename=')
  return [name, new FormFile({ content: value }, filename, type ?? typeOf(filename))]
}

function attributes(text: string): { content: string; type?: string; filename?: string } {
  const quoted = /^([@<]?)"((?:[^"\\]|\\.)*)"/.exec(text)
  const content =
    quoted === null
      ? (/^(.*?)(?=;(?:type|filename)=|$)/s.exec(text)?.[1] ?? '')
      : `${quoted[1] ?? ''}${(quoted[2] ?? '').replace(/\\(.)/g, '$1')}`
  const rest = text.slice(quoted === null ? content.length : quoted[0].length)
  const type = /;type=([^;]+(?:;\s*(?!filename=)[^;=]+=[^;]*)*)/.exec(rest)?.[1]
  const filename = /;filename=(?:"([^"]*)"|([^;]*))/.exec(rest)
  return {
    content,
    ...(type !== undefined && { type }),
    ...(filename !== null && { filename: filename[1] ?? filename[2] ?? '' }),
  }
}

/** The file types that curl derives from file names (lib/mime.c). */
const TYPES: Readonly<Record<string, string>> = {
  gif: 'image/gif',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  htm: 'text/html',
  html: 'text/html',
  pdf: 'application/pdf',
  xml: 'application/xml',
}

function typeOf(filename: string): string {
  const extension = /\.([^.]+)$/.exec(filename)?.[1]?.toLowerCase() ?? ''
  return (Object.hasOwn(TYPES, extension) ? TYPES[extension] : undefined) ?? 'application/octet-stream'
}
