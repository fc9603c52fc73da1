/**
 * Why an option cannot be taken, with the words that curl has for it. Does not know which option it was.
 */

/** curl's words; its test suite compares some of them. */
const WORDS = {
  extra: 'had unsupported trailing garbage',
  unknown: 'is unknown',
  configUnknown: 'found an unknown config option',
  needsParameter: 'requires parameter',
  badUse: 'is badly used here',
  badNumber: 'expected a proper numerical parameter',
  negative: 'expected a positive numerical parameter',
  notInLibcurl: 'the installed libcurl version does not support this',
  noProtocol: 'a specified protocol is unsupported by libcurl',
  noPrefix: 'the given option cannot be reversed with a --no- prefix',
  tooLarge: 'too large number',
  nameAndResume: '--continue-at and --remote-header-name cannot be combined',
  unreadable: 'error encountered when reading a file',
  expansion: 'variable expansion failure',
  blank: 'blank argument where content is expected',
  variableSyntax: 'syntax error in --variable argument',
} as const

export type Reason = keyof typeof WORDS

/** curl/curl.h: CURLE_*. */
export const EXIT_CODES = { unsupportedProtocol: 1, usage: 2, urlMalformed: 3, read: 26 } as const

/** An option cannot be taken. Whoever reads the options says which, and where. */
export class OptionProblem extends Error {
  override readonly name = 'OptionProblem'
  readonly text: string

  /** @param text - of our own, where curl has no words for it */
  constructor(
    readonly reason: Reason,
    text?: string,
  ) {
    super(reason)
    this.text = text ?? WORDS[reason]
  }

  get exitCode(): number {
    if (this.reason === 'noProtocol') return EXIT_CODES.unsupportedProtocol
    return this.reason === 'unreadable' ? EXIT_CODES.read : EXIT_CODES.usage
  }
}
