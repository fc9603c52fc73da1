/**
 * Multipart forms of -F, with curl's own grammar. What the library can send as post fields is left to it; the
 * rest is laid out as bytes and files. Does not read files that are sent as they are.
 */
import { createReadStream, readFileSync, statSync } from 'node:fs'
import { FormFile } from '../../options/values/form-file.js'
import type { FormField } from '../arguments/flags/request-parts.js'
import { FormBuilder, type FormDraft } from '../curl/arguments/values/form.js'
import { CurlError } from '../curl/invocation.js'
import type { FormNode } from '../curl/operation-settings.js'
import { formLines, layOutForm, postFieldsOf, type PostField } from '../curl/request/form-body.js'
import { UsageError } from '../errors/errors.js'
import { readInput } from '../files/read-input.js'

type Value = string | FormFile

/** stdin can be read once, and each line of input makes the request anew. */
let stdin: Buffer | undefined
const context = {
  readFile: (path: string): Buffer => readFileSync(path),
  readStdin: (): Buffer => (stdin ??= readInput('-', '-F')),
}

/** Returns the options that send a form. Header lines are those of the request. */
export function formOptions(
  fields: readonly FormField[],
  headers: readonly string[],
): Record<string, unknown> {
  const form = parse(fields)
  const simple = postFieldsOf(form, false)
  if (simple !== undefined) return { POSTFIELDS: fieldsByName(simple) }
  try {
    const { segments, contentType } = layOutForm(form, { header: [...headers], formEscape: false }, context)
    const size = sizeOf(segments)
    return {
      POST: 1,
      HTTPHEADER: formLines(headers, contentType, size),
      ...sent(segments, size),
    }
  } catch (error) {
    throw error instanceof CurlError ? new UsageError(error.message.replace(/^curl: \(\d+\)/, '-F:')) : error
  }
}

function parse(fields: readonly FormField[]): FormNode {
  const draft: FormDraft = { settings: {}, openGroups: [] }
  const builder = new FormBuilder(draft)
  for (const { text, isLiteral } of fields) {
    // curl warns, and sends something else than what was written.
    const warn = (problem: string): never => {
      throw new UsageError(`-F ${text.slice(0, 60)}: ${problem} (--form-string takes text as it is)`)
    }
    if (!text.includes('=')) throw new UsageError('-F takes name=value, name=@file or name=<file')
    builder.add({ context, warn }, text, isLiteral)
  }
  return draft.settings.form as FormNode
}

/** Fields with the same name become a list. */
function fieldsByName(fields: readonly PostField[]): Map<string, Value | Value[]> {
  const form = new Map<string, Value | Value[]>()
  for (const { name = '', contents = '', file, filename = '', type = '' } of fields) {
    const value = file === undefined ? contents : new FormFile({ path: file }, filename, type)
    const before = form.get(name)
    if (before === undefined) form.set(name, value)
    else if (Array.isArray(before)) before.push(value)
    else form.set(name, [before, value])
  }
  return form
}

type Segments = ReturnType<typeof layOutForm>['segments']

/** Files are read when they are sent, and again if they have to be sent again. */
function sent(segments: Segments, size: number): Record<string, unknown> {
  if (!segments.some((segment) => 'path' in segment))
    return { upload: Buffer.concat(segments as Uint8Array[]) }
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const segment of segments) {
      if ('path' in segment) yield* createReadStream(segment.path) as AsyncIterable<Buffer>
      else yield segment
    }
  }
  return { upload: () => bytes(), uploadSize: size }
}

function sizeOf(segments: Segments): number {
  const sizes = segments.map((segment) => ('path' in segment ? sizeOfFile(segment.path) : segment.length))
  return sizes.reduce((sum, next) => sum + next, 0)
}

function sizeOfFile(path: string): number {
  try {
    const stats = statSync(path)
    if (stats.isFile()) return stats.size
    throw new Error('it is not a regular file')
  } catch (error) {
    throw new UsageError(`-F ${path}: ${(error as Error).message}`)
  }
}
