/**
 * True in a process where nothing but this library uses node-libcurl, such as the command. It has to be set
 * before node-libcurl is loaded. Does not load it.
 */
export const soleUser = { isDeclared: false }
