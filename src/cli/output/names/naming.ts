/** Chooses the output file for the body of a request. Does not write it. */
import { lstatSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { resolveOutput } from '../../../bodies/files/output-path.js'
import type { RequestOptions, Transfer } from '../../../index.js'
import type { Input } from '../../input/input-line.js'
import { UsageError } from '../../errors/errors.js'
import type { Settings } from '../../settings/settings.js'
import { isSpecial } from '../../files/special-file.js'
import { StaleParts } from '../../files/stale-parts.js'
import {
  checkLineOutput,
  checkTemplate,
  fillTemplate,
  hasVariables,
  isNumbered,
  remoteName,
} from './template.js'
import { UsedNames } from './used-names.js'
import { DEV_NULL } from '../../files/dev-null.js'

interface Place {
  readonly name: (transfer: Transfer | null) => string
  /** True if the name is known before the response. */
  readonly isEarly: boolean
  /** True if no other request has the name. */
  readonly isNumbered: boolean
  /** True if the request's data decide the name, not the command line. */
  readonly isOfData: boolean
  readonly makesFolders: boolean
  readonly folder: string | undefined
  /** True for `/dev/null`, named by the command line. */
  readonly isNowhere: boolean
}

/** The facts of one -o, which are the same for all requests. */
interface TemplatePlan {
  readonly template: string
  readonly isTemplate: boolean
  readonly isEarly: boolean
  readonly isNumbered: boolean
  readonly isNowhere: boolean
}

/** The output file of a body. */
export interface BodyPath {
  readonly path: string
  /** True for a device or a pipe: it is written to and never replaced. */
  readonly isSpecial: boolean
}

const NOWHERE: BodyPath = { path: DEV_NULL, isSpecial: true }

/** Errors of the whole disk or process: the next file could not be written either. */
const DISK_ERRORS = new Set(['EDQUOT', 'EIO', 'EMFILE', 'ENFILE', 'ENOSPC', 'EROFS'])

/** Names output files for -o, -O and lines of input. */
export class Naming {
  private readonly used: UsedNames
  /** Left by the run that this one resumes; null if it resumes none. */
  private readonly stale: StaleParts | null
  /** By the numbers of requests: what is added to the name because the file exists. */
  private readonly suffixes = new Map<number, string>()
  private readonly plans: readonly TemplatePlan[]
  /** The place that was asked for last: one request asks several times in a row. */
  private last: { readonly n: number; readonly input: Input; readonly place: Place | undefined } | null = null
  /** Throws `UsageError` for a template that gives no valid names, and for a missing folder. */
  constructor(private readonly settings: Settings) {
    const { templates, inputs, outputDir, createDirs, remoteName: isRemote, ifThere } = settings
    this.used = new UsedNames(ifThere)
    this.plans = templates.map((template) => planOf(template, outputDir))
    this.stale = settings.resume ? new StaleParts() : null
    for (const template of templates) {
      checkTemplate(template, inputs.length > 0, outputDir !== undefined)
      if (createDirs || template === '-' || hasVariables(template)) continue
      checkFolder(outputDir === undefined ? dirname(template) : join(outputDir, dirname(template)))
    }
    if (isRemote && !createDirs) checkFolder(outputDir ?? '.')
    checkTwice(settings)
  }

  /**
   * Takes the name of a request whose name is known before the response. Returns false if the request is not
   * to be made, because its file exists (`--skip-existing`).
   *
   * @throws DataError if another request of this run has the name
   */
  take(input: Input, n: number): boolean {
    const place = this.placeOf(input, n)
    return place?.isEarly !== true || this.takeName(place, n, null)
  }

  /** Forgets a request whose outcome is written. Its name stays taken. */
  release(n: number): void {
    this.suffixes.delete(n)
  }

  /** True if the body goes to stdout. */
  isForStdout(input: Input, n: number): boolean {
    return this.placeOf(input, n) === undefined
  }

  /** True if the body goes to a file or a pipe that somebody waits for. */
  writesFile(input: Input, n: number): boolean {
    const place = this.placeOf(input, n)
    return place !== undefined && !place.isNowhere
  }

  /** True if nobody needs a body, unless a line of input says where it goes. */
  get dropsByDefault(): boolean {
    const { jsonl, body } = this.settings
    return this.plans.length === 1 && this.plans[0]?.isNowhere === true && !(jsonl && body !== undefined)
  }

  /**
   * Returns the options of a download; null if the body goes to memory. Throws `DataError` if the request's
   * data give no valid name.
   */
  options(input: Input, n: number): RequestOptions | null {
    const place = this.placeOf(input, n)
    if (place === undefined || place.isNowhere || this.settings.include) return null
    const { name, isEarly, makesFolders, folder } = place
    // A download ends with a rename, which would replace a device.
    if (isEarly && isWrittenTo(resolve(folder ?? '.', name(null)), place)) return null
    if (isEarly) this.stale?.remove(resolve(folder ?? '.', this.withSuffix(name(null), n)))
    return {
      output: isEarly ? this.withSuffix(name(null), n) : (transfer) => this.lateName(place, n, transfer),
      createDirs: makesFolders,
      ...(folder !== undefined && { outputDir: folder }),
    }
  }

  /** True if nobody needs the body of the request. */
  drops(input: Input, n: number): boolean {
    const { jsonl, body } = this.settings
    if (jsonl && body !== undefined) return false
    const place = this.placeOf(input, n)
    if (place === undefined) return jsonl
    return place.isNowhere
  }

  /**
   * Returns the file for a body in memory; undefined for stdout. Throws if the name or its folder is invalid.
   */
  path(input: Input, n: number, transfer: Transfer): BodyPath | undefined {
    const place = this.placeOf(input, n)
    if (place === undefined) return undefined
    if (place.isNowhere) return NOWHERE
    const path = resolveOutput(this.lateName(place, n, transfer), place.folder, place.makesFolders)
    return { path, isSpecial: isWrittenTo(path, place) }
  }

  /** True if the error concerns all files, so that the run has to end. */
  endsTheRun(input: Input, n: number, cause: unknown): boolean {
    const { syscall, code } = (cause ?? {}) as NodeJS.ErrnoException
    if (typeof syscall !== 'string') return false
    return DISK_ERRORS.has(code ?? '') || this.placeOf(input, n)?.isOfData !== true
  }

  /** Returns the file name as the user gave it. */
  name(input: Input, n: number, transfer: Transfer): string | undefined {
    const { outputDir } = this.settings
    const place = this.placeOf(input, n)
    if (place === undefined) return undefined
    const name = this.withSuffix(place.name(transfer), n)
    return outputDir === undefined ? name : `${outputDir.replace(/\/$/, '')}/${name}`
  }

  private takeName(place: Place, n: number, transfer: Transfer | null): boolean {
    if (place.isNowhere) return true
    const replaces = this.settings.ifThere === 'replace'
    // Looking at the disk costs more than everything else here.
    if (replaces && place.isNumbered) return true
    const path = resolve(place.folder ?? '.', place.name(transfer))
    if ((!replaces || this.used.has(path)) && isWrittenTo(path, place)) return true
    const suffix = this.used.take(path, place.isNumbered)
    if (suffix !== null && suffix !== '') this.suffixes.set(n, suffix)
    return suffix !== null
  }

  /** Returns the name of a file, and takes it if that was not possible before the response. */
  private lateName(place: Place, n: number, transfer: Transfer): string {
    if (!place.isEarly && !this.suffixes.has(n)) {
      this.suffixes.set(n, '')
      this.takeName(place, n, transfer)
      this.stale?.remove(resolve(place.folder ?? '.', this.withSuffix(place.name(transfer), n)))
    }
    return this.withSuffix(place.name(transfer), n)
  }

  private withSuffix(name: string, n: number): string {
    return name + (this.suffixes.get(n) ?? '')
  }

  private placeOf(input: Input, n: number): Place | undefined {
    const { last } = this
    if (last !== null && last.n === n && last.input === input) return last.place
    const place = this.findPlace(input, n)
    this.last = { n, input, place }
    return place
  }

  private findPlace(input: Input, n: number): Place | undefined {
    const { outputDir, createDirs, remoteName: isRemote } = this.settings
    const { output } = input
    if (output !== undefined) {
      checkLineOutput(output)
      return {
        name: () => output,
        isEarly: true,
        isNumbered: false,
        isOfData: true,
        makesFolders: true,
        folder: outputDir ?? '.',
        isNowhere: false,
      }
    }
    if (isRemote) {
      return {
        name: () => remoteName(input.url),
        isEarly: true,
        isNumbered: false,
        isOfData: true,
        makesFolders: createDirs,
        folder: outputDir ?? '.',
        isNowhere: false,
      }
    }
    // As in curl, several -o belong to the URLs in order. Here, the last one also names the files of all
    // further URLs, if it is a template.
    const { plans } = this
    const plan = plans[Math.min(n, plans.length) - 1]
    if (plan === undefined || plan.template === '-' || plan.template === '/dev/stdout') return undefined
    const { template, isTemplate, isEarly } = plan
    // A device can take any number of bodies.
    if (!isTemplate && n > plans.length && !isSpecial(template)) {
      throw new UsageError(
        `-o ${template} is one file, and there are more requests: use a template, such as {n}`,
      )
    }
    let name: string | undefined
    return {
      name: isEarly
        ? () => (name ??= isTemplate ? fillTemplate(template, { input, n, status: 0 }) : template)
        : (transfer) => fillTemplate(template, { input, n, status: transfer?.responseCode ?? 0 }),
      isEarly,
      isNumbered: plan.isNumbered,
      isNowhere: plan.isNowhere,
      isOfData: isTemplate,
      makesFolders: isTemplate || createDirs,
      folder: outputDir,
    }
  }
}

function planOf(template: string, folder = '.'): TemplatePlan {
  const isTemplate = hasVariables(template)
  return {
    template,
    isTemplate,
    isEarly: !template.includes('{status}'),
    isNumbered: isNumbered(template),
    isNowhere: !isTemplate && resolve(folder, template) === DEV_NULL,
  }
}

/**
 * True if the path is a device or a pipe. A symbolic link is followed if the command line named it; a link
 * whose name came from data is replaced like a file.
 */
function isWrittenTo(path: string, { isOfData }: Place): boolean {
  if (!isOfData) return isSpecial(path)
  try {
    // For most files of a run there is nothing yet. An exception for each of them takes longer than writing
    // it.
    const stats = lstatSync(path, { throwIfNoEntry: false })
    return stats !== undefined && !stats.isFile() && !stats.isDirectory() && !stats.isSymbolicLink()
  } catch {
    // The path is invalid; writing it will report that.
    return false
  }
}

/** Names that are given twice, and combinations of options that make no sense. */
function checkTwice({ templates, ifThere, resumeFiles }: Settings): void {
  if (resumeFiles && ifThere === 'number')
    throw new UsageError('--no-clobber keeps files as they are, and -C - continues them: use one of them')
  if (ifThere === 'skip' && templates.some((template) => template.includes('{status}')))
    throw new UsageError('-o: with --skip-existing, {status} is not known in time')
  const seen = new Set<string>()
  for (const template of templates) {
    if (hasVariables(template) || template === '-' || isSpecial(template)) continue
    const path = resolve(template)
    if (seen.has(path) && ifThere === 'replace')
      throw new UsageError(`-o ${template} is given twice: give each URL a name, or use --no-clobber`)
    seen.add(path)
  }
}

function checkFolder(folder: string): void {
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (stats === undefined) throw new UsageError(`-o: there is no folder ${folder} (--create-dirs makes it)`)
  if (!stats.isDirectory()) throw new UsageError(`-o: ${folder} is not a folder`)
}
