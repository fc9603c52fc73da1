/**
 * PHP's warnings and notices as warnings of this process. Does not decide what is warned about.
 */

/** Emits what PHP says at level `E_WARNING`. The process's event `warning` has it as a `PhpWarning`. */
export function warn(message: string): void {
  process.emitWarning(message, 'PhpWarning')
}

/** Emits what PHP says at level `E_NOTICE`. The process's event `warning` has it as a `PhpNotice`. */
export function notice(message: string): void {
  process.emitWarning(message, 'PhpNotice')
}

/** Emits what PHP says at level `E_DEPRECATED`. The process's event `warning` has it as a `PhpDeprecated`. */
export function deprecated(message: string): void {
  process.emitWarning(message, 'PhpDeprecated')
}
