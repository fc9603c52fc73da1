/**
 * A command line while it is read: settings so far, variables, and what is said meanwhile. Does not know the
 * options.
 */
import type {
  CurlContext,
  GivenOption,
  GlobalSettings,
  Information,
  Invocation,
  Operation,
  Target,
} from '../invocation.js'
import type { FormNode, OperationSettings } from '../operation-settings.js'
import { limitYoungGeneration } from '../../../memory/young-generation.js'
import { newGlobalSettings, newOperationSettings } from './defaults.js'

/** An operation that more may be added to. */
export class OperationDraft implements Operation {
  readonly settings: OperationSettings
  readonly targets: Target[] = []
  readonly given: GivenOption[] = []
  urls = 0
  outputs = 0
  uploads = 0
  /** Of the form that `-F` adds to: groups that are still open, the form itself first. */
  readonly openGroups: FormNode[][] = []

  constructor(
    readonly index: number,
    private readonly nextNumber: () => number,
  ) {
    this.settings = newOperationSettings()
  }

  /** curl pairs URLs, outputs and uploads by order: each kind fills the first target that lacks it. */
  targetAt(place: number): Target {
    for (;;) {
      const target = this.targets[place]
      if (target !== undefined) return target
      limitYoungGeneration(4)
      this.targets.push({
        remoteName: this.settings.remoteNameAll,
        discard: false,
        noGlob: false,
        number: this.nextNumber(),
      })
    }
  }
}

/** A request for information instead of transfers. It ends the reading. */
export class InformationWanted extends Error {
  constructor(readonly information: Information) {
    super(information.kind)
  }
}

/** `--next`: what follows is of another operation. */
export class NextOperation extends Error {}

/** An option as far as it says who it is. */
export interface OptionName {
  readonly long: string
  /** One letter, or ''. */
  readonly short: string
  readonly kind: string
}

export type OptionObserver = (
  operation: Operation,
  option: OptionName,
  value: string | null,
  isOn: boolean,
) => void

export class Parsing {
  readonly global: GlobalSettings = newGlobalSettings()
  readonly operations: OperationDraft[]
  readonly variables = new Map<string, Buffer>()
  /** `--trace-config` was given: `-v` leaves the components alone. */
  isTraceSet = false
  /** Options that one word has held so far, as in `-vvv`. */
  optionsInWord = 0
  /** Takes options from a file; whoever reads the line puts it there. */
  readConfig: (path: string) => void = () => undefined
  /** Is told each option before it is taken; may refuse it. The value is null for a switch. */
  observe: OptionObserver | undefined
  private numbers = 0

  constructor(readonly context: CurlContext) {
    this.operations = [this.newOperation(0)]
  }

  private newOperation(index: number): OperationDraft {
    return new OperationDraft(index, () => this.numbers++)
  }

  /** The one that options are for. */
  get operation(): OperationDraft {
    return this.operations.at(-1) as OperationDraft
  }

  get settings(): OperationSettings {
    return this.operation.settings
  }

  startOperation(): void {
    this.operations.push(this.newOperation(this.operations.length))
  }

  warn(text: string): void {
    if (!this.global.silent) this.context.say('warning', text)
  }

  error(text: string): void {
    if (!this.global.silent || this.global.showError) this.context.say('error', text)
  }

  note(text: string): void {
    if (this.global.trace.kind !== 'none' && !this.global.silent) this.context.say('note', text)
  }

  finish(information?: Information): Invocation {
    return {
      global: this.global,
      operations: this.operations,
      ...(information !== undefined && { information }),
    }
  }
}
