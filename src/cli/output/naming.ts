/**
 * Which file the body of a request goes to. Does not write it.
 */
import { lstatSync, statSync } from 'node:fs'
import { devNull } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { resolveOutput } from '../../bodies/files/output-path.js'
import type { RequestOptions, Transfer } from '../../index.js'
import type { Input } from '../input/input-line.js'
import { UsageError } from '../errors/errors.js'
import type { Settings } from '../settings/settings.js'
import { isSpecial } from '../files/special-file.js'
import { checkLineOutput, checkTemplate, fillTemplate, hasVariables, remoteName } from './template.js'

interface Place {
  readonly name: (transfer: Transfer | null) => string
  /** Whether the name is known before the answer. */
  readonly isEarly: boolean
  /** Whether a request's data give the name, in the place of whoever runs the command. */
  readonly isOfData: boolean
  readonly makesFolders: boolean
  readonly folder: string | undefined
}

/** A file that a body goes to. */
export interface BodyPath {
  readonly path: string
  /** A device or a pipe: written to, and never replaced. */
  readonly isSpecial: boolean
}

/** What says that nothing can be written, whatever the name: the next request would not fare better. */
const OF_THE_DISK = new Set(['EDQUOT', 'EIO', 'EMFILE', 'ENFILE', 'ENOSPC', 'EROFS'])

/** Names files as -o, -O and lines of input have it. */
export class Naming {
  /** `UsageError` for templates that give no names, and folders that are missing. */
  constructor(private readonly settings: Settings) {
    const { templates, inputs, outputDir, createDirs, remoteName: isRemote } = settings
    for (const template of templates) {
      checkTemplate(template, inputs.length > 0, outputDir !== undefined)
      if (createDirs || template === '-' || hasVariables(template)) continue
      checkFolder(outputDir === undefined ? dirname(template) : join(outputDir, dirname(template)))
    }
    if (isRemote && !createDirs) checkFolder(outputDir ?? '.')
  }

  /**
   * What a download takes; null: the body goes to memory. `DataError` where the request's data give no name.
   */
  options(input: Input, n: number): RequestOptions | null {
    const place = this.placeOf(input, n)
    if (place === undefined || this.settings.include) return null
    const { name, isEarly, makesFolders, folder } = place
    // Downloads are put in their place by renaming.
    if (isEarly && isWrittenTo(resolve(folder ?? '.', name(null)), place)) return null
    return {
      output: isEarly ? name(null) : (transfer) => name(transfer),
      createDirs: makesFolders,
      ...(folder !== undefined && { outputDir: folder }),
    }
  }

  /** Whether nobody reads the body of a request. */
  drops(input: Input, n: number): boolean {
    const { jsonl, body } = this.settings
    if (jsonl && body !== undefined) return false
    const place = this.placeOf(input, n)
    if (place === undefined) return jsonl
    return place.isEarly && !place.isOfData && resolve(place.folder ?? '.', place.name(null)) === devNull
  }

  /**
   * The file of a body that is in memory; undefined: stdout. Throws what is wrong with the name or its
   * folder.
   */
  path(input: Input, n: number, transfer: Transfer): BodyPath | undefined {
    const place = this.placeOf(input, n)
    if (place === undefined) return undefined
    const path = resolveOutput(place.name(transfer), place.folder, place.makesFolders)
    return { path, isSpecial: isWrittenTo(path, place) }
  }

  /** Whether no file can be written any more, and not just this one. */
  endsTheRun(input: Input, n: number, cause: unknown): boolean {
    const { syscall, code } = (cause ?? {}) as NodeJS.ErrnoException
    if (typeof syscall !== 'string') return false
    return OF_THE_DISK.has(code ?? '') || this.placeOf(input, n)?.isOfData !== true
  }

  /** The name as it was asked for. */
  name(input: Input, n: number, transfer: Transfer): string | undefined {
    const { outputDir } = this.settings
    const name = this.placeOf(input, n)?.name(transfer)
    return name === undefined || outputDir === undefined ? name : `${outputDir.replace(/\/$/, '')}/${name}`
  }

  private placeOf(input: Input, n: number): Place | undefined {
    const { outputDir, createDirs, templates, remoteName: isRemote } = this.settings
    const { output } = input
    if (output !== undefined) {
      checkLineOutput(output)
      return {
        name: () => output,
        isEarly: true,
        isOfData: true,
        makesFolders: true,
        folder: outputDir ?? '.',
      }
    }
    if (isRemote) {
      return {
        name: () => remoteName(input.url),
        isEarly: true,
        isOfData: true,
        makesFolders: createDirs,
        folder: outputDir ?? '.',
      }
    }
    // As in curl, several -o belong to the URLs in order; here the last one to all that follow, where it
    // names them all.
    const template = templates[Math.min(n, templates.length) - 1]
    if (template === undefined || template === '-' || template === '/dev/stdout') return undefined
    const isTemplate = hasVariables(template)
    // What is written to a device does not take anything away.
    if (!isTemplate && n > templates.length && !isSpecial(template)) {
      throw new UsageError(
        `-o ${template} is one file, and there are more requests: use a template, such as {n}`,
      )
    }
    return {
      name: (transfer) => fillTemplate(template, { input, n, status: transfer?.responseCode ?? 0 }),
      isEarly: !template.includes('{status}'),
      isOfData: isTemplate,
      makesFolders: isTemplate || createDirs,
      folder: outputDir,
    }
  }
}

/**
 * What a name of the command line leads to counts; a link that data give the name of is replaced like any
 * file.
 */
function isWrittenTo(path: string, { isOfData }: Place): boolean {
  if (!isOfData) return isSpecial(path)
  try {
    const stats = lstatSync(path)
    return !stats.isFile() && !stats.isDirectory() && !stats.isSymbolicLink()
  } catch {
    // It is not there, or cannot be: whoever writes it will tell.
    return false
  }
}

function checkFolder(folder: string): void {
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (stats === undefined) throw new UsageError(`-o: there is no folder ${folder} (--create-dirs makes it)`)
  if (!stats.isDirectory()) throw new UsageError(`-o: ${folder} is no folder`)
}
