/**
 * The process belongs to this library: a program of its own imports this first, before node-libcurl is
 * loaded. Does not load it.
 */
import { soleUser } from './sole-user.js'

soleUser.isDeclared = true
