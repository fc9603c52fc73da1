/**
 * Frees memory before the garbage collector does. Does not know what was in it.
 */

/**
 * Frees a buffer that is no longer used, if Node can (22 and newer). Part of a larger buffer is left alone.
 *
 * Without this, libcurl's buffers pile up to the 64 MiB outside of V8's heap at which a full garbage
 * collection begins. Measured on Node 24: bodies of 100 KiB take a tenth less CPU, and bodies that are held
 * for a while (`request()`) a fifth less.
 */
export function freeBuffer({ buffer, byteLength }: Buffer): void {
  // Other parts of a larger buffer may be in use.
  if (byteLength === buffer.byteLength) (buffer as { transfer?: (length: number) => unknown }).transfer?.(0)
}
